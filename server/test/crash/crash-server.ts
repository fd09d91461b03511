/** A real server with deciders that are always busy, which ends where its plan says. Only tests start it. */
import { pino } from 'pino';
import { buildApp, type App } from '../../app.ts';
import { createBot, pauseBot, resumeBot } from '../../arena/bots.ts';
import { buildConfig } from '../../config/config.ts';
import { parseEnv } from '../../config/env.ts';
import { insertRow } from '../../db/queries/bots-write.ts';
import { openSqlite } from '../../db/dialects/sqlite.ts';
import { ConflictError } from '../../errors.ts';
import { createHouseProvider } from '../../llm/providers/house/house-provider.ts';
import { sleepInRealTime } from '../../market/sleep.ts';
import type { MarketSource } from '../../market/source.ts';
import { createSimSource } from '../../market/sources/sim/sim-source.ts';
import { AcknowledgingDb } from './acknowledging-db.ts';
import { createBusyProvider, hangingProvider, noted } from './busy-traders.ts';
import { Journal } from './journal.ts';
import { createPacedMarket } from './paced-market.ts';
import { randomOf, type Point, type ServerPlan } from './plan.ts';

const FORCE_MS = 10;
const EDIT_MS = 90;
const PAUSE_MS = 8;

const plan = JSON.parse(process.argv[2] ?? '') as ServerPlan;
const random = randomOf(plan.seed);

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('this is not reached');
}

let hits = 0;
function isFatal(point: Point): boolean {
  if (point !== plan.point?.name) return false;
  hits += 1;
  return hits === plan.point.hit;
}

function createMarket(): MarketSource {
  const { market, seed } = plan;
  if (market !== 'sim') return createPacedMarket({ seed, pauseMs: PAUSE_MS });
  const pace = { tickMs: 100, candleMs: 1000, historyDays: 0.0025 };
  return createSimSource({ seed, ...pace, now: Date.now, sleep: sleepInRealTime });
}

async function start(): Promise<App> {
  if (plan.bug === 'forgotten-answer') await forgetAnswers();
  const questions = new Journal(plan.questions);
  const busy = plan.isHanging
    ? hangingProvider
    : createBusyProvider(plan.seed, plan.market === 'sim' ? 0.0002 : 0.01);
  const providers = [createHouseProvider(), busy].map((provider) => noted(provider, questions));
  const env = parseEnv({
    PORT: '0',
    DATABASE_URL: plan.database,
    TURN_INTERVAL_MS: '1000',
    SNAPSHOT_INTERVAL_MS: plan.market === 'sim' ? '1000' : '5000',
    MARKET_SPEED: plan.market === 'lockstep' ? 'max' : '100',
  });
  return buildApp(buildConfig(env, { clientDir: null, isTerminal: false, pid: process.pid }), {
    // What it has to say ends the test: nothing here may go wrong but the end itself.
    log: pino({ level: 'error' }, pino.destination({ fd: 2, sync: true })),
    source: createMarket(),
    providers: new Map(providers.map((provider) => [provider.type, provider])),
    failpoint: (name) => {
      if (isFatal(name)) die();
    },
    wrapDb: (db) =>
      new AcknowledgingDb(db, { journal: new Journal(plan.journal), isFatal, die, random, bug: plan.bug }),
  });
}

/** A seeded bug: the restart throws stored answers away. */
async function forgetAnswers(): Promise<void> {
  const db = openSqlite(plan.database);
  await db.transaction(async (trx) => {
    const tables = await trx.introspection.getTables();
    if (!tables.some(({ name }) => name === 'bot_turns')) return;
    await trx
      .updateTable('bot_turns')
      .set({ status: 'abandoned', reason: 'forgotten', ended_at: Date.now() })
      .where('status', '=', 'answered')
      .execute();
  });
  await db.close();
}

/** Two users with two busy bots each. A kill in between leaves some of them; the next start adds the others. */
async function addBusyBots({ bots, ctx }: App): Promise<void> {
  const known = await ctx.db.read.selectFrom('users').select('id').execute();
  for (const userId of ['busy-user-1', 'busy-user-2']) {
    if (!known.some(({ id }) => id === userId)) await addUser(userId, ctx.db);
    for (const name of [`${userId} Slow`, `${userId} Steady`]) {
      const taken = await ctx.db.read.selectFrom('bots').select('id').where('name', '=', name).execute();
      if (taken.length > 0) continue;
      await createBot(bots, {
        userId,
        name,
        prompt: 'Trade as much as you can.',
        providerId: `${userId}-provider`,
        tradingSymbols: null,
        settings: { cooldownMs: 0, turnIntervalMs: 1000 },
        initialBalanceUsd: 1_000_000,
      });
    }
  }
}

async function addUser(id: string, db: App['ctx']['db']): Promise<void> {
  const now = Date.now();
  const user = {
    id,
    username: id,
    password_hash: null,
    role: 'user',
    created_at: now,
    deleted_at: null,
  } as const;
  const provider = {
    id: `${id}-provider`,
    user_id: id,
    name: 'busy',
    provider_type: 'busy',
    api_endpoint: null,
    model_name: 'busy-1',
    api_key_encrypted: null,
    config_json: '{}',
    created_at: now,
    updated_at: now,
  };
  await db.commit([insertRow(db.read, 'users', user), insertRow(db.read, 'llm_providers', provider)]);
}

/** In real time turns come by the second: force them, one bot after the other, so that there is always one under way. */
function forceTurns({ ctx, manager }: App): NodeJS.Timeout {
  let next = 0;
  return setInterval(() => {
    const books = ctx.books.list();
    const book = books[next % books.length];
    next += 1;
    if (book) void forceTurn(manager, book.botId);
  }, FORCE_MS);
}

async function forceTurn(manager: App['manager'], botId: string): Promise<void> {
  try {
    await manager.forceTurn(botId);
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
  }
}

/** Pauses and resumes one bot, again and again, while it trades. */
function editBots({ bots, ctx }: App): NodeJS.Timeout {
  let isPaused = false;
  return setInterval(() => {
    const bot = ctx.books.list().find(({ userId }) => userId === 'busy-user-1');
    if (!bot) return;
    isPaused = !isPaused;
    void (isPaused ? pauseBot(bots, bot, { reason: 'a test' }) : resumeBot(bots, bot));
  }, EDIT_MS);
}

const app = await start();
const timers: NodeJS.Timeout[] = [];
process.once('SIGTERM', () => {
  for (const timer of timers) clearInterval(timer);
  void app.stop();
});
process.stdout.write(`${app.url}\n`);
await addBusyBots(app);
if (plan.market === 'sim') timers.push(forceTurns(app));
if (!plan.isHanging) timers.push(editBots(app));
