import type { Server } from 'node:http';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BotSummary } from '../../contract/http/bots.ts';
import type { LeaderboardRow } from '../../contract/http/leaderboard.ts';
import { createHttpServer } from '../../http/server.ts';
import { deleteBot, insertBot, insertRows, insertUser, NOON } from '../support/factories.ts';
import { openReadWorld, type ReadWorld } from '../support/read-context.ts';

/** `c0` … `c149` of five owners, each a dollar better than the one before; two of the house far behind. */
const COMPETITORS = 150;
const OWNERS = 5;
const REFERENCES = ['hold', 'still'];

let world: ReadWorld;
let server: Server;
beforeAll(async () => {
  world = await openReadWorld();
  server = createHttpServer(world.ctx);
  await insertUser(world.db, { id: 'house', isHouse: true });
  await insertBot(world.db, { id: 'hold', userId: 'house', strategy: 'buy-and-hold', cashUsd: 9000 });
  await insertBot(world.db, { id: 'still', userId: 'house', strategy: 'flat', cashUsd: 9000 });
  for (let i = 0; i < OWNERS; i += 1) await insertUser(world.db, { id: `Zoë${i}` });
  for (let i = 0; i < COMPETITORS; i += 1)
    await insertBot(world.db, { id: `c${i}`, userId: `Zoë${i % OWNERS}`, cashUsd: 10_000 + i });
  await world.load();
  await insertBoard();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

async function insertBoard(): Promise<void> {
  const bots = world.books.list().toSorted((a, b) => b.account.cashMicros - a.account.cashMicros);
  await insertRows(
    world.db,
    'leaderboard',
    bots.map(({ botId, userId }, i) => ({
      period: 'all' as const,
      rank: i + 1,
      place: REFERENCES.includes(botId) ? null : i + 1,
      user_id: userId,
      bot_id: botId,
      total_value: 1,
      return_fraction: 0,
      pnl: 0,
      max_drawdown: null,
      sharpe: null,
      trade_count: 0,
      win_rate: null,
      from_at: NOON - 1,
      to_at: NOON,
    })),
  );
}

const get = async (path: string, status = 200) => {
  const answer = await request(server).get(encodeURI(path)).expect(status);
  return answer.body;
};

async function walk<Item>(url: string): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: Item[]; nextCursor: string | null } = await get(
      `${url}${cursor === null ? '' : `&cursor=${cursor}`}`,
    );
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return items;
}

const bestFirst = [
  ...Array.from({ length: COMPETITORS }, (_, i) => `c${COMPETITORS - 1 - i}`),
  ...REFERENCES,
];

describe('bots', () => {
  test('come page by page, best return first, each once', async () => {
    expect((await get('/api/v2/bots')).items).toHaveLength(50);
    const bots = await walk<BotSummary>('/api/v2/bots?limit=40');
    expect(bots.map(({ id }) => id)).toEqual(bestFirst);
  });

  test('are found by every word of a search, in name, owner and strategy, whatever the case', async () => {
    const found = await walk<BotSummary>('/api/v2/bots?limit=7&q=ZOË3 mom');
    expect(found).toHaveLength(COMPETITORS / OWNERS);
    expect(new Set(found.map(({ owner }) => owner.username))).toEqual(new Set(['Zoë3']));
    expect((await get('/api/v2/bots?q=zoë3 breakout')).items).toEqual([]);
    expect((await get('/api/v2/bots?q=100%25')).items).toEqual([]);
  });

  test('of the first screen are all references, then the best', async () => {
    const { bots, equity } = await get('/api/v2/arena');
    expect(bots.map(({ id }: BotSummary) => id)).toEqual([...REFERENCES, ...bestFirst.slice(0, 98)]);
    expect(equity).toHaveLength(22);
  });
});

describe('a board', () => {
  test('comes page by page by rank, with the place among competitors', async () => {
    const rows = await walk<LeaderboardRow>('/api/v2/leaderboard?period=all&limit=60');
    expect(rows.map(({ bot }) => bot.id)).toEqual(bestFirst);
    expect(rows.map(({ rank }) => rank)).toEqual(rows.map((_, i) => i + 1));
    expect(rows.at(-3)).toMatchObject({ place: COMPETITORS, bot: { isReference: false } });
    expect(rows.at(-1)).toMatchObject({ place: null, bot: { isReference: true } });
  });

  test('searched, keeps the places of the whole board', async () => {
    const rows = await walk<LeaderboardRow>('/api/v2/leaderboard?period=all&q=zoë0&limit=10');
    expect(rows).toHaveLength(COMPETITORS / OWNERS);
    expect(rows.slice(0, 2).map(({ place, bot }) => [place, bot.id])).toEqual([
      [5, 'c145'],
      [10, 'c140'],
    ]);
  });

  test('says when it is from, also on later pages and without a hit', async () => {
    const first = await get('/api/v2/leaderboard?period=all&limit=10');
    const second = await get(`/api/v2/leaderboard?period=all&limit=10&cursor=${first.nextCursor}`);
    const none = await get('/api/v2/leaderboard?period=all&q=nobody');
    for (const page of [first, second, none]) expect(page).toMatchObject({ from: NOON - 1, to: NOON });
    expect(none.items).toEqual([]);
  });

  test('is empty before the first computation', async () => {
    expect(await get('/api/v2/leaderboard?period=day')).toEqual({
      period: 'day',
      from: null,
      to: null,
      items: [],
      nextCursor: null,
    });
  });

  test('leaves out bots that are deleted since', async () => {
    await deleteBot(world.db, 'c149');
    await world.books.reload('c149');
    const [first] = (await get('/api/v2/leaderboard?period=all&limit=1')).items;
    expect(first).toMatchObject({ rank: 2, bot: { id: 'c148' } });
    expect((await get('/api/v2/bots?limit=1')).items).toMatchObject([{ id: 'c148' }]);
  });
});
