import { hash as hashBcrypt } from '@node-rs/bcrypt';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { updateUser } from '../../db/queries/users.ts';
import { ServerProcess } from '../crash/server-process.ts';
import { PASSWORD, switchOff, type User } from '../support/security/people-of-all-kinds.ts';
import { jsonOf, Wire, type WireAnswer } from '../support/security/wire.ts';
import { World } from '../support/security/world.ts';
import { tempDatabasePath } from '../support/temp-database.ts';

const LOGIN = { method: 'post', path: '/api/v2/auth/login' };

interface Attempt {
  readonly username: string;
  readonly password?: string;
  /** Where it comes from; an address of its own unless one is named. */
  readonly from?: string;
}

let world: World;
beforeAll(async () => {
  world = await World.open();
});
afterAll(() => world[Symbol.asyncDispose]());

function logIn(arena: World, { username, password = PASSWORD, from }: Attempt): Promise<WireAnswer> {
  const headers: Record<string, string> = from === undefined ? {} : { 'x-forwarded-for': from };
  return arena.send({ ...LOGIN, body: { username, password }, headers }, 60_000);
}

const statusOf = async (arena: World, attempt: Attempt) => (await logIn(arena, attempt)).status;

async function hashOf({ userId }: Pick<User, 'userId'>): Promise<string> {
  const query = world.t.db.read.selectFrom('users').select('password_hash').where('id', '=', userId);
  return (await query.executeTakeFirstOrThrow()).password_hash ?? '';
}

describe('many logins at once', () => {
  const SERVER = path.join(import.meta.dirname, '..', '..', 'main.ts');
  const TELLER = path.join(import.meta.dirname, '..', 'support', 'tell-loop-delay.ts');
  const LOGINS = 200;
  const MOST_DELAY_MS = 50;
  /** One password alone takes longer: so it would be late all the time, were they hashed where requests are answered. */
  const USUAL_DELAY_MS = 10;
  /** Others use this machine, too: it has to do it once. */
  const ROUNDS = 4;
  const isWell = ({ median, p99 }: { median: number; p99: number }) =>
    median <= USUAL_DELAY_MS && p99 <= MOST_DELAY_MS;

  it('let the event loop of the server go on', { timeout: 120_000 }, async () => {
    const env = {
      DATABASE_URL: tempDatabasePath(),
      PORT: '0',
      SEED_DEMO: '0',
      TRUST_PROXY: '1',
      LOG_LEVEL: 'error',
    };
    const server = new ServerProcess(['--import', TELLER, SERVER], {
      ...env,
      RATE_LIMIT_PER_MINUTE: '1000000',
    });
    onTestFinished(async () => {
      server.kill('SIGTERM');
      await server.exited;
    });
    const ready = await server.ready;
    if (!ready) throw new Error(`the server did not start: ${server.stderr}`);
    await using wire = new Wire(ready.url, LOGINS);
    const body = { username: 'Ann', password: PASSWORD };
    expect((await wire.send({ method: 'post', path: '/api/v2/auth/register', body })).status).toBe(201);
    const delays: { median: number; p99: number }[] = [];
    while (delays.length < ROUNDS && !delays.some(isWell)) {
      await tellDelay(server);
      const logins = Array.from({ length: LOGINS }, (_, i) => {
        const headers = { 'x-forwarded-for': `10.1.${delays.length}.${i}` };
        return wire.send({ ...LOGIN, body, headers });
      });
      const statuses = (await Promise.all(logins)).map(({ status }) => status);
      expect(statuses).toEqual(Array.from({ length: LOGINS }, () => 200));
      delays.push(await tellDelay(server));
    }
    expect(delays.filter(isWell)).not.toEqual([]);
  });

  /** Since it was asked before, ms. */
  async function tellDelay(server: ServerProcess): Promise<{ median: number; p99: number }> {
    const told = () => [...server.stderr.matchAll(/loop delay ([\d.]+) ([\d.]+) ms/g)];
    const before = told().length;
    server.kill('SIGUSR2');
    while (told().length === before) await sleep(5);
    const [, median, p99] = told().at(-1) ?? [];
    return { median: Number(median), p99: Number(p99) };
  }
});

describe('a login that fails', () => {
  const SAMPLES = 45;
  /** The medians of so many tries lie within a few percent of each other; a machine that is busy needs another round. */
  const TOLERANCE = 0.1;
  const ROUNDS = 4;

  it('says and takes the same, whatever is wrong', { timeout: 120_000 }, async () => {
    const [known, off] = [await world.addUser(), await world.addUser()];
    await switchOff(world.t, off.userId);
    const attempts: Readonly<Record<string, Attempt>> = {
      wrong: { username: known.username, password: 'not the password' },
      unknown: { username: 'Nobody Here', password: 'not the password' },
      disabled: { username: off.username },
    };
    const said = new Set<string>();
    const round = async () => {
      const times = new Map(Object.keys(attempts).map((kind) => [kind, [] as number[]]));
      for (let i = 0; i < SAMPLES; i += 1)
        for (const [kind, attempt] of Object.entries(attempts)) {
          const before = performance.now();
          const { status, text } = await logIn(world, attempt);
          times.get(kind)?.push(performance.now() - before);
          said.add(`${status} ${text.replace(/"requestId":"[^"]*"/, '')}`);
        }
      const medians = [...times.values()].map(median);
      return Math.max(...medians) / Math.min(...medians) - 1;
    };
    // What nobody is compared with is made at the first try.
    await logIn(world, { username: 'Nobody Here' });
    const spreads: number[] = [];
    while (spreads.length < ROUNDS && !spreads.some((spread) => spread <= TOLERANCE))
      spreads.push(await round());
    expect([...said]).toHaveLength(1);
    expect(Math.min(...spreads)).toBeLessThanOrEqual(TOLERANCE);
  });

  function median(times: readonly number[]): number {
    return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
  }
});

