import type { PastDecision, PastTrade, PastTurn, TurnMemory } from '../../llm/provider.ts';
import { VIEW_NOW } from './turn-view.ts';

const MINUTE_MS = 60_000;

/** A long of 250 USD that went through as it was and is still open. */
export function pastDecisionOf(decision: Partial<PastDecision> = {}): PastDecision {
  return {
    action: 'LONG',
    symbol: 'BTCUSDT',
    size: 250,
    leverage: 3,
    reasoning: 'The trend is up.',
    code: 'opened',
    accepted: true,
    note: null,
    result: { status: 'open', netUsd: -0.375, closeCause: null },
    ...decision,
  };
}

/** The turn `age` minutes ago. */
export function pastTurnOf(age: number, decisions: readonly PastDecision[] = [pastDecisionOf()]): PastTurn {
  return { decisionId: `decision-${age}`, at: VIEW_NOW - age * MINUTE_MS, decisions };
}

export function pastTradeOf(trade: Partial<PastTrade> = {}): PastTrade {
  return {
    symbol: 'ETHUSDT',
    side: 'SHORT',
    size: 100,
    leverage: 5,
    entryPrice: 3100,
    exitPrice: 3050.5,
    openedAt: VIEW_NOW - 90 * MINUTE_MS,
    closedAt: VIEW_NOW - 30 * MINUTE_MS,
    status: 'closed',
    netUsd: 7.43,
    closeCause: 'take-profit',
    ...trade,
  };
}

/** Of a bot that has done nothing yet. */
export function turnMemoryOf(memory: Partial<TurnMemory> = {}): TurnMemory {
  return {
    summary: null,
    history: [],
    recentTrades: [],
    performance: {
      initialUsd: 10_000,
      returnFraction: 0,
      maxDrawdown: null,
      sharpe: null,
      closedCount: 0,
      winRate: null,
      averageWinUsd: null,
      averageLossUsd: null,
    },
    entryReasons: {},
    ...memory,
  };
}
