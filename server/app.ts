import { v7 as uuidv7 } from 'uuid';
import { BookStore } from './arena/book-store.ts';
import { BotManager } from './arena/bot-manager.ts';
import { DatabaseCheck } from './arena/check-health.ts';
import type { BotDeps } from './arena/bots.ts';
import { FillGate } from './arena/fill-gate.ts';
import { Leaderboard } from './arena/leaderboard.ts';
import { MarketDriver } from './arena/market-driver.ts';
import type { MarketFeed } from './arena/market-feed.ts';
import type { Failpoint, TurnDeps } from './arena/run-turn.ts';
import type { SettingsStore } from './arena/settings.ts';
import { SnapshotStore } from './arena/snapshot-store.ts';
import type { Config } from './config/config.ts';
import type { AppContext } from './context.ts';
import type { Db } from './db/database.ts';
import type { Tick } from './engine/model.ts';
import { createJobs } from './jobs/index.ts';
import { Scheduler } from './jobs/scheduler.ts';
import { Lifecycle } from './lifecycle.ts';
import type { ModelClient } from './llm/model-provider.ts';
import type { LlmProvider } from './llm/provider.ts';
import { createProviders, listStrategies } from './llm/registry.ts';
import { createLogger, type Logger } from './log.ts';
import type { Marks } from './market/quotes.ts';
import type { MarketSource } from './market/source.ts';
import { createAuth, inviteFirstAdmin } from './startup/auth.ts';
import { openDatabase, watchBooks } from './startup/database.ts';
import { openFront, type Front } from './startup/front.ts';
import { openMarket, type OpenMarket } from './startup/market.ts';
import { seed } from './startup/seed.ts';
import { createThinking, openModels } from './startup/thinking.ts';
import { unlockVault } from './startup/vault.ts';

/** What tests put in the place of the real thing. */
export interface Overrides {
  readonly log?: Logger;
  readonly wallNow?: () => number;
  readonly newId?: () => string;
  readonly source?: MarketSource;
  /** More deciders, or others in the place of the real ones. */
  readonly providers?: ReadonlyMap<string, LlmProvider>;
  readonly models?: ReadonlyMap<string, ModelClient>;
  readonly failpoint?: Failpoint;
  readonly wrapDb?: (db: Db) => Db;
}

