import { Trophy } from 'lucide-react';
import type { Period } from '../../api/contract.ts';
import { useTick } from '../../live/context.tsx';
import { valueKey } from '../../live/ticks.ts';
import { money } from '../../ui/format.ts';
import { Money, Percent } from '../../ui/live-number.tsx';
import { messages } from '../../ui/messages.ts';
import { Panel } from '../../ui/panel.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { BotLink } from '../bot/bot-identity.tsx';
import type { BoardRow } from '../leaderboard/rows.ts';
import { useBoard, useLiveReturn } from '../leaderboard/use-board.ts';

/** Who leads and by how much, at a glance. */
export function LeaderCard({ period, className }: { period: Period; className?: string }) {
  const { rows } = useBoard(period);
  const [first, second] = (rows ?? []).filter(({ place }) => place !== null);
  return (
    <Panel aria-label={messages.arena.leader} className={className}>
      <div className="h-[92px] px-4 py-3">
        {first ? <Leader first={first} second={second} /> : <Skeleton className="size-full" />}
      </div>
    </Panel>
  );
}

/** The same in one line, for wide screens. */
export function LeaderLine({ period }: { period: Period }) {
  const { rows } = useBoard(period);
  const [first, second] = (rows ?? []).filter(({ place }) => place !== null);
  return first && second ? <Lead first={first} second={second} /> : null;
}

function Lead({ first, second }: { first: BoardRow; second: BoardRow }) {
  const lead = useLiveReturn(first).value - useLiveReturn(second).value;
  const { leadsBy, ahead } = messages.arena;
  return (
    <span className="text-xs font-normal text-muted">
      {/* Another period is another order of merit: its leader need not hold the most money. */}
      <span className="font-medium text-text">{first.bot.name}</span>{' '}
      <span className="tabular-nums">{lead > 0 ? leadsBy(money(lead)) : ahead(second.bot.name)}</span>
      {first.hasFewTrades && (
        <span title={messages.arena.leadUncertain}>
          {' · '}
          {messages.board.fewTrades}
        </span>
      )}
    </span>
  );
}

function Leader({ first, second }: { first: BoardRow; second: BoardRow | undefined }) {
  const { value, returnFraction } = useLiveReturn(first);
  const secondValue = useTick(valueKey(second?.bot.id ?? ''), second?.totalValue ?? null);
  return (
    <>
      <div className="flex items-center gap-2">
        <Trophy aria-label={messages.arena.leader} className="size-4 text-warn" />
        <BotLink bot={first.bot} className="text-base" />
        <Percent value={returnFraction} className="ml-auto text-base font-semibold" />
      </div>
      <div className="mt-1 flex items-baseline justify-between gap-3 text-sm text-muted">
        <Money value={value} className="text-text" />
        {second && secondValue !== null && (
          <span className="nums truncate">
            {messages.arena.leads(money(Math.max(0, value - secondValue)), second.bot.name)}
          </span>
        )}
      </div>
      {first.hasFewTrades && <p className="mt-1 text-xs text-muted">{messages.arena.leadUncertain}</p>}
    </>
  );
}
