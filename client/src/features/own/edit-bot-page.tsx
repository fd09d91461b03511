import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useForm } from 'react-hook-form';
import { call } from '../../api/call.ts';
import type { BotDetail } from '../../api/contract.ts';
import { keys, readBot } from '../../api/queries.ts';
import { buttonStyle } from '../../ui/button.tsx';
import { messages } from '../../ui/messages.ts';
import { ownText } from '../../ui/messages/own-bots.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { SignedIn } from '../session/signed-in.tsx';
import { BotForm } from './bot-form.tsx';
import { bodyOfValues, valuesOfBot, type BotFormValues } from './bot-form-values.ts';
import { DraftNote } from './draft-note.tsx';
import { useShowBot } from './use-bot-acts.ts';
import { useDraft } from './use-draft.ts';

const route = getRouteApi('/me/bots/$botId/edit');
const text = ownText.form;
const FIRST_STRATEGY = 'house:momentum';

export function EditBotPage() {
  const { botId } = route.useParams();
  return <SignedIn least="user">{() => <EditBot key={botId} botId={botId} />}</SignedIn>;
}

function EditBot({ botId }: { botId: string }) {
  const { data, error, refetch } = useQuery({
    queryKey: keys.bot(botId),
    queryFn: ({ signal }) => readBot(botId, signal),
  });
  if (data?.own) return <EditForm bot={data} own={data.own} />;
  if (data) return <NotOwn />;
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return <Skeleton className="mx-auto h-96 max-w-4xl" />;
}

function NotOwn() {
  return (
    <EmptyState text={messages.bot.gone} className="py-24">
      <Link to="/me" className={buttonStyle()}>
        {messages.session.myBots}
      </Link>
    </EmptyState>
  );
}

/** The bot goes on while it is edited: what is typed stays, whatever it does. */
function EditForm({ bot, own }: { bot: BotDetail; own: NonNullable<BotDetail['own']> }) {
  const show = useShowBot();
  const key = `${bot.owner.id}.bot.${bot.id}`;
  const stored = valuesOfBot(bot, own, FIRST_STRATEGY);
  const form = useForm<BotFormValues>({ defaultValues: stored });
  const draft = useDraft(form, key);
  const send = async (values: BotFormValues) => {
    const saved = await call('updateBot', { params: { botId: bot.id }, body: bodyOfValues(values) });
    draft.forget();
    await show(saved, messages.form.saved);
  };
  return (
    <>
      <div className="mx-auto max-w-4xl">
        <PageHeader title={text.editTitle(bot.name)} lead={text.editLead} />
      </div>
      {draft.wasFilledIn && <DraftNote onDiscard={() => draft.startOver(stored)} />}
      <BotForm
        form={form}
        action={messages.form.save}
        isDetailed
        botId={bot.id}
        turnIntervalMs={own.settings.turnIntervalMs === undefined ? bot.turnIntervalMs : null}
        send={send}
      >
        <Link
          to="/bots/$botId"
          params={{ botId: bot.id }}
          onClick={draft.forget}
          className={buttonStyle({ className: 'h-10' })}
        >
          {messages.form.cancel}
        </Link>
      </BotForm>
    </>
  );
}
