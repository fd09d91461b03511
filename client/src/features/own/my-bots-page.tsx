import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Pencil, Plus, Upload } from 'lucide-react';
import { useState } from 'react';
import type { BotSummary } from '../../api/contract.ts';
import { ownBotsQuery } from '../../api/own-queries.ts';
import { useNow, useTick } from '../../live/context.tsx';
import { itemsOf } from '../../live/lists.ts';
import { valueKey } from '../../live/ticks.ts';
import { Button, buttonStyle } from '../../ui/button.tsx';
import { Money, Percent } from '../../ui/live-number.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { messages } from '../../ui/messages.ts';
import { ownText } from '../../ui/messages/own-bots.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { relativeTime } from '../../ui/time.ts';
import { BotLink } from '../bot/bot-identity.tsx';
import { useStillOrder } from '../bot/still-order.ts';
import { SignedIn } from '../session/signed-in.tsx';
import { hasRole } from '../session/use-me.ts';
import { BotButtons } from './bot-buttons.tsx';
import { FirstBot } from './first-bot.tsx';
import { ImportDialog } from './import-dialog.tsx';
import { useBotActs } from './use-bot-acts.ts';

const text = ownText.list;

export function MyBotsPage() {
  return (
    <SignedIn>
      {(user) => (hasRole(user, 'user') ? <MyBots /> : <EmptyState text={text.viewer} className="py-24" />)}
    </SignedIn>
  );
}

function MyBots() {
  const [isImporting, setIsImporting] = useState(false);
  const query = useInfiniteQuery(ownBotsQuery);
  const { data, isError, error, refetch } = query;
  const bots = useStillOrder(
    itemsOf(data?.pages ?? [], ({ id }) => id),
    'own',
  );
  const isEmpty = data !== undefined && bots.length === 0;
  return (
    <>
      <PageHeader title={text.title} lead={text.lead}>
        <Button onClick={() => setIsImporting(true)}>
          <Upload aria-hidden="true" /> {text.import}
        </Button>
        {!isEmpty && (
          <Link to="/me/new" className={buttonStyle({ variant: 'solid' })}>
            <Plus aria-hidden="true" /> {text.make}
          </Link>
        )}
      </PageHeader>
      {isError && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
      {isEmpty && <FirstBot />}
      {!data && !isError && (
        <Panel>
          <SkeletonRows count={3} className="h-16" />
        </Panel>
      )}
      {bots.length > 0 && (
        <Panel>
          <ul aria-label={text.label} className="divide-y divide-line">
            {bots.map((bot) => (
              <OwnBotRow key={bot.id} bot={bot} />
            ))}
          </ul>
        </Panel>
      )}
      <LoadMore query={query} />
      <ImportDialog isOpen={isImporting} onClose={() => setIsImporting(false)} />
    </>
  );
}

function OwnBotRow({ bot }: { bot: BotSummary }) {
  const value = useTick(valueKey(bot.id), bot.totalValue);
  const acts = useBotActs(bot);
  return (
    <li className="flex flex-wrap items-center gap-x-6 gap-y-3 p-4">
      <div className="min-w-0 flex-1 basis-56">
        <BotLink bot={bot} className="text-base" />
        <p className="mt-1 text-sm text-muted">
          {bot.provider.model} · <BotState bot={bot} />
        </p>
      </div>
      <dl className="flex shrink-0 gap-6 sm:text-right">
        <div>
          <dt className="text-xs text-muted">{text.value}</dt>
          <dd>
            <Money value={value} className="font-semibold" />
          </dd>
        </div>
        <div>
          <dt className="text-xs text-muted">{text.return}</dt>
          <dd>
            <Percent
              value={bot.initialBalance === 0 ? null : value / bot.initialBalance - 1}
              className="font-medium"
            />
          </dd>
        </div>
      </dl>
      <div className="flex w-full flex-wrap gap-2 sm:w-auto">
        <BotButtons bot={bot} acts={acts} />
        <Link
          to="/me/bots/$botId/edit"
          params={{ botId: bot.id }}
          className={buttonStyle()}
          aria-label={`${ownText.actions.edit} ${bot.name}`}
        >
          <Pencil aria-hidden="true" /> {ownText.actions.edit}
        </Link>
      </div>
    </li>
  );
}

/** What the bot is doing, in a few words. */
export function BotState({ bot }: { bot: BotSummary }) {
  const now = useNow();
  const open = messages.bots.openPositions(bot.openPositionCount);
  return (
    <>
      <span className={bot.isPaused ? 'text-warn' : undefined}>{stateOf(bot, now)}</span> · {open}
    </>
  );
}

function stateOf({ isPaused, pauseReason, isTurnRunning, nextTurnAt }: BotSummary, now: number): string {
  const { state } = ownText;
  if (isPaused) return pauseReason === null ? state.paused : messages.bots.pausedBecause(pauseReason);
  if (isTurnRunning) return state.thinking;
  if (nextTurnAt === null) return state.waiting;
  return nextTurnAt <= now ? state.thinking : state.next(relativeTime(nextTurnAt, now));
}
