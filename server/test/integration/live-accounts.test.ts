import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { publishToUser } from '../../arena/publish.ts';
import { newSession } from '../../auth/sessions.ts';
import { LiveClient, openLiveWorld, type LiveWorld } from '../support/live-client.ts';
import { PASSWORD, person, withApiKey, type Person } from '../support/people.ts';
import { testApp, type TestApp } from '../support/test-app.ts';

const DAY = 86_400_000;

let app: TestApp;
let ada: Person;
let open: LiveClient[];
beforeEach(async () => {
  app = await testApp({ env: { TRUST_PROXY: '1', RATE_LIMIT_PER_MINUTE: '100000' } });
  ada = await person(app.app, 'Ada', { hasPassword: true });
  open = [];
});
afterEach(async () => {
  for (const client of open) client[Symbol.dispose]();
  await app[Symbol.asyncDispose]();
});

type Bearer = Pick<Person, 'userId' | 'headers'>;

const keyOf = ({ headers }: Person) => (headers.Authorization ?? '').replace('Bearer ', '');
const ownRoom = ({ userId }: Bearer) => `user:${userId}`;

interface How {
  readonly who?: Bearer;
  readonly apiKey?: unknown;
  readonly from?: string;
  readonly url?: string;
}

function client({ who, apiKey, from = '192.0.2.1', url = app.app.url }: How = {}): LiveClient {
  const headers = { ...(apiKey === undefined ? who?.headers : {}), 'x-forwarded-for': from };
  const made = new LiveClient(url, { headers, ...(apiKey === undefined ? {} : { apiKey }) });
  open.push(made);
  return made;
}

/** Let in, and in the room of whoever it is. */
async function inOwnRoom(who: Bearer, how: How = {}): Promise<LiveClient> {
  const made = await client({ who, ...how }).connected();
  expect(await made.join(ownRoom(who))).toMatchObject({ ok: true });
  return made;
}

/** The same user's next session. */
async function alsoAt({ userId }: Person): Promise<Bearer> {
  const { ctx } = app.app;
  const session = newSession(ctx, userId, { ip: '127.0.0.1', userAgent: 'another' });
  await ctx.db.commit([session.write]);
  return { userId, headers: { Cookie: `arena=${session.token}`, 'Sec-Fetch-Site': 'same-origin' } };
}

async function refusalOf(made: LiveClient): Promise<LiveClient['refusal']> {
  await vi.waitFor(() => expect(made.refusal).toBeDefined());
  expect(made.socket.connected).toBe(false);
  return made.refusal;
}

describe('who connects', () => {
  test('whoever is logged in on the page, whoever an API key names, or a stranger', async () => {
    const key = keyOf(await withApiKey(app.app, ada, 'read'));
    await inOwnRoom(ada);
    await inOwnRoom(ada, { apiKey: key });
    expect(await client().join(ownRoom(ada))).toMatchObject({ ok: false });
    expect(await client().join('arena')).toMatchObject({ ok: true });
  });

  test.each([['ark_wrong'], [''], [7], [{ key: 'x' }], ['a'.repeat(201)], ['ä']])(
    'the wrong API key %j is refused with a clear message, whatever cookie comes with it',
    async (apiKey) => {
      const made = new LiveClient(app.app.url, { apiKey, headers: ada.headers });
      open.push(made);
      expect(await refusalOf(made)).toEqual({
        code: 'not-signed-in',
        message: 'This login or API key is not valid any more, or never was. Connect again without it.',
      });
    },
  );

  test('an API key counts, not the cookie beside it', async () => {
    const ben = await person(app.app, 'Ben');
    const key = keyOf(await withApiKey(app.app, ben, 'read'));
    const made = new LiveClient(app.app.url, { apiKey: key, headers: ada.headers });
    open.push(made);
    expect(await made.join(ownRoom(ben))).toMatchObject({ ok: true });
    expect(await made.join(ownRoom(ada))).toMatchObject({ ok: false });
  });

  test('a session that is over makes a stranger', async () => {
    app.wall += 31 * DAY;
    const made = await client({ who: ada }).connected();
    expect(await made.join('arena')).toMatchObject({ ok: true });
    expect(await made.join(ownRoom(ada))).toMatchObject({ ok: false, code: 'invalid-input' });
  });

  test('connecting uses a key, and does not write down when within the same minute', async () => {
    const key = keyOf(await withApiKey(app.app, ada, 'read'));
    await inOwnRoom(ada, { apiKey: key });
    const [row] = await app.db.read.selectFrom('api_keys').selectAll().execute();
    expect(row?.last_used_at).toBe(app.wall);
  });
});

