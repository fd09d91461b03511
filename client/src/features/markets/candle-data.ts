import type { CandleInterval, CandlesResponse, PositionView, TradeView } from '../../api/contract.ts';

export type CandleItem = CandlesResponse['items'][number];

export const INTERVAL_MS = {
  '1m': 60_000,
  '5m': 300_000,
  '15m': 900_000,
  '1h': 3_600_000,
  '4h': 14_400_000,
  '1d': 86_400_000,
} as const satisfies Record<CandleInterval, number>;

/** The candle after one more price: the same one moved, or a new one that opens at the last close. */
export function withPrice(
  last: CandleItem | undefined,
  tick: { readonly price: number; readonly at: number },
  intervalMs: number,
): CandleItem | null {
  const openedAt = Math.floor(tick.at / intervalMs) * intervalMs;
  if (last && openedAt < last.openedAt) return null;
  if (last && openedAt === last.openedAt) {
    return {
      ...last,
      close: tick.price,
      high: Math.max(last.high, tick.price),
      low: Math.min(last.low, tick.price),
    };
  }
  const open = last?.close ?? tick.price;
  return {
    openedAt,
    open,
    high: Math.max(open, tick.price),
    low: Math.min(open, tick.price),
    close: tick.price,
    volume: 0,
  };
}

/** What a bot did in a symbol and holds there. */
export interface ChartMarks {
  readonly trades: readonly TradeView[];
  readonly position: PositionView | null;
}

export interface TradeMark {
  /** Start of the candle the fill lies in, epoch ms. */
  readonly openedAt: number;
  readonly kind: 'entry' | 'exit';
  readonly side: 'LONG' | 'SHORT';
  readonly pnl: number;
}

/** Fills that lie within the candles shown, oldest first, each on the candle it happened in. */
export function tradeMarks(
  trades: readonly TradeView[],
  candles: readonly CandleItem[],
  intervalMs: number,
): TradeMark[] {
  const first = candles[0]?.openedAt ?? Number.POSITIVE_INFINITY;
  return trades
    .map((trade) => ({
      openedAt: Math.floor(trade.executedAt / intervalMs) * intervalMs,
      kind: trade.tradeType,
      side: trade.side,
      pnl: trade.pnl,
    }))
    .filter(({ openedAt }) => openedAt >= first)
    .sort((a, b) => a.openedAt - b.openedAt);
}
