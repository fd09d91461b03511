import { Secret, TOTP } from 'otpauth';
import { describe, expect, it } from 'vitest';
import { PASSWORD, person, stranger, type Person } from '../support/people.ts';
import { testApp, type TestApp } from '../support/test-app.ts';

const STEP_MS = 30_000;

/** A user with one-time codes on; `code` gives that of so many steps from now. */
async function guarded(t: TestApp): Promise<{ ann: Person; code: (steps?: number) => string }> {
  const ann = await person(t.app, 'ann', { hasPassword: true });
  const { body } = await ann.must(200, 'post /account/second-factor', { password: PASSWORD });
  const totp = new TOTP({ secret: Secret.fromBase32(body.secret) });
  const code = (steps = 0) => totp.generate({ timestamp: t.wall + steps * STEP_MS });
  await ann.must(204, 'post /account/second-factor/confirm', { code: code() });
  return { ann, code };
}

const logIn = (t: TestApp, code?: string) =>
  stranger(t.app).post('/auth/login', { username: 'ann', password: PASSWORD, code });

describe('one-time codes', () => {
  it('are asked for once the password is right, and never before', async () => {
    await using t = await testApp();
    await guarded(t);
    const wrong = { username: 'ann', password: 'not the password' };
    const answer = await stranger(t.app).must(401, 'post /auth/login', wrong);
    expect(answer.body.error.code).toBe('not-signed-in');
    expect((await logIn(t)).body.error.code).toBe('one-time-code-needed');
  });

  it('work once each, one step early or late, and not again in any order', async () => {
    await using t = await testApp();
    const { code } = await guarded(t);
    // The one that turned them on is used up.
    expect((await logIn(t, code())).status).toBe(401);
    t.wall += 4 * STEP_MS;
    expect((await logIn(t, code(-2))).status).toBe(401);
    expect((await logIn(t, code(2))).status).toBe(401);
    expect((await logIn(t, code(-1))).status).toBe(200);
    expect((await logIn(t, code(-1))).status).toBe(401);
    expect((await logIn(t, code(1))).status).toBe(200);
    expect((await logIn(t, code())).status).toBe(401);
  });

  it('let one of two in who come with the same code at once', async () => {
    await using t = await testApp();
    const { code } = await guarded(t);
    t.wall += 2 * STEP_MS;
    const answers = await Promise.all([logIn(t, code()), logIn(t, code()), logIn(t, code())]);
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses[0]).toBe(200);
    expect(statuses.slice(1).every((status) => status === 401 || status === 409)).toBe(true);
  });

  it('are six digits, and nothing else breaks the server', async () => {
    await using t = await testApp();
    await guarded(t);
    for (const text of [
      'ﴭꜝ𘮛ૹ⭇',
      '１２３４５６',
      '12345',
      '1234567',
      '------',
      '🤖🤖🤖',
      '\0\0\0\0\0\0',
      '1e5000',
    ])
      expect([text, (await logIn(t, text)).status]).toEqual([text, 401]);
  });

  it('are typed with blanks, too', async () => {
    await using t = await testApp();
    const { code } = await guarded(t);
    t.wall += 2 * STEP_MS;
    const typed = `${code().slice(0, 3)} ${code().slice(3)}`;
    expect((await logIn(t, typed)).status).toBe(200);
  });

  it('cannot be guessed at: ten attempts in a quarter of an hour', async () => {
    await using t = await testApp();
    await guarded(t);
    const statuses: number[] = [];
    for (let i = 0; i < 12; i += 1) statuses.push((await logIn(t, '000000')).status);
    // The code that turned them on was an attempt, too.
    expect(statuses).toEqual([...Array.from({ length: 9 }, () => 401), 429, 429, 429]);
  });

  it('go with the password, and a code alone turns nothing off', async () => {
    await using t = await testApp();
    const { ann } = await guarded(t);
    await ann.must(401, 'post /account/second-factor/remove', { password: 'not the password' });
    await ann.must(204, 'post /account/second-factor/remove', { password: PASSWORD });
    expect((await logIn(t)).status).toBe(200);
  });
});
