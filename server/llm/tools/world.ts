import type { Candle, Quote, SymbolSpec } from '../../engine/model.ts';

export const CANDLE_INTERVALS = ['1m', '5m', '15m', '1h', '4h', '1d'] as const;
export type CandleInterval = (typeof CANDLE_INTERVALS)[number];

const MINUTE_MS = 60_000;
export const INTERVAL_MS: Readonly<Record<CandleInterval, number>> = {
  '1m': MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '1h': 60 * MINUTE_MS,
  '4h': 240 * MINUTE_MS,
  '1d': 1440 * MINUTE_MS,
};

/** What a model's tools may look at: public market data, and figures of the bot's own book. */
export interface ToolWorld {
  /** Arena's clock, epoch ms. */
  readonly now: number;
  /** Those the bot trades or holds. */
  readonly symbols: readonly string[];
  readonly spec: (symbol: string) => SymbolSpec | undefined;
  readonly quote: (symbol: string) => Quote | undefined;
  /** The last `count` closed candles, oldest first; fewer where history is shorter. At most 500. */
  readonly candles: (symbol: string, interval: CandleInterval, count: number) => Promise<readonly Candle[]>;
  readonly equityUsd: number;
  readonly availableUsd: number;
  readonly minSizeUsd: number;
  readonly takerFeeBps: number;
  /** Of chance, so that the same turn draws the same. */
  readonly seed: string;
}
