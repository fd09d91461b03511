import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { memo } from 'react';
import type { BotSummary } from '../../api/contract.ts';
import { botsQuery } from '../../api/queries.ts';
import { useTick } from '../../live/context.tsx';
import { itemsOf } from '../../live/lists.ts';
import { valueKey } from '../../live/ticks.ts';
import { Badge } from '../../ui/badge.tsx';
import { Money, Percent } from '../../ui/live-number.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { messages } from '../../ui/messages.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Sparkline } from '../../ui/sparkline.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { useSettled } from '../../ui/use-settled.ts';
import { useShapes } from '../arena/equity-panel.tsx';
import { BotLink, PausedBadge, ReferenceBadge, useBotColors } from './bot-identity.tsx';
import { useStillOrder } from './still-order.ts';

const route = getRouteApi('/bots');
const text = messages.bots;

/** Everyone who trades here, as cards. */
export function BotsPage() {
  const { q } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useInfiniteQuery(botsQuery(useSettled(q.trim())));
  const { data, isError, error, refetch, isPlaceholderData } = query;
  const shapes = useShapes('1d');
  const colorOf = useBotColors();
  const pages = data?.pages ?? [];
  const found = pages[0]?.q ?? '';
  const bots = useStillOrder(
    itemsOf(pages, ({ id }) => id),
    found,
  );
  return (
    <>
      <PageHeader title={text.title} lead={text.lead}>
        <SearchField
          label={text.search}
          value={q}
          onChange={(next) => void navigate({ search: { q: next }, replace: true })}
          className="w-full sm:w-80"
        />
      </PageHeader>
      {isError && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
      {data && bots.length === 0 && <EmptyState text={found === '' ? text.empty : text.noMatch} />}
      <ul
        aria-busy={isPlaceholderData}
        className="transition-opacity aria-busy:opacity-60 grid gap-3 sm:grid-cols-2 lg:grid-cols-3 xl:grid-cols-4"
      >
        {!data &&
          !isError &&
          Array.from({ length: 8 }, (_, index) => <Skeleton key={index} className="h-[148px]" />)}
        {bots.map((bot) => (
          <BotCard key={bot.id} bot={bot} shape={shapes.get(bot.id)} color={`var(${colorOf(bot.id)})`} />
        ))}
      </ul>
      <LoadMore query={query} />
    </>
  );
}

const NO_SHAPE: readonly number[] = [];

interface BotCardProps {
  readonly bot: BotSummary;
  readonly shape: readonly number[] | undefined;
  readonly color: string;
}

const BotCard = memo(function BotCard({ bot, shape, color }: BotCardProps) {
  const value = useTick(valueKey(bot.id), bot.totalValue);
  return (
    <li>
      <Panel className="relative flex h-[148px] flex-col p-4 transition-colors hover:border-line-strong">
        <div className="flex items-center gap-2">
          <BotLink bot={bot} className="after:absolute after:inset-0 after:rounded-lg" />
          <span className="ml-auto flex gap-1">
            {bot.isReference && <ReferenceBadge />}
            <PausedBadge bot={bot} />
            {bot.tradingMode === 'live' && (
              <Badge tone="loss" hint={text.liveHint}>
                {text.live}
              </Badge>
            )}
          </span>
        </div>
        <p className="mt-1 truncate text-xs text-muted">
          {bot.provider.model} · {text.by(bot.owner.username)}
        </p>
        <div className="mt-auto flex items-end justify-between gap-3">
          <div>
            <Money value={value} className="text-lg font-semibold" />
            <p className="text-xs text-muted">{text.openPositions(bot.openPositionCount)}</p>
          </div>
          <div className="flex flex-col items-end gap-1">
            <Percent value={value / bot.initialBalance - 1} className="font-medium" />
            <Sparkline values={shape ?? NO_SHAPE} color={color} className="h-7 w-24" />
          </div>
        </div>
      </Panel>
    </li>
  );
});
