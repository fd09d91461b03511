import request from 'supertest';
import { describe, expect, test } from 'vitest';
import type { Publishing } from '../../contract/publishing.ts';
import type { EventPayload } from '../../contract/live-events.ts';
import type { Decision } from '../../engine/model.ts';
import { DelayedReleases } from '../../arena/delayed-releases.ts';
import { DAWN, MINUTE } from '../support/scripted-market.ts';
import { testApp, type TestApp } from '../support/test-app.ts';

const HOUR = 60 * MINUTE;
const PRICES = { BTCUSDT: 50_000, ETHUSDT: 2000 };
const BUY: readonly Decision[] = [
  { action: 'LONG', symbol: 'BTCUSDT', size: 1000, leverage: 10, reasoning: 'a private thought' },
];
const LATER = { delayHours: 1 } as const;

/** A bot that buys in its first turn, at DAWN + 1 s, and has no other turn for a day. */
async function buyer(t: TestApp, publishing: Partial<Publishing>) {
  const bot = await t.addBot([BUY], { publishing, settings: { turnIntervalMs: 86_400_000 } });
  await t.market.tick(DAWN, PRICES);
  await t.app.manager.forceTurn(bot.botId);
  await t.app.manager.decided();
  await t.market.tick(DAWN + 1000, PRICES);
  expect(await t.trades(bot.botId)).toHaveLength(1);
  return bot;
}

/** Prices and an edge, at which jobs that are due run. */
const edge = (t: TestApp, at: number) => t.market.tick(at, PRICES, { edge: at });

async function released(t: TestApp, room: string): Promise<EventPayload[]> {
  return (await t.events(room))
    .filter(({ type }) => type === 'released')
    .map(({ payload }) => payload as EventPayload);
}

async function read(t: TestApp, path: string): Promise<{ items: Record<string, unknown>[] }> {
  return (await request(t.app.url).get(`/api/v2${path}`).expect(200)).body as never;
}

describe('what is published later', () => {
  test('is told of when its time has come, once, and can be read from then on', async () => {
    await using t = await testApp();
    const { botId } = await buyer(t, { positions: LATER, reasoning: LATER });
    const room = `bot:${botId}`;
    await edge(t, DAWN + HOUR);
    expect(await released(t, room)).toEqual([]);
    expect((await read(t, `/bots/${botId}/trades`)).items).toEqual([]);

    await edge(t, DAWN + HOUR + MINUTE);
    const told = { type: 'released', botId, parts: ['positions', 'reasoning'], upTo: DAWN + MINUTE };
    expect(await released(t, room)).toEqual([told]);
    expect(await released(t, 'arena')).toEqual([told]);
    expect((await read(t, `/bots/${botId}/trades`)).items).toHaveLength(1);
    const [decision] = (await read(t, `/bots/${botId}/decisions`)).items;
    expect(JSON.stringify(decision)).toContain('a private thought');

    await edge(t, DAWN + HOUR + 2 * MINUTE);
    expect(await released(t, room)).toHaveLength(1);
  });

  test('reasoning alone is no news for the arena', async () => {
    await using t = await testApp();
    const { botId } = await buyer(t, { reasoning: LATER });
    await edge(t, DAWN + HOUR + MINUTE);
    expect(await released(t, `bot:${botId}`)).toMatchObject([{ parts: ['reasoning'] }]);
    expect(await released(t, 'arena')).toEqual([]);
  });

  test('parts with delays of their own are told of one by one', async () => {
    await using t = await testApp();
    const { botId } = await buyer(t, {
      positions: LATER,
      reasoning: { delayHours: 2 },
      prompt: { delayHours: 2 },
    });
    await edge(t, DAWN + HOUR + MINUTE);
    await edge(t, DAWN + 2 * HOUR + MINUTE);
    expect(await released(t, `bot:${botId}`)).toEqual([
      { type: 'released', botId, parts: ['positions'], upTo: DAWN + MINUTE },
      { type: 'released', botId, parts: ['reasoning', 'prompt'], upTo: DAWN + MINUTE },
    ]);
  });

  test('a position that closes is told of when its close crosses the line', async () => {
    await using t = await testApp();
    const { botId } = await buyer(t, { positions: LATER });
    await edge(t, DAWN + HOUR + MINUTE);
    await t.market.tick(DAWN + HOUR + 2 * MINUTE, { BTCUSDT: 44_000 });
    expect(await t.positions(botId)).toMatchObject([{ status: 'closed', close_cause: 'liquidation' }]);
    await edge(t, DAWN + 2 * HOUR);
    expect(await released(t, `bot:${botId}`)).toHaveLength(1);
    expect((await read(t, `/bots/${botId}/positions`)).items).toEqual([]);
    await edge(t, DAWN + 2 * HOUR + 3 * MINUTE);
    expect(await released(t, `bot:${botId}`)).toHaveLength(2);
    expect((await read(t, `/bots/${botId}/positions`)).items).toMatchObject([{ status: 'closed' }]);
  });

  test('a restart neither repeats nor forgets a release', async () => {
    await using t = await testApp();
    const { botId } = await buyer(t, { positions: LATER, reasoning: { delayHours: 2 } });
    await edge(t, DAWN + HOUR + MINUTE);
    await t.restart();
    await edge(t, DAWN + HOUR + 2 * MINUTE);
    expect(await released(t, `bot:${botId}`)).toMatchObject([{ parts: ['positions'] }]);
    await t.restart();
    await edge(t, DAWN + 2 * HOUR + MINUTE);
    expect(await released(t, `bot:${botId}`)).toMatchObject([
      { parts: ['positions'] },
      { parts: ['reasoning'] },
    ]);
  });

  test('what was hidden again by a longer delay is told of again', async () => {
    await using t = await testApp();
    const { botId } = await buyer(t, { reasoning: LATER });
    await edge(t, DAWN + HOUR + MINUTE);
    await publish(t, botId, { reasoning: { delayHours: 3 } });
    await edge(t, DAWN + HOUR + 2 * MINUTE);
    await edge(t, DAWN + 3 * HOUR + MINUTE);
    expect(await released(t, `bot:${botId}`)).toHaveLength(2);
  });

  test.each<[string, Partial<Publishing>]>([
    ['everything', { positions: 'public', reasoning: 'public', prompt: 'public' }],
    ['nothing', { positions: 'owner', reasoning: 'owner', prompt: 'owner' }],
  ])('who publishes %s releases nothing', async (_what, publishing) => {
    await using t = await testApp();
    const { botId } = await buyer(t, publishing);
    await edge(t, DAWN + 24 * HOUR);
    expect(await released(t, `bot:${botId}`)).toEqual([]);
  });

  test('bots that delay nothing cost one read, all of them together', async () => {
    await using t = await testApp();
    for (let i = 0; i < 5; i += 1) await t.addBot([], { publishing: { positions: 'owner' } });
    const asked: string[] = [];
    const { ctx } = t.app;
    const db: typeof ctx.db = Object.assign(Object.create(ctx.db) as typeof ctx.db, {
      all: () => asked.push('all'),
      first: () => asked.push('first'),
      commit: () => asked.push('commit'),
    });
    await new DelayedReleases().run({ ...ctx, db }, DAWN + HOUR, new AbortController().signal);
    expect(asked).toEqual([]);
  });
});

async function publish(t: TestApp, botId: string, publishing: Partial<Publishing>): Promise<void> {
  await t.db.transaction((trx) =>
    trx
      .updateTable('bots')
      .set({ publishing_json: JSON.stringify(publishing) })
      .where('id', '=', botId)
      .execute(),
  );
  await t.app.manager.reload(botId);
}
