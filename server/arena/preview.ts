import type { AppContext, BotBook } from '../context.ts';
import type { BotSettings } from '../contract/http/bot-settings.ts';
import type { Preview } from '../contract/http/thinking.ts';
import { listBotRows, type BotRow } from '../db/queries/bots-write.ts';
import { listAnswerTokens } from '../db/queries/versions.ts';
import { AppError, NotFoundError } from '../errors.ts';
import { costMicros } from '../llm/price.ts';
import type { ModelAccess } from '../llm/provider.ts';
import { countTokens } from '../llm/tokens.ts';
import { activeBotOf, type ActiveBot } from './active-bot.ts';
import { assertPromptLength, assertSymbols, problemsOf } from './bot-template.ts';
import type { BotKey } from './bots.ts';
import { getOwnBot } from './own-bots.ts';
import { runDry } from './preview-dry-run.ts';
import { deciderOf } from './providers.ts';
import { accessFor, tellQuestion, type Asked } from './question.ts';
import { usd } from './views.ts';

/** What is not given is as it is saved. */
export interface PreviewDraft {
  readonly prompt?: string | undefined;
  readonly providerId?: string | undefined;
  readonly tradingSymbols?: readonly string[] | null | undefined;
  readonly settings?: BotSettings | undefined;
}

export interface PreviewOrder {
  readonly draft: PreviewDraft;
  readonly isDryRun: boolean;
  /** Ends the asking, when whoever wants to know has gone. */
  readonly signal: AbortSignal;
}

/** The length of an answer, in tokens, of a bot that has given none. */
const USUAL_ANSWER = 600;
const ANSWERS_LOOKED_AT = 20;

/**
 * What one's bot would be asked if its next turn came now, and as a dry run what its model and the engine make of it.
 * Nothing is written but what a dry run costs.
 * @throws NotFoundError for a bot or a provider that is not one's own, InvalidInputError.
 */
export async function previewBot(ctx: AppContext, key: BotKey, order: PreviewOrder): Promise<Preview> {
  const asked = await askedNow(ctx, key, order.draft);
  const told = await tellQuestion(ctx, asked);
  const tokens = countTokens(told.prompt);
  const access = await accessFor(ctx, asked, told).catch(unreachable);
  return {
    prompt: told.prompt,
    tokens,
    historyShown: told.historyShown,
    historyDropped: told.historyDropped,
    estimatedCost: access instanceof AppError ? null : await estimateCost(ctx, asked.bot, { access, tokens }),
    problems: problemsOf(ctx, asked.bot.prompt).map((problem) => ({ ...problem })),
    dryRun: order.isDryRun ? await runDry(ctx, asked, { told, access, signal: order.signal }) : null,
  };
}

/** A key that cannot be read keeps nobody from seeing the prompt. */
function unreachable(error: unknown): AppError {
  if (error instanceof AppError) return error;
  throw error;
}

/** The bot as the draft would have it, at its next turn. */
async function askedNow(ctx: AppContext, key: BotKey, draft: PreviewDraft): Promise<Asked> {
  await getOwnBot(ctx, key);
  assertPromptLength(ctx, draft.prompt ?? '');
  assertSymbols(ctx, draft.tradingSymbols ?? null);
  const [row] = await listBotRows(ctx.db.read, key.botId);
  if (!row) throw new NotFoundError('bot', key.botId);
  const drafted = { ...row, ...(await draftColumns(ctx, row, draft)) };
  const bot = activeBotOf(drafted, ctx.settings.current, ctx.config.turns.intervalMs);
  return { bot, book: getBook(ctx, key.botId), turnNo: row.last_turn_no + 1, now: ctx.clock.now() };
}

async function draftColumns(ctx: AppContext, row: BotRow, draft: PreviewDraft): Promise<Partial<BotRow>> {
  const { prompt, providerId, tradingSymbols, settings } = draft;
  const decider = providerId === undefined ? null : await deciderOf(ctx, row.user_id, providerId);
  return {
    ...(prompt === undefined ? {} : { prompt }),
    ...(tradingSymbols === undefined
      ? {}
      : { trading_symbols: tradingSymbols && JSON.stringify(tradingSymbols) }),
    ...(settings === undefined ? {} : { settings_json: JSON.stringify(settings) }),
    ...(decider && {
      provider_id: decider.id,
      provider_type: decider.provider_type,
      config_json: decider.config_json,
    }),
  };
}

/** @throws NotFoundError when it is deleted meanwhile. */
function getBook({ books }: Pick<AppContext, 'books'>, botId: string): BotBook {
  const book = books.get(botId);
  if (!book) throw new NotFoundError('bot', botId);
  return book;
}

/** USD of the prompt and an answer as long as the bot's last ones; null = the price is not known. */
async function estimateCost(
  { db }: Pick<AppContext, 'db'>,
  { botId }: ActiveBot,
  { access, tokens }: { access: ModelAccess | null; tokens: number },
): Promise<number | null> {
  if (!access) return 0;
  const lengths = await listAnswerTokens(db, botId, ANSWERS_LOOKED_AT);
  const sum = lengths.reduce((all, length) => all + length, 0);
  const tokensOut = lengths.length === 0 ? USUAL_ANSWER : Math.round(sum / lengths.length);
  const micros = costMicros({ tokensIn: tokens, tokensCached: 0, tokensOut }, access.price);
  return micros === null ? null : usd(micros);
}