export interface App {
  readonly ctx: AppContext;
  readonly bots: BotDeps;
  readonly manager: BotManager;
  /** Where it listens, such as `http://127.0.0.1:3000`. */
  readonly url: string;
  /** Where the first administrator registers, once; null when there is one. */
  readonly adminLink: string | null;
  /** Settles when the market has run out or was stopped. */
  readonly marketEnded: Promise<void>;
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Builds and starts the arena: database, market, bots, jobs, HTTP and sockets. What starts is stopped in reverse order,
 * the database last.
 * @throws StartupError with what to do about it.
 */
export async function buildApp(config: Config, overrides: Overrides = {}): Promise<App> {
  const lifecycle = new Lifecycle();
  try {
    return await assemble(config, overrides, lifecycle);
  } catch (error) {
    await lifecycle.stop();
    throw error;
  }
}

async function assemble(config: Config, overrides: Overrides, lifecycle: Lifecycle): Promise<App> {
  const wallNow = overrides.wallNow ?? Date.now;
  const newId = overrides.newId ?? uuidv7;
  const log = overrides.log ?? createLogger(config.log);
  const basis = { overrides, lifecycle, log, wallNow };
  const db = await openDatabase(config, basis);
  const vault = await unlockVault(config, db, basis);
  const check = new DatabaseCheck();
  const { feed, source, ...origin } = await openMarket(config, db, basis);
  const settings = await seed(config, { db, clock: feed, newId });
  const books = await loadBooks(db, feed.marks());
  const gate = new FillGate();
  const { prices, models } = await openModels(config, db, { lifecycle, models: overrides.models });
  const providers = new Map([...createProviders(models), ...(overrides.providers ?? [])]);
  const turnLog = log.child({ subsystem: 'turns' });
  const snapshots = new SnapshotStore(
    { db, books, feed },
    config.snapshots.intervalMs ?? settings.current.snapshot_interval_ms,
  );
  await snapshots.load();
  const known = { db, vault, clock: feed, market: feed, newId, settings, books, equityStats: snapshots };
  const thinking = createThinking({
    ctx: { ...known, prices, models, log: turnLog },
    timeoutMs: config.turns.timeoutMs,
    botOf: (botId) => manager.botOf(botId),
  });
  const manager = createManager(config, overrides, {
    ctx: { db, clock: feed, market: feed, providers, newId, log: turnLog },
    books,
    gate,
    settings,
    thinking: thinking.turns,
  });
  const ctx: AppContext = {
    config,
    version: config.instance.version,
    db,
    vault,
    auth: await createAuth(config, basis),
    settings,
    clock: feed,
    newId,
    providers,
    prices,
    models,
    summaries: thinking.summaries,
    strategies: listStrategies(),
    market: feed,
    books,
    control: { books, manager, gate },
    turns: manager,
    equityStats: snapshots,
    snapshots,
    boards: new Leaderboard({ db, books, snapshots }),
    databaseHealth: () => check.health,
    log,
  };
  const app = await run(ctx, { ...origin, feed, source, lifecycle });
  // Last, because it would share the start's cores.
  watchBooks(check, db, basis);
  return app;
}

interface Running extends OpenMarket {
  readonly lifecycle: Lifecycle;
}

/** Lets people in and sets the market going. */
async function run(ctx: AppContext, { feed, source, state, resumeAt, lifecycle }: Running): Promise<App> {
  const { books, manager, gate } = ctx.control;
  const scheduler = new Scheduler(ctx, createJobs());
  const invite = await inviteFirstAdmin(ctx);
  const front = await openFront(ctx, lifecycle);
  const botOf = (botId: string) => manager.botOf(botId);
  const driven = drives(ctx.config, { scheduler, manager, front, feed, source });
  const driver = new MarketDriver({ ctx, books, source, feed, gate, botOf, ...driven }, state);
  lifecycle.defer('market', () => driver.stop());
  lifecycle.defer('summaries', () => ctx.summaries.stop());
  lifecycle.defer('turns', () => manager.stop());
  lifecycle.defer('jobs', () => scheduler.stop());
  await manager.load();
  driver.start(resumeAt);
  const stop = () => lifecycle.stop();
  return {
    ctx,
    manager,
    bots: { ctx, ...ctx.control },
    adminLink: invite && `${front.url}/register#invite=${invite.code}`,
    url: front.url,
    marketEnded: driver.ended,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function createManager(
  { turns }: Config,
  { failpoint = () => undefined }: Overrides,
  { settings, ...deps }: Pick<TurnDeps, 'ctx' | 'books' | 'gate' | 'thinking'> & { settings: SettingsStore },
): BotManager {
  const manager = new BotManager(
    { ...deps, timeoutMs: turns.timeoutMs, failpoint },
    { settings, defaultIntervalMs: turns.intervalMs, concurrency: turns.concurrency },
  );
  settings.onChange(() => manager.applySettings());
  return manager;
}

/** What the market sets going: in real time the jobs by the wall clock, in a replay all that is due at each edge. */
function drives(
  config: Config,
  parts: {
    scheduler: Scheduler;
    manager: BotManager;
    front: Front;
    feed: MarketFeed;
    source: MarketSource;
  },
) {
  const { scheduler, manager, front, feed, source } = parts;
  return {
    onBatch: (ticks: readonly Tick[]) => {
      if (feed.isLive && source.clock === 'wall') scheduler.startRealTime();
      front.broadcastPrices(ticks);
    },
    onEdge: async (edge: number) => {
      await scheduler.runDue(edge);
      if (config.market.speed === 'max') await manager.decided();
    },
  };
}

async function loadBooks(db: Db, marks: Marks): Promise<BookStore> {
  const books = new BookStore(db);
  await books.loadAll();
  for (const [symbol, { price }] of Object.entries(marks)) books.mark(symbol, price);
  return books;
}
