import { ChevronDown } from 'lucide-react';
import { memo, useMemo, useState } from 'react';
import { useFeed, useNow, useTickSizes } from '../../live/context.tsx';
import { Button } from '../../ui/button.tsx';
import { cn } from '../../ui/cn.ts';
import { toneOf } from '../../ui/live-number.tsx';
import { messages } from '../../ui/messages.ts';
import { Panel, PanelHeader } from '../../ui/panel.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { exactTime, relativeTime, shortTime } from '../../ui/time.ts';
import { Avatar, BotLink } from '../bot/bot-identity.tsx';
import { feedLines, foldHolds, matchesFilter, type FeedFilter, type FeedLine } from './feed-lines.ts';

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
  const feed = useFeed();
  const tickSizes = useTickSizes();
  const now = useNow(10_000);
  const [isLong, setIsLong] = useState(false);
  const lines = useMemo(
    () =>
      (feed ?? [])
        .flatMap((item) => feedLines(item, tickSizes))
        .filter((line) => matchesFilter(line, filter)),
    [feed, tickSizes, filter],
  );
  const entries = useMemo(() => foldHolds(lines), [lines]);
  return (
    <Panel aria-label={messages.feed.title}>
      <PanelHeader title={messages.feed.title}>
        <Segmented label={messages.feed.filter} options={FILTERS} value={filter} onChange={onFilter} />
      </PanelHeader>
      {!feed && <SkeletonRows count={6} />}
      {feed && lines.length === 0 && (
        <EmptyState text={filter === 'all' ? messages.feed.empty : messages.feed.emptyFilter} />
      )}
      <ol className="divide-y divide-line border-t border-line empty:border-0">
        {entries.slice(0, isLong ? LONG : SHORT).map(({ key, lines: [line, ...more] }) => {
          if (!line) return null;
          if (more.length > 0) return <HeldRun key={key} lines={[line, ...more]} now={now} />;
          return <FeedRow key={key} line={line} now={now} />;
        })}
      </ol>
      {entries.length > SHORT && (
        <div className="border-t border-line p-2 text-center">
          <Button variant="ghost" size="sm" onClick={() => setIsLong(!isLong)}>
            {isLong ? messages.feed.less : messages.feed.more}
          </Button>
        </div>
      )}
    </Panel>
  );
}

interface HeldRunProps {
  readonly lines: readonly [FeedLine, ...FeedLine[]];
  readonly now: number;
}

/** A run of holds in one row that opens to each of them. */
function HeldRun({ lines, now }: HeldRunProps) {
  const [isOpen, setIsOpen] = useState(false);
  const [latest] = lines;
  const names = new Map(lines.map(({ botId, botName }) => [botId, botName]));
  return (
    <>
      <li className={GRID}>
        <FeedTime at={latest.at} now={now} />
        <button
          type="button"
          aria-expanded={isOpen}
          title={messages.feed.heldHint}
          onClick={() => setIsOpen(!isOpen)}
          className="order-1 col-span-1 flex items-center gap-2 text-left text-muted hover:text-text sm:order-none sm:col-span-2"
        >
          <span className="flex gap-1">
            {[...names].slice(0, 6).map(([id, name]) => (
              <span key={id} className="rounded-md bg-surface">
                <Avatar bot={{ id, name }} />
              </span>
            ))}
          </span>
          {names.size === 1 ? `${latest.botName} ${messages.feed.held}` : messages.feed.heldBy(names.size)}
          <ChevronDown
            aria-hidden="true"
            className={cn('size-4 transition-transform', isOpen && 'rotate-180')}
          />
        </button>
      </li>
      {isOpen && lines.map((line) => <FeedRow key={line.key} line={line} now={now} />)}
    </>
  );
}

const GRID =
  'grid grid-cols-[minmax(0,1fr)_auto] gap-x-3 gap-y-0.5 px-4 py-2.5 sm:grid-cols-[7rem_10rem_minmax(0,1fr)] sm:items-baseline sm:py-2';

function FeedTime({ at, now }: { at: number; now: number }) {
  return (
    <time
      dateTime={new Date(at).toISOString()}
      title={`${exactTime(at)} · ${relativeTime(at, now)}`}
      className="nums order-2 text-xs text-muted sm:order-none"
    >
      {shortTime(at, now)}
    </time>
  );
}

const VERB_TONES: Record<FeedLine['kind'], string> = {
  trade: 'text-text',
  rejected: 'text-warn',
  adjusted: 'text-soft',
  held: 'text-muted',
  private: 'text-muted',
  failed: 'text-warn',
};

const FeedRow = memo(function FeedRow({ line, now }: { line: FeedLine; now: number }) {
  return (
    <li className={GRID}>
      <FeedTime at={line.at} now={now} />
      <BotLink bot={{ id: line.botId, name: line.botName }} className="order-1 sm:order-none" />
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
