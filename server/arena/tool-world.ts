import type { BotBook } from '../context.ts';
import type { Candle } from '../engine/model.ts';
import type { TurnView } from '../llm/provider.ts';
import { CANDLE_INTERVALS, INTERVAL_MS, type CandleInterval, type ToolWorld } from '../llm/tools/world.ts';
import type { CandleContext } from './kept-candles.ts';
import { readCandles } from './markets-read.ts';
import { usd } from './views.ts';

const MOST_CANDLES = 500;

/** What a bot's tools compute on: public candles of its symbols, and figures of its own book. @param seed of chance. */
export function toolWorldOf(
  ctx: CandleContext,
  { view, book, seed }: { view: TurnView; book: BotBook; seed: string },
): ToolWorld {
  const symbols = view.markets.map(({ spec }) => spec.symbol);
  return {
    now: view.now,
    symbols,
    spec: (symbol) => (symbols.includes(symbol) ? ctx.market.spec(symbol) : undefined),
    quote: (symbol) => (symbols.includes(symbol) ? ctx.market.quote(symbol) : undefined),
    candles: (symbol, interval, count) => closedCandles(ctx, { symbol, interval, count, now: view.now }),
    equityUsd: usd(view.equityMicros),
    availableUsd: usd(book.account.cashMicros),
    minSizeUsd: view.rules.minSizeUsd,
    takerFeeBps: view.rules.takerFeeBps,
    seed,
  };
}

/** The last candles that are over, oldest first. @throws NotFoundError for an unknown symbol. */
export async function closedCandles(
  ctx: CandleContext,
  asked: { symbol: string; interval: CandleInterval; count: number; now: number },
): Promise<Candle[]> {
  const { symbol, interval, now } = asked;
  const count = Math.min(asked.count, MOST_CANDLES);
  const intervalMs = INTERVAL_MS[interval];
  const candles = await readCandles(ctx, symbol, { intervalMs, to: now, limit: count + 1 });
  return candles
    .filter(({ openedAt }) => openedAt + intervalMs <= now)
    .slice(-count)
    .map((candle) => ({ symbol, ...candle }));
}

export function isCandleInterval(text: string): text is CandleInterval {
  return (CANDLE_INTERVALS as readonly string[]).includes(text);
}
