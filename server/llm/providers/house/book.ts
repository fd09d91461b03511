import { MICROS_PER_USD, snap } from '../../../engine/money.ts';
import type { Decision, Position, Side } from '../../../engine/model.ts';
import type { MarketView, TurnView } from '../../provider.ts';

export interface HeldPosition {
  readonly position: Position;
  readonly market: MarketView;
}

/** Markets a position can be opened on now: a sound price, no position yet, no cooldown. */
export function openMarkets(view: TurnView): readonly MarketView[] {
  const held = new Set(view.account.positions.map((position) => position.symbol));
  return view.markets.filter(
    ({ spec, quote }) =>
      isTradable(quote) &&
      quote.isConfirmed &&
      !held.has(spec.symbol) &&
      (view.account.cooldowns[spec.symbol] ?? 0) <= view.now,
  );
}

/** Open positions whose price is fresh enough to act on, in the order of their symbols. */
export function actionablePositions(view: TurnView): readonly HeldPosition[] {
  return view.account.positions
    .flatMap((position) => {
      const market = view.markets.find(({ spec }) => spec.symbol === position.symbol);
      return market && isTradable(market.quote) ? [{ position, market }] : [];
    })
    .toSorted((a, b) => (a.position.symbol < b.position.symbol ? -1 : 1));
}

function isTradable(quote: MarketView['quote']): boolean {
  return !quote.isStale && quote.price > 0;
}

export function closesOf(market: MarketView): readonly number[] {
  return market.candles.map((candle) => candle.close);
}

/** Length of the market's candles, ms: their smallest distance, as a gap makes it longer; a minute when unknown. */
export function candleMsOf(market: MarketView): number {
  const starts = market.candles.slice(-10).map((candle) => candle.openedAt);
  const distances = starts.slice(1).map((start, index) => start - (starts[index] ?? start));
  return distances.length === 0 ? 60_000 : Math.min(...distances);
}

export interface Entry {
  readonly market: MarketView;
  readonly side: Side;
  /** Margin as a share of equity. */
  readonly equityShare: number;
  readonly leverage: number;
  /** Distances from the price, in price; absent = none. */
  readonly stopDistance?: number;
  readonly targetDistance?: number;
  /** What decided, without the size: it is added. */
  readonly because: string;
}

/**
 * Hands out cash and position slots to entries in order, so that one turn never asks for more than it has.
 * `maxPositions` counts the positions already open.
 */
export function planEntries(
  view: TurnView,
  entries: readonly Entry[],
  limits: { readonly maxPositions: number; readonly maxEntries: number },
): readonly Decision[] {
  const most = Math.min(limits.maxPositions, view.rules.maxOpenPositions);
  const slots = Math.min(limits.maxEntries, most - view.account.positions.length);
  const decisions: Decision[] = [];
  let cash = view.account.cashMicros / MICROS_PER_USD;
  for (const entry of entries) {
    if (decisions.length >= slots) break;
    const leverage = Math.min(entry.leverage, entry.market.spec.maxLeverage);
    const costOfOne = 1 + (leverage * view.rules.takerFeeBps) / 10_000;
    const wanted = (view.equityMicros / MICROS_PER_USD) * entry.equityShare;
    const size = snap(Math.min(wanted, (cash / costOfOne) * 0.999), 0.01, 'down');
    if (size < view.rules.minSizeUsd || !buysOneStep(entry.market, size * leverage)) continue;
    cash -= size * costOfOne;
    decisions.push(toDecision(entry, size, leverage));
  }
  return decisions;
}

/** With a percent to spare for the price to move until the fill. */
function buysOneStep({ spec, quote }: MarketView, notional: number): boolean {
  return notional >= spec.stepSize * quote.price * 1.01;
}

function toDecision(entry: Entry, size: number, leverage: number): Decision {
  const { market, side, because } = entry;
  const share = `${(entry.equityShare * 100).toFixed(0)} % of equity`;
  return {
    action: side,
    symbol: market.spec.symbol,
    size,
    leverage,
    stopLoss: levelAt(market, side === 'LONG' ? -1 : 1, entry.stopDistance),
    takeProfit: levelAt(market, side === 'LONG' ? 1 : -1, entry.targetDistance),
    reasoning: `${because}: ${side.toLowerCase()} ${leverage}x with ${share}.`,
  };
}

/** A price on the tick, `distance` away; null when there is none or it would not be positive. */
function levelAt(market: MarketView, direction: 1 | -1, distance: number | undefined): number | null {
  if (distance === undefined) return null;
  const level = snap(market.quote.price + direction * distance, market.spec.tickSize, 'nearest');
  return level > 0 && level !== market.quote.price ? level : null;
}

/** Closes by symbol, so that the same history gives the same answer whatever the ids are. */
export function close(position: Position, because: string): Decision {
  return { action: 'CLOSE', symbol: position.symbol, reasoning: `${because}: close the ${position.side}.` };
}

export function hold(because: string): Decision {
  return { action: 'HOLD', reasoning: `${because}.` };
}

/** Exits and entries, or a single HOLD that says why there are none. */
export function orHold(decisions: readonly Decision[], because: () => string): readonly Decision[] {
  return decisions.length > 0 ? decisions : [hold(because())];
}
