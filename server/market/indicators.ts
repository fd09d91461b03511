import { ATR, BollingerBands, DonchianChannels, EMA, MACD, RSI, SMA } from 'trading-signals';
import type { Candle } from '../engine/model.ts';

/** Upper and lower bound with the line between them, in price. */
export interface Band {
  readonly lower: number;
  readonly middle: number;
  readonly upper: number;
}

/** Moving average convergence and divergence, in price: `macd` is fast minus slow, `histogram` is macd minus signal. */
export interface MacdValue {
  readonly macd: number;
  readonly signal: number;
  readonly histogram: number;
}

export interface MacdPeriods {
  readonly fast: number;
  /** Above `fast`. */
  readonly slow: number;
  readonly signal: number;
}

type Bar = Pick<Candle, 'high' | 'low' | 'close'>;

const YEAR_MS = 365 * 86_400_000;

/*
 * All functions read oldest first, look at the whole series (longer series give steadier averages), and return null
 * when it is shorter than the period needs.
 */

/** Exponential moving average of the last close; smoothing 2 / (period + 1), seeded with the first close. */
export function ema(closes: readonly number[], period: number): number | null {
  const indicator = new EMA(period);
  indicator.updates(closes);
  return indicator.isStable ? indicator.getResult() : null;
}

/** Simple moving average of the last `period` closes. */
export function sma(closes: readonly number[], period: number): number | null {
  const indicator = new SMA(period);
  indicator.updates(closes.slice(-period));
  return indicator.getResult();
}

/** MACD by exponential averages; null before the signal line has seen `periods.signal` values. */
export function macd(closes: readonly number[], periods: MacdPeriods): MacdValue | null {
  const { fast, slow, signal } = periods;
  if (closes.length < slow + signal - 1) return null;
  const indicator = new MACD(new EMA(fast), new EMA(slow), new EMA(signal));
  indicator.updates(closes);
  return indicator.getResult();
}

/** Wilder's relative strength index, 0 to 100; a market that has not moved is 50. */
export function rsi(closes: readonly number[], period: number): number | null {
  const indicator = new RSI(period);
  indicator.updates(closes);
  const value = indicator.getResult();
  const isFlat = closes.every((close) => close === closes[0]);
  return value !== null && isFlat ? 50 : value;
}

/** Bollinger bands: simple average of the last `period` closes, `deviations` population standard deviations wide. */
export function bollinger(closes: readonly number[], period: number, deviations = 2): Band | null {
  const indicator = new BollingerBands(period, deviations);
  indicator.updates(closes.slice(-period));
  return indicator.getResult();
}

/** Donchian channel: highest high and lowest low of the last `period` candles. */
export function donchian(candles: readonly Pick<Bar, 'high' | 'low'>[], period: number): Band | null {
  const indicator = new DonchianChannels(period);
  indicator.updates(candles.slice(-period));
  return indicator.getResult();
}

/** Wilder's average true range, in price. */
export function atr(candles: readonly Bar[], period: number): number | null {
  const indicator = new ATR(period);
  indicator.updates(candles);
  return indicator.getResult();
}

/**
 * Realised volatility a year, as a fraction (0.6 = 60 %): standard deviation of the last `period` log returns around
 * their mean (sample, n - 1), scaled by the square root of the candles in a year.
 */
export function realisedVolatility(
  closes: readonly number[],
  options: { readonly period: number; readonly candleMs: number },
): number | null {
  const { period, candleMs } = options;
  if (period < 2 || closes.length <= period) return null;
  const window = closes.slice(-period - 1);
  const returns = window.slice(1).map((close, index) => Math.log(close / (window[index] ?? close)));
  const mean = returns.reduce((sum, value) => sum + value, 0) / period;
  const squares = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (period - 1)) * Math.sqrt(YEAR_MS / candleMs);
}
