import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { eventPayloadSchema, liveEventSchema, type EventPayload } from '../../contract/live-events.ts';
import type { Publishing } from '../../contract/publishing.ts';
import { UpstreamError } from '../../errors.ts';
import type { FakeStep } from '../../llm/fake-provider.ts';
import { LiveClient } from '../support/live-client.ts';
import { person, type Person } from '../support/people.ts';
import { DAWN, MINUTE } from '../support/scripted-market.ts';
import { testApp, type TestApp, type TestBot } from '../support/test-app.ts';

const HOUR = 60 * MINUTE;
const PRICES = { BTCUSDT: 50_000, ETHUSDT: 2000 };
/** Nobody but the owner may ever read this. */
const SECRET = 'canary-7f3a91';
/** A stop at a price that nothing else shows. */
const STOP = 49_123.4;
const BUY = {
  action: 'LONG',
  symbol: 'BTCUSDT',
  size: 1000,
  leverage: 10,
  stopLoss: STOP,
  reasoning: `${SECRET}: it goes up`,
} as const;

let app: TestApp;
let owner: Person;
let open: LiveClient[];
let at: number;
beforeEach(async () => {
  app = await testApp();
  owner = await person(app.app, 'the owner');
  open = [];
  at = DAWN;
  await app.market.tick(at, PRICES);
});
afterEach(async () => {
  for (const client of open) client[Symbol.dispose]();
  await app[Symbol.asyncDispose]();
});

async function addBot(script: readonly FakeStep[], publishing: Partial<Publishing> = {}): Promise<TestBot> {
  return await app.addBot(script, {
    userId: owner.userId,
    prompt: `${SECRET}: buy low, sell high`,
    publishing,
    settings: { turnIntervalMs: 86_400_000 },
  });
}

/** The bot's next turn, and the prices it fills at. */
async function turn({ botId }: TestBot): Promise<void> {
  // The turn before may not have quite ended.
  await vi.waitFor(() => app.app.manager.forceTurn(botId));
  await app.app.manager.decided();
  await tick(PRICES);
}

async function tick(prices: Readonly<Record<string, number>>, later = 1000): Promise<void> {
  at += later;
  await app.market.tick(at, prices, later >= MINUTE ? { edge: at } : {});
}

/** Somebody who watches the rooms, from the first event of each where there is one. */
async function watcher(who: Person | null, ...rooms: readonly string[]): Promise<LiveClient> {
  const client = await new LiveClient(app.app.url, { headers: who?.headers ?? {} }).connected();
  open.push(client);
  for (const room of rooms) expect(await client.join(room)).toMatchObject({ ok: true });
  return client;
}

const payloads = (client: LiveClient, room: string): EventPayload[] =>
  client.events.filter((event) => event.room === room).map(({ payload }) => payload);

/** Waits until the client has every event of its rooms. */
async function caughtUp(client: LiveClient, ...rooms: readonly string[]): Promise<void> {
  for (const room of rooms) {
    const last = (await app.events(room)).at(-1)?.seq;
    await vi.waitFor(() => expect(client.events.findLast((event) => event.room === room)?.seq).toBe(last));
  }
}

const roomsOf = ({ botId }: TestBot) => ['arena', `bot:${botId}`] as const;

