import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import request from 'supertest';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Config } from '../../config/config.ts';
import { arenaResponseSchema } from '../../contract/http/arena.ts';
import { botRoomStateSchema, liveEventSchema, pricesSchema } from '../../contract/live-events.ts';
import type { Db } from '../../db/database.ts';
import { appendEvent } from '../../db/queries/events.ts';
import { deleteBot } from '../support/factories.ts';
import { LiveClient, openLiveWorld, type LiveWorld } from '../support/live-client.ts';
import { openReadWorld, type ReadWorld } from '../support/read-context.ts';
import { fillReadWorld, HOUSE, turnEvents, USERS } from '../support/read-sample.ts';

let world: ReadWorld;
let live: LiveWorld;
beforeEach(async () => {
  world = await openReadWorld();
  await fillReadWorld(world);
  live = await openLiveWorld(world);
});
afterEach(async () => {
  await live[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

const seqs = (client: LiveClient) => client.events.map(({ seq }) => seq);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const paused = (botId: string) => ({ type: 'bot', botId, change: 'paused' }) as const;
const commitArena = (count: number) =>
  world.db.commit(
    Array.from({ length: count }, () => appendEvent('arena', world.market.now, paused('house-bot'))),
  );

describe('joining a room', () => {
  test.each(['websocket', 'polling'] as const)(
    'over %s: a snapshot, then what follows',
    async (transport) => {
      using client = new LiveClient(live.url, transport);
      expect(await client.join('arena')).toEqual({ ok: true, mode: 'snapshot', seq: 2 });
      await world.db.commit(turnEvents(world, HOUSE, 2));
      await vi.waitFor(() => expect(seqs(client)).toEqual([3]));
      expect(client.snapshots).toHaveLength(1);
      const [snapshot] = client.snapshots;
      expect(snapshot).toMatchObject({ room: 'arena', seq: 2 });
      expect(arenaResponseSchema.parse(snapshot?.state)).toEqual(snapshot?.state);
      for (const event of client.events) expect(liveEventSchema.parse(event)).toEqual(event);
    },
  );

  test("a bot's room has its own numbers and holds only its events", async () => {
    using client = new LiveClient(live.url);
    expect(await client.join(`bot:${USERS.botId}`)).toMatchObject({ mode: 'snapshot', seq: 1 });
    await world.db.commit([...turnEvents(world, HOUSE, 2), ...turnEvents(world, USERS, 2)]);
    await vi.waitFor(() => expect(seqs(client)).toEqual([2]));
    const [snapshot] = client.snapshots;
    expect(botRoomStateSchema.parse(snapshot?.state)).toEqual(snapshot?.state);
    expect(client.events[0]).toMatchObject({ room: `bot:${USERS.botId}` });
  });

  test('who comes back gets what it missed, and nothing else', async () => {
    await commitArena(40);
    using client = new LiveClient(live.url);
    expect(await client.join('arena', 10)).toMatchObject({ ok: true, mode: 'resumed' });
    await commitArena(2);
    await vi.waitFor(() => expect(seqs(client)).toEqual(range(11, 44)));
    expect(client.snapshots).toEqual([]);
  });

  test.each([
    ['missed too much', 0],
    ['knows a future that never was', 9999],
  ])('who %s begins with a snapshot', async (_why, lastSeq) => {
    await commitArena(501);
    using client = new LiveClient(live.url);
    expect(await client.join('arena', lastSeq)).toEqual({ ok: true, mode: 'snapshot', seq: 503 });
    expect(client.events).toEqual([]);
  });

  test('exactly 500 missed events are sent again', async () => {
    await commitArena(500);
    using client = new LiveClient(live.url);
    expect(await client.join('arena', 2)).toMatchObject({ mode: 'resumed' });
    await vi.waitFor(() => expect(seqs(client)).toEqual(range(3, 502)));
  });

  test('who missed events that were pruned begins with a snapshot', async () => {
    await commitArena(20);
    await world.db.transaction((trx) =>
      trx.deleteFrom('arena_events').where('room', '=', 'arena').where('seq', '<', 10).execute(),
    );
    using client = new LiveClient(live.url);
    expect(await client.join('arena', 5)).toMatchObject({ mode: 'snapshot', seq: 22 });
  });

  test('a commit that was not announced is found all the same', async () => {
    using client = new LiveClient(live.url);
    await client.join('arena');
    const { openSqlite } = await import('../../db/dialects/sqlite.ts');
    const other = openSqlite(world.db.path);
    await other.commit([appendEvent('arena', 1, paused('house-bot'))]);
    await other.close();
    await vi.waitFor(() => expect(seqs(client)).toEqual([3]), { timeout: 5000 });
  });
});

describe('order', () => {
  test.each(['joins', 'tail'] as const)(
    'no gap and no repeat while events are committed all the time and %s read slowly',
    async (whose) => {
      await using slow = await openLiveWorld({
        ...world,
        ctx: { ...world.ctx, config: behindProxy(world.ctx.config), db: withSlowReads(world.db, whose) },
      });
      const clients: LiveClient[] = [];
      const progress = { isDone: false, events: 0 };
      const commits = (async () => {
        // However slow joining is, several join while events come.
        for (let i = 0; i < 200 || clients.length <= 3; i += 1) {
          await commitArena(1 + (i % 3));
          progress.events += 1 + (i % 3);
          await sleep(i % 4);
        }
        progress.isDone = true;
      })();
      while (!progress.isDone) {
        const client = new LiveClient(slow.url, {
          transport: clients.length % 5 === 4 ? 'polling' : 'websocket',
          headers: { 'x-forwarded-for': `10.0.0.${clients.length}` },
        });
        clients.push(client);
        await client.join('arena', clients.length % 2 ? undefined : 2);
      }
      await commits;
      await commitArena(1);
      const last = 2 + progress.events + 1;
      for (const client of clients) {
        await vi.waitFor(() => expect(client.events.at(-1)?.seq).toBe(last), { timeout: 10_000 });
        const first = client.snapshots[0]?.seq ?? 2;
        expect(seqs(client)).toEqual(range(first + 1, last));
        client[Symbol.dispose]();
      }
      expect(clients.length).toBeGreaterThan(3);
    },
  );

  test('joining twice at once ends in one membership without repeats', async () => {
    await commitArena(10);
    using client = new LiveClient(live.url);
    const answers = await Promise.all([
      client.join('arena', 12),
      client.join('arena', 12),
      client.join('arena', 12),
    ]);
    expect(answers.map((answer) => answer.ok)).toEqual([true, true, true]);
    await commitArena(3);
    await vi.waitFor(() => expect(seqs(client)).toEqual([13, 14, 15]));
  });

  test('after leaving nothing more comes', async () => {
    using client = new LiveClient(live.url);
    await client.join('arena');
    client.socket.emit('leave', 'arena');
    await client.join(`bot:${HOUSE.botId}`);
    await world.db.commit(turnEvents(world, HOUSE, 2));
    await vi.waitFor(() => expect(client.events.map(({ room }) => room)).toEqual([`bot:${HOUSE.botId}`]));
  });
});

describe('what is refused', () => {
  test.each([
    ['arena2', 'invalid-input'],
    ['user:alice', 'invalid-input'],
    ['bot:', 'invalid-input'],
    ['bot:nobody', 'not-found'],
  ])('room %s', async (room, code) => {
    using client = new LiveClient(live.url);
    expect(await client.join(room)).toMatchObject({ ok: false, code });
  });

  test('a deleted bot has no room, and who was in it hears of the end', async () => {
    using inside = new LiveClient(live.url);
    await inside.join(`bot:${USERS.botId}`);
    await deleteBot(world.db, USERS.botId);
    const gone = { type: 'bot', botId: USERS.botId, change: 'deleted' };
    await world.db.commit([
      appendEvent(`bot:${USERS.botId}`, 1, gone),
      appendEvent(`bot:${USERS.botId}`, 1, gone),
    ]);
    using late = new LiveClient(live.url);
    expect(await late.join(`bot:${USERS.botId}`)).toMatchObject({ ok: false, code: 'not-found' });
    await vi.waitFor(() => expect(seqs(inside)).toEqual([2]));
  });

  test('join storms of one socket and hostile payloads', async () => {
    using client = new LiveClient(live.url);
    const answers = await Promise.all(range(1, 40).map(() => client.join('nowhere')));
    expect(
      answers.filter((answer) => !answer.ok && answer.code === 'rate-limited').length,
    ).toBeGreaterThanOrEqual(9);
    const hostile = client.socket as unknown as { emit(name: string, ...rest: unknown[]): void };
    for (const payload of [null, 7, [], { room: {} }, { room: 'arena', lastSeq: -1 }, { __proto__: {} }])
      hostile.emit('join', payload);
    hostile.emit('leave', { toString: null });
    using other = new LiveClient(live.url);
    expect(await other.join('arena')).toMatchObject({ ok: true });
  });

  test.each([
    'http://evil.example',
    'null',
    'https://127.0.0.1.evil.example',
    'http://127.0.0.1',
    'file://',
    'http://evil.example/127.0.0.1',
    'http://user@127.0.0.1',
  ])('a page of origin %s', async (origin) => {
    const answer = await request(live.server)
      .get('/socket.io/?EIO=4&transport=polling')
      .set('Origin', origin);
    expect(answer.status).toBe(403);
  });

  test('a page of our own origin, or of PUBLIC_URL, or no page at all is let in', async () => {
    const shake = (origin?: string) => {
      const asked = request(live.url).get('/socket.io/?EIO=4&transport=polling');
      return origin === undefined ? asked : asked.set('Origin', origin);
    };
    expect((await shake(live.url)).status).toBe(200);
    expect((await shake()).status).toBe(200);
  });

  test('a websocket of a hostile origin gets no upgrade', async () => {
    const { port } = new URL(live.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(
      `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\n` +
        'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
        'Origin: http://evil.example\r\n\r\n',
    );
    const [data] = (await once(socket, 'data')) as [Buffer];
    expect(String(data)).not.toMatch(/^HTTP\/1\.1 101/);
    socket.destroy();
  });
});

describe('privacy', () => {
  test("rooms never carry what a user's bot keeps to its owner", async () => {
    using client = new LiveClient(live.url);
    await client.join('arena');
    await client.join(`bot:${USERS.botId}`);
    await world.db.commit([...turnEvents(world, USERS, 2), ...turnEvents(world, HOUSE, 2)]);
    await vi.waitFor(() => expect(client.events).toHaveLength(3));
    const isOfUser = (text: string) => !text.includes(`"botId":"${HOUSE.botId}"`);
    const ofUser = client.events.map((event) => JSON.stringify(event)).filter(isOfUser);
    expect(ofUser).toHaveLength(2);
    for (const text of ofUser) expect(text).not.toMatch(/private|secret/);
    expect(JSON.stringify(client.snapshots)).not.toContain(`secret prompt of ${USERS.botId}`);
    const house = client.events.find(
      ({ payload }) => payload.type === 'turn' && payload.botId === HOUSE.botId,
    );
    expect(JSON.stringify(house)).toContain('private reasoning');
  });
});

describe('prices', () => {
  test('only what changed, at most two frames a second, with the values they imply', async () => {
    using client = new LiveClient(live.url);
    await client.join('arena');
    for (const price of [51_000, 51_001, 51_002]) {
      world.books.mark('BTCUSDT', price);
      live.gateway.broadcastPrices([
        { symbol: 'BTCUSDT', price },
        { symbol: 'ETHUSDT', price: 2500 },
      ]);
    }
    await vi.waitFor(() => expect(client.prices).toHaveLength(2));
    expect(client.prices.map(({ prices }) => prices)).toEqual([
      { BTCUSDT: 51_000, ETHUSDT: 2500 },
      { BTCUSDT: 51_002 },
    ]);
    expect(new Map(client.prices[1]?.values).get(HOUSE.botId)).toBe(10_100.2);
    for (const frame of client.prices) expect(pricesSchema.parse(frame)).toEqual(frame);
  });
});

describe('slow consumers', () => {
  test('a client that reads nothing is cut off, the others go on', async () => {
    using healthy = new LiveClient(live.url);
    await healthy.join('arena');
    const stalled = new LiveClient(live.url);
    await stalled.join('arena');
    const engine = stalled.socket.io.engine as unknown as {
      transport: { ws: { _socket?: { pause(): void }; pause?(): void } };
    };
    pauseReading(engine.transport.ws);
    const big = 'x'.repeat(30_000);
    let sent = 0;
    while (live.gateway.socketCount() === 2 && sent < 2000) {
      await world.db.commit(
        range(1, 10).map(() =>
          appendEvent('arena', 1, { ...paused('house-bot'), filler: big } as { type: string }),
        ),
      );
      sent += 10;
    }
    expect(live.gateway.socketCount()).toBe(1);
    await vi.waitFor(() => expect(seqs(healthy)).toEqual(range(3, 2 + sent)));
    expect(healthy.socket.connected).toBe(true);
    stalled.socket.disconnect();
  });
});

function pauseReading(ws: { _socket?: { pause(): void }; pause?(): void }): void {
  if (ws.pause) ws.pause();
  else ws._socket?.pause();
}

/** Each client may have an address of its own: one address has only so many sockets. */
function behindProxy(config: Config): Config {
  return { ...config, http: { ...config.http, trustedProxies: 1 } };
}

/** Reads of the joins or of the tail answer up to 12 ms later, so that commits and the other get in between. */
function withSlowReads(db: Db, whose: 'joins' | 'tail'): Db {
  let reads = 0;
  const pause = async (params: object) => {
    reads += 1;
    if ('id' in params === (whose === 'tail')) await sleep((reads * 5) % 13);
  };
  return {
    path: db.path,
    read: db.read,
    all: async (query, params) => {
      const rows = await db.all(query, params);
      await pause(params);
      return rows;
    },
    first: async (query, params) => {
      const row = await db.first(query, params);
      await pause(params);
      return row;
    },
    commit: (writes) => db.commit(writes),
    transaction: (run) => db.transaction(run),
    onCommit: (listener) => db.onCommit(listener),
    backup: (path) => db.backup(path),
    close: () => db.close(),
  };
}
