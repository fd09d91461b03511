import type {
  BotDetail,
  BotIdentity,
  BotSummary,
  Decided,
  EventPayload,
  LeaderboardRow,
  LiveEvent,
  Market,
  PositionView,
  TradeView,
} from '../api/contract.ts';
import type { ArenaState, Book } from './patch.ts';

/** Data in the contract's shapes for the tests of the page. */
export function botOf(part: Partial<BotSummary> = {}): BotSummary {
  return {
    id: 'a',
    name: 'Astrologer',
    owner: { id: 'u', username: 'ada', isHouse: true },
    provider: { type: 'house', model: 'momentum' },
    isReference: false,
    tradingMode: 'paper',
    createdAt: 1,
    isPaused: false,
    pauseReason: null,
    isTurnRunning: true,
    nextTurnAt: 100,
    epoch: 1,
    initialBalance: 10_000,
    cash: 10_000,
    margin: 0,
    unrealizedPnl: 0,
    totalValue: 10_000,
    returnFraction: 0,
    realizedPnl: 0,
    fees: 0,
    funding: 0,
    tradeCount: 0,
    winRate: null,
    maxDrawdown: null,
    change1h: null,
    change24h: 0.25,
    openPositionCount: 0,
    ...part,
  };
}

export function detailOf(part: Partial<BotDetail> = {}): BotDetail {
  return {
    ...botOf(),
    tradingSymbols: null,
    turnIntervalMs: 20_000,
    skippedTurns: 0,
    prompt: null,
    openPositions: [],
    publishing: { positions: 'public', reasoning: 'owner', prompt: 'owner' },
    hasAvatar: false,
    own: null,
    ...part,
  };
}

export function rowOf(rank: number, bot: BotIdentity, part: Partial<LeaderboardRow> = {}): LeaderboardRow {
  return {
    rank,
    place: bot.isReference ? null : rank,
    bot,
    totalValue: 10_000,
    returnFraction: 0,
    pnl: 0,
    modelCost: 0,
    netPnl: 0,
    maxDrawdown: null,
    sharpe: null,
    tradeCount: 40,
    winRate: null,
    hasFewTrades: false,
    ...part,
  };
}

export function positionOf(part: Partial<PositionView> = {}): PositionView {
  return {
    id: 'p1',
    botId: 'a',
    symbol: 'BTCUSDT',
    side: 'LONG',
    status: 'open',
    quantity: 0.02,
    entryQuantity: 0.02,
    entryPrice: 67_200,
    markPrice: 67_300,
    size: 500,
    margin: 500,
    leverage: 3,
    stopLoss: 66_000,
    takeProfit: 70_000,
    liquidationPrice: 45_000,
    unrealizedPnl: 2,
    netPnl: -0.5,
    fees: 0.5,
    funding: 0,
    closeCause: null,
    openedAt: 10,
    closedAt: null,
    ...part,
  };
}

export function tradeOf(part: Partial<TradeView> = {}): TradeView {
  return {
    id: 't1',
    botId: 'a',
    positionId: 'p1',
    decisionId: null,
    symbol: 'BTCUSDT',
    tradeType: 'entry',
    side: 'LONG',
    price: 67_201,
    entryPrice: 67_201,
    exitPrice: null,
    quantity: 0.02,
    size: 500,
    notional: 1_500,
    leverage: 3,
    pnl: -0.5,
    fee: 0.5,
    cause: 'decision',
    decisionPrice: 67_200,
    slippage: 1,
    delayMs: 100,
    executedAt: 10,
    ...part,
  };
}

export function bookOf(part: Partial<Book> = {}): Book {
  return {
    cash: 9_500,
    margin: 500,
    realizedPnl: -0.5,
    fees: 0.5,
    funding: 0,
    tradeCount: 1,
    winRate: 1,
    positions: [positionOf()],
    ...part,
  };
}

export function decidedOf(part: Partial<Decided> = {}): Decided {
  return {
    action: 'HOLD',
    symbol: null,
    size: null,
    leverage: null,
    stopLoss: null,
    takeProfit: null,
    closeFraction: null,
    confidence: null,
    reasoning: null,
    outcome: { code: 'held', accepted: true, message: 'held', notes: [], positionId: null },
    ...part,
  };
}

export function turnOf(part: Partial<Extract<EventPayload, { type: 'turn' }>> = {}) {
  return {
    type: 'turn' as const,
    botId: 'a',
    botName: 'Astro',
    turnNo: 1,
    decisionId: 'd1',
    executionSuccess: true,
    decisions: [],
    trades: [],
    book: bookOf(),
    nextTurnAt: 200,
    releasesAt: null,
    ...part,
  };
}

export function exitOf(part: Partial<Extract<EventPayload, { type: 'exit' }>> = {}) {
  return {
    type: 'exit' as const,
    botId: 'a',
    botName: 'Astro',
    trade: tradeOf({ tradeType: 'exit' }),
    book: bookOf({ positions: [], margin: 0 }),
    releasesAt: null,
    ...part,
  };
}

export const eventOf = (seq: number, payload: EventPayload, room = 'arena'): LiveEvent => ({
  room,
  seq,
  at: seq * 1_000,
  payload,
});

export const marketOf = (symbol: string, tickSize: number): Market => ({
  symbol,
  tickSize,
  stepSize: 0.001,
  maxLeverage: 100,
  maintenanceRate: 0.005,
  price: 1,
  priceAt: 1,
  isStale: false,
  change24h: null,
  sparkline: [],
});

export function arenaOf(part: Partial<ArenaState> = {}): ArenaState {
  return {
    seq: 5,
    market: { source: 'sim', kind: 'simulated', now: 1, status: 'running', speed: 1 },
    markets: [marketOf('BTCUSDT', 0.1)],
    bots: [botOf(), botOf({ id: 'b', name: 'Degen' })],
    feed: [],
    ...part,
  };
}
