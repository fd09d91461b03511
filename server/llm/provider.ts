import type { Account, Candle, Quote, SymbolSpec } from '../engine/model.ts';
import {
  ModelError,
  type FinishReason,
  type ModelFailure,
  type ModelTarget,
  type TokenUsage,
} from './chat.ts';
import type { ToolWorld } from './tools/world.ts';

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

/** A decision of the past as its bot reads it again. Amounts are USD. */
export interface PastDecision {
  readonly action: string;
  readonly symbol: string | null;
  readonly size: number | null;
  readonly leverage: number | null;
  readonly reasoning: string | null;
  readonly code: string;
  readonly accepted: boolean;
  /** Why it was rejected or changed; null when it went through as it was. */
  readonly note: string | null;
  /** What came of the position it opened; null when it opened none. */
  readonly result: PastResult | null;
}

export interface PastResult {
  readonly status: 'open' | 'closed';
  /** Fees and funding included; of an open position what it has realised so far. */
  readonly netUsd: number;
  readonly closeCause: string | null;
}

export interface PastTurn {
  readonly decisionId: string;
  /** Arena's clock, epoch ms. */
  readonly at: number;
  readonly decisions: readonly PastDecision[];
}

/** A closed position of the past. */
export interface PastTrade extends PastResult {
  readonly symbol: string;
  readonly side: 'LONG' | 'SHORT';
  readonly size: number;
  readonly leverage: number;
  readonly entryPrice: number;
  readonly exitPrice: number | null;
  readonly openedAt: number;
  readonly closedAt: number;
}

/** What a bot knows of its present epoch, besides its book. */
export interface TurnMemory {
  readonly summary: { readonly text: string; readonly count: number; readonly generatedAt: number } | null;
  /** Turns that the summary does not cover, oldest first. */
  readonly history: readonly PastTurn[];
  /** Closed positions, newest first, at most 20. */
  readonly recentTrades: readonly PastTrade[];
  readonly performance: {
    readonly initialUsd: number;
    readonly returnFraction: number;
    readonly maxDrawdown: number | null;
    readonly sharpe: number | null;
    readonly closedCount: number;
    readonly winRate: number | null;
    readonly averageWinUsd: number | null;
    readonly averageLossUsd: number | null;
  };
  /** Position id -> why it was opened, in the bot's own words. */
  readonly entryReasons: Readonly<Record<string, string>>;
}

/** USD for a million tokens. */
export interface ModelPrice {
  readonly input: number;
  readonly output: number;
  /** Of tokens the vendor had kept; null = as `input`. */
  readonly cachedInput: number | null;
}

/** How a bot reaches its model. */
export interface ModelAccess {
  /** Whose failures count together: the id of the provider's row. */
  readonly circuit: string;
  readonly target: ModelTarget;
  /** null = not known, so costs are not either. */
  readonly price: ModelPrice | null;
  /** Tokens it may write in one reply, its thoughts included. */
  readonly maxAnswerTokens: number;
  /** Rounds of tools before the decision; 0 = none. */
  readonly maxSteps: number;
  /** What tools compute on. */
  readonly tools: ToolWorld;
}

export interface DecideRequest {
  /** The whole prompt, as stored with the turn. */
  readonly prompt: string;
  /** The same facts as data, for deciders that compute instead of reading. */
  readonly view: TurnView;
  /** The provider row's `config_json`, parsed. */
  readonly config: unknown;
  /** null for deciders that need no model. */
  readonly access: ModelAccess | null;
  /** Wall clock, epoch ms. */
  readonly wallNow: () => number;
  /** When the turn's budget ends, by `wallNow`. */
  readonly deadlineAt: number;
  readonly signal: AbortSignal;
}

/** One request to a model, as it is counted and paid. */
export interface ModelCall extends TokenUsage {
  readonly purpose: 'decide' | 'analysis' | 'repair' | 'summary' | 'test';
  /** Wall clock, epoch ms. */
  readonly startedAt: number;
  readonly latencyMs: number;
  /** As it was asked for: what answers may name it otherwise, and what fails names nothing. */
  readonly model: string;
  /** null = the price is not known. */
  readonly costMicros: number | null;
  /** null = it answered. */
  readonly failure: ModelFailure | null;
  readonly finishReason: FinishReason | null;
}

/** A tool that a model called on the way to its answer. */
export interface AnalysisStep {
  readonly tool: string;
  readonly argumentsJson: string;
  /** What the model was told: the result as JSON, or what was wrong with the call. */
  readonly result: string;
  readonly isError: boolean;
  readonly tookMs: number;
}

/** What thinking took, whatever came of it. */
export interface Thinking {
  /** Every request, retries among them, oldest first. Empty without a model. */
  readonly calls: readonly ModelCall[];
  readonly steps: readonly AnalysisStep[];
  /** The answer that could not be read, when the model was asked to mend it. */
  readonly mendedFrom: string | null;
}

export interface DecideResult extends TokenUsage {
  /** The raw answer: JSON `{"decisions": [...]}` or what the model sent instead. Parsed by `parse-decisions.ts`. */
  readonly answer: string;
  readonly model: string;
  /** Of all calls together; null = the price is not known. */
  readonly costMicros: number | null;
  /** Of the answer; null without a model. */
  readonly finishReason: FinishReason | null;
  readonly thinking: Thinking;
}

export const NO_THINKING: Thinking = { calls: [], steps: [], mendedFrom: null };

/** A model gave no decision; what was spent on the way is known all the same. */
export class ThinkingFailedError extends ModelError {
  override name = 'ThinkingFailedError';
  readonly thinking: Thinking;

  constructor({ message, failure, isRetryable, status }: ModelError, thinking: Thinking) {
    super('', message, { failure, isRetryable, status });
    this.message = message;
    this.thinking = thinking;
  }
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
