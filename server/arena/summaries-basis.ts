import type { AppContext, BotBook } from '../context.ts';
import {
  findSummary,
  insertSummary,
  keepSummary,
  listSummaries,
  type SummaryBasis,
  type SummaryRow,
} from '../db/queries/summaries.ts';
import type { Write } from '../db/prepared.ts';
import { NotFoundError } from '../errors.ts';
import { historyTokens } from '../llm/prompt/history.ts';
import type { PastTurn } from '../llm/provider.ts';
import { renderSummaryPrompt } from '../llm/summary-prompt.ts';
import { countTokens } from '../llm/tokens.ts';
import { historySince, readLearning, readPerformance, type Learning, type MemoryContext } from './memory.ts';
import { MOST_TURNS, readHistory, readWholeHistory } from './memory-history.ts';
import type { Settings, SettingsStore } from './settings.ts';
import type { StoredSummary } from './summaries-stored.ts';

export type BasisContext = MemoryContext &
  Pick<AppContext, 'newId' | 'clock'> & { readonly settings: Pick<SettingsStore, 'current'> };

type BotKey = Pick<BotBook, 'botId' | 'userId'>;
type HistoryLimits = Pick<Settings, 'history_tokens' | 'history_kept_decisions'>;

/** What a summary is made of. */
export interface SummaryTask {
  readonly basis: SummaryBasis;
  readonly learning: Learning;
  readonly prompt: string;
  /** What it will cover beyond the one before, oldest first. */
  readonly covered: readonly PastTurn[];
}

/** More than the limit, as older turns may have been left over when a model did not answer. */
const PROMPT_LIMITS = 2;

/** Whether the history has passed its limit, and is not just one of a few long turns. */
export function isLong(history: readonly PastTurn[], limits: HistoryLimits): boolean {
  if (history.length <= limits.history_kept_decisions) return false;
  return history.length === MOST_TURNS || historyTokens(history) > limits.history_tokens;
}

/** Turns of the same moment are not torn apart: a summary covers a time. */
export function withoutNewest(history: readonly PastTurn[], kept: number): readonly PastTurn[] {
  const first = history.at(-kept);
  return first ? history.filter(({ at }) => at < first.at) : [];
}

/** All that a bot has not summarised yet. @throws NotFoundError */
export async function readUnsummarised(
  ctx: MemoryContext,
  bot: BotKey,
): Promise<{ learning: Learning; history: PastTurn[] }> {
  const learning = await readLearning(ctx, bot);
  return { learning, history: await readHistory(ctx.db, historySince(bookOf(ctx, bot), learning)) };
}

/** For a summary by itself: all but the newest turns; null while there is no need of one. @throws NotFoundError */
export async function taskWhenLong(ctx: BasisContext, bot: BotKey): Promise<SummaryTask | null> {
  const limits = ctx.settings.current;
  const { learning, history } = await readUnsummarised(ctx, bot);
  if (!isLong(history, limits)) return null;
  const turns = withoutNewest(history, limits.history_kept_decisions);
  return turns.length === 0 ? null : await taskOf(ctx, bookOf(ctx, bot), { learning, turns });
}

/**
 * For a summary that is asked for: every turn of the epoch since the bot was cleared, those that a summary covers among
 * them, because trades that were open then may have ended. null with fewer than `least`. @throws NotFoundError
 */
export async function taskOfAll(ctx: BasisContext, bot: BotKey, least: number): Promise<SummaryTask | null> {
  const book = bookOf(ctx, bot);
  const learning = await readLearning(ctx, bot);
  const past = historySince(book, { ...learning, summary: null });
  const turns = await readWholeHistory(ctx.db, past);
  return turns.length < least ? null : await taskOf(ctx, book, { learning, turns });
}

async function taskOf(
  ctx: BasisContext,
  book: BotBook,
  { learning, turns }: { learning: Learning; turns: readonly PastTurn[] },
): Promise<SummaryTask> {
  const { column, clearedAt, summary } = learning;
  const memory = {
    summary: summary && {
      text: summary.summary,
      count: summary.summarizedCount,
      generatedAt: summary.generatedAt,
    },
    history: turns,
    performance: await readPerformance(ctx, book),
  };
  const budget = PROMPT_LIMITS * ctx.settings.current.history_tokens;
  const { prompt, told } = renderSummaryPrompt(memory, budget);
  const newer = turns.slice(turns.length - told).filter(({ at }) => at > (summary?.summarizedTo ?? -1));
  const { botId, userId, epoch } = book;
  return { basis: { botId, userId, column, clearedAt, epoch }, learning, prompt, covered: newer };
}

function bookOf({ books }: MemoryContext, { botId }: BotKey): BotBook {
  const book = books.get(botId);
  if (!book) throw new NotFoundError('bot', botId);
  return book;
}

/** A summary as it will be stored, and its rows. */
export async function planSummary(
  ctx: BasisContext,
  { basis, learning: { summary: earlier }, covered }: SummaryTask,
  { text, ...origin }: { readonly text: string } & Pick<SummaryRow, 'model' | 'cause'>,
): Promise<{ stored: StoredSummary; writes: Write[] }> {
  const [newest] = await listSummaries(ctx.db, basis.botId, 1);
  const stored: StoredSummary = {
    version: Math.max(newest?.version_no ?? 0, earlier?.version ?? 0) + 1,
    summary: text,
    summarizedCount: (earlier?.summarizedCount ?? 0) + covered.length,
    summarizedFrom: earlier?.summarizedFrom ?? covered[0]?.at ?? null,
    summarizedTo: covered.at(-1)?.at ?? earlier?.summarizedTo ?? null,
    generatedAt: ctx.clock.wallNow(),
    tokenCount: countTokens(text),
  };
  const row = insertSummary(ctx.db.read, summaryRow(ctx, basis, { ...stored, ...origin }));
  return { stored, writes: [...(await keepLegacy(ctx, basis, earlier)), row] };
}

/** One of an old server has no row: it gets one before another takes its place. */
export async function keepLegacy(
  ctx: Pick<BasisContext, 'db' | 'newId'>,
  bot: Pick<SummaryBasis, 'botId' | 'userId' | 'epoch'>,
  stored: StoredSummary | null,
): Promise<Write[]> {
  if (!stored || (await findSummary(ctx.db, { botId: bot.botId, version: stored.version }))) return [];
  return [keepSummary(ctx.db.read, summaryRow(ctx, bot, { ...stored, model: '', cause: 'legacy' }))];
}

function summaryRow(
  { newId }: Pick<BasisContext, 'newId'>,
  { botId, userId, epoch }: Pick<SummaryBasis, 'botId' | 'userId' | 'epoch'>,
  stored: StoredSummary & Pick<SummaryRow, 'model' | 'cause'>,
): SummaryRow {
  return {
    id: newId(),
    user_id: userId,
    bot_id: botId,
    epoch,
    version_no: stored.version,
    summary: stored.summary,
    summarized_count: stored.summarizedCount,
    summarized_from: stored.summarizedFrom,
    summarized_to: stored.summarizedTo,
    generated_at: stored.generatedAt,
    token_count: stored.tokenCount,
    model: stored.model,
    cause: stored.cause,
    cleared_at: null,
  };
}
