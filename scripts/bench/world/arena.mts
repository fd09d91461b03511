import { v7 as uuidv7 } from 'uuid';
import { activeBotOf, type ActiveBot } from '../../../server/arena/active-bot.ts';
import { bindMarket } from '../../../server/arena/bind-market.ts';
import { BookStore } from '../../../server/arena/book-store.ts';
import { botCreation } from '../../../server/arena/bots.ts';
import type { MarketFeed } from '../../../server/arena/market-feed.ts';
import { loadSettings, seedSettings, type Settings } from '../../../server/arena/settings.ts';
import type { Db } from '../../../server/db/database.ts';
import { openSqlite } from '../../../server/db/dialects/sqlite.ts';
import { migrateToLatest } from '../../../server/db/migrator.ts';
import type { Write } from '../../../server/db/prepared.ts';
import { insertRow, listBotRows } from '../../../server/db/queries/bots-write.ts';
import { findMarketState } from '../../../server/db/queries/market-state.ts';
import { endTurn, listUnfinishedTurns } from '../../../server/db/queries/turns.ts';
import { marksSchema } from '../../../server/market/quotes.ts';
import type { MarketSource } from '../../../server/market/source.ts';
import { makeSymbols, openFeed, START_AT, stillSource, swing, tickTo } from './market.mts';

const BOTS_OF_A_USER = 10;
/** The first users are the house's: their bots are references and hide nothing. */
const HOUSE_USERS = 2;

/** The parts of a running arena that benchmarks drive by hand. */
export interface Arena extends AsyncDisposable {
  readonly db: Db;
  readonly source: MarketSource;
  readonly feed: MarketFeed;
  readonly books: BookStore;
  readonly settings: Settings;
  readonly bots: readonly ActiveBot[];
  /** Moves the clock on by `ms` and all prices with it. */
  readonly advance: (ms: number) => void;
}

export interface NewArena {
  readonly bots: number;
  readonly source?: MarketSource;
  /** Where the arena's clock begins. */
  readonly from?: number;
}

/** A new database file with users and bots, each owning nothing but its deposit. */
export async function createArena(path: string, options: NewArena): Promise<Arena> {
  const { bots, source = stillSource(makeSymbols(12)), from = START_AT } = options;
  await migrateToLatest(path, 'bench');
  const db = openSqlite(path);
  await bindMarket(db, source, false);
  await seedSettings(db, from);
  const users = Math.ceil(bots / BOTS_OF_A_USER);
  for (let user = 0; user < users; user += 1) {
    const own = Math.min(BOTS_OF_A_USER, bots - user * BOTS_OF_A_USER);
    await db.commit(userWithBots(db, { user, bots: own, at: from }));
  }
  return await assemble(db, source, openFeed(source, from));
}

/** The arena of an existing file. */
export async function openArena(
  path: string,
  source: MarketSource = stillSource(makeSymbols(12)),
): Promise<Arena> {
  const db = openSqlite(path);
  const state = await findMarketState(db.read);
  const marks = marksSchema.parse(JSON.parse(state?.marks_json ?? '{}'));
  const last = await db.read
    .selectFrom('trades')
    .select('executed_at')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  // A server that was killed leaves turns half done.
  for (const { id, claimed_at } of await listUnfinishedTurns(db.read))
    await db.commit([
      endTurn({ id, status: 'abandoned', reason: 'killed', failure: null, ended_at: claimed_at }),
    ]);
  // An earlier benchmark may have traded past the stored clock.
  const clockAt = Math.max(state?.clock_at ?? START_AT, last?.executed_at ?? 0);
  return await assemble(db, source, openFeed(source, clockAt, marks));
}

async function assemble(db: Db, source: MarketSource, feed: MarketFeed): Promise<Arena> {
  const settings = await loadSettings(db);
  const books = new BookStore(db);
  await books.loadAll();
  const bots = (await listBotRows(db.read)).map((row) => activeBotOf(row, settings, null));
  const bases = source.symbols.map(({ symbol }, i) => feed.quote(symbol)?.price ?? 100 + i);
  let step = 0;
  const advance = (ms: number) => {
    step += 1;
    const prices = new Map(
      source.symbols.map((spec, i) => [spec.symbol, swing(spec, bases[i] ?? 100, { i, step })]),
    );
    tickTo(feed, feed.now() + ms, prices);
    for (const [symbol, price] of prices) books.mark(symbol, price);
  };
  advance(1);
  return { db, source, feed, books, settings, bots, advance, [Symbol.asyncDispose]: () => db.close() };
}

function userWithBots(db: Db, { user, bots, at }: { user: number; bots: number; at: number }): Write[] {
  const userId = uuidv7();
  const providerId = uuidv7();
  const ctx = { db, clock: { now: () => at, pricedAt: () => at, wallNow: () => at }, newId: uuidv7 };
  return [
    insertRow(db.read, 'users', {
      id: userId,
      username: `user-${user}`,
      password_hash: null,
      role: 'user',
      is_house: user < HOUSE_USERS ? 1 : 0,
      created_at: at,
      deleted_at: null,
    }),
    insertRow(db.read, 'llm_providers', {
      id: providerId,
      user_id: userId,
      name: 'strategy',
      provider_type: 'house',
      api_endpoint: null,
      model_name: 'random',
      api_key_encrypted: null,
      config_json: JSON.stringify({ strategy: 'random', params: {}, seed: user }),
      created_at: at,
      updated_at: at,
    }),
    ...Array.from({ length: bots }, (_, i) =>
      botCreation(
        ctx,
        { botId: uuidv7() },
        {
          userId,
          name: `Bot ${user}-${i}`,
          prompt: 'Buys what rises, sells what falls, and keeps every position small.',
          providerId,
          tradingSymbols: null,
          settings: { cooldownMs: 0 },
          initialBalanceUsd: 10_000,
        },
      ),
    ).flat(),
  ];
}
