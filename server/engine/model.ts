/**
 * The engine's words. Money fields end in `Micros` and are integers (1 USD = 1,000,000 micros).
 * Prices are doubles on the symbol's tick, quantities doubles on its step. Times are epoch ms of the arena's clock.
 * Every value is immutable: functions return the next one.
 */
export type Side = 'LONG' | 'SHORT';

export interface SymbolSpec {
  readonly symbol: string;
  readonly tickSize: number;
  readonly stepSize: number;
  readonly maxLeverage: number;
  /** Maintenance margin rate m: a position is liquidated when its margin + PnL <= m * notional. */
  readonly maintenanceRate: number;
}

/** The trading rules of one bot: the arena's defaults, narrowed by the bot's own settings. */
export interface Rules {
  readonly takerFeeBps: number;
  readonly slippageBps: number;
  readonly minSizeMicros: number;
  readonly cooldownMs: number;
  readonly allowAdding: boolean;
  readonly maxOpenPositions: number;
  /** The symbols this bot may open; null = all the market has. */
  readonly symbols: readonly string[] | null;
}

export interface Position {
  readonly id: string;
  readonly symbol: string;
  readonly side: Side;
  /** Open quantity Q, on the step. */
  readonly quantity: number;
  /** Sum of entry quantities. */
  readonly entryQuantity: number;
  /** Volume-weighted entry price; the fill price when there was one entry. */
  readonly entryPrice: number;
  /** Entry cost C_p of the open quantity; all PnL comes from this integer, never from `entryPrice`. */
  readonly costMicros: number;
  /** margin_p: initial margin + funding - releases. Never negative. */
  readonly marginMicros: number;
  /** Sum of margins locked by entries; constant after the last entry. */
  readonly initialMarginMicros: number;
  readonly leverage: number;
  readonly stopLoss: number | null;
  readonly takeProfit: number | null;
  /** The price at which margin + PnL reaches maintenance; null when no positive price does. */
  readonly liquidationPrice: number | null;
  readonly maintenanceRate: number;
  readonly openedAt: number;
  /** Since when the present stop, target and liquidation price stand: older prices never trigger them. */
  readonly levelsSetAt: number;
  /** Fees of all fills so far. */
  readonly feesMicros: number;
  /** Gross PnL of exits so far, insurance included, fees and funding not. */
  readonly realizedMicros: number;
  readonly fundingMicros: number;
  /** Time of the last funding charged; the same one is never charged twice. */
  readonly lastFundingAt: number | null;
  readonly insuranceMicros: number;
}

/** What the engine knows of one bot. `equity = cash + sum of margins + sum of unrealised PnL`. */
export interface Account {
  readonly cashMicros: number;
  readonly positions: readonly Position[];
  /** symbol -> the time until which it may not be opened again. */
  readonly cooldowns: Readonly<Record<string, number>>;
  /** Full closes since the epoch began. */
  readonly tradeCount: number;
  readonly winCount: number;
  /** Sum of trades' pnl (fees included, funding not) since the epoch began. */
  readonly realizedMicros: number;
  readonly feesMicros: number;
  readonly fundingMicros: number;
}

export type LedgerAccount =
  | 'deposits'
  | 'cash'
  | 'margin'
  | 'market'
  | 'fees'
  | 'funding'
  | 'insurance'
  | 'legacy';

/** One line of a double-entry group; the lines of a group sum to 0. */
export interface Posting {
  readonly account: LedgerAccount;
  readonly amountMicros: number;
}

/** Why a fill or ledger group exists. */
export type Cause =
  | 'deposit'
  | 'decision'
  | 'stop-loss'
  | 'take-profit'
  | 'liquidation'
  | 'funding'
  | 'manual'
  | 'admin'
  | 'reset'
  | 'reconcile'
  | 'legacy';

