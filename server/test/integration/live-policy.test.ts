import { z } from 'zod';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { roomSchema } from '../../contract/live-events.ts';
import { LIVE_POLICY, REFUSALS, type LiveAction, type Refusal, type Standing } from '../../live/policy.ts';
import { roomOf } from '../../live/rooms.ts';
import { LiveClient, openLiveWorld, type LiveWorld } from '../support/live-client.ts';
import { person, withApiKey, type Person } from '../support/people.ts';
import { testApp, type TestApp, type TestBot } from '../support/test-app.ts';

/** socket.io's own, and what tells of the end of a socket; a client cannot send these. */
const NO_EVENTS_OF_CLIENTS = new Set<string | symbol>(['error', 'disconnect']);

/** Everybody the table knows, and who they are in the arena. */
const STANDINGS: Readonly<Record<Standing, { role: 'viewer' | 'user' | 'moderator' | 'admin' } | null>> = {
  anonymous: null,
  owner: { role: 'user' },
  other: { role: 'user' },
  viewer: { role: 'viewer' },
  moderator: { role: 'moderator' },
  admin: { role: 'admin' },
  expired: { role: 'user' },
  revoked: { role: 'user' },
  disabled: { role: 'user' },
};
const ENDS: ReadonlySet<Standing> = new Set(['expired', 'revoked', 'disabled']);

let app: TestApp;
let live: LiveWorld;
let owner: Person;
let bot: TestBot;
let nextName = 0;
beforeAll(async () => {
  app = await testApp();
  live = await openLiveWorld(app.app);
  owner = await person(app.app, 'the owner');
  bot = await app.addBot([], { userId: owner.userId });
});
afterAll(async () => {
  await live[Symbol.asyncDispose]();
  await app[Symbol.asyncDispose]();
});

/** A new somebody of this standing; the owner is always the same. */
async function somebody(standing: Standing): Promise<Person | null> {
  const who = STANDINGS[standing];
  if (who === null || standing === 'owner') return standing === 'owner' ? owner : null;
  nextName += 1;
  return await person(app.app, `${standing} ${nextName}`, who);
}

async function connect(who: Person | null): Promise<LiveClient> {
  return await new LiveClient(live.url, { headers: who?.headers ?? {} }).connected();
}

/** Ends what they came with in the rows alone: nobody tells the sockets. */
async function end(standing: Standing, { userId }: Person): Promise<void> {
  const past = app.app.ctx.clock.wallNow();
  await app.db.transaction(async (trx) => {
    if (standing === 'disabled')
      await trx.updateTable('users').set({ is_active: 0 }).where('id', '=', userId).execute();
    for (const table of ['sessions', 'api_keys'] as const) {
      if (standing === 'expired')
        await trx.updateTable(table).set({ expires_at: past }).where('user_id', '=', userId).execute();
      if (standing === 'revoked') await trx.deleteFrom(table).where('user_id', '=', userId).execute();
    }
  });
}

/** A socket of somebody of this standing, who was let in while all was well. */
async function connectAs(standing: Standing): Promise<LiveClient> {
  const who = await somebody(standing);
  const client = await connect(who);
  if (who && ENDS.has(standing)) await end(standing, who);
  return client;
}

type Verdict = 'allowed' | Refusal;

const ASK: Readonly<Record<LiveAction, (standing: Standing) => Promise<Verdict>>> = {
  connect: async (standing) => {
    const who = await somebody(standing);
    const keyed = who && (await withApiKey(app.app, who, 'read'));
    if (who && ENDS.has(standing)) await end(standing, who);
    const apiKey = keyed?.headers.Authorization?.replace('Bearer ', '') ?? null;
    using client = new LiveClient(live.url, { apiKey });
    await vi.waitFor(() => expect(client.socket.connected || client.refusal !== undefined).toBe(true));
    return verdictOf(client.socket.connected, client.refusal);
  },
  join: async (standing) => await joinAs(standing, 'arena'),
  leave: async (standing) => {
    using client = await connectAs(standing);
    client.socket.emit('leave', 'arena');
    // Nothing is answered: who may not leave is put out.
    const isOut = await vi
      .waitFor(() => expect(client.socket.connected).toBe(false), { timeout: 300 })
      .then(
        () => true,
        () => false,
      );
    return isOut ? 'not-signed-in' : 'allowed';
  },
  'room arena': async (standing) => await joinAs(standing, 'arena'),
  'room bot': async (standing) => await joinAs(standing, `bot:${bot.botId}`),
  'room user': async (standing) => await joinAs(standing, `user:${owner.userId}`),
};

async function joinAs(standing: Standing, room: string): Promise<Verdict> {
  using client = await connectAs(standing);
  const answer = await client.join(room);
  if (ENDS.has(standing)) await vi.waitFor(() => expect(client.socket.connected).toBe(false));
  else expect(client.socket.connected).toBe(true);
  // A refusal is answered with nothing but itself.
  if (!answer.ok) expect(client.frames).toEqual([]);
  return verdictOf(answer.ok, answer.ok ? undefined : answer);
}

function verdictOf(
  isAllowed: boolean,
  refusal: { code: string | undefined; message: string } | undefined,
): Verdict {
  if (isAllowed) return 'allowed';
  const code = refusal?.code as Refusal;
  expect(refusal?.message).toBe(REFUSALS[code]);
  return code;
}

describe.each(Object.entries(LIVE_POLICY))('%s', (action, row) => {
  test.each(Object.entries(row))('%s: %s', async (standing, verdict) => {
    expect(await ASK[action as LiveAction](standing as Standing)).toBe(verdict);
  });
});

test('every event a socket listens to has a row, and every row is listened to', async () => {
  using client = await connect(await somebody('admin'));
  await client.join('arena');
  const listened = [...live.gateway.sockets()].flatMap((socket) => socket.eventNames());
  const events = new Set(listened.filter((name) => !NO_EVENTS_OF_CLIENTS.has(name)));
  const rows = Object.keys(LIVE_POLICY).filter(
    (action) => action !== 'connect' && !action.startsWith('room '),
  );
  expect(events).toEqual(new Set(rows));
});

test('every kind of room has a row', () => {
  const { pattern } = z.toJSONSchema(roomSchema);
  const kinds = pattern?.match(/[a-z]+(?=[|):])/g) ?? [];
  const rooms = kinds.map((kind) => (kind === 'arena' ? kind : `${kind}:x`));
  for (const room of rooms) expect(roomSchema.safeParse(room).success).toBe(true);
  expect(rooms.map((room) => `room ${roomOf(room).kind}`)).toEqual(
    Object.keys(LIVE_POLICY).filter((action) => action.startsWith('room ')),
  );
});

test("somebody else's room answers like one that does not exist", async () => {
  const other = await somebody('other');
  using client = await connect(other);
  const nowhere = await client.join('nowhere');
  expect(nowhere).toMatchObject({ ok: false, code: 'invalid-input' });
  expect(await client.join(`user:${owner.userId}`)).toEqual(nowhere);
  expect(await client.join('user:nobody')).toEqual(nowhere);
  expect(await client.join(`user:${other?.userId}`)).toMatchObject({ ok: true });
});

test('a role opens no room but that of its bearer', async () => {
  for (const role of ['viewer', 'moderator', 'admin'] as const) {
    const who = await somebody(role);
    using client = await connect(who);
    expect(await client.join(`user:${owner.userId}`)).toMatchObject({ ok: false, code: 'invalid-input' });
    expect(await client.join(`user:${who?.userId}`)).toMatchObject({ ok: true });
    expect(client.snapshots).toMatchObject([{ state: { userId: who?.userId } }]);
  }
});
