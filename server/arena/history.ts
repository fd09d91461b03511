import type { AppContext } from '../context.ts';
import type { DecisionView, PositionView, SnapshotView, TradeView } from '../contract/http/bots.ts';
import { visibleBefore, type Publishing } from '../contract/publishing.ts';
import { listDecisions, type DecisionRow } from '../db/queries/decisions.ts';
import {
  listOpenPositions,
  listPositions,
  listReleasedPositions,
  type PositionRow,
} from '../db/queries/positions.ts';
import { LAST_ID, LAST_SEQ } from '../db/queries/time-page.ts';
import { listTrades } from '../db/queries/trades.ts';
import type { Outcome } from '../engine/model.ts';
import { NotFoundError } from '../errors.ts';
import { getPublicBot, markOf } from './bots-read.ts';
import { readSnapshots } from './equity-curves.ts';
import { pageOf, type ListPage, type PageKey } from './paging.ts';
import { releasedAt, sightAt, viewOf } from './projection.ts';
import { decidedView, positionRowView, tradeView, usd } from './views.ts';

export interface HistoryQuery<Key extends string | number> {
  readonly from?: number;
  readonly to?: number;
  readonly after: PageKey<Key> | null;
  readonly limit: number;
  /** Who reads; null = a stranger. */
  readonly viewerId: string | null;
}

/** A bot's trades of all epochs that the reader may see, newest first. @throws NotFoundError */
export async function readTrades(
  ctx: AppContext,
  botId: string,
  query: HistoryQuery<number> & { symbol?: string },
): Promise<ListPage<TradeView, number>> {
  const bot = await getPublicBot(ctx, botId);
  const until = visibleBefore(viewOf(bot, query.viewerId).positions, ctx.clock.now());
  if (until === Number.NEGATIVE_INFINITY) return { items: [], next: null };
  const rows = await listTrades(ctx.db, botId, {
    ...bounds({ ...query, to: earlier(query.to, until) }, LAST_SEQ),
    symbol: query.symbol,
  });
  const { items, next } = pageOf(rows, query.limit, (row) => ({ at: row.executed_at, key: row.seq }));
  return { items: items.map(tradeView), next };
}

/**
 * A bot's positions of all epochs that the reader may see, newest first by opening. Where they are shown later, a position
 * is shown so long after its close. @throws NotFoundError
 */
export async function readPositions(
  ctx: AppContext,
  botId: string,
  query: HistoryQuery<string> & { symbol?: string; status?: 'open' | 'closed' },
): Promise<ListPage<PositionView, string>> {
  const bot = await getPublicBot(ctx, botId);
  const until = visibleBefore(viewOf(bot, query.viewerId).positions, ctx.clock.now());
  const isHidden = until === Number.NEGATIVE_INFINITY || (query.status === 'open' && Number.isFinite(until));
  if (isHidden) return { items: [], next: null };
  const rows = await positionRows(ctx, botId, { ...query, until });
  const { items, next } = pageOf(rows, query.limit, (row) => ({ at: row.opened_at, key: row.id }));
  return { items: items.map((row) => positionRowView(row, markOf(ctx, row.symbol))), next };
}

async function positionRows(
  ctx: AppContext,
  botId: string,
  {
    status,
    symbol,
    until,
    ...query
  }: HistoryQuery<string> & { symbol?: string; status?: 'open' | 'closed'; until: number },
): Promise<PositionRow[]> {
  const { from, beforeAt, beforeKey, limit } = bounds(query, LAST_ID);
  if (Number.isFinite(until))
    return await listReleasedPositions(ctx.db, botId, { from, beforeAt, beforeKey, limit, symbol, until });
  if (status !== 'open')
    return await listPositions(ctx.db, botId, { from, beforeAt, beforeKey, limit, symbol, status });
  const isBefore = (row: PositionRow) =>
    row.opened_at < beforeAt || (row.opened_at === beforeAt && row.id < beforeKey);
  return (await listOpenPositions(ctx.db, botId))
    .filter((row) => isBefore(row) && row.opened_at >= from && (!symbol || row.symbol === symbol))
    .sort((a, b) => b.opened_at - a.opened_at || (a.id < b.id ? 1 : -1))
    .slice(0, limit);
}

