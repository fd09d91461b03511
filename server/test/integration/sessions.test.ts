import request, { type Response } from 'supertest';
import { describe, expect, it } from 'vitest';
import { auditOf, PASSWORD, person, Person, stranger, withApiKey } from '../support/people.ts';
import { testApp, type TestApp } from '../support/test-app.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A browser that is logged in; the cookie it was given counts until it is given another. */
class Browser {
  readonly #url: string;
  cookie = '';

  constructor(t: TestApp) {
    this.#url = t.app.url;
  }

  async post(path: string, body: object = {}): Promise<Response> {
    const answer = await request(this.#url)
      .post(`/api/v2${path}`)
      .set({ Cookie: this.cookie, 'Sec-Fetch-Site': 'same-origin' })
      .send(body);
    const [given] = answer.get('Set-Cookie') ?? [];
    if (given !== undefined) this.cookie = given.split(';', 1)[0] ?? '';
    return answer;
  }

  /** Who it is to the arena; null = a stranger. */
  async me(): Promise<string | null> {
    const answer = await request(this.#url).get('/api/v2/auth/me').set({ Cookie: this.cookie });
    return (answer.body as { user: { username: string } | null }).user?.username ?? null;
  }
}

async function loggedIn(t: TestApp, username = 'ann'): Promise<Browser> {
  const browser = new Browser(t);
  expect((await browser.post('/auth/login', { username, password: PASSWORD })).status).toBe(200);
  return browser;
}

/** The same browser with another cookie. */
function withCookie(t: TestApp, cookie: string): Browser {
  return Object.assign(new Browser(t), { cookie });
}

async function arena(): Promise<TestApp> {
  const t = await testApp();
  await person(t.app, 'ann', { hasPassword: true });
  return t;
}

describe('a session', () => {
  it('ends a week after its last use', async () => {
    await using t = await arena();
    const ann = await loggedIn(t);
    for (let day = 0; day < 4; day += 1) {
      t.wall += 6 * DAY;
      expect(await ann.me()).toBe('ann');
    }
    t.wall += 7 * DAY + 1;
    expect(await ann.me()).toBeNull();
  });

  it('ends a month after the login, however much it is used', async () => {
    await using t = await arena();
    const ann = await loggedIn(t);
    for (let day = 0; day < 29; day += 1) {
      t.wall += DAY;
      await ann.post('/auth/refresh');
      expect([day, await ann.me()]).toEqual([day, 'ann']);
    }
    t.wall += DAY + 1;
    expect(await ann.me()).toBeNull();
  });

  it('has another token at each login, and the browser’s earlier one is over', async () => {
    await using t = await arena();
    const ann = await loggedIn(t);
    const first = ann.cookie;
    await ann.post('/auth/login', { username: 'ann', password: PASSWORD });
    expect(ann.cookie).not.toBe(first);
    expect([await ann.me(), await withCookie(t, first).me()]).toEqual(['ann', null]);
  });

  it('is over with the logout, also for whoever copied the cookie', async () => {
    await using t = await arena();
    const ann = await loggedIn(t);
    const copy = withCookie(t, ann.cookie);
    expect((await ann.post('/auth/logout')).status).toBe(204);
    expect(await copy.me()).toBeNull();
    expect((await copy.post('/account/sessions/end-others')).status).toBe(401);
  });
});

describe('the token of a session', () => {
  it('is replaced once it is a day old, and the one before is good for a minute', async () => {
    await using t = await arena();
    const ann = await loggedIn(t);
    const first = ann.cookie;
    t.wall += DAY - MINUTE;
    await ann.post('/auth/refresh');
    expect(ann.cookie).toBe(first);
    t.wall += 2 * MINUTE;
    await ann.post('/auth/refresh');
    expect(ann.cookie).not.toBe(first);
    t.wall += MINUTE - 1000;
    // The answer with the new one may have been lost.
    expect([await withCookie(t, first).me(), await ann.me()]).toEqual(['ann', 'ann']);
  });

  it('shown after that minute tells of a thief: the session ends for both', async () => {
    await using t = await arena();
    const ann = await loggedIn(t);
    const stolen = withCookie(t, ann.cookie);
    t.wall += DAY + 1;
    await ann.post('/auth/refresh');
    t.wall += MINUTE + 1000;
    expect(await ann.me()).toBe('ann');
    expect(await stolen.me()).toBeNull();
    expect(await ann.me()).toBeNull();
    expect((await auditOf(t.app)).at(-1)).toMatchObject({ action: 'session.reused', actor_id: null });
  });

  it('has one successor, however many ask at once', async () => {
    await using t = await arena();
    const ann = await loggedIn(t);
    t.wall += DAY + 1;
    const browsers = Array.from({ length: 8 }, () => withCookie(t, ann.cookie));
    const answers = await Promise.all(browsers.map((browser) => browser.post('/auth/refresh')));
    const given = browsers.filter(({ cookie }) => cookie !== ann.cookie);
    expect(given).toHaveLength(1);
    expect(answers.every(({ status }) => status === 204 || status === 409)).toBe(true);
    expect(await given[0]?.me()).toBe('ann');
    const rows = await t.db.read.selectFrom('sessions').select('id').execute();
    // Ann's own of the set-up, and this one.
    expect(rows).toHaveLength(2);
  });

  it('is nothing else than it is', async () => {
    await using t = await arena();
    const ann = await loggedIn(t);
    const token = ann.cookie.split('=')[1] ?? '';
    const key = (await withApiKey(t.app, await person(t.app, 'bob'), 'trade')).headers.Authorization ?? '';
    const none = { alg: 'none', sub: 'ann' };
    const jwt = `${Buffer.from(JSON.stringify(none)).toString('base64url')}.${Buffer.from('{}').toString('base64url')}.`;
    for (const cookie of [
      '',
      token.slice(0, -1),
      `${token}A`,
      token.toUpperCase(),
      token.replace('ars_', 'ark_'),
      jwt,
      key.slice(7),
    ])
      expect([cookie, await withCookie(t, `arena=${cookie}`).me()]).toEqual([cookie, null]);
    const bearer = await new Person(t.app.url, {
      userId: '',
      headers: { Authorization: `Bearer ${token}` },
    }).get('/auth/me');
    expect(bearer.status).toBe(401);
    // Of two cookies of one name the first counts; a stranger's page cannot put one in front of a __Host- cookie.
    expect(await withCookie(t, `${ann.cookie}; arena=x`).me()).toBe('ann');
  });
});

describe('one’s sessions', () => {
  it('are listed with where they are, and ended one by one or all but this', async () => {
    await using t = await arena();
    const [here, there, elsewhere] = [await loggedIn(t), await loggedIn(t), await loggedIn(t)];
    const list = () => request(t.app.url).get('/api/v2/account/sessions').set({ Cookie: here.cookie });
    const items = (await list()).body.items as { id: string; isCurrent: boolean; ip: string }[];
    expect(items).toHaveLength(4);
    expect(items.filter(({ isCurrent }) => isCurrent)).toHaveLength(1);
    expect(JSON.stringify(items)).not.toContain('ars_');
    const newest = items.find(({ isCurrent }) => !isCurrent)?.id ?? '';
    const ended = await request(t.app.url)
      .delete(`/api/v2/account/sessions/${newest}`)
      .set({ Cookie: here.cookie, 'Sec-Fetch-Site': 'same-origin' });
    expect(ended.status).toBe(204);
    const names = [await there.me(), await elsewhere.me()];
    expect([
      names.filter((name) => name === 'ann').length,
      names.filter((name) => name === null).length,
    ]).toEqual([1, 1]);
    expect((await here.post('/account/sessions/end-others')).status).toBe(204);
    expect([await here.me(), await there.me(), await elsewhere.me()]).toEqual(['ann', null, null]);
    expect((await list()).body.items).toHaveLength(1);
  });

  it('end with a new password, but for the one it is set in; keys stay', async () => {
    await using t = await arena();
    const [here, there] = [await loggedIn(t), await loggedIn(t)];
    const userId = (await t.db.read.selectFrom('users').select('id').executeTakeFirstOrThrow()).id;
    const key = await withApiKey(t.app, new Person(t.app.url, { userId, headers: {} }), 'read');
    const change = { currentPassword: PASSWORD, password: 'another phrase of mine' };
    expect((await there.post('/account/password', { ...change, currentPassword: 'not it' })).status).toBe(
      401,
    );
    expect((await here.post('/account/password', change)).status).toBe(204);
    expect([await here.me(), await there.me()]).toEqual(['ann', null]);
    expect((await key.get('/account/usage')).status).toBe(200);
    const old = await stranger(t.app).post('/auth/login', { username: 'ann', password: PASSWORD });
    expect(old.status).toBe(401);
    const next = await stranger(t.app).post('/auth/login', { username: 'ann', password: change.password });
    expect(next.status).toBe(200);
  });
});
