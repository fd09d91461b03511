import type { Strategy } from '../strategy.ts';
import { breakout } from './breakout.ts';
import { buyAndHold } from './buy-and-hold.ts';
import { flat } from './flat.ts';
import { meanReversion } from './mean-reversion.ts';
import { momentum } from './momentum.ts';
import { random } from './random.ts';
import { volatilityTrend } from './volatility-trend.ts';

/** Every house strategy; a new one is a file beside this and a line here. */
const ALL: readonly Strategy[] = [
  buyAndHold,
  momentum,
  meanReversion,
  breakout,
  volatilityTrend,
  random,
  flat,
];

export const STRATEGIES: ReadonlyMap<string, Strategy> = new Map(ALL.map((one) => [one.name, one]));

/** The yardsticks: what the others are measured against. */
export const REFERENCE_STRATEGIES: ReadonlySet<string> = new Set(
  ALL.filter((one) => one.isReference).map((one) => one.name),
);
