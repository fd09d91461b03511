import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import { call } from '../../api/call.ts';
import { ownBotsQuery, providersQuery } from '../../api/own-queries.ts';
import { itemsOf } from '../../live/lists.ts';
import { ownText } from '../../ui/messages/own-bots.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { SignedIn } from '../session/signed-in.tsx';
import { hasRole } from '../session/use-me.ts';
import { BotForm } from './bot-form.tsx';
import {
  bodyOfValues,
  freeName,
  newBotValues,
  strategyTitle,
  type BotFormValues,
} from './bot-form-values.ts';
import { DraftNote } from './draft-note.tsx';
import { useShowBot } from './use-bot-acts.ts';
import { useDraft } from './use-draft.ts';

const text = ownText.form;
/** What a newcomer can leave as it is. */
const FIRST_STRATEGY = 'house:momentum';

export function NewBotPage() {
  return (
    <SignedIn>
      {(user) =>
        hasRole(user, 'user') ? (
          <NewBot userId={user.id} />
        ) : (
          <EmptyState text={ownText.list.viewer} className="py-24" />
        )
      }
    </SignedIn>
  );
}

function NewBot({ userId }: { userId: string }) {
  const bots = useInfiniteQuery(ownBotsQuery);
  const providers = useQuery(providersQuery);
  const isKnown = (bots.data ?? bots.error) && (providers.data ?? providers.error);
  const taken = itemsOf(bots.data?.pages ?? [], ({ id }) => id).map(({ name }) => name);
  const strategies = providers.data?.filter(({ isBuiltIn }) => isBuiltIn) ?? [];
  const first = strategies.find(({ id }) => id === FIRST_STRATEGY)?.id ?? strategies[0]?.id ?? FIRST_STRATEGY;
  return (
    <>
      <div className="mx-auto max-w-4xl">
        <PageHeader title={text.newTitle} lead={text.newLead} />
      </div>
      {isKnown ? (
        <NewBotForm draftKey={`${userId}.new-bot`} taken={taken} strategyId={first} />
      ) : (
        <Skeleton className="mx-auto h-96 max-w-4xl" />
      )}
    </>
  );
}

interface NewBotFormProps {
  readonly draftKey: string;
  readonly taken: readonly string[];
  readonly strategyId: string;
}

function NewBotForm({ draftKey, taken, strategyId }: NewBotFormProps) {
  const show = useShowBot();
  const first = newBotValues(strategyId, freeName(strategyTitle(strategyId), taken));
  const form = useForm<BotFormValues>({ defaultValues: first });
  const draft = useDraft(form, draftKey);
  useOfferedName(form, taken);
  const send = async (values: BotFormValues) => {
    const bot = await call('createBot', { body: bodyOfValues(values) });
    draft.forget();
    await show(bot, text.created(bot.name));
  };
  return (
    <>
      {draft.wasFilledIn && <DraftNote onDiscard={() => draft.startOver(first)} />}
      <BotForm form={form} action={text.create} isDetailed={false} send={send} />
    </>
  );
}

/** The name follows what decides until somebody types one. */
function useOfferedName(form: ReturnType<typeof useForm<BotFormValues>>, taken: readonly string[]): void {
  const [kind, strategyId] = useWatch({ control: form.control, name: ['kind', 'strategyId'] });
  const offered = freeName(kind === 'strategy' ? strategyTitle(strategyId) : text.modelName, taken);
  // Subscribes to who typed what.
  void form.formState.dirtyFields.name;
  useEffect(() => {
    if (!form.getFieldState('name').isDirty) form.resetField('name', { defaultValue: offered });
  }, [form, offered]);
}
