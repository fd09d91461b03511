import type { BotAnalytics, ReturnBin, TradeGroup, TradeTotals } from '../contract/http/analytics.ts';
import { quantiles } from './quantile.ts';
import { usd, winRate } from './views.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** 1970 began on a Thursday, three days into its week. */
const FIRST_WEEKDAY = 3;

const HOLD_EDGES_MS: readonly number[] = [
  0,
  MINUTE_MS,
  5 * MINUTE_MS,
  15 * MINUTE_MS,
  HOUR_MS,
  4 * HOUR_MS,
  DAY_MS,
  7 * DAY_MS,
];
const RETURN_EDGES: readonly number[] = [
  -1, -0.5, -0.25, -0.1, -0.05, -0.02, -0.01, 0, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1,
];

/** A closed position. Money in whole micros. */
export interface ClosedTrade {
  readonly symbol: string;
  readonly side: 'LONG' | 'SHORT';
  readonly closeCause: string;
  /** Realised + funding - fees. */
  readonly netMicros: number;
  readonly feesMicros: number;
  readonly fundingMicros: number;
  readonly insuranceMicros: number;
  /** At its entry. */
  readonly marginMicros: number;
  /** Epoch ms. */
  readonly openedAt: number;
  readonly closedAt: number;
  readonly isLegacy: boolean;
}

type Groups = Pick<
  BotAnalytics,
  'bySymbol' | 'bySide' | 'byCloseCause' | 'byHour' | 'byWeekday' | 'byHoldTime' | 'returns'
>;

/** Adds up closed positions, one at a time, in any order. Sums are exact; definitions are in the contract. */
export class TradeStats {
  readonly #all = new Sums();
  readonly #won = new Sums();
  readonly #lost = new Sums();
  #legacyCount = 0;
  #insuranceMicros = 0;
  #largestWin = 0;
  #largestLoss = 0;
  readonly #holdsMs: number[] = [];
  readonly #bySymbol = new Grouping<string>();
  readonly #bySide = new Grouping<'LONG' | 'SHORT'>();
  readonly #byCloseCause = new Grouping<string>();
  readonly #byHour = new Grouping<number>();
  readonly #byWeekday = new Grouping<number>();
  /** By the index of the lower edge. */
  readonly #byHold = new Grouping<number>();
  /** The first lies below the first edge. */
  readonly #returns: number[] = [0, ...RETURN_EDGES.map(() => 0)];

  get count(): number {
    return this.#all.count;
  }

  add(trade: ClosedTrade): void {
    const holdMs = trade.closedAt - trade.openedAt;
    this.#addToTotals(trade, holdMs);
    this.#bySymbol.add(trade.symbol, trade);
    this.#bySide.add(trade.side, trade);
    this.#byCloseCause.add(trade.closeCause, trade);
    this.#byHour.add(Math.floor(trade.openedAt / HOUR_MS) % 24, trade);
    this.#byWeekday.add(((Math.floor(trade.openedAt / DAY_MS) + FIRST_WEEKDAY) % 7) + 1, trade);
    this.#byHold.add(edgesBelow(HOLD_EDGES_MS, holdMs) - 1, trade);
    if (trade.marginMicros <= 0) return;
    const bin = edgesBelow(RETURN_EDGES, trade.netMicros / trade.marginMicros);
    this.#returns[bin] = (this.#returns[bin] ?? 0) + 1;
  }

  #addToTotals(trade: ClosedTrade, holdMs: number): void {
    this.#all.add(trade);
    if (trade.netMicros > 0) this.#won.add(trade);
    if (trade.netMicros < 0) this.#lost.add(trade);
    this.#largestWin = Math.max(this.#largestWin, trade.netMicros);
    this.#largestLoss = Math.min(this.#largestLoss, trade.netMicros);
    this.#insuranceMicros += trade.insuranceMicros;
    if (trade.isLegacy) this.#legacyCount += 1;
    this.#holdsMs.push(holdMs);
  }

  totals(): Omit<TradeTotals, 'isCapped'> {
    const [won, lost] = [this.#won, this.#lost];
    const [medianHoldMs, p90HoldMs] = quantiles(this.#holdsMs, 0.5, 0.9);
    return {
      ...this.#all.group(),
      legacyCount: this.#legacyCount,
      losses: lost.count,
      insurance: usd(this.#insuranceMicros),
      winRate: winRate(this.count, won.count),
      profitFactor: lost.count === 0 ? null : won.netMicros / -lost.netMicros,
      averageWin: won.meanNet(),
      averageLoss: lost.meanNet(),
      expectancy: this.#all.meanNet(),
      largestWin: won.count === 0 ? null : usd(this.#largestWin),
      largestLoss: lost.count === 0 ? null : usd(this.#largestLoss),
      medianHoldMs,
      p90HoldMs,
    };
  }

  groups(): Groups {
    return {
      bySymbol: this.#bySymbol.list((symbol) => ({ symbol })),
      bySide: this.#bySide.list((side) => ({ side })),
      byCloseCause: this.#byCloseCause.list((closeCause) => ({ closeCause })),
      byHour: this.#byHour.list((hour) => ({ hour })),
      byWeekday: this.#byWeekday.list((weekday) => ({ weekday })),
      byHoldTime: this.#byHold.list((edge) => ({
        fromMs: HOLD_EDGES_MS[edge] ?? 0,
        toMs: HOLD_EDGES_MS[edge + 1] ?? null,
      })),
      returns: this.#returns.map((count, bin): ReturnBin => ({
        from: RETURN_EDGES[bin - 1] ?? null,
        to: RETURN_EDGES[bin] ?? null,
        count,
      })),
    };
  }
}

class Sums {
  count = 0;
  wins = 0;
  netMicros = 0;
  feesMicros = 0;
  fundingMicros = 0;

  add(trade: ClosedTrade): void {
    this.count += 1;
    if (trade.netMicros > 0) this.wins += 1;
    this.netMicros += trade.netMicros;
    this.feesMicros += trade.feesMicros;
    this.fundingMicros += trade.fundingMicros;
  }

  /** USD; null of nothing. */
  meanNet(): number | null {
    return this.count === 0 ? null : usd(this.netMicros / this.count);
  }

  group(): TradeGroup {
    return {
      count: this.count,
      wins: this.wins,
      net: usd(this.netMicros),
      fees: usd(this.feesMicros),
      funding: usd(this.fundingMicros),
    };
  }
}

class Grouping<Key extends string | number> {
  readonly #sums = new Map<Key, Sums>();

  add(key: Key, trade: ClosedTrade): void {
    let sums = this.#sums.get(key);
    if (!sums) {
      sums = new Sums();
      this.#sums.set(key, sums);
    }
    sums.add(trade);
  }

  /** In the order of the keys. */
  list<Name extends object>(nameOf: (key: Key) => Name): (Name & TradeGroup)[] {
    return [...this.#sums]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, sums]) => ({ ...nameOf(key), ...sums.group() }));
  }
}

/** How many of the ascending edges are at or below the value. */
function edgesBelow(edges: readonly number[], value: number): number {
  return edges.findLastIndex((edge) => edge <= value) + 1;
}
