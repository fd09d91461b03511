import { useInfiniteQuery } from '@tanstack/react-query';
import { ChevronRight } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { versionsQuery, type BotVersion } from '../../api/thinking-queries.ts';
import { itemsOf } from '../../live/lists.ts';
import { Badge } from '../../ui/badge.tsx';
import { cn } from '../../ui/cn.ts';
import { count, share, signedMoney, smallMoney } from '../../ui/format.ts';
import { Fact } from '../../ui/fact.tsx';
import { toneOf } from '../../ui/live-number.tsx';
import { loadPart } from '../../ui/load-part.ts';
import { LoadMore } from '../../ui/load-more.tsx';
import { messages } from '../../ui/messages.ts';
import { thinkingText } from '../../ui/messages/thinking.ts';
import { Skeleton, SkeletonRows } from '../../ui/skeleton.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { exactTime } from '../../ui/time.ts';
import { FoldedText } from '../bot/long-text.tsx';
import { spanOf } from './summary-view.tsx';
import { changedParts, settingChanges, settingLines } from './version-changes.ts';

const text = thinkingText.versions;
const PromptDiff = lazy(async () => ({
  default: (await loadPart(() => import('./prompt-diff-view.tsx'))).PromptDiff,
}));

/** What one's bot was made of from edit to edit, and what came of each. */
export function VersionsTab({ botId }: { botId: string }) {
  const query = useInfiniteQuery(versionsQuery(botId));
  const { data, error, refetch } = query;
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonRows count={4} />;
  const versions = itemsOf(data.pages, ({ id }) => id);
  if (versions.length === 0) return <EmptyState text={text.empty} />;
  return (
    <>
      <p className="px-4 pt-4 pb-2 text-xs text-muted">{text.onlyYou}</p>
      <ol className="divide-y divide-line">
        {versions.map((version, index) => (
          <VersionRow key={version.id} version={version} before={versions[index + 1] ?? null} />
        ))}
      </ol>
      <LoadMore query={query} />
    </>
  );
}

interface VersionProps {
  readonly version: BotVersion;
  /** null: there is none, or it is not loaded yet. */
  readonly before: BotVersion | null;
}

function VersionRow({ version, before }: VersionProps) {
  const [isOpen, setIsOpen] = useState(false);
  const { netPnl, turns, closedPositions } = version.result;
  return (
    <li>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
        className="flex w-full flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5 text-left -outline-offset-2 hover:bg-hover"
      >
        <ChevronRight
          aria-hidden="true"
          className={cn('size-4 shrink-0 text-muted transition-transform', isOpen && 'rotate-90')}
        />
        <span className="nums w-10 text-sm font-semibold">
          {thinkingText.record.versionNo(count(version.versionNo))}
        </span>
        {version.isCurrent && <Badge tone="accent">{text.current}</Badge>}
        <ChangedBadges version={version} before={before} />
        <span className="min-w-0 flex-1 truncate text-sm text-muted">{version.provider.model}</span>
        <span className="nums text-xs text-muted">{text.turnCount(count(turns), turns)}</span>
        <span className={cn('nums w-24 text-right text-sm', toneOf(closedPositions === 0 ? null : netPnl))}>
          {closedPositions === 0 ? messages.none : signedMoney(netPnl)}
        </span>
      </button>
      {isOpen && <VersionBody version={version} before={before} />}
    </li>
  );
}

function ChangedBadges({ version, before }: VersionProps) {
  if (!before) return version.versionNo === 1 ? <Badge tone="outline">{text.first}</Badge> : null;
  const parts = changedParts(before, version);
  if (parts.length === 0) return <Badge tone="outline">{text.same}</Badge>;
  return parts.map((part) => <Badge key={part}>{text.changed[part]}</Badge>);
}

function VersionBody({ version, before }: VersionProps) {
  const { prompt } = version;
  return (
    <div className="animate-appear border-t border-line bg-bg px-4 py-4 sm:pl-11">
      <ResultFacts version={version} />
      <MadeOf version={version} before={before} />
      {!before && version.versionNo > 1 && <p className="mt-3 text-sm text-muted">{text.loadOlder}</p>}
      {before && before.prompt !== prompt && (
        <>
          <h3 className="mt-3 text-sm font-medium">{text.promptChanges}</h3>
          <Suspense fallback={<Skeleton className="mt-1 h-24" />}>
            <PromptDiff before={before.prompt} after={prompt} />
          </Suspense>
        </>
      )}
      {prompt === '' ? (
        <p className="mt-3 text-sm text-muted">{text.noPrompt}</p>
      ) : (
        <FoldedText title={text.wholePrompt} value={prompt} />
      )}
    </div>
  );
}

function ResultFacts({ version: { result, createdAt, provider } }: { version: BotVersion }) {
  const { turns, firstTurnAt, lastTurnAt, closedPositions, winRate, netPnl, modelCost } = result;
  const hasResult = closedPositions > 0;
  // Only calls whose price is known are summed up.
  const isCostKnown = turns > 0 && (modelCost > 0 || provider.type === 'house');
  return (
    <dl className="flex flex-wrap gap-x-8 gap-y-2">
      <Fact label={text.saved}>{exactTime(createdAt)}</Fact>
      <Fact label={text.used}>{spanOf(firstTurnAt, lastTurnAt)}</Fact>
      <Fact label={text.turns}>{count(turns)}</Fact>
      <Fact label={text.closed}>{count(closedPositions)}</Fact>
      <Fact label={text.winRate}>{share(winRate)}</Fact>
      <Fact label={text.netPnl} hint={text.netPnlHint}>
        <span className={toneOf(hasResult ? netPnl : null)}>
          {hasResult ? signedMoney(netPnl) : messages.none}
        </span>
      </Fact>
      <Fact label={text.cost} hint={text.costHint}>
        {isCostKnown ? smallMoney(modelCost) : messages.none}
      </Fact>
    </dl>
  );
}

function MadeOf({ version, before }: VersionProps) {
  const { provider, tradingSymbols, settings } = version;
  const symbols = tradingSymbols?.join(', ') ?? text.allSymbols;
  const symbolsBefore = before && (before.tradingSymbols?.join(', ') ?? text.allSymbols);
  const changes = before ? settingChanges(before.settings, settings) : [];
  const kept = settingLines(settings).filter(({ name }) =>
    changes.every(([, { name: other }]) => other !== name),
  );
  return (
    <dl className="mt-3 grid gap-x-4 gap-y-1 text-sm sm:grid-cols-[12rem_minmax(0,1fr)]">
      <Line label={text.provider} value={modelOf(provider)} was={before && modelOf(before.provider)} />
      <Line label={text.symbols} value={symbols} was={symbolsBefore} />
      {changes.map(([was, is]) => (
        <Line key={is.name} label={is.label} value={is.value ?? text.arena} was={was.value ?? text.arena} />
      ))}
      {kept.map(({ name, label, value }) => (
        <Line key={name} label={label} value={value ?? text.arena} was={null} />
      ))}
    </dl>
  );
}

function modelOf({ type, model, endpoint }: BotVersion['provider']): string {
  return [type, model, endpoint].filter((part) => part !== null).join(' · ');
}

function Line({ label, value, was }: { label: string; value: string; was: string | null }) {
  return (
    <>
      <dt className="text-muted">{label}</dt>
      <dd className="min-w-0 break-words">
        {value}
        {was !== null && was !== value && (
          <span className="text-muted">
            {' '}
            ({text.was} <del>{was}</del>)
          </span>
        )}
      </dd>
    </>
  );
}