describe('guessing', () => {
  it('at an account is over after ten tries from one address, and the owner gets in from another', async () => {
    const [ann, bob] = [await world.addUser(), await world.addUser()];
    const guess = { username: ann.username, password: 'not the password', from: '192.0.2.1' };
    for (let i = 0; i < 10; i += 1) expect(await statusOf(world, guess)).toBe(401);
    const refused = await logIn(world, guess);
    expect([refused.status, Number(refused.headers['retry-after']) > 0]).toEqual([429, true]);
    // Not even with the right password: else the limit would tell which it is.
    expect(await statusOf(world, { username: ann.username, from: '192.0.2.1' })).toBe(429);
    expect(await statusOf(world, { username: ann.username.toUpperCase(), from: '192.0.2.1' })).toBe(429);
    expect(await statusOf(world, { username: ann.username, from: '192.0.2.2' })).toBe(200);
    expect(await statusOf(world, { username: bob.username, from: '192.0.2.1' })).toBe(200);
  });

  it('forgets the tries of whoever got in', async () => {
    const { username } = await world.addUser();
    for (let round = 0; round < 3; round += 1) {
      for (let i = 0; i < 6; i += 1)
        expect(await statusOf(world, { username, password: 'not the password', from: '198.51.100.1' })).toBe(
          401,
        );
      expect(await statusOf(world, { username, from: '198.51.100.1' })).toBe(200);
    }
  });

  it('from one address is over after a hundred tries at whomever, other addresses go on', async () => {
    const { username } = await world.addUser();
    const tries = Array.from({ length: 110 }, (_, i) =>
      statusOf(world, { username: `somebody ${i}`, password: 'guess', from: '192.0.2.7' }),
    );
    const statuses = await Promise.all(tries);
    expect(statuses.filter((status) => status === 401)).toHaveLength(100);
    expect(statuses.filter((status) => status === 429)).toHaveLength(10);
    expect(await statusOf(world, { username, from: '192.0.2.7' })).toBe(429);
    expect(await statusOf(world, { username, from: '192.0.2.8' })).toBe(200);
  });

  it('counts the addresses of a network of IPv6 as one', async () => {
    const { username } = await world.addUser();
    const guess = (i: number) => ({ username, password: 'not the password', from: `2001:db8:0:1::${i}` });
    for (let i = 1; i <= 10; i += 1) expect(await statusOf(world, guess(i))).toBe(401);
    expect(await statusOf(world, guess(11))).toBe(429);
    expect(await statusOf(world, { username, from: '2001:db8:1:1::1' })).toBe(200);
  });

  it('is asked for by the login’s class of requests, too, before any password is tried', async () => {
    await using strict = await World.open({ env: { RATE_LIMIT_PER_MINUTE: '100' } });
    const { username } = await strict.addUser();
    const statuses: number[] = [];
    for (let i = 0; i < 7; i += 1) statuses.push(await statusOf(strict, { username, from: '192.0.2.1' }));
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429]);
    expect(await statusOf(strict, { username, from: '192.0.2.2' })).toBe(200);
  });
});

describe('stored passwords', () => {
  it('are Argon2id of 19 MiB, two passes and one lane, and differ in their 73rd letter', async () => {
    const password = 'x'.repeat(60) + 'abcdefghijklm';
    const body = { username: 'Long Word', password };
    const made = await world.send({ method: 'post', path: '/api/v2/auth/register', body });
    expect([made.status, password.length]).toEqual([201, 73]);
    const { user } = jsonOf(made) as { user: { id: string } };
    const hash = await hashOf({ userId: user.id });
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    const other = `${password.slice(0, -1)}n`;
    expect(await statusOf(world, { username: body.username, password: other })).toBe(401);
    expect(await statusOf(world, { username: body.username, password: password.slice(0, 72) })).toBe(401);
    expect(await statusOf(world, { username: body.username, password })).toBe(200);
  });

  it('of the old server are taken once, and stored anew', async () => {
    const old = await world.addUser();
    const { db } = world.t;
    await db.commit([
      updateUser(db.read, old.userId, { password_hash: await hashBcrypt('from the old days', 4) }),
    ]);
    const before = await hashOf(old);
    expect(before).toMatch(/^\$2\w\$/);
    expect(await statusOf(world, { ...old, password: 'from the older days' })).toBe(401);
    expect(await hashOf(old)).toBe(before);
    expect(await statusOf(world, { ...old, password: 'from the old days' })).toBe(200);
    const after = await hashOf(old);
    expect(after).toMatch(/^\$argon2id\$/);
    expect(await statusOf(world, { ...old, password: 'from the old days' })).toBe(200);
    expect(await hashOf(old)).toBe(after);
  });

  it('that are none open nothing', async () => {
    const { db } = world.t;
    for (const hash of [null, '', 'x', '*', '$2b$04$short', 'not the password']) {
      const user = await world.addUser();
      await db.commit([updateUser(db.read, user.userId, { password_hash: hash })]);
      expect([hash, await statusOf(world, { ...user, password: hash || 'x' })]).toEqual([hash, 401]);
    }
  });
});
