import { z } from 'zod';
import type { Candle, Quote, SymbolSpec } from '../../engine/model.ts';
import { decimalsOf } from '../../engine/money.ts';
import { quoted, ToolProblem } from './tool.ts';
import { CANDLE_INTERVALS, type CandleInterval, type ToolWorld } from './world.ts';

export const MAX_CANDLES = 500;
const MAX_NAMED = 50;

export const symbolArg = z.string().min(1).max(40).describe('A symbol of this market, in upper case.');
export const intervalArg = z.enum(CANDLE_INTERVALS).default('1h').describe('Length of a candle.');
export const sideArg = z.enum(['LONG', 'SHORT']).describe('The side of the position.');

/** Bounds within which figures made of prices stay finite. */
export const priceArg = z.number().min(1e-12).max(1e9);

/** How many candles to look back. */
export function countArg(bounds: { min: number; max: number; usual: number }): z.ZodDefault<z.ZodInt> {
  return z
    .int()
    .min(bounds.min)
    .max(bounds.max)
    .default(bounds.usual)
    .describe(`How many of the last closed candles are read, ${bounds.min} to ${bounds.max}.`);
}

/** Throws ToolProblem that names the symbols there are. */
export function specOf(world: ToolWorld, symbol: string): SymbolSpec {
  const spec = world.symbols.includes(symbol) ? world.spec(symbol) : undefined;
  if (spec) return spec;
  const named = world.symbols.slice(0, MAX_NAMED).join(', ');
  throw new ToolProblem(
    `There is no symbol ${quoted(symbol)}. ${named === '' ? 'No market is open.' : `The symbols are: ${named}.`}`,
  );
}

/** The price now. Throws ToolProblem for an unknown symbol and for one without a price. */
export function quoteOf(world: ToolWorld, symbol: string): Quote {
  specOf(world, symbol);
  const quote = world.quote(symbol);
  if (!quote) throw new ToolProblem(`${symbol} has no price now.`);
  return quote;
}

/** A price to the decimals of the symbol's tick. */
export function onTick(spec: SymbolSpec, price: number): number {
  return Number(price.toFixed(Math.min(20, decimalsOf(spec.tickSize))));
}

export interface CandleQuestion {
  readonly symbol: string;
  readonly interval: CandleInterval;
  readonly count: number;
  /** Fewer are no use. */
  readonly atLeast: number;
}

/** The last closed candles, oldest first. Throws ToolProblem when the symbol is unknown or its history too short. */
export async function readCandles(world: ToolWorld, question: CandleQuestion): Promise<readonly Candle[]> {
  const { symbol, interval, count, atLeast } = question;
  specOf(world, symbol);
  const candles = (await world.candles(symbol, interval, count)).slice(-count);
  if (candles.length >= atLeast) return candles;
  throw new ToolProblem(
    `This needs ${atLeast} closed ${interval} candles of ${symbol}, and there are ${candles.length}. A shorter interval or period may do.`,
  );
}

/** For lists that readCandles has found long enough. */
export function firstOf<T>(list: readonly T[]): T {
  return known(list[0]);
}

export function lastOf<T>(list: readonly T[]): T {
  return known(list.at(-1));
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new ToolProblem('There are too few candles for this.');
  return value;
}

export function closesOf(candles: readonly Candle[]): number[] {
  return candles.map(({ close }) => close);
}

/** Between neighbours, as fractions; one fewer than the values. */
export function simpleReturns(values: readonly number[]): number[] {
  return values.slice(1).map((value, index) => value / (values[index] ?? value) - 1);
}

export function logReturns(values: readonly number[]): number[] {
  return values.slice(1).map((value, index) => Math.log(value / (values[index] ?? value)));
}

/** Such as `2026-01-05T12:00Z`. */
export function isoMinute(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16)}Z`;
}

/** To significant digits, which is what a model can use. */
export function figure(value: number, digits = 6): number {
  return Number(value.toPrecision(digits));
}

/** A fraction in percent. */
export function percent(fraction: number): number {
  return Number((fraction * 100).toFixed(4));
}
