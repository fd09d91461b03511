import type { Response } from 'supertest';
import { describe, expect, it } from 'vitest';
import { auditOf, PASSWORD, person, stranger, withApiKey, type Person } from '../support/people.ts';
import { serveMail, type MailServer } from '../support/mail-server.ts';
import { switchOff } from '../support/security/people-of-all-kinds.ts';
import { testApp, type TestApp } from '../support/test-app.ts';

const NEXT = 'another phrase of mine';
const RESET = '/auth/reset-password';
const MINUTE = 60_000;

/** Each from an address of its own: how often one may try has tests of its own. */
let addresses = 0;
async function post(t: TestApp, path: string, body: object): Promise<Response> {
  addresses += 1;
  return await stranger(t.app).post(path, body, { 'X-Forwarded-For': `198.51.100.${addresses % 250}` });
}

async function statusOf(t: TestApp, path: string, body: object): Promise<number> {
  return (await post(t, path, body)).status;
}

const logIn = (t: TestApp, password: string) => statusOf(t, '/auth/login', { username: 'ann', password });

async function withCode(): Promise<{ t: TestApp; ann: Person; code: string }> {
  const t = await testApp({ env: { TRUST_PROXY: '1' } });
  const ann = await person(t.app, 'ann', { hasPassword: true });
  const { body } = await ann.must(200, 'post /account/recovery-code', { password: PASSWORD });
  return { t, ann, code: (body as { recoveryCode: string }).recoveryCode };
}

