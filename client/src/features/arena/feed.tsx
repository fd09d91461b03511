import { memo, useMemo, useState } from 'react';
import { useArena, useBots, useNow, useTickSizes } from '../../live/context.tsx';
import { Button } from '../../ui/button.tsx';
import { cn } from '../../ui/cn.ts';
import { toneOf } from '../../ui/live-number.tsx';
import { messages } from '../../ui/messages.ts';
import { Panel, PanelHeader } from '../../ui/panel.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { exactTime, relativeTime, shortTime } from '../../ui/time.ts';
import { BotLink } from '../bot/bot-identity.tsx';
import { feedLines, matchesFilter, type FeedFilter, type FeedLine } from './feed-lines.ts';

const FILTERS = (['all', 'trades', 'decisions'] as const).map((value) => ({
  value,
  label: messages.feed.filters[value],
}));

/** Lines shown at first and on demand. */
const SHORT = 15;
const LONG = 100;

interface FeedProps {
  readonly filter: FeedFilter;
  readonly onFilter: (filter: FeedFilter) => void;
}

/** What just happened, newest first. */
export function Feed({ filter, onFilter }: FeedProps) {
  const { data, isPending } = useArena();
  const tickSizes = useTickSizes();
  const names = useNames();
  const now = useNow(10_000);
  const [isLong, setIsLong] = useState(false);
  const feed = data?.feed;
  const lines = useMemo(
    () =>
      (feed ?? [])
        .flatMap((item) => feedLines(item, tickSizes))
        .filter((line) => matchesFilter(line, filter)),
    [feed, tickSizes, filter],
  );
  return (
    <Panel aria-label={messages.feed.title}>
      <PanelHeader title={messages.feed.title}>
        <Segmented label={messages.feed.filter} options={FILTERS} value={filter} onChange={onFilter} />
      </PanelHeader>
      {isPending && <SkeletonRows count={6} />}
      {feed && lines.length === 0 && (
        <EmptyState text={filter === 'all' ? messages.feed.empty : messages.feed.emptyFilter} />
      )}
      <ol className="divide-y divide-line border-t border-line empty:border-0">
        {lines.slice(0, isLong ? LONG : SHORT).map((line) => (
          <FeedRow key={line.key} line={line} name={names.get(line.botId) ?? line.botId} now={now} />
        ))}
      </ol>
      {lines.length > SHORT && (
        <div className="border-t border-line p-2 text-center">
          <Button variant="ghost" size="sm" onClick={() => setIsLong(!isLong)}>
            {isLong ? messages.feed.less : messages.feed.more}
          </Button>
        </div>
      )}
    </Panel>
  );
}

function useNames(): ReadonlyMap<string, string> {
  const bots = useBots();
  return useMemo(() => new Map(bots.map(({ id, name }) => [id, name])), [bots]);
}

const VERB_TONES: Record<FeedLine['kind'], string> = {
  trade: 'text-text',
  rejected: 'text-warn',
  adjusted: 'text-soft',
  held: 'text-muted',
  failed: 'text-warn',
};

const FeedRow = memo(function FeedRow({ line, name, now }: { line: FeedLine; name: string; now: number }) {
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-3 gap-y-0.5 px-4 py-2.5 sm:grid-cols-[7rem_10rem_minmax(0,1fr)] sm:items-baseline sm:py-2">
      <time
        dateTime={new Date(line.at).toISOString()}
        title={`${exactTime(line.at)} · ${relativeTime(line.at, now)}`}
        className="nums order-2 text-xs text-muted sm:order-none"
      >
        {shortTime(line.at, now)}
      </time>
      <BotLink bot={{ id: line.botId, name }} className="order-1 sm:order-none" />
      <p className="order-3 col-span-2 min-w-0 text-soft sm:order-none sm:col-span-1">
        <span className={cn('font-medium', VERB_TONES[line.kind])}>{line.verb}</span>
        {line.side && <Side side={line.side} />}
        {line.symbol !== null && <span className="font-medium text-text"> {line.symbol}</span>}
        {line.detail !== '' && <span className="tabular-nums"> {line.detail}</span>}
        {line.pnlText !== '' && (
          <span className={cn('font-medium tabular-nums', toneOf(line.pnl))}> {line.pnlText}</span>
        )}
        {line.quote !== null && (
          <>
            {' '}
            <q className="text-muted">{line.quote}</q>
          </>
        )}
      </p>
    </li>
  );
});

/** Direction by word and arrow; green and red are kept for gain and loss. */
export function Side({ side }: { side: 'LONG' | 'SHORT' }) {
  return (
    <span className="text-text">
      {' '}
      <span aria-hidden="true" className="text-[10px] text-muted">
        {side === 'LONG' ? '▲' : '▼'}
      </span>{' '}
      {side}
    </span>
  );
}
