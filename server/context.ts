import type { SealedSecret, SecretPlace } from './auth/credential-vault.ts';
import type { SettingsStore } from './arena/settings.ts';
import type { Summaries } from './arena/summaries.ts';
import type { BotControl } from './arena/bots.ts';
import type { PriceBook } from './arena/model-prices.ts';
import type { LoginThrottle } from './auth/login-throttle.ts';
import type { Mailer } from './auth/mailer.ts';
import type { Passwords } from './auth/passwords.ts';
import type { Revocations } from './auth/revocations.ts';
import type { Config } from './config/config.ts';
import type { MarketStatus } from './contract/http/markets.ts';
import type { Db } from './db/database.ts';
import type { Write } from './db/prepared.ts';
import type { Role } from './db/queries/users.ts';
import type { Account, Candle, Quote, SymbolSpec } from './engine/model.ts';
import type { ModelClient } from './llm/model-provider.ts';
import type { BuiltInStrategy, LlmProvider } from './llm/provider.ts';
import type { Logger } from './log.ts';

/** The arena's clock drives turns, snapshots, funding, cooldowns and boards; in a replay it is the candles' time. */
export interface Clock {
  /** The arena's clock, epoch ms; never runs backwards. */
  now(): number;
  /**
   * The arena's time of the last prices, epoch ms. What is booked carries it: in real time `now` runs ahead of the
   * prices, and a restart goes on from these, so a booking at `now` could be followed by earlier ones.
   */
  pricedAt(): number;
  /** The wall clock, epoch ms: audit log, latencies, `created_at` of users and bots. */
  wallNow(): number;
}

/** Public market data as reads and deciders need it. */
export interface MarketData {
  readonly symbols: readonly SymbolSpec[];
  readonly candleMs: number;
  spec(symbol: string): SymbolSpec | undefined;
  quote(symbol: string): Quote | undefined;
  quotes(): readonly Quote[];
  /** Closed candles of `candleMs` from memory, oldest first. */
  recentCandles(symbol: string, limit: number): readonly Candle[];
  /** Fraction; null when less than a day is known. */
  change24h(symbol: string): number | null;
  /** Up to 48 closes over the last day, oldest first. */
  sparkline(symbol: string): readonly number[];
  status(): MarketStatus;
}

/** One bot's book as it was last committed. */
export interface BotBook {
  readonly botId: string;
  readonly userId: string;
  readonly version: number;
  readonly epoch: number;
  readonly initialBalanceMicros: number;
  readonly account: Account;
}

/** The committed books of all bots that are not deleted, kept in memory; rows stay the truth. */
export interface Books {
  get(botId: string): BotBook | undefined;
  list(): readonly BotBook[];
  /** At the last marks. */
  unrealizedMicros(botId: string): number;
  /** cash + margins + unrealised PnL at the last marks. */
  equityMicros(botId: string): number;
}

export interface TurnState {
  readonly isRunning: boolean;
  /** Arena's clock; null while paused and after the market has ended. */
  readonly nextTurnAt: number | null;
  readonly intervalMs: number;
}

export interface Turns {
  state(botId: string): TurnState;
  /** Starts every turn that is due; does not wait for them. */
  runDue(now: number): void;
  counts(): { running: number; skipped: number };
}

/** Equity figures of the present epoch, kept in memory from snapshots. */
export interface EquityStats {
  /** null before two snapshots. */
  maxDrawdown(botId: string): number | null;
  /** Annualised from hourly returns; null with too few of them. */
  sharpe(botId: string): number | null;
  /** Time of the epoch's first snapshot; null before it. */
  firstAt(botId: string): number | null;
  /** The last snapshot, which the rollup of hours may not hold yet; null before the first. */
  lastPoint(botId: string): { readonly at: number; readonly value: number } | null;
}

export interface Snapshots extends EquityStats {
  /** Distance of snapshots, ms of the arena's clock. */
  readonly intervalMs: number;
  /** Writes one row for every bot, all in one transaction; a bucket that has its rows keeps them. */
  take(now: number): Promise<void>;
}

export interface Boards {
  /** Computes every period anew. */
  refresh(now: number, signal: AbortSignal): Promise<void>;
}

export interface DatabaseHealth {
  /** `unchecked`: the check itself failed; the log says why. */
  readonly status: 'ok' | 'checking' | 'violations' | 'unchecked';
  readonly checkedAt: number | null;
  readonly violations: number;
}

/** Credentials of users, sealed for the one column that holds them. */
export interface Vault {
  seal(place: SecretPlace, plaintext: string): SealedSecret;
  /** @throws UnreadableSecretError when `sealed` was not sealed for this place, or not with these keys. */
  open(place: SecretPlace, sealed: string): string;
  /** Forgets the data key of a user whose row is deleted. */
  forget(userId: string): void;
}

/** Who asks for a change, and what is written with it. */
export interface Actor {
  readonly userId: string;
  readonly role: Role;
  /** For the audit log. */
  readonly trace: Trace;
  /** The rows that let the same request, sent again, get the same answer. `result` holds no secret. */
  readonly remember: (result: unknown) => readonly Write[];
}

/** Where a change comes from. */
export interface Trace {
  /** null = the arena itself. */
  readonly actorId: string | null;
  readonly ip: string | null;
  readonly requestId: string | null;
}

/** What accounts are kept with. */
export interface Auth {
  readonly passwords: Passwords;
  readonly throttle: LoginThrottle;
  readonly revocations: Revocations;
  /** null = no mail server is configured. */
  readonly mailer: Mailer | null;
}

/** The few things routes, sockets and jobs may use. `app.ts` makes it. */
export interface AppContext {
  readonly config: Config;
  readonly version: string;
  readonly db: Db;
  readonly vault: Vault;
  readonly auth: Auth;
  readonly settings: SettingsStore;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Every way of deciding, by provider type. */
  readonly providers: ReadonlyMap<string, LlmProvider>;
  /** Models that can be asked besides deciding, by provider type. */
  readonly models: ReadonlyMap<string, ModelClient>;
  /** What models cost. */
  readonly prices: PriceBook;
  /** What decides without a model. */
  readonly strategies: readonly BuiltInStrategy[];
  readonly market: MarketData;
  readonly books: Books;
  /** What bots make of their past. */
  readonly summaries: Summaries;
  /** For what changes bots. */
  readonly control: BotControl;
  readonly turns: Turns;
  readonly equityStats: EquityStats;
  readonly snapshots: Snapshots;
  readonly boards: Boards;
  readonly databaseHealth: () => DatabaseHealth;
  readonly log: Logger;
}
