import { describe, expect, it } from 'vitest';
import { PASSWORD, person, stranger } from '../support/people.ts';
import { testApp } from '../support/test-app.ts';

describe('a new password', () => {
  it('has 8 to 256 characters of any kind, and is good to the letter', async () => {
    await using arena = await testApp();
    const visitor = stranger(arena.app);
    const register = async (username: string, password: string) =>
      (await visitor.post('/auth/register', { username, password })).status;
    expect(await register('short', '7 chars')).toBe(400);
    expect(await register('long', 'l'.repeat(257))).toBe(400);
    const chosen = [
      '8 chars!',
      '8362 9175',
      '        ',
      'ünïcödé 日本語',
      '🔑🔑🔑🔑🔑🔑🔑🔑',
      ' Padded Phrase ',
      'l'.repeat(256),
    ];
    for (const [i, password] of chosen.entries()) {
      const username = `person ${i}`;
      expect([password, await register(username, password)]).toEqual([password, 201]);
      const tried = [password, password.toUpperCase(), password.toLowerCase(), `${password.slice(0, -1)}?`];
      for (const other of new Set([...tried, password.trim()].filter((one) => one !== ''))) {
        const { status } = await visitor.post('/auth/login', { username, password: other });
        expect([other, status]).toEqual([other, other === password ? 200 : 401]);
      }
    }
  }, 30_000);

  it('is none that everybody uses, nor little more than the name', async () => {
    await using arena = await testApp();
    for (const password of ['qwertyuiop', 'Anna1990', 'arena-admin']) {
      const { body } = await stranger(arena.app).must(400, 'post /auth/register', {
        username: 'anna',
        password,
      });
      expect(body.error.details).toMatchObject([{ path: 'password' }]);
    }
  });
});

describe('what the account is opened with', () => {
  it('is changed only by whoever knows the present password', async () => {
    await using arena = await testApp();
    const anna = await person(arena.app, 'anna', { hasPassword: true });
    const wrong = 'not this phrase';
    const next = 'another phrase of mine';
    const changes: [line: string, body: object][] = [
      ['post /account/password', { currentPassword: wrong, password: next }],
      ['patch /account', { password: wrong, email: 'eve@arena.example' }],
      ['post /account/recovery-code', { password: wrong }],
      ['post /account/second-factor', { password: wrong }],
      ['post /account/second-factor/remove', { password: wrong }],
      ['post /account/delete', { password: wrong, confirm: 'anna' }],
    ];
    for (const [line, body] of changes) await anna.must(401, line, body);
    const { body } = await anna.must(200, 'get /auth/me');
    expect(body.user).toMatchObject({ email: null, hasSecondFactor: false });
    await anna.must(204, 'post /account/password', { currentPassword: PASSWORD, password: next });
    await stranger(arena.app).must(401, 'post /auth/login', { username: 'anna', password: PASSWORD });
    await stranger(arena.app).must(200, 'post /auth/login', { username: 'anna', password: next });
  });

  it('takes nothing but an address for a mail address', async () => {
    await using arena = await testApp();
    const anna = await person(arena.app, 'anna', { hasPassword: true });
    const forged = [
      'a@b.example\r\nBcc: c@d.example',
      'a@b.example, c@d.example',
      'A <a@b.example>',
      'a@b.example\0',
    ];
    for (const email of forged) await anna.must(400, 'patch /account', { password: PASSWORD, email });
    expect((await anna.get('/auth/me')).body.user.email).toBeNull();
  });
});

it('a new arena has no account that anybody could log in to', async () => {
  await using arena = await testApp({ env: { SEED_DEMO: '1' } });
  const users = await arena.db.read
    .selectFrom('users')
    .select(['username', 'password_hash', 'role'])
    .execute();
  expect(users).toHaveLength(3);
  for (const { username, password_hash: hash, role } of users) {
    expect([hash, role]).toEqual([null, 'user']);
    for (const password of ['', username, 'admin', 'password'])
      expect((await stranger(arena.app).post('/auth/login', { username, password })).status).not.toBe(200);
  }
});