/** A bot's decisions of all epochs, newest first, as the reader may see them. @throws NotFoundError */
export async function readDecisions(
  ctx: AppContext,
  botId: string,
  query: HistoryQuery<string>,
): Promise<ListPage<DecisionView, string>> {
  const bot = await getPublicBot(ctx, botId);
  const publishing = viewOf(bot, query.viewerId);
  const now = ctx.clock.now();
  const rows = await listDecisions(ctx.db, botId, {
    ...bounds(query, LAST_ID),
    includePrompt: publishing.prompt !== 'owner',
  });
  const { items, next } = pageOf(rows, query.limit, (row) => ({ at: row.timestamp, key: row.id }));
  return { items: items.map((row) => decisionView(row, publishing, now)), next };
}

/** A bot's equity figures of its present epoch, newest first. @throws NotFoundError */
export async function readBotSnapshots(
  ctx: AppContext,
  botId: string,
  query: { readonly from?: number; readonly to?: number; readonly limit: number },
): Promise<SnapshotView[]> {
  await getPublicBot(ctx, botId);
  const book = ctx.books.get(botId);
  if (!book) throw new NotFoundError('bot', botId);
  const now = ctx.clock.now();
  return await readSnapshots(ctx, book, {
    from: query.from ?? 0,
    to: Math.min(query.to ?? now, now),
    limit: query.limit,
  });
}

/** One row more than asked for tells whether there is a next page. */
function bounds<Key extends string | number>(query: HistoryQuery<Key>, last: Key) {
  const to = query.to ?? Number.MAX_SAFE_INTEGER;
  const isAfterInside = query.after !== null && query.after.at <= to;
  return {
    from: query.from ?? 0,
    beforeAt: isAfterInside && query.after ? query.after.at : to,
    beforeKey: isAfterInside && query.after ? query.after.key : last,
    limit: query.limit + 1,
  };
}

function earlier(to: number | undefined, until: number): number | undefined {
  return Number.isFinite(until) ? Math.min(to ?? until, until) : to;
}

function decisionView(row: DecisionRow, publishing: Publishing, now: number): DecisionView {
  const sight = sightAt(publishing, row.timestamp, now);
  const decisions = JSON.parse(row.decisions_json) as unknown[];
  const outcomes = JSON.parse(row.notes_json) as unknown[];
  return {
    id: row.id,
    botId: row.bot_id,
    turnNo: row.turn_no,
    timestamp: row.timestamp,
    executionSuccess: row.execution_success === 1,
    isRedacted: !sight.reasoning,
    releasedAt: releasedAt(publishing, row.timestamp, now),
    decisions: decisions.map((decision, i) => decidedView(decision, outcomeOf(outcomes[i]), sight)),
    prompt: sight.prompt ? row.prompt_sent : null,
    rawAnswer: sight.prompt ? row.raw_answer : null,
    versionNo: row.version_no,
    model: row.model,
    tokensIn: row.tokens_in,
    tokensCached: row.tokens_cached,
    tokensOut: row.tokens_out,
    cost: row.cost_micros === null ? null : usd(row.cost_micros),
    latencyMs: row.latency_ms,
    finishReason: row.finish_reason,
    steps: sight.prompt ? stepsOf(row.steps_json) : [],
    mendedFrom: sight.prompt ? row.mended_from : null,
  };
}

/** Rows hold what turns were given. */
function stepsOf(json: string | null): DecisionView['steps'] {
  return json === null ? [] : (JSON.parse(json) as DecisionView['steps']);
}

/** Notes of migrated decisions are not outcomes: those have none. */
function outcomeOf(note: unknown): Outcome | null {
  return typeof note === 'object' && note !== null && 'code' in note && 'accepted' in note
    ? (note as Outcome)
    : null;
}
