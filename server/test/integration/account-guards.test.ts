import { Writable } from 'node:stream';
import { Secret, TOTP } from 'otpauth';
import { pino } from 'pino';
import request, { type Response } from 'supertest';
import { describe, expect, it } from 'vitest';
import { hashToken, newToken } from '../../auth/tokens.ts';
import { insertPasswordReset } from '../../db/queries/recovery.ts';
import { createHttpServer } from '../../http/server.ts';
import { auditOf, PASSWORD, person, Person, stranger, withApiKey } from '../support/people.ts';
import { testApp, type TestApp } from '../support/test-app.ts';

const MINUTE_MS = 60_000;

/** The browser that got this answer. */
function browserOf({ app }: TestApp, answer: Response, userId: string): Person {
  const cookie = String(answer.headers['set-cookie']).split(';', 1)[0] ?? '';
  return new Person(app.url, { userId, headers: { Cookie: cookie, 'Sec-Fetch-Site': 'same-origin' } });
}

/** Turns one-time codes on. @returns the code of the present moment. */
async function withSecondFactor(arena: TestApp, user: Person): Promise<() => string> {
  const { body } = await user.must(200, 'post /account/second-factor', { password: PASSWORD });
  const totp = new TOTP({ secret: Secret.fromBase32(body.secret) });
  const code = () => totp.generate({ timestamp: arena.wall });
  await user.must(204, 'post /account/second-factor/confirm', { code: code() });
  return code;
}

async function mailedLink({ app, wall }: TestApp, userId: string): Promise<string> {
  const token = newToken('arr');
  const row = {
    token_hash: hashToken(token),
    user_id: userId,
    created_at: wall,
    expires_at: wall + MINUTE_MS,
  };
  await app.ctx.db.commit([insertPasswordReset(app.ctx.db.read, row)]);
  return token;
}

describe('a mailed link', () => {
  it('opens an account with one-time codes only together with one', async () => {
    await using arena = await testApp();
    const anna = await person(arena.app, 'anna', { hasPassword: true });
    const code = await withSecondFactor(arena, anna);
    const token = await mailedLink(arena, anna.userId);
    const reset = { token, password: 'another phrase of mine' };
    const visitor = stranger(arena.app);
    const without = await visitor.must(401, 'post /auth/reset-password', reset);
    expect(without.body.error.code).toBe('one-time-code-needed');
    // The one that turned the codes on is used up.
    await visitor.must(401, 'post /auth/reset-password', { ...reset, code: code() });
    await visitor.must(401, 'post /auth/reset-password', { ...reset, code: '000000' });
    await anna.must(200, 'get /account/sessions');
    arena.wall += MINUTE_MS / 2;
    const answer = await visitor.must(200, 'post /auth/reset-password', { ...reset, code: code() });
    await anna.must(401, 'get /account/sessions');
    const { body } = await browserOf(arena, answer, anna.userId).must(200, 'get /auth/me');
    expect(body.user).toMatchObject({ username: 'anna', hasSecondFactor: true });
    const again = { username: 'anna', password: reset.password, code: code() };
    await visitor.must(401, 'post /auth/login', again);
  });

  it('opens once', async () => {
    await using arena = await testApp();
    const anna = await person(arena.app, 'anna', { hasPassword: true });
    const reset = { token: await mailedLink(arena, anna.userId), password: 'another phrase of mine' };
    await stranger(arena.app).must(200, 'post /auth/reset-password', reset);
    expect((await stranger(arena.app).post('/auth/reset-password', reset)).status).toBe(401);
  });
});

describe('a login', () => {
  it('ends the session that the browser had', async () => {
    await using arena = await testApp();
    const anna = await person(arena.app, 'anna', { hasPassword: true });
    const answer = await anna.must(200, 'post /auth/login', { username: 'anna', password: PASSWORD });
    await anna.must(401, 'get /account/sessions');
    const { body } = await browserOf(arena, answer, anna.userId).must(200, 'get /account/sessions');
    expect(body.items).toHaveLength(1);
  });

  it('that fails ends nothing', async () => {
    await using arena = await testApp();
    const anna = await person(arena.app, 'anna', { hasPassword: true });
    await anna.must(401, 'post /auth/login', { username: 'anna', password: 'a wrong phrase' });
    expect((await anna.get('/account/sessions')).body.items).toHaveLength(1);
  });
});

