import type { SymbolSpec } from '../../../engine/model.ts';
import { streamOf } from './random.ts';

/** One simulated market. */
export interface SimSymbol {
  readonly spec: SymbolSpec;
  readonly startPrice: number;
  /** Decimals of the tick: tick = 10^-decimals. */
  readonly decimals: number;
  /** Usual standard deviation of a day's log return. */
  readonly dailyVolatility: number;
  /** Share of the movement that is the whole market's, 0 to 1: two symbols correlate by the product of theirs. */
  readonly beta: number;
  /** Usual turnover a minute, USD. */
  readonly turnover: number;
  /** The symbol's own stream of randomness. */
  readonly stream: number;
}

type Row = readonly [
  symbol: string,
  startPrice: number,
  decimals: number,
  stepSize: number,
  maxLeverage: number,
  dailyVolatility: number,
  beta: number,
  turnover: number,
];

const ROWS: readonly Row[] = [
  ['BTCUSDT', 89_500, 1, 0.00001, 125, 0.024, 0.92, 9_000_000],
  ['ETHUSDT', 3050, 2, 0.0001, 125, 0.033, 0.88, 6_000_000],
  ['SOLUSDT', 132, 3, 0.01, 100, 0.041, 0.82, 2_400_000],
  ['BNBUSDT', 870, 2, 0.001, 75, 0.027, 0.78, 900_000],
  ['XRPUSDT', 1.95, 4, 0.1, 75, 0.039, 0.76, 1_600_000],
  ['DOGEUSDT', 0.127, 5, 1, 75, 0.048, 0.8, 900_000],
  ['ADAUSDT', 0.364, 5, 1, 75, 0.043, 0.79, 300_000],
  ['AVAXUSDT', 12.4, 3, 0.01, 50, 0.046, 0.77, 260_000],
  ['LINKUSDT', 12.6, 3, 0.01, 50, 0.045, 0.78, 300_000],
  ['DOTUSDT', 1.98, 4, 0.1, 50, 0.044, 0.76, 140_000],
  ['LTCUSDT', 69.5, 2, 0.01, 75, 0.036, 0.7, 240_000],
  ['UNIUSDT', 4.92, 4, 0.1, 50, 0.051, 0.71, 150_000],
  ['NEARUSDT', 1.53, 4, 0.1, 50, 0.053, 0.74, 130_000],
  ['SUIUSDT', 1.51, 4, 0.1, 50, 0.055, 0.75, 500_000],
  ['AAVEUSDT', 158, 2, 0.001, 50, 0.047, 0.72, 180_000],
  ['APTUSDT', 1.62, 4, 0.1, 25, 0.052, 0.73, 90_000],
];

const MAINTENANCE_RATE = 0.005;

/**
 * The simulated markets, those of `startPrices` at their price. A symbol only `startPrices` names joins as a small
 * coin, so that positions carried over from elsewhere go on at their last price.
 */
export function listSimSymbols(startPrices: Readonly<Record<string, number>>): readonly SimSymbol[] {
  const listed = new Set(ROWS.map(([symbol]) => symbol));
  const joined = Object.keys(startPrices).filter((symbol) => !listed.has(symbol));
  return [
    ...ROWS.map((row) => buildSymbol(row, startPrices[row[0]] ?? row[1])),
    ...joined.toSorted().map((symbol) => buildSmallCoin(symbol, startPrices[symbol] ?? 1)),
  ];
}

function buildSymbol(row: Row, startPrice: number): SimSymbol {
  const [symbol, usualPrice, usualDecimals, stepSize, maxLeverage, dailyVolatility, beta, turnover] = row;
  const isNear = startPrice > usualPrice / 10;
  const decimals = isNear ? usualDecimals : Math.max(usualDecimals, decimalsFor(startPrice));
  const spec = {
    symbol,
    tickSize: power(-decimals),
    stepSize,
    maxLeverage,
    maintenanceRate: MAINTENANCE_RATE,
  };
  return { spec, startPrice, decimals, dailyVolatility, beta, turnover, stream: streamOf(symbol) };
}

function buildSmallCoin(symbol: string, startPrice: number): SimSymbol {
  const decimals = decimalsFor(startPrice);
  const stepSize = power(-Math.ceil(Math.log10(startPrice)));
  return buildSymbol([symbol, startPrice, decimals, stepSize, 25, 0.05, 0.7, 50_000], startPrice);
}

/** Ticks of about a thousandth of a per cent to a hundredth. */
function decimalsFor(price: number): number {
  return Math.min(10, Math.max(0, 4 - Math.floor(Math.log10(price))));
}

/** 10^exponent as the double nearest to the decimal. */
function power(exponent: number): number {
  return Number(`1e${exponent}`);
}