describe('a recovery code', () => {
  it('sets a password once, ends all that was open, and is replaced by another', async () => {
    const { t, ann, code } = await withCode();
    await using _ = t;
    const key = await withApiKey(t.app, ann, 'trade');
    expect(code).toMatch(/^(?:[0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{2}$/);
    const done = await post(t, RESET, { username: 'ann', recoveryCode: code, password: NEXT });
    expect([done.status, done.body.recoveryCode === code]).toEqual([200, false]);
    expect([(await ann.get('/account/sessions')).status, (await key.get('/account/usage')).status]).toEqual([
      401, 401,
    ]);
    expect([await logIn(t, PASSWORD), await logIn(t, NEXT)]).toEqual([401, 200]);
    const again = { username: 'ann', recoveryCode: code, password: 'a third phrase of mine' };
    expect(await statusOf(t, RESET, again)).toBe(401);
    // As it is read from paper.
    const read = String(done.body.recoveryCode).toLowerCase().replaceAll('-', ' ');
    expect(await statusOf(t, RESET, { ...again, recoveryCode: read })).toBe(200);
    expect((await auditOf(t.app)).filter(({ action }) => action === 'password.reset')).toHaveLength(2);
  });

  it('is used by one of many who have it at once', async () => {
    const { t, code } = await withCode();
    await using _ = t;
    const tries = Array.from({ length: 6 }, (_nothing, i) =>
      statusOf(t, RESET, { username: 'ann', recoveryCode: code, password: `phrase number ${i} of mine` }),
    );
    const statuses = await Promise.all(tries);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.every((status) => [200, 401, 409].includes(status))).toBe(true);
  });

  it('is its owner’s alone, renewed it is void, and a wrong one says nothing', async () => {
    const { t, ann, code } = await withCode();
    await using _ = t;
    await person(t.app, 'bob', { hasPassword: true });
    const said = new Set<string>();
    for (const body of [
      { username: 'bob', recoveryCode: code },
      { username: 'nobody', recoveryCode: code },
      { username: 'ann', recoveryCode: `${code.slice(0, -1)}${code.endsWith('0') ? '1' : '0'}` },
      { username: 'ann', recoveryCode: 'x' },
    ]) {
      const answer = await post(t, RESET, { ...body, password: NEXT });
      said.add(`${answer.status} ${answer.body.error.message}`);
    }
    expect([...said]).toEqual(['401 The name or the recovery code is not right.']);
    await ann.must(200, 'post /account/recovery-code', { password: PASSWORD });
    expect(await statusOf(t, RESET, { username: 'ann', recoveryCode: code, password: NEXT })).toBe(401);
    expect(await logIn(t, PASSWORD)).toBe(200);
  });

  it('opens nothing for a user who is switched off', async () => {
    const { t, ann, code } = await withCode();
    await using _ = t;
    await switchOff(t, ann.userId);
    expect(await statusOf(t, RESET, { username: 'ann', recoveryCode: code, password: NEXT })).toBe(401);
  });

  it('cannot be guessed at: ten tries from an address', async () => {
    const { t, code } = await withCode();
    await using _ = t;
    const from = { 'X-Forwarded-For': '203.0.113.5' };
    const guess = async (recoveryCode: string) =>
      (await stranger(t.app).post(RESET, { username: 'ann', recoveryCode, password: NEXT }, from)).status;
    for (let i = 0; i < 10; i += 1) expect(await guess('0000')).toBe(401);
    expect(await guess(code)).toBe(429);
  });
});

async function withMail(): Promise<{ t: TestApp; mail: MailServer; ann: Person } & AsyncDisposable> {
  const mail = await serveMail({ user: 'arena', pass: 'a password' });
  const env = { SMTP_URL: mail.url, MAIL_FROM: 'arena@arena.example', TRUST_PROXY: '1' };
  const t = await testApp({ env });
  const ann = await person(t.app, 'ann', { hasPassword: true });
  await ann.must(204, 'patch /account', { email: 'ann@example.com', password: PASSWORD });
  const dispose = async () => {
    await t[Symbol.asyncDispose]();
    await mail[Symbol.asyncDispose]();
  };
  return { t, mail, ann, [Symbol.asyncDispose]: dispose };
}

const tokenOf = (mail: string): string => /#token=([\w-]+)/.exec(mail)?.[1] ?? '';

describe('a link by mail', () => {
  it('comes to the user’s address, sets a password once within ten minutes, and voids the others', async () => {
    await using world = await withMail();
    const { t, mail, ann } = world;
    for (let i = 0; i < 2; i += 1) expect(await statusOf(t, '/auth/recover', { username: 'Ann' })).toBe(202);
    const [first, second] = [await mail.mail(0), await mail.mail(1)];
    expect(first).toContain('To: ann@example.com');
    expect(first).toContain('From: arena@arena.example');
    expect(tokenOf(first)).toMatch(/^arr_[\w-]{43}$/);
    t.wall += 9 * MINUTE;
    expect(await statusOf(t, RESET, { token: tokenOf(first), password: NEXT })).toBe(200);
    for (const used of [first, second])
      expect(await statusOf(t, RESET, { token: tokenOf(used), password: 'a third phrase of mine' })).toBe(
        401,
      );
    expect((await ann.get('/account/sessions')).status).toBe(401);
    expect(await logIn(t, NEXT)).toBe(200);
  });

  it('is void after ten minutes, and when the user is switched off meanwhile', async () => {
    await using world = await withMail();
    const { t, mail, ann } = world;
    await post(t, '/auth/recover', { username: 'ann' });
    const late = tokenOf(await mail.mail(0));
    t.wall += 10 * MINUTE + 1;
    expect(await statusOf(t, RESET, { token: late, password: NEXT })).toBe(401);
    await post(t, '/auth/recover', { username: 'ann' });
    const next = tokenOf(await mail.mail(1));
    await switchOff(t, ann.userId);
    expect(await statusOf(t, RESET, { token: next, password: NEXT })).toBe(401);
    expect(await statusOf(t, '/auth/recover', { username: 'ann' })).toBe(202);
    expect(mail.mails).toHaveLength(2);
  });

  it(
    'is asked for without learning whether there is anybody, by word or by time',
    { timeout: 60_000 },
    async () => {
      await using world = await withMail();
      const { t } = world;
      await person(t.app, 'bob');
      const times = new Map(['ann', 'bob', 'nobody'].map((name) => [name, [] as number[]]));
      const said = new Set<string>();
      for (let i = 0; i < 11; i += 1)
        for (const [username, list] of times) {
          const before = performance.now();
          const { status, text } = await post(t, '/auth/recover', { username });
          list.push(performance.now() - before);
          said.add(`${status} ${text}`);
        }
      const medians = [...times.values()].map((list) => list.toSorted((a, b) => a - b)[5] ?? 0);
      expect(said.size).toBe(1);
      expect(Math.max(...medians) / Math.min(...medians)).toBeLessThan(1.1);
    },
  );

  it('leads to the arena’s own address, whatever the request calls it', async () => {
    await using world = await withMail();
    const { t, mail } = world;
    const forged = { Host: 'evil.example', 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'https' };
    await stranger(t.app).post('/auth/recover', { username: 'ann' }, forged);
    expect(await mail.mail(0)).not.toContain('evil');
  });

  it('is kept as a hash', async () => {
    await using world = await withMail();
    const { t, mail } = world;
    await post(t, '/auth/recover', { username: 'ann' });
    const token = tokenOf(await mail.mail(0));
    const rows = await t.db.read.selectFrom('password_resets').selectAll().execute();
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(token);
  });
});