describe('API keys', () => {
  it('are at most twenty, however many are asked for at once', async () => {
    await using arena = await testApp();
    const anna = await person(arena.app, 'anna');
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        anna.post('/account/api-keys', { name: `key ${i}`, scope: 'read' }),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(20);
    const refused = answers.filter(({ status }) => status === 409);
    expect(refused.map(({ body }) => body.error.code)).toEqual(Array(10).fill('too-many-keys'));
  });
});

describe('caches', () => {
  it('keep nothing that may be of somebody, and ask again for what is the same for everyone', async () => {
    await using arena = await testApp();
    const anna = await person(arena.app, 'anna', { hasPassword: true });
    const program = await withApiKey(arena.app, anna, 'read');
    const kept = async (who: Person, line: string, body?: object) => {
      const [method, path = ''] = line.split(' ');
      return (await who.send(method as 'get', path, body)).headers['cache-control'];
    };
    const own = ['/auth/me', '/bots', '/account/sessions', '/providers', '/account/api-keys'];
    for (const path of own) expect([path, await kept(anna, `get ${path}`)]).toEqual([path, 'no-store']);
    expect(await kept(program, 'get /providers')).toBe('no-store');
    const login = { username: 'anna', password: PASSWORD };
    expect(await kept(stranger(arena.app), 'post /auth/login', login)).toBe('no-store');
    for (const path of ['/arena', '/openapi.json', '/docs'])
      expect([path, await kept(anna, `get ${path}`)]).toEqual([path, 'no-cache']);
    expect(await kept(stranger(arena.app), 'get /bots')).toBe('no-cache');
  });
});

/** A log, and the lines it has written. */
function openLog() {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  return { log: pino({ level: 'info' }, stream), lines };
}

describe('the log', () => {
  it('tells of an unexpected error what the answer does not', async () => {
    const { log, lines } = openLog();
    await using arena = await testApp({ log });
    const databaseHealth = () => {
      throw new Error('the inside');
    };
    const answer = await request(createHttpServer({ ...arena.app.ctx, databaseHealth })).get(
      '/api/v2/health',
    );
    expect(answer.text).not.toContain('the inside');
    const told = lines.filter((line) => line.includes('the inside'));
    expect(told.length).toBeGreaterThan(0);
    expect(told[0]).toContain(answer.body.error.requestId);
  });

  it('tells who was refused, from where, and of a flood its beginning', async () => {
    const { log, lines } = openLog();
    await using arena = await testApp({ log, env: { RATE_LIMIT_PER_MINUTE: '40' } });
    const anna = await person(arena.app, 'anna');
    const refusals = () =>
      lines
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .filter(({ subsystem }) => subsystem === 'http');
    await anna.must(200, 'get /account/sessions');
    expect(refusals()).toEqual([]);
    const program = await withApiKey(arena.app, anna, 'read');
    await program.must(403, 'get /account/sessions');
    const refused = refusals();
    expect(refused).toMatchObject([
      {
        userId: anna.userId,
        ip: '127.0.0.1',
        req: { method: 'GET', url: '/api/v2/account/sessions', id: expect.any(String) },
        res: { statusCode: 403 },
        time: expect.any(Number),
      },
    ]);
    const guess = new Person(arena.app.url, { userId: '', headers: { Authorization: 'Bearer ark_guess' } });
    await guess.must(401, 'get /bots');
    expect(refusals().at(-1)).toMatchObject({ ip: '127.0.0.1', userId: null, res: { statusCode: 401 } });
    expect(lines.join('')).not.toContain('ark_guess');
    expect(lines.join('')).not.toContain(program.headers.Authorization?.slice('Bearer '.length));
    for (let i = 0; i < 45; i += 1) await anna.get('/account/sessions');
    expect(refusals().filter(({ res }) => (res as { statusCode: number }).statusCode === 429)).toHaveLength(
      1,
    );
  });
});

it('the audit log tells of logins, of those that failed, and from where', async () => {
  await using arena = await testApp();
  const { app } = arena;
  const anna = await person(app, 'anna', { hasPassword: true });
  const login = { username: 'anna', password: PASSWORD };
  await stranger(app).must(401, 'post /auth/login', { ...login, password: 'a wrong phrase' });
  const answer = await stranger(app).must(200, 'post /auth/login', login);
  await browserOf(arena, answer, anna.userId).must(204, 'post /auth/logout');
  const somebody = { user_id: anna.userId, ip: '127.0.0.1', request_id: expect.any(String) };
  expect(await auditOf(app)).toMatchObject([
    { ...somebody, action: 'login.failed', actor_id: null },
    { ...somebody, action: 'login.succeeded', actor_id: anna.userId },
    { ...somebody, action: 'logout', actor_id: anna.userId },
  ]);
});
