import { createHash } from 'node:crypto';
import type { AppContext, BotBook } from '../context.ts';
import type { Candle } from '../engine/model.ts';
import { candlesNeeded, renderPrompt } from '../llm/prompt.ts';
import type { ModelAccess, TurnView } from '../llm/provider.ts';
import type { ActiveBot } from './active-bot.ts';
import type { CandleContext } from './kept-candles.ts';
import { readMemory } from './memory.ts';
import { accessOf, type AccessContext } from './model-access.ts';
import type { SettingsStore } from './settings.ts';
import { closedCandles, isCandleInterval } from './tool-world.ts';
import { buildTurnView } from './turn-view.ts';

/** What the words of a question are made from. */
export type TellContext = CandleContext &
  Pick<AppContext, 'books' | 'equityStats'> & { readonly settings: Pick<SettingsStore, 'current'> };
export type QuestionContext = TellContext & AccessContext;

/** What a bot is asked in a turn. */
export interface Question {
  readonly view: TurnView;
  readonly prompt: string;
  readonly promptHash: string;
  readonly historyShown: number;
  readonly historyDropped: number;
  /** null where a built-in strategy decides. */
  readonly access: ModelAccess | null;
}

/** What the question is made from besides the market: for a preview the bot may be another than its row says. */
export interface Asked {
  readonly bot: ActiveBot;
  readonly book: BotBook;
  readonly turnNo: number;
  /** Arena's clock, epoch ms. */
  readonly now: number;
}

/** The exact question of a turn. Its data are the bot's own and the public market's, nobody else's. */
export async function makeQuestion(ctx: QuestionContext, asked: Asked): Promise<Question> {
  const told = await tellQuestion(ctx, asked);
  return { ...told, access: await accessFor(ctx, asked, told) };
}

/** What a bot is told, whether or not its model can be reached. */
export async function tellQuestion(ctx: TellContext, asked: Asked): Promise<Omit<Question, 'access'>> {
  const { bot, book, turnNo, now } = asked;
  const equityMicros = ctx.books.equityMicros(bot.botId);
  const view = buildTurnView(bot, book, { market: ctx.market, equityMicros, turnNo, now });
  const isModel = bot.providerType !== 'house';
  const rendered = renderPrompt(bot.prompt, {
    view,
    memory: isModel ? await readMemory(ctx, bot, book) : null,
    candles: await candlesOf(ctx, bot.prompt, view),
    historyBudgetTokens: ctx.settings.current.history_tokens,
  });
  const promptHash = createHash('sha256').update(rendered.prompt).digest('hex');
  return { view, ...rendered, promptHash };
}

/** How the bot reaches its model; null where a built-in strategy decides. @throws NotFoundError, UnreadableSecretError */
export async function accessFor(
  ctx: QuestionContext,
  { bot, book }: Asked,
  { view, promptHash }: Pick<Question, 'view' | 'promptHash'>,
): Promise<ModelAccess | null> {
  return bot.providerType === 'house' ? null : await accessOf(ctx, bot, { view, book, seed: promptHash });
}

/** The candles that a template names, by what it names them with. */
async function candlesOf(
  ctx: TellContext,
  template: string,
  { now }: TurnView,
): Promise<ReadonlyMap<string, readonly Candle[]>> {
  const tables = new Map<string, readonly Candle[]>();
  for (const { symbol, interval, count } of candlesNeeded(template)) {
    if (!ctx.market.spec(symbol) || !isCandleInterval(interval)) continue;
    const candles = await closedCandles(ctx, { symbol, interval, count, now });
    tables.set(`${symbol}:${interval}:${count}`, candles);
  }
  return tables;
}
