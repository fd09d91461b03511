import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BookStore } from '../../arena/book-store.ts';
import { loadSettings, SettingsStore } from '../../arena/settings.ts';
import { LoginThrottle } from '../../auth/login-throttle.ts';
import { Passwords } from '../../auth/passwords.ts';
import { Revocations } from '../../auth/revocations.ts';
import { BotManager } from '../../arena/bot-manager.ts';
import { createPriceBook } from '../../arena/model-prices.ts';
import { FillGate } from '../../arena/fill-gate.ts';
import { createThinking } from '../../startup/thinking.ts';
import { openVault } from '../../auth/credential-vault.ts';
import { buildConfig, type Config } from '../../config/config.ts';
import { parseEnv } from '../../config/env.ts';
import type { AppContext, EquityStats, MarketData } from '../../context.ts';
import type { Db } from '../../db/database.ts';
import { prepared } from '../../db/prepared.ts';
import { openSqlite } from '../../db/dialects/sqlite.ts';
import { migrateToLatest } from '../../db/migrator.ts';
import type { Candle, Quote, SymbolSpec } from '../../engine/model.ts';
import { listStrategies } from '../../llm/registry.ts';
import { silentLogger } from '../../log.ts';
import { resample } from '../../market/candles.ts';
import { NOON } from './factories.ts';
import { masterKeyOf } from './master-key.ts';

const SPECS: readonly SymbolSpec[] = ['BTCUSDT', 'ETHUSDT'].map((symbol) => ({
  symbol,
  tickSize: 0.1,
  stepSize: 0.001,
  maxLeverage: 100,
  maintenanceRate: 0.005,
}));

const firstHour = prepared<{ botId: string }, { first_at: number }>((db, param) =>
  db
    .selectFrom('bot_equity_hours')
    .select('first_at')
    .where('bot_id', '=', param('botId'))
    .orderBy('hour_at')
    .limit(1),
);

/** As the rollup has it: these contexts take no snapshots of their own. */
function rolledUpStats(db: Db): EquityStats {
  return {
    maxDrawdown: () => null,
    sharpe: () => null,
    firstAt: (botId) =>
      (db.first(firstHour, { botId }) as { first_at: number } | undefined)?.first_at ?? null,
    lastPoint: () => null,
  };
}

/** A market that stands where a test puts it. */
export class StillMarket implements MarketData {
  readonly symbols = SPECS;
  readonly candleMs = 60_000;
  readonly prices = new Map([
    ['BTCUSDT', 51_000],
    ['ETHUSDT', 2500],
  ]);
  candles: readonly Candle[] = [];
  now = NOON;

  spec(symbol: string): SymbolSpec | undefined {
    return SPECS.find((spec) => spec.symbol === symbol);
  }
  quote(symbol: string): Quote | undefined {
    const price = this.prices.get(symbol);
    return price === undefined
      ? undefined
      : { symbol, price, at: this.now, isStale: false, isConfirmed: true };
  }
  quotes(): readonly Quote[] {
    return SPECS.flatMap(({ symbol }) => this.quote(symbol) ?? []);
  }
  recentCandles(symbol: string, limit: number): readonly Candle[] {
    return this.candles.filter((candle) => candle.symbol === symbol).slice(-limit);
  }
  change24h(): number | null {
    return null;
  }
  sparkline(symbol: string): readonly number[] {
    return resample(this.recentCandles(symbol, 1500), 1_800_000).map((candle) => candle.close);
  }
  status() {
    return { source: 'still', kind: 'simulated', now: this.now, status: 'running', speed: 1 } as const;
  }
}

export interface ReadWorld extends AsyncDisposable {
  readonly ctx: AppContext;
  readonly db: Db;
  readonly books: BookStore;
  readonly market: StillMarket;
  /** Takes the books from the rows again and marks them. */
  load(): Promise<void>;
}

/** A migrated database in a temporary folder with everything reads need around it; the market stands still. */
export async function openReadWorld(http: Partial<Config['http']> = {}): Promise<ReadWorld> {
  const folder = await mkdtemp(path.join(tmpdir(), 'arena-'));
  const file = path.join(folder, 'arena.db');
  await migrateToLatest(file, 'test');
  const db = openSqlite(file);
  const market = new StillMarket();
  const books = new BookStore(db);
  const equityStats = rolledUpStats(db);
  const clock = { now: () => market.now, pricedAt: () => market.now, wallNow: () => market.now };
  const base = buildConfig(parseEnv({}), { clientDir: null, isTerminal: false });
  const gate = new FillGate();
  const settings = new SettingsStore({ db, clock }, await loadSettings(db));
  const turnContext = {
    db,
    clock,
    market,
    providers: new Map(),
    newId: () => crypto.randomUUID(),
    log: silentLogger(),
  };
  const vault = await openVault(db, masterKeyOf(1), () => market.now);
  const models = { models: new Map(), prices: await createPriceBook({ db }) };
  const thinking = createThinking({
    ctx: { ...turnContext, ...models, vault, settings, books, equityStats },
    timeoutMs: 1000,
    botOf: (botId) => manager.botOf(botId),
  });
  const manager = new BotManager(
    {
      ctx: turnContext,
      books,
      gate,
      thinking: thinking.turns,
      timeoutMs: 1000,
      failpoint: () => undefined,
    },
    { settings, defaultIntervalMs: null, concurrency: 1 },
  );
  const ctx: AppContext = {
    config: { ...base, http: { ...base.http, rateLimitPerMinute: 1_000_000, ...http } },
    version: '0.0.0-test',
    db,
    vault,
    auth: {
      passwords: new Passwords(),
      throttle: new LoginThrottle(),
      revocations: new Revocations(),
      mailer: null,
    },
    settings,
    clock,
    newId: () => crypto.randomUUID(),
    providers: new Map(),
    ...models,
    summaries: thinking.summaries,
    strategies: listStrategies(),
    market,
    books,
    control: { books, manager, gate },
    turns: {
      state: () => ({ isRunning: false, nextTurnAt: market.now + 20_000, intervalMs: 20_000 }),
      runDue: () => undefined,
      counts: () => ({ running: 0, skipped: 0 }),
    },
    equityStats,
    snapshots: { ...equityStats, intervalMs: 60_000, take: () => Promise.resolve() },
    boards: { refresh: () => Promise.resolve() },
    databaseHealth: () => ({ status: 'ok', checkedAt: NOON, violations: 0 }),
    log: silentLogger(),
  };
  return {
    ctx,
    db,
    books,
    market,
    async load() {
      await books.loadAll();
      for (const { symbol, price } of market.quotes()) books.mark(symbol, price);
    },
    async [Symbol.asyncDispose]() {
      await db.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
