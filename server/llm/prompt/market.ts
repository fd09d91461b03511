import type { MarketView, TurnView } from '../provider.ts';
import { onTick, percent } from './format.ts';
import { word } from './quote.ts';

const HOUR_MS = 3_600_000;
const HEADER = 'symbol | price | 24 h | 1 h | low-high of the candles known | max leverage | state';

export function marketTable({ markets, now }: TurnView): string {
  if (markets.length === 0) return 'No market is open.';
  return [HEADER, ...markets.map((market) => marketRow(market, now))].join('\n');
}

function marketRow(market: MarketView, now: number): string {
  const { spec, quote } = market;
  const show = (price: number): string => onTick(price, spec.tickSize);
  const range = rangeOf(market);
  return [
    word(spec.symbol),
    show(quote.price),
    percent(market.change24h),
    percent(changeSince(market, now - HOUR_MS)),
    range ? `${show(range.low)}-${show(range.high)}` : '-',
    `${spec.maxLeverage}x`,
    quoteState(market, now),
  ].join(' | ');
}

function rangeOf({ candles }: MarketView): { low: number; high: number } | null {
  if (candles.length === 0) return null;
  let [low, high] = [Infinity, 0];
  for (const candle of candles) {
    low = Math.min(low, candle.low);
    high = Math.max(high, candle.high);
  }
  return { low, high };
}

/** Null when the candles do not reach back to `time`. */
function changeSince({ candles, quote }: MarketView, time: number): number | null {
  const index = candles.findIndex(({ openedAt }) => openedAt >= time);
  const first = candles[index];
  return first && (index > 0 || first.openedAt === time) ? quote.price / first.open - 1 : null;
}

function quoteState({ quote }: MarketView, now: number): string {
  if (quote.isStale) return `stale for ${Math.max(0, Math.round((now - quote.at) / 1000))} s, not tradable`;
  return quote.isConfirmed ? 'ok' : 'unconfirmed jump, nothing can be opened';
}
