import type { Account, Candle, Quote, SymbolSpec } from '../engine/model.ts';

/** Everything a decider may see: its own book, public market data, its rules. The prompt text is made from exactly this. */
export interface TurnView {
  readonly botName: string;
  readonly turnNo: number;
  /** The arena's clock, epoch ms. */
  readonly now: number;
  readonly equityMicros: number;
  readonly account: Account;
  readonly markets: readonly MarketView[];
  readonly rules: {
    readonly minSizeUsd: number;
    readonly takerFeeBps: number;
    readonly slippageBps: number;
    readonly cooldownMs: number;
    readonly allowAdding: boolean;
    readonly maxOpenPositions: number;
  };
}

export interface MarketView {
  readonly spec: SymbolSpec;
  readonly quote: Quote;
  /** Fraction, such as 0.012; null when less than a day of history is known. */
  readonly change24h: number | null;
  /** Closed candles of `candleMs`, oldest first, at most 200. */
  readonly candles: readonly Candle[];
}

export interface DecideRequest {
  /** The whole prompt, as stored with the turn. */
  readonly prompt: string;
  /** The same facts as data, for deciders that compute instead of reading. */
  readonly view: TurnView;
  /** The provider row's `config_json`, parsed. */
  readonly config: unknown;
  readonly signal: AbortSignal;
}

export interface DecideResult {
  /** The raw answer: JSON `{"decisions": [...]}` or what the model sent instead. Parsed by `parse-decisions.ts`. */
  readonly answer: string;
  readonly model: string;
  readonly tokensIn: number;
  readonly tokensOut: number;
  readonly costMicros: number;
}

/** One way of deciding. Implementations throw UpstreamError; they never invent a decision. */
export interface LlmProvider {
  readonly type: string;
  decide(request: DecideRequest): Promise<DecideResult>;
}

/** A rule that trades without a model; everybody may use it. */
export interface BuiltInStrategy {
  /** Its name, such as `momentum`. */
  readonly id: string;
  /** What it does, in a sentence for people. */
  readonly description: string;
}
