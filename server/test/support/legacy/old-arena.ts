/** The JSON of `arena_state.state`, as the old server writes it. Money in USD as floats, times in epoch ms. */

export type OldSide = 'LONG' | 'SHORT';

/** The running server's order. `exitPrice` 0 is an entry. */
export interface RunningOrder {
  readonly id: string;
  readonly symbol: string;
  readonly type: OldSide;
  readonly size: number;
  readonly leverage: number;
  readonly pnl: number;
  readonly fee: number;
  readonly timestamp: number;
  readonly entryPrice: number;
  readonly exitPrice: number;
}

/** The order of the data audit: one price, and no word of the entry's price in an exit. */
export interface AuditOrder {
  readonly id: string;
  readonly symbol: string;
  readonly action: OldSide;
  readonly side: 'entry' | 'exit';
  readonly price: number;
  readonly size: number;
  readonly leverage: number;
  readonly timestamp: number;
  readonly pnl: number;
}

export type OldOrder = RunningOrder | AuditOrder;

export interface OldPosition {
  readonly id: string;
  readonly symbol: string;
  readonly type: OldSide;
  readonly entryPrice: number;
  /** Margin in USD. */
  readonly size: number;
  readonly leverage: number;
  readonly pnl: number;
  readonly stopLoss: number | null;
  readonly takeProfit: number | null;
  readonly liquidationPrice: number;
}

export interface OldLog {
  readonly timestamp: number;
  readonly prompt: string;
  readonly decisions: readonly Readonly<Record<string, unknown>>[];
  readonly notes: readonly string[];
}

export interface OldBot {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  readonly prompt: string;
  readonly provider: string;
  readonly providerName: string;
  readonly provider_id: string;
  readonly tradingMode: 'paper' | 'real';
  readonly initialBalance: number;
  readonly avatarUrl: string | null;
  readonly history_summary: string | null;
  readonly portfolio: {
    readonly balance: number;
    readonly pnl: number;
    readonly totalValue: number;
    readonly positions: readonly OldPosition[];
  };
  /** Newest first, as are the logs. */
  readonly orders: readonly OldOrder[];
  readonly botLogs: readonly OldLog[];
  /** Oldest first. */
  readonly valueHistory: readonly { readonly timestamp: number; readonly value: number }[];
  readonly realizedPnl: number;
  /** Closed trades. */
  readonly tradeCount: number;
  /** A fraction; 0 without closed trades. */
  readonly winRate: number;
  readonly symbolCooldowns: Readonly<Record<string, number>>;
  readonly isPaused: boolean;
  readonly isLoading: boolean;
}

export interface OldQuote {
  readonly symbol: string;
  readonly price: number;
  /** Percent. */
  readonly price24hChange: number;
}

export interface OldState {
  readonly bots: readonly OldBot[];
  readonly marketData: readonly OldQuote[];
}
