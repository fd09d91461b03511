import { openAccount } from '../../engine/account.ts';
import { applyDecision, type DecisionEnv } from '../../engine/apply-decision.ts';
import type {
  Account,
  Decision,
  EngineEvent,
  Position,
  Posting,
  Rules,
  SymbolSpec,
} from '../../engine/model.ts';

/** Numbers that are easy to compute by hand: fee 5 bps and no slippage unless a test says otherwise. */
export const BTC: SymbolSpec = {
  symbol: 'BTCUSDT',
  tickSize: 0.1,
  stepSize: 0.001,
  maxLeverage: 125,
  maintenanceRate: 0.005,
};
export const ETH: SymbolSpec = { ...BTC, symbol: 'ETHUSDT', tickSize: 0.01, maxLeverage: 50 };

export const RULES: Rules = {
  takerFeeBps: 5,
  slippageBps: 0,
  minSizeMicros: 50_000_000,
  cooldownMs: 1_800_000,
  allowAdding: false,
  maxOpenPositions: 10,
  symbols: null,
};

export interface World {
  readonly at?: number;
  /** BTCUSDT's price; ETHUSDT is always 2000. */
  readonly price?: number;
  readonly rules?: Partial<Rules>;
  readonly spec?: Partial<SymbolSpec>;
  readonly isMarketOpen?: boolean;
  readonly isStale?: boolean;
  readonly isConfirmed?: boolean;
  readonly decisionPrice?: number;
  readonly positionId?: string;
}

export function envOf(world: World = {}): DecisionEnv {
  const at = world.at ?? 1_000_000;
  const specs = new Map<string, SymbolSpec>([
    [BTC.symbol, { ...BTC, ...world.spec }],
    [ETH.symbol, ETH],
    ['NEWUSDT', { ...BTC, symbol: 'NEWUSDT' }],
  ]);
  const prices = new Map([
    [BTC.symbol, world.price ?? 50_000],
    [ETH.symbol, 2000],
  ]);
  return {
    rules: { ...RULES, ...world.rules },
    isMarketOpen: world.isMarketOpen ?? true,
    spec: (symbol) => specs.get(symbol),
    quote: (symbol) => {
      const price = prices.get(symbol);
      return price === undefined
        ? undefined
        : {
            symbol,
            price,
            at,
            isStale: world.isStale ?? false,
            isConfirmed: world.isConfirmed ?? true,
          };
    },
    decisionPrice: (symbol) => world.decisionPrice ?? prices.get(symbol),
    positionId: world.positionId ?? 'p1',
    at,
  };
}

/** A book with 10,000 USD unless said otherwise. */
export function accountOf(usd = 10_000): Account {
  return openAccount(usd * 1_000_000).account;
}

export function decide(account: Account, decision: Decision, world: World = {}) {
  return applyDecision(account, decision, envOf(world));
}

/**
 * A book after one accepted entry on BTCUSDT, by default 0.2 at 50,000 with 10x: notional 10,000, margin 1,000, fee 5,
 * cash 8,995.
 */
export function opened(
  decision: Partial<Decision> & { action: 'LONG' | 'SHORT' },
  world: World = {},
): { account: Account; position: Position } {
  const { account, outcome } = decide(
    accountOf(),
    { symbol: 'BTCUSDT', size: 1000, leverage: 10, ...decision },
    world,
  );
  const [position] = account.positions;
  if (!position) throw new Error(outcome.message);
  return { account, position };
}

/** The one fill of a list of events. */
export function fillOf(events: readonly EngineEvent[]) {
  const [event, ...others] = events;
  if (!event || others.length > 0 || !('fill' in event)) throw new Error('expected exactly one fill');
  return event;
}

export function sumOf(postings: readonly Posting[]): number {
  return postings.reduce((sum, posting) => sum + posting.amountMicros, 0);
}