describe('how many', () => {
  test('a user has as many sockets as the setting says, by cookie and key together', async () => {
    const key = keyOf(await withApiKey(app.app, ada, 'read'));
    for (let i = 0; i < 10; i += 1) await inOwnRoom(ada, i % 2 ? { apiKey: key } : {});
    const refused = await refusalOf(client({ who: ada }));
    expect(refused).toEqual({
      code: 'too-many-sockets',
      message: 'You have 10 connections already. Close one first.',
    });
    const ben = await person(app.app, 'Ben');
    await inOwnRoom(ben);
    open[3]?.socket.disconnect();
    await vi.waitFor(() => inOwnRoom(ada));
    expect((await refusalOf(client({ who: ada })))?.code).toBe('too-many-sockets');
  });

  test('the setting holds at once', async () => {
    await inOwnRoom(ada);
    const admin = await person(app.app, 'the admin', { role: 'admin' });
    const { ctx } = app.app;
    const trace = { actorId: admin.userId, ip: null, requestId: null };
    const by = { userId: admin.userId, role: 'admin', trace, remember: () => [] } as const;
    await ctx.settings.change(by, 'sockets_per_user', 2);
    await inOwnRoom(ada);
    expect((await refusalOf(client({ who: ada })))?.message).toContain('You have 2 connections');
  });

  test('many at once do not get past it', async () => {
    const made = Array.from({ length: 30 }, () => client({ who: ada }));
    await vi.waitFor(() => {
      for (const { socket, refusal } of made) expect(socket.connected || refusal !== undefined).toBe(true);
    });
    expect(made.filter(({ socket }) => socket.connected)).toHaveLength(10);
  });

  test('an address has 50 sockets, whoever they are of; another address is not concerned', async () => {
    const made = Array.from({ length: 60 }, () => client());
    await vi.waitFor(
      () => {
        for (const { socket, refusal } of made) expect(socket.connected || refusal !== undefined).toBe(true);
      },
      { timeout: 5000 },
    );
    expect(made.filter(({ socket }) => socket.connected)).toHaveLength(50);
    expect(await refusalOf(client({ who: ada }))).toEqual({
      code: 'too-many-sockets',
      message: 'There are 50 connections from your address already.',
    });
    await inOwnRoom(ada, { from: '192.0.2.2' });
    await inOwnRoom(ada, { from: '192.0.2.1, 192.0.2.3' });
    made.find(({ socket }) => socket.connected)?.socket.disconnect();
    await vi.waitFor(() => client().connected());
  });

  test('connections that never say who they are count, and end', async () => {
    const shake = () =>
      fetch(`${app.app.url}/socket.io/?EIO=4&transport=polling`, {
        headers: { 'x-forwarded-for': '192.0.2.9' },
      });
    const answers = await Promise.all(Array.from({ length: 120 }, async () => (await shake()).status));
    expect(answers.filter((status) => status === 200)).toHaveLength(100);
    expect(answers.filter((status) => status === 403)).toHaveLength(20);
  });
});

