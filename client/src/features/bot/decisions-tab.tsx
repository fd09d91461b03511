import { useInfiniteQuery } from '@tanstack/react-query';
import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import type { DecisionView } from '../../api/contract.ts';
import { decisionsQuery } from '../../api/queries.ts';
import { useNow } from '../../live/context.tsx';
import { Badge } from '../../ui/badge.tsx';
import { cn } from '../../ui/cn.ts';
import { messages } from '../../ui/messages.ts';
import { thinkingText } from '../../ui/messages/thinking.ts';
import { LoadMore } from '../../ui/load-more.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { exactTime, relativeTime, releaseTime, shortTime } from '../../ui/time.ts';
import { actionLabel, DecidedCard } from './decided-card.tsx';
import { DecisionFacts, DecisionRecord } from './decision-details.tsx';

const text = messages.bot;

/** A timeline of turns; each opens to what was asked, answered and done. */
export function DecisionsTab({ botId, isOwnersOnly }: { botId: string; isOwnersOnly: boolean }) {
  const query = useInfiniteQuery(decisionsQuery(botId));
  const { data, isError, error, refetch } = query;
  const items = data?.pages.flatMap((page) => page.items);
  if (isError && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!items) return <SkeletonRows count={8} />;
  if (items.length === 0) return <EmptyState text={text.noDecisions} />;
  return (
    <>
      {isOwnersOnly && <p className="px-4 pt-3 pb-1 text-xs text-muted">{thinkingText.record.onlyYou}</p>}
      <ol className="divide-y divide-line">
        {items.map((decision) => (
          <DecisionRow key={decision.id} decision={decision} />
        ))}
      </ol>
      <LoadMore query={query} />
    </>
  );
}

function summaryOf({ decisions }: DecisionView): { label: string; tone: 'neutral' | 'accent' | 'warn' }[] {
  if (decisions.length === 0) return [{ label: messages.feed.held, tone: 'neutral' }];
  return decisions.slice(0, 4).map(({ action, symbol, outcome }) => ({
    label: actionLabel(action, symbol),
    tone: outcome?.accepted === false ? 'warn' : QUIET.has(action) ? 'neutral' : 'accent',
  }));
}

const QUIET: ReadonlySet<string> = new Set(['HOLD', 'PRIVATE']);

function DecisionRow({ decision }: { decision: DecisionView }) {
  const [isOpen, setIsOpen] = useState(false);
  const now = useNow(10_000);
  const quote = decision.decisions.find(({ reasoning }) => reasoning !== null)?.reasoning;
  return (
    <li>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
        className="flex w-full items-center gap-3 px-4 py-2.5 text-left -outline-offset-2 hover:bg-hover"
      >
        <ChevronRight
          aria-hidden="true"
          className={cn('size-4 shrink-0 text-muted transition-transform', isOpen && 'rotate-90')}
        />
        <time
          dateTime={new Date(decision.timestamp).toISOString()}
          title={`${exactTime(decision.timestamp)} · ${relativeTime(decision.timestamp, now)}`}
          className="nums w-24 shrink-0 text-xs text-muted"
        >
          {shortTime(decision.timestamp, now)}
        </time>
        <span className="flex min-w-0 flex-1 flex-wrap items-center gap-2">
          {summaryOf(decision).map(({ label, tone }, index) => (
            <Badge key={index} tone={tone}>
              {label}
            </Badge>
          ))}
          {!decision.executionSuccess && <Badge tone="loss">{text.turnFailed}</Badge>}
          <Marks decision={decision} />
          <span className="min-w-0 basis-full truncate text-sm text-muted sm:basis-0 sm:grow">
            {quote ?? (decision.isRedacted && <Private decision={decision} />)}
          </span>
        </span>
      </button>
      {isOpen && <DecisionBody decision={decision} />}
    </li>
  );
}

function Private({ decision }: { decision: DecisionView }) {
  const { releasedAt, timestamp } = decision;
  if (releasedAt === null)
    return (
      <span className="text-xs text-muted italic" title={text.privateHint}>
        {text.private}
      </span>
    );
  return (
    <span className="text-xs text-muted italic" title={`${text.delayedHint} ${exactTime(releasedAt)}`}>
      {messages.feed.shownFrom(releaseTime(releasedAt, timestamp))}
    </span>
  );
}

function DecisionBody({ decision }: { decision: DecisionView }) {
  return (
    <div className="animate-appear border-t border-line bg-bg px-4 py-4 sm:pl-11">
      <ul className="flex flex-col gap-3">
        {decision.decisions.map((decided, index) => (
          <DecidedCard
            key={index}
            decided={decided}
            unsaid={decision.isRedacted ? <Private decision={decision} /> : messages.none}
          />
        ))}
      </ul>
      <DecisionFacts decision={decision} />
      <DecisionRecord decision={decision} />
    </div>
  );
}

/** What was out of the ordinary on the way to a decision, to be seen without opening it. */
function Marks({ decision: { steps, mendedFrom } }: { decision: DecisionView }) {
  return (
    <>
      {steps.length > 0 && <Badge tone="outline">{thinkingText.record.toolCount(steps.length)}</Badge>}
      {mendedFrom !== null && (
        <Badge tone="outline" title={thinkingText.record.mendedHint}>
          {thinkingText.record.mended}
        </Badge>
      )}
    </>
  );
}
