import type { Account, Candle, Position, Side } from '../../engine/model.ts';
import type { DecideRequest, MarketView, TurnView } from '../../llm/provider.ts';

export const VIEW_NOW = Date.UTC(2026, 0, 5, 12);
const MINUTE_MS = 60_000;

/** A market whose closes are `closes`, a minute apart, ending now; highs and lows 0.05 % around them. */
export function marketOf(
  symbol: string,
  closes: readonly number[],
  quote: Partial<MarketView['quote']> = {},
): MarketView {
  const price = closes.at(-1) ?? 100;
  return {
    spec: { symbol, tickSize: 0.01, stepSize: 0.001, maxLeverage: 50, maintenanceRate: 0.005 },
    quote: { symbol, price, at: VIEW_NOW, isStale: false, isConfirmed: true, ...quote },
    change24h: 0.0123,
    candles: closes.map((close, index) =>
      candleOf(symbol, VIEW_NOW - (closes.length - index) * MINUTE_MS, close),
    ),
  };
}

function candleOf(symbol: string, openedAt: number, close: number): Candle {
  return { symbol, openedAt, open: close, high: close * 1.0005, low: close * 0.9995, close, volume: 10 };
}

/** 200 closes around `start` that move by `drift` per candle and swing by `swing` (both fractions). */
export function closesOf(options: {
  start?: number;
  drift?: number;
  swing?: number;
  phase?: number;
}): number[] {
  const { start = 100, drift = 0, swing = 0.001, phase = 0 } = options;
  return Array.from({ length: 200 }, (_, index) => {
    const trend = start * (1 + drift) ** (index - 199);
    return Number((trend * (1 + swing * Math.sin(index / 5 + phase))).toFixed(2));
  });
}

export function positionOf(symbol: string, side: Side, price: number): Position {
  const costMicros = Math.round(price * 3 * 1_000_000);
  return {
    id: `position-${symbol}`,
    symbol,
    side,
    quantity: 3,
    entryQuantity: 3,
    costMicros,
    entryPrice: price,
    marginMicros: Math.ceil(costMicros / 3),
    initialMarginMicros: Math.ceil(costMicros / 3),
    leverage: 3,
    stopLoss: null,
    takeProfit: null,
    liquidationPrice: side === 'LONG' ? price * 0.67 : price * 1.33,
    maintenanceRate: 0.005,
    openedAt: VIEW_NOW - 3_600_000,
    levelsSetAt: VIEW_NOW - 3_600_000,
    lastFundingAt: VIEW_NOW - 3_600_000,
    feesMicros: 0,
    realizedMicros: 0,
    fundingMicros: 0,
    insuranceMicros: 0,
  };
}

export function accountOf(account: Partial<Account> = {}): Account {
  return {
    cashMicros: 10_000_000_000,
    positions: [],
    cooldowns: {},
    tradeCount: 0,
    winCount: 0,
    realizedMicros: 0,
    feesMicros: 0,
    fundingMicros: 0,
    ...account,
  };
}

/** A bot with 10,000 USD before a rising, a falling and a swinging market. */
export function turnViewOf(view: Partial<TurnView> = {}): TurnView {
  return {
    botName: 'Tester',
    turnNo: 1,
    now: VIEW_NOW,
    equityMicros: 10_000_000_000,
    account: accountOf(),
    markets: [
      marketOf('BTCUSDT', closesOf({ start: 60_000, drift: 0.0004 })),
      marketOf('ETHUSDT', closesOf({ start: 3000, drift: -0.0003 })),
      marketOf('SOLUSDT', closesOf({ start: 150, swing: 0.004, phase: 2 })),
    ],
    rules: {
      minSizeUsd: 50,
      takerFeeBps: 5,
      slippageBps: 2,
      cooldownMs: 1_800_000,
      allowAdding: false,
      maxOpenPositions: 10,
    },
    ...view,
  };
}

/** A question to a decider that needs no model. */
export function requestOf(parts: Pick<DecideRequest, 'view'> & Partial<DecideRequest>): DecideRequest {
  return {
    prompt: '',
    config: {},
    access: null,
    wallNow: Date.now,
    deadlineAt: Date.now() + 60_000,
    signal: new AbortController().signal,
    ...parts,
  };
}