describe('a credential that is taken back', () => {
  /** What happens to the sockets of Ada's other session, her API key and a stranger. */
  async function sockets() {
    const other = await alsoAt(ada);
    const keyed = await withApiKey(app.app, ada, 'trade');
    const ben = await person(app.app, 'Ben');
    const here = await inOwnRoom(ada);
    const there = await inOwnRoom(ada, { who: other });
    const byKey = await inOwnRoom(ada, { apiKey: keyOf(keyed) });
    const others = await inOwnRoom(ben);
    return { other, keyed, here, there, byKey, others };
  }

  type Sockets = Awaited<ReturnType<typeof sockets>>;
  type Name = 'here' | 'there' | 'byKey';

  async function idOf(table: 'sessions' | 'api_keys'): Promise<string> {
    const row = await app.db.read
      .selectFrom(table)
      .select('id')
      .where('user_id', '=', ada.userId)
      .orderBy('created_at')
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow();
    return row.id;
  }

  /** An administrator's line about Ada. */
  async function byAdmin(status: number, line: string, body: object): Promise<void> {
    const admin = await person(app.app, 'the admin', { role: 'admin' });
    await admin.must(status, line.replace(':id', ada.userId), body);
  }

  test.each<[string, (all: Sockets) => Promise<unknown>, readonly Name[]]>([
    ['logging out', () => ada.must(204, 'post /auth/logout', {}), ['here']],
    [
      'ending the other session',
      async () => ada.must(204, `delete /account/sessions/${await idOf('sessions')}`),
      ['there'],
    ],
    ['ending all others', () => ada.must(204, 'post /account/sessions/end-others', {}), ['there', 'byKey']],
    [
      'a new password',
      () =>
        ada.must(204, 'post /account/password', {
          currentPassword: PASSWORD,
          password: 'another long password 77',
        }),
      ['there', 'byKey'],
    ],
    [
      'deleting the API key',
      async () => ada.must(204, `delete /account/api-keys/${await idOf('api_keys')}`),
      ['byKey'],
    ],
    [
      'deleting the account',
      () => ada.must(204, 'post /account/delete', { password: PASSWORD, confirm: 'Ada' }),
      ['here', 'there', 'byKey'],
    ],
    [
      'another role',
      () => byAdmin(200, 'patch /admin/users/:id', { role: 'viewer' }),
      ['here', 'there', 'byKey'],
    ],
    [
      'being switched off',
      () => byAdmin(200, 'patch /admin/users/:id', { isActive: false }),
      ['here', 'there', 'byKey'],
    ],
    [
      'being deleted',
      () => byAdmin(204, 'post /admin/users/:id/delete', { confirm: 'Ada' }),
      ['here', 'there', 'byKey'],
    ],
  ])('%s ends its sockets within a second, and no others', async (_what, act, ended) => {
    const all = await sockets();
    await act(all);
    const names = ['here', 'there', 'byKey'] as const;
    await vi.waitFor(() => expect(names.filter((name) => !all[name].socket.connected)).toEqual(ended), {
      timeout: 1000,
      interval: 10,
    });
    await sleep(50);
    expect(names.filter((name) => !all[name].socket.connected)).toEqual(ended);
    expect(all.others.socket.connected).toBe(true);
    expect(await all.others.join('arena')).toMatchObject({ ok: true });
  });

  test('a token that was replaced and is shown again ends the session everywhere', async () => {
    const stolen = ada.headers;
    const here = await inOwnRoom(ada);
    app.wall += 1.5 * DAY;
    const refreshed = await ada.must(204, 'post /auth/refresh', {});
    const cookie = (refreshed.get('set-cookie')?.[0] ?? '').split(';')[0] ?? '';
    const anew = await inOwnRoom(ada, {
      who: { userId: ada.userId, headers: { ...stolen, Cookie: cookie } },
    });
    // A minute later the old token is nobody's.
    app.wall += 2 * 60_000;
    const thief = await client({ who: { userId: ada.userId, headers: stolen } }).connected();
    await vi.waitFor(() => expect([here.socket.connected, anew.socket.connected]).toEqual([false, false]), {
      timeout: 1000,
    });
    expect(await thief.join(ownRoom(ada))).toMatchObject({ ok: false });
  });

  test('what happens in the same moment is not sent any more', async () => {
    const here = await inOwnRoom(ada);
    const { ctx } = app.app;
    const news = { type: 'bot', botId: 'x', change: 'updated' } as const;
    await ctx.db.commit([publishToUser(ada.userId, app.wall, news)]);
    await vi.waitFor(() => expect(here.events).toHaveLength(1));
    ctx.auth.revocations.announce(ada.userId);
    await ctx.db.commit([publishToUser(ada.userId, app.wall, news)]);
    await vi.waitFor(() => expect(here.socket.connected).toBe(false));
    expect(here.events).toHaveLength(1);
  });

  test('taken back while its bearer is being let in, it lets nobody in', async () => {
    const { ctx } = app.app;
    const held = Promise.withResolvers<void>();
    let isAsked = false;
    const first: typeof ctx.db.first = async (query, params) => {
      const row = await ctx.db.first(query, params);
      if ('tokenHash' in params && !isAsked) {
        isAsked = true;
        await held.promise;
      }
      return row;
    };
    const db = new Proxy(ctx.db, {
      get: (target, name) => (name === 'first' ? first : bound(target, Reflect.get(target, name, target))),
    });
    await using slow = await openLiveWorld({ ctx: { ...ctx, db } });
    const made = client({ who: ada, url: slow.url });
    await vi.waitFor(() => expect(isAsked).toBe(true));
    await ada.must(204, 'post /auth/logout', {});
    held.resolve();
    await made.connected();
    expect(await made.join(ownRoom(ada))).toMatchObject({ ok: false, code: 'invalid-input' });
  });
});