describe("a user's own room", () => {
  test('tells the owner why; the rooms of everyone do not', async () => {
    const bot = await addBot([[BUY]]);
    const room = `user:${owner.userId}`;
    const inside = await watcher(owner, room);
    const outside = await watcher(null, ...roomsOf(bot));
    const begins = (await app.events(room)).length;
    expect(inside.snapshots).toEqual([{ room, seq: begins, state: { userId: owner.userId } }]);
    await turn(bot);
    await caughtUp(inside, room);
    await caughtUp(outside, ...roomsOf(bot));
    expect(payloads(inside, room)).toMatchObject([
      {
        type: 'turn',
        decisions: [{ action: 'LONG', reasoning: BUY.reasoning, outcome: { code: 'opened' } }],
      },
    ]);
    for (const seen of roomsOf(bot))
      expect(payloads(outside, seen)).toMatchObject([
        { type: 'turn', decisions: [{ action: 'LONG', reasoning: null, outcome: null }], trades: [{}] },
      ]);
    for (const event of inside.events) expect(liveEventSchema.parse(event)).toEqual(event);
  });

  test('has one count for all of their bots, and is resumed by it', async () => {
    const [first, second] = [await addBot([[BUY]]), await addBot([[BUY]])];
    const other = await app.addBot([[BUY]], { settings: { turnIntervalMs: 86_400_000 } });
    await turn(first);
    await turn(second);
    await turn(other);
    const room = `user:${owner.userId}`;
    const late = await watcher(owner);
    expect(await late.join(room, 1)).toEqual({ ok: true, mode: 'resumed', seq: 1 });
    await tick({ BTCUSDT: 49_000 });
    await caughtUp(late, room);
    const all = (await app.events(room)).map(({ seq }) => seq);
    expect(late.events.map(({ seq }) => seq)).toEqual(all.slice(1));
    expect(late.snapshots).toEqual([]);
    const told = payloads(late, room).flatMap((payload) =>
      'botId' in payload ? [`${payload.type} ${payload.botId}`] : [],
    );
    const both = ['turn', 'exit'].flatMap((type) => [first, second].map(({ botId }) => `${type} ${botId}`));
    expect(told).toEqual(expect.arrayContaining(both));
    expect(told.filter((text) => text.includes(other.botId))).toEqual([]);
  });
});

describe('positions for the owner alone', () => {
  test('are in no event, no snapshot and no feed of others', async () => {
    const bot = await addBot([[BUY], [{ ...BUY, action: 'HOLD' }]], {
      positions: 'owner',
      reasoning: 'public',
    });
    const outside = await watcher(null, ...roomsOf(bot));
    const inside = await watcher(owner, `user:${owner.userId}`);
    await turn(bot);
    const late = await watcher(null, ...roomsOf(bot));
    await app.market.fund((at += 1000), [{ symbol: 'BTCUSDT', rate: 0.0001 }]);
    const [position] = await app.positions(bot.botId);
    await owner.must(200, `patch /bots/${bot.botId}/positions/${position?.id}`, { takeProfit: 61_234.5 });
    await turn(bot);
    await tick({ BTCUSDT: 49_000 });
    await caughtUp(outside, ...roomsOf(bot));
    await caughtUp(inside, `user:${owner.userId}`);

    expect(payloads(inside, `user:${owner.userId}`).map(({ type }) => type)).toEqual([
      'turn',
      'funding',
      'adjusted',
      'turn',
      'exit',
    ]);
    expect(inside.raw.join('\n')).toContain(String(STOP));
    for (const room of roomsOf(bot)) {
      const seen = payloads(outside, room).filter(({ type }) => type !== 'equity');
      expect(seen.map(({ type }) => type)).toEqual(['turn', 'turn', 'exit']);
      expect(seen.flatMap(shownPositions)).toEqual([]);
    }
    const shown = late.snapshots.find(({ room }) => room === `bot:${bot.botId}`)?.state;
    expect(shown).toMatchObject({ bot: { openPositions: [], openPositionCount: 1 } });
    for (const { raw } of [outside, late])
      for (const hidden of [String(STOP), '61234.5', position?.id ?? '', '"side"', '"entryPrice"'])
        expect(raw.join('\n')).not.toContain(hidden);
  });

  test('what is withheld for a while comes when its time has come', async () => {
    const bot = await addBot([[BUY]], { positions: { delayHours: 1 }, reasoning: { delayHours: 1 } });
    const outside = await watcher(null, ...roomsOf(bot));
    await turn(bot);
    await caughtUp(outside, ...roomsOf(bot));
    for (const room of roomsOf(bot)) {
      const [payload] = payloads(outside, room);
      expect(shownPositions(payload)).toEqual([]);
      expect(payload).toMatchObject({ decisions: [{ reasoning: null }], releasesAt: DAWN + 1000 + HOUR });
    }
    expect(outside.raw.join('\n')).not.toContain(SECRET);
    const trades = async () =>
      (await owner.must(200, `get /bots/${bot.botId}/trades`)).body.items as unknown[];
    expect(await trades()).toHaveLength(1);

    await tick(PRICES, HOUR);
    await caughtUp(outside, ...roomsOf(bot));
    for (const room of roomsOf(bot))
      expect(payloads(outside, room).at(-1)).toEqual({
        type: 'released',
        botId: bot.botId,
        parts: ['positions', 'reasoning'],
        upTo: at - HOUR,
      });
    const late = await watcher(null, ...roomsOf(bot));
    expect(await late.join(`bot:${bot.botId}`, 1)).toMatchObject({ ok: true, mode: 'resumed' });
  });
});

