import type { AppContext, BotBook } from '../context.ts';
import {
  findAverages,
  findLearning,
  findOpening,
  listEnded,
  type EndedRow,
  type LearningRow,
} from '../db/queries/memory.ts';
import { returnFraction } from '../engine/metrics.ts';
import { NotFoundError } from '../errors.ts';
import type { PastTrade, TurnMemory } from '../llm/provider.ts';
import { readHistory, resultOf, type Past } from './memory-history.ts';
import { reasoningsOf } from './memory-turns.ts';
import { cutText, SUMMARY_CHARACTERS, storedSummaryOf, type StoredSummary } from './summaries-stored.ts';
import { usd, winRate } from './views.ts';

const RECENT_TRADES = 20;

export type MemoryContext = Pick<AppContext, 'db' | 'books' | 'equityStats'>;
type BotKey = Pick<BotBook, 'botId' | 'userId'>;

/** What a bot has learnt so far, and where its history begins. */
export interface Learning {
  /** As its row has it, for who writes another one. */
  readonly column: string | null;
  readonly summary: StoredSummary | null;
  /** Arena's clock: it does not know what it decided up to then. */
  readonly clearedAt: number | null;
}

/**
 * What a bot knows of its past when its model decides: its summary, what it decided since and what came of it, its last
 * trades and figures. History is of the present epoch and since it was cleared; trades, figures and why positions were
 * opened belong to the account and stay. Bounded reads, whatever the bot has lived through.
 * @throws NotFoundError once the bot is deleted.
 */
export async function readMemory(ctx: MemoryContext, bot: BotKey, book: BotBook): Promise<TurnMemory> {
  const { db } = ctx;
  const { summary, clearedAt } = await readLearning(ctx, bot);
  const epoch = { botId: bot.botId, epoch: book.epoch };
  const ended = await listEnded(db, { ...epoch, limit: 2 * RECENT_TRADES });
  return {
    summary: summary && {
      text: cutText(summary.summary, SUMMARY_CHARACTERS),
      count: summary.summarizedCount,
      generatedAt: summary.generatedAt,
    },
    history: await readHistory(db, historySince(book, { summary, clearedAt })),
    recentTrades: recentTrades(ended),
    performance: await readPerformance(ctx, book),
    entryReasons: await readEntryReasons(ctx, book),
  };
}

/** @throws NotFoundError */
export async function readLearning({ db }: Pick<AppContext, 'db'>, bot: BotKey): Promise<Learning> {
  const row = await findLearning(db, { botId: bot.botId, userId: bot.userId });
  if (!row) throw new NotFoundError('bot', bot.botId);
  return learningOf(row);
}

export function learningOf(row: LearningRow): Learning {
  return { column: row.history_summary, summary: storedSummaryOf(row), clearedAt: row.learning_since };
}

/** What neither its summary covers nor was cleared. */
export function historySince(
  { botId, epoch }: Pick<BotBook, 'botId' | 'epoch'>,
  { summary, clearedAt }: Pick<Learning, 'summary' | 'clearedAt'>,
): Past {
  return { botId, epoch, after: Math.max(summary?.summarizedTo ?? -1, clearedAt ?? -1) };
}

/** A position that was closed by two trades of one moment is one. */
function recentTrades(rows: readonly EndedRow[]): PastTrade[] {
  const byId = new Map(rows.toReversed().map((row) => [row.id, row]));
  return [...byId.values()].toReversed().slice(0, RECENT_TRADES).map(pastTradeOf);
}

function pastTradeOf(row: EndedRow): PastTrade {
  return {
    ...resultOf(row),
    symbol: row.symbol,
    side: row.position_type,
    size: row.size,
    leverage: row.leverage,
    entryPrice: row.entry_price,
    exitPrice: row.exit_price,
    openedAt: row.opened_at,
    closedAt: row.closed_at,
  };
}

/** How a bot's account stands in its epoch. */
export async function readPerformance(ctx: MemoryContext, book: BotBook): Promise<TurnMemory['performance']> {
  const { botId, epoch, account, initialBalanceMicros } = book;
  const found = await findAverages(ctx.db, { botId, epoch });
  const average = (micros: number | null | undefined) =>
    micros === null || micros === undefined ? null : usd(Math.round(micros));
  return {
    initialUsd: usd(initialBalanceMicros),
    returnFraction: returnFraction(initialBalanceMicros, ctx.books.equityMicros(botId)),
    maxDrawdown: ctx.equityStats.maxDrawdown(botId),
    sharpe: ctx.equityStats.sharpe(botId),
    closedCount: account.tradeCount,
    winRate: winRate(account.tradeCount, account.winCount),
    averageWinUsd: average(found?.win_micros),
    averageLossUsd: average(found?.loss_micros),
  };
}

async function readEntryReasons({ db }: MemoryContext, book: BotBook): Promise<Record<string, string>> {
  const reasons: Record<string, string> = {};
  for (const { id, openedAt } of book.account.positions) {
    const row = await findOpening(db, { botId: book.botId, positionId: id, openedAt });
    const reasoning = row && reasoningsOf(row.decisions_json)[row.decision_index ?? 0];
    if (reasoning) reasons[id] = reasoning;
  }
  return reasons;
}
