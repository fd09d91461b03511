import type { Env } from './env.ts';
import type { Secret } from './secrets.ts';

export interface MarketConfig {
  readonly source: 'sim' | 'replay';
  readonly seed: number;
  /** Arena seconds per second; 'max' = as fast as the bots allow. Only a replay obeys it. */
  readonly speed: number | 'max';
  readonly replayDir: string | null;
  readonly allowNewMarket: boolean;
}

export interface Config {
  readonly instance: { readonly pid: number; readonly version: string };
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly publicUrl: string | null;
    readonly rateLimitPerMinute: number;
    /** How many proxies to believe about a visitor's address. */
    readonly trustedProxies: number;
    /** Pages of other sites that may use the API and the sockets. */
    readonly allowedOrigins: readonly string[];
    /** The built page; null serves the API alone. */
    readonly clientDir: string | null;
  };
  readonly database: { readonly path: string };
  readonly vault: {
    /** null = the file holds it. */
    readonly masterKey: Secret | null;
    readonly keyFile: string;
  };
  readonly accounts: {
    readonly registration: 'open' | 'invite' | 'closed';
    /** null = no mail is sent. */
    readonly smtpUrl: Secret | null;
    readonly mailFrom: string;
  };
  readonly market: MarketConfig;
  readonly turns: {
    /** null = the defaults: 200 s, and 20 s for demo bots. */
    readonly intervalMs: number | null;
    readonly concurrency: number;
    readonly timeoutMs: number;
  };
  readonly outbound: {
    /** Whether hosts that users name may have private addresses. */
    readonly allowPrivate: boolean;
    /** The only hosts that models may be on; empty = any. */
    readonly hosts: readonly string[];
  };
  readonly snapshots: {
    /** null = the defaults: 60 s, and 5 s while the demo's bots are the only ones. */
    readonly intervalMs: number | null;
    readonly retentionDays: number;
  };
  readonly events: { readonly retentionDays: number };
  readonly seedDemo: boolean;
  readonly log: { readonly level: string; readonly pretty: boolean };
}

/** Groups the parsed environment. `surroundings` are the facts only the process knows. */
export function buildConfig(
  env: Env,
  surroundings: { clientDir: string | null; isTerminal: boolean; pid?: number; version?: string },
): Config {
  return {
    instance: { pid: surroundings.pid ?? 0, version: surroundings.version ?? 'unversioned' },
    http: {
      host: env.HOST,
      port: env.PORT,
      publicUrl: env.PUBLIC_URL ?? null,
      rateLimitPerMinute: env.RATE_LIMIT_PER_MINUTE,
      trustedProxies: env.TRUST_PROXY,
      allowedOrigins: env.ALLOWED_ORIGINS ?? [],
      clientDir: surroundings.clientDir,
    },
    database: { path: env.DATABASE_URL },
    vault: {
      masterKey: env.MASTER_KEY ?? null,
      keyFile: env.MASTER_KEY_FILE ?? `${env.DATABASE_URL}.key`,
    },
    accounts: {
      registration: env.REGISTRATION,
      smtpUrl: env.SMTP_URL ?? null,
      mailFrom: env.MAIL_FROM,
    },
    market: {
      source: env.MARKET_SOURCE,
      seed: env.MARKET_SEED,
      speed: env.MARKET_SPEED,
      replayDir: env.REPLAY_DIR ?? null,
      allowNewMarket: env.NEW_MARKET,
    },
    turns: {
      intervalMs: env.TURN_INTERVAL_MS ?? null,
      concurrency: env.TURN_CONCURRENCY,
      timeoutMs: env.TURN_TIMEOUT_MS,
    },
    outbound: { allowPrivate: env.ALLOW_PRIVATE_ENDPOINTS, hosts: env.MODEL_HOSTS ?? [] },
    snapshots: { intervalMs: env.SNAPSHOT_INTERVAL_MS ?? null, retentionDays: env.SNAPSHOT_RETENTION_DAYS },
    events: { retentionDays: env.EVENT_RETENTION_DAYS },
    seedDemo: env.SEED_DEMO,
    log: { level: env.LOG_LEVEL, pretty: surroundings.isTerminal },
  };
}