export interface Fill {
  readonly kind: 'entry' | 'exit';
  readonly positionId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly price: number;
  readonly quantity: number;
  readonly notionalMicros: number;
  /** Margin locked (entry) or released (exit). */
  readonly marginMicros: number;
  readonly leverage: number;
  readonly feeMicros: number;
  /** This row's effect on equity: -fee (entry); gross - fee + insurance (exit). */
  readonly pnlMicros: number;
  readonly insuranceMicros: number;
  /** Cost basis taken (entry) or released (exit). */
  readonly costMicros: number;
  readonly cause: Cause;
  /** The price the decider saw; for engine exits the level that triggered. */
  readonly decisionPrice: number;
  /** |fill price - price before slippage|, in USD per unit. */
  readonly slippage: number;
  readonly at: number;
}

/** What must be written. `position` is the position after the change; a closed one has quantity 0. */
export type EngineEvent =
  | {
      readonly type: 'opened' | 'increased' | 'reduced' | 'closed';
      readonly fill: Fill;
      readonly position: Position;
      readonly postings: readonly Posting[];
    }
  | { readonly type: 'adjusted'; readonly position: Position; readonly at: number }
  | {
      readonly type: 'funding';
      readonly position: Position;
      readonly rate: number;
      readonly amountMicros: number;
      readonly postings: readonly Posting[];
      readonly at: number;
    };

export type Action = 'LONG' | 'SHORT' | 'CLOSE' | 'ADJUST' | 'HOLD';

/** A decision that has the right shape; whether it can be done is the engine's to say. */
export interface Decision {
  readonly action: Action;
  readonly symbol?: string;
  /** Margin in USD. */
  readonly size?: number;
  readonly leverage?: number;
  readonly stopLoss?: number | null;
  readonly takeProfit?: number | null;
  readonly closePositionId?: string;
  readonly positionId?: string;
  /** In (0, 1]; absent = the whole. */
  readonly closeFraction?: number;
  /** In [0, 1]. */
  readonly confidence?: number;
  readonly reasoning?: string;
}

export type OutcomeCode =
  | 'opened'
  | 'increased'
  | 'closed'
  | 'reduced'
  | 'adjusted'
  | 'held'
  | 'invalid-decision'
  | 'unknown-symbol'
  | 'symbol-not-allowed'
  | 'no-price'
  | 'stale-price'
  | 'unconfirmed-price'
  | 'market-closed'
  | 'cooldown'
  | 'position-open'
  | 'leverage-differs'
  | 'too-many-positions'
  | 'size-too-small'
  | 'size-below-step'
  | 'insufficient-margin'
  | 'wrong-side-stop'
  | 'wrong-side-target'
  | 'position-not-found'
  | 'duplicate'
  | 'too-many-decisions';

/** What became of one decision, with a sentence for people. */
export interface Outcome {
  readonly code: OutcomeCode;
  readonly accepted: boolean;
  /** Such as `rejected: insufficient margin: needs 250.00, has 112.40`. */
  readonly message: string;
  /** Such as "leverage lowered from 200 to 125, the most BTCUSDT allows". */
  readonly notes: readonly string[];
  readonly positionId: string | null;
}

/** What the market says of a symbol at one instant. */
export interface Quote {
  readonly symbol: string;
  readonly price: number;
  readonly at: number;
  /** Older than the source allows: shown, never traded on. */
  readonly isStale: boolean;
  /** False after a jump no second tick has confirmed yet: nothing is opened on it. */
  readonly isConfirmed: boolean;
}

/**
 * One price. `jump`: nothing is known between the last price and this one, so an exit fills at the worse of its level
 * and this price. `through`: every price between was traded (inside a candle), so an exit fills at its level.
 */
export interface Tick {
  readonly symbol: string;
  readonly price: number;
  readonly at: number;
  readonly path: 'jump' | 'through';
  /** The candle this tick lies in; when it holds both stop and target of a position, the stop comes first. */
  readonly candle?: { readonly low: number; readonly high: number };
}

export interface Candle {
  readonly symbol: string;
  /** Start of the bucket, epoch ms. */
  readonly openedAt: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}