/** Whatever an event shows of positions and of what was decided about them. */
function shownPositions(payload: EventPayload | undefined): unknown[] {
  const parsed = eventPayloadSchema.parse(payload);
  const held = 'book' in parsed ? parsed.book.positions : [];
  if (parsed.type === 'exit') return parsed.trade === null ? held : [...held, parsed.trade];
  if (parsed.type !== 'turn') return held;
  const decided = parsed.decisions.flatMap(({ action, ...rest }) => [
    ...(action === 'PRIVATE' ? [] : [action]),
    ...Object.entries(rest).filter(([name, value]) => name !== 'reasoning' && value !== null),
  ]);
  return [...held, ...parsed.trades, ...decided];
}

describe('what only the owner may read', () => {
  test('is in no frame that anybody else is sent', async () => {
    const unreadable = `I cannot answer, because ${SECRET}`;
    const strange = JSON.stringify({
      decisions: [{ action: SECRET, symbol: SECRET, reasoning: SECRET, notes: SECRET, [SECRET]: 1 }],
    });
    const broken = new UpstreamError('fake', `the endpoint said: ${SECRET}`);
    const bot = await addBot([[BUY], unreadable, strange, broken, [{ ...BUY, size: 1e9 }]]);
    const everybody = [
      null,
      await person(app.app, 'another'),
      await person(app.app, 'a viewer', { role: 'viewer' }),
      await person(app.app, 'a moderator', { role: 'moderator' }),
      await person(app.app, 'the admin', { role: 'admin' }),
    ];
    const others = await Promise.all(everybody.map((who) => watcher(who, ...roomsOf(bot))));
    const inside = await watcher(owner, `user:${owner.userId}`);
    for (let i = 0; i < 5; i += 1) await turn(bot);
    await tick({ BTCUSDT: 49_000 });
    await tick(PRICES, MINUTE);
    await owner.must(200, `patch /bots/${bot.botId}`, { prompt: `${SECRET}: another way` });
    await owner.must(200, `post /bots/${bot.botId}/pause`, { reason: `${SECRET} is broken` });

    for (const [i, client] of others.entries()) {
      await caughtUp(client, ...roomsOf(bot));
      expect(await client.join(`user:${owner.userId}`)).toMatchObject({ ok: false });
      const again = await watcher(everybody[i] ?? null, ...roomsOf(bot));
      await again.join('arena', 0);
      await again.join(`bot:${bot.botId}`, 0);
      await caughtUp(again, ...roomsOf(bot));
      const types = new Set(payloads(again, `bot:${bot.botId}`).map(({ type }) => type));
      expect([...types]).toEqual(expect.arrayContaining(['turn', 'turn-failed', 'exit', 'bot']));
      for (const { raw } of [client, again]) {
        expect(raw.length).toBeGreaterThan(10);
        expect(raw.filter((frame) => frame.includes(SECRET))).toEqual([]);
      }
    }
    await caughtUp(inside, `user:${owner.userId}`);
    const owners = inside.raw.join('\n');
    for (const text of [BUY.reasoning, `the endpoint said: ${SECRET}`]) expect(owners).toContain(text);
  });
});
