import type { Candle } from '../../engine/model.ts';
import type { ToolWorld } from '../../llm/tools/world.ts';

export const TOOL_NOW = Date.UTC(2026, 0, 5, 12);
const HOUR_MS = 3_600_000;

/** Hourly candles that end now; each opens at the close before it. `reach` is how far high and low go beyond. */
export function hourlyCandles(symbol: string, closes: readonly number[], reach = 0): Candle[] {
  return closes.map((close, index) => {
    const open = closes[index - 1] ?? close;
    return {
      symbol,
      openedAt: TOOL_NOW - (closes.length - index) * HOUR_MS,
      open,
      high: Math.max(open, close) + reach,
      low: Math.min(open, close) - reach,
      close,
      volume: 10,
    };
  });
}

/** A market whose price is each symbol's last close, and a book of 10,000 USD with 8,000 available. */
export function toolWorld(
  markets: Readonly<Record<string, readonly Candle[]>>,
  overrides: Partial<ToolWorld> = {},
): ToolWorld {
  const market = new Map(Object.entries(markets));
  return {
    now: TOOL_NOW,
    symbols: [...market.keys()],
    spec: (symbol) =>
      market.has(symbol)
        ? { symbol, tickSize: 0.01, stepSize: 0.001, maxLeverage: 50, maintenanceRate: 0.005 }
        : undefined,
    quote: (symbol) => {
      const last = market.get(symbol)?.at(-1);
      if (!last) return undefined;
      return { symbol, price: last.close, at: TOOL_NOW - 1500, isStale: false, isConfirmed: true };
    },
    candles: async (symbol, _interval, count) => (market.get(symbol) ?? []).slice(-count),
    equityUsd: 10_000,
    availableUsd: 8000,
    minSizeUsd: 10,
    takerFeeBps: 5,
    seed: 'turn-7',
    ...overrides,
  };
}