const bound = (target: object, member: unknown) =>
  typeof member === 'function' ? (member.bind(target) as unknown) : member;

describe('a socket that stays open', () => {
  let live: LiveWorld;
  beforeEach(async () => {
    live = await openLiveWorld(app.app, { recheckMs: 50 });
  });
  afterEach(async () => {
    await live[Symbol.asyncDispose]();
  });

  test('is put out when its session or key runs out', async () => {
    const key = keyOf(await withApiKey(app.app, ada, 'read'));
    await app.db.transaction((trx) =>
      trx
        .updateTable('api_keys')
        .set({ expires_at: app.wall + DAY })
        .execute(),
    );
    const bySession = await inOwnRoom(ada, { url: live.url });
    const byKey = await inOwnRoom(ada, { url: live.url, apiKey: key });
    const stranger = await client({ url: live.url }).connected();
    await sleep(200);
    expect([bySession.socket.connected, byKey.socket.connected]).toEqual([true, true]);
    app.wall += 2 * DAY;
    await vi.waitFor(() => expect(byKey.socket.connected).toBe(false));
    expect(bySession.socket.connected).toBe(true);
    app.wall += 6 * DAY;
    await vi.waitFor(() => expect(bySession.socket.connected).toBe(false));
    expect(stranger.socket.connected).toBe(true);
  });

  test('is put out when its rows changed and nobody told', async () => {
    const made = await inOwnRoom(ada, { url: live.url });
    await app.db.transaction((trx) =>
      trx.updateTable('users').set({ role: 'moderator' }).where('id', '=', ada.userId).execute(),
    );
    await vi.waitFor(() => expect(made.socket.connected).toBe(false));
  });

  test('stays through the replacement of its token', async () => {
    const made = await inOwnRoom(ada, { url: live.url });
    app.wall += 1.5 * DAY;
    await ada.must(204, 'post /auth/refresh', {});
    app.wall += 2 * 60_000;
    await sleep(300);
    expect(made.socket.connected).toBe(true);
    expect(await app.db.read.selectFrom('sessions').selectAll().execute()).toHaveLength(1);
  });
});
