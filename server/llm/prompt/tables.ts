import type { Candle } from '../../engine/model.ts';
import { atr, bollinger, ema, macd, realisedVolatility, rsi } from '../../market/indicators.ts';
import type { MarketView, TurnView } from '../provider.ts';
import { minute, onTick, percent, plain } from './format.ts';
import { word } from './quote.ts';
import type { CandleTable } from './template.ts';

const VOLATILITY_CANDLES = 60;
const MINUTE_MS = 60_000;
const HEADER =
  'symbol | RSI 14 | EMA 12 | EMA 26 | MACD 12/26/9 line, signal, histogram | ATR 14 | Bollinger 20/2 low, middle, high | volatility a year';

/** Of the candles the view holds; `-` where they are too few. */
export function indicatorTable({ markets }: TurnView): string {
  if (markets.length === 0) return 'No market is open.';
  const [first] = markets;
  const length = first ? candleMsOf(first.candles) / MINUTE_MS : 1;
  return [`Candles of ${plain(length)} min.`, HEADER, ...markets.map(indicatorRow)].join('\n');
}

function indicatorRow({ spec, candles }: MarketView): string {
  const closes = candles.map(({ close }) => close);
  // One digit finer than prices: averages of small moves would vanish on the tick.
  const show = (value: number | null | undefined): string =>
    value === null || value === undefined ? '-' : onTick(value, spec.tickSize / 10);
  const trend = macd(closes, { fast: 12, slow: 26, signal: 9 });
  const band = bollinger(closes, 20, 2);
  const volatility = realisedVolatility(closes, {
    period: VOLATILITY_CANDLES,
    candleMs: candleMsOf(candles),
  });
  return [
    word(spec.symbol),
    rsi(closes, 14)?.toFixed(2) ?? '-',
    show(ema(closes, 12)),
    show(ema(closes, 26)),
    [trend?.macd, trend?.signal, trend?.histogram].map(show).join(', '),
    show(atr(candles, 14)),
    [band?.lower, band?.middle, band?.upper].map(show).join(', '),
    percent(volatility).replace('+', ''),
  ].join(' | ');
}

/** The smallest distance of the last candles, as a gap makes it longer; a minute when unknown. */
function candleMsOf(candles: readonly Candle[]): number {
  const starts = candles.slice(-10).map(({ openedAt }) => openedAt);
  const distances = starts.slice(1).map((start, index) => start - (starts[index] ?? start));
  return distances.length === 0 ? MINUTE_MS : Math.min(...distances);
}

/** Comma-separated, oldest first. */
export function candleTable(
  { symbol, interval, count }: CandleTable,
  candles: readonly Candle[],
  { markets }: TurnView,
): string {
  if (candles.length === 0) return `No closed candles of ${word(symbol)} are known.`;
  const tick = markets.find(({ spec }) => spec.symbol === symbol)?.spec.tickSize;
  const show = (price: number): string => (tick === undefined ? plain(price) : onTick(price, tick));
  const rows = candles
    .slice(-count)
    .map(({ openedAt, open, high, low, close, volume }) =>
      [minute(openedAt), ...[open, high, low, close].map(show), plain(volume)].join(','),
    );
  return [
    `${word(symbol)} ${interval}, closed candles`,
    'time (UTC),open,high,low,close,volume',
    ...rows,
  ].join('\n');
}
