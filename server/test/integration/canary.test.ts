import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '../../db/database.ts';
import { apiRouter } from '../../http/routes/index.ts';
import { LiveClient } from '../support/live-client.ts';
import { serveMail, type MailServer } from '../support/mail-server.ts';
import { settleTurns } from '../support/security/estate.ts';
import { Evidence, type PlantedSecret } from '../support/security/evidence.ts';
import { mountedRoutes, type MountedRoute } from '../support/security/mounted-routes.ts';
import { addSession, PASSWORD } from '../support/security/people-of-all-kinds.ts';
import { mint, PRINCIPALS } from '../support/security/principals.ts';
import { toWire } from '../support/security/requests.ts';
import { SAMPLES } from '../support/security/samples.ts';
import { jsonOf, type WireAnswer, type WireRequest } from '../support/security/wire.ts';
import { World } from '../support/security/world.ts';

const MASTER_KEY = randomBytes(32).toString('hex');
const SMTP_PASSWORD = `canary-smtp-${randomBytes(8).toString('hex')}`;

let mail: MailServer;
let world: World;
let routes: MountedRoute[];
let isDiskBroken = false;
const evidence = new Evidence();
/** Told in the course of the run. */
const secrets: PlantedSecret[] = [];

beforeAll(async () => {
  mail = await serveMail({ user: 'arena', pass: SMTP_PASSWORD });
  const lines = new Writable({
    write(line: Buffer, _encoding, done) {
      evidence.add('log', line);
      done();
    },
  });
  world = await World.open({
    log: pino({ level: 'trace' }, lines),
    wrapDb: breakable,
    env: { MASTER_KEY, SMTP_URL: mail.url },
  });
  routes = mountedRoutes(apiRouter(world.t.app.ctx, () => 0));
}, 60_000);
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await mail[Symbol.asyncDispose]();
});

/** A database whose disk breaks when the test says so. */
function breakable(db: Db): Db {
  return new Proxy(db, {
    get(target, name) {
      if (name === 'commit' && isDiskBroken) return () => Promise.reject(new Error('disk I/O error'));
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

async function ask(where: string, request: WireRequest, patienceMs?: number): Promise<WireAnswer> {
  const answer = await world.send(request, patienceMs);
  evidence.add(`body of ${where}`, answer.text);
  evidence.add(`headers of ${where}`, JSON.stringify(answer.headers));
  return answer;
}

/** Olga asks, logged in. */
async function asOlga(
  line: string,
  body?: unknown,
  more: Readonly<Record<string, string>> = {},
): Promise<WireAnswer> {
  const [method = '', path = ''] = line.split(' ');
  const { headers } = await addSession(world.t, world.owner.userId);
  const answer = await ask(`${line} to Olga`, { method, path, body, headers: { ...headers, ...more } });
  expect([line, answer.status, answer.status < 300 ? '' : answer.text]).toEqual([line, answer.status, '']);
  return answer;
}

const pick = (answer: WireAnswer, field: string): string =>
  (jsonOf(answer) as Record<string, string>)[field] ?? '';

/** The private texts and stored credentials of Olga, and what the arena was started with. */
function plant(): PlantedSecret[] {
  const { owner, t } = world;
  const sealed = ['provider-key', 'wallet-key', 'wallet-secret'].map((what) => `canary-olga-${what}`);
  // Without a disk, too, it is Olga who asks what her bot would be told.
  const own = /( to Olga|prompt of Olga's bot|body of previewBot without a disk)$/;
  const told = ['prompt', 'second-prompt', 'reasoning', 'note'].map((what) => `canary-olga-${what}`);
  return [
    { name: 'the master key', text: MASTER_KEY },
    { name: 'the password of the mail server', text: SMTP_PASSWORD },
    { name: 'the password of everybody', text: PASSWORD },
    { name: 'a session', text: owner.session.secret ?? '' },
    { name: 'an API key', text: owner.key.secret ?? '' },
    { name: "the first administrator's invitation", text: t.app.adminLink?.split('invite=')[1] ?? '' },
    ...sealed.map((text) => ({ name: text, text })),
    ...told.map((text) => ({ name: text, text, allowed: own, isStoredPlain: true })),
  ];
}

/** Requests that are remembered by a hash which tells whoever has the rows whether a guess is right. */
async function guessable(url: string, body: object): Promise<string[]> {
  const guess = createHash('sha256')
    .update(JSON.stringify(['POST', url, body]))
    .digest('hex');
  const rows = await world.t.db.read.selectFrom('idempotency_keys').select(['key', 'request_hash']).execute();
  expect(rows.map(({ key }) => key)).toContain('tell-me-too');
  return rows.filter((row) => row.request_hash === guess).map(({ key }) => key);
}

describe('a full run', () => {
  it('tells a new secret once, to whom it belongs', async () => {
    secrets.push(...plant());
    const once = (name: string, text: string, allowed: RegExp) => {
      expect([name, text.length > 20]).toEqual([name, true]);
      secrets.push({ name, text, allowed });
    };
    const { username } = world.owner;
    const login = await asOlga('post /api/v2/auth/login', { username, password: PASSWORD });
    const token = /arena=([^;]+)/.exec(String(login.headers['set-cookie']))?.[1] ?? '';
    once('the session of a login', token, /^headers of post \S+\/login to Olga$/);
    for (const repeat of ['first', 'again']) {
      const key = { 'idempotency-key': 'tell-me' };
      const made = await asOlga('post /api/v2/account/api-keys', { name: 'x', scope: 'trade' }, key);
      if (repeat === 'first')
        once('a new API key', pick(made, 'key'), /^body of post \S+\/api-keys to Olga$/);
    }
    for (const repeat of ['first', 'again']) {
      const key = { 'idempotency-key': 'tell-me-too' };
      const made = await asOlga('post /api/v2/account/recovery-code', { password: PASSWORD }, key);
      if (repeat === 'first')
        once('a recovery code', pick(made, 'recoveryCode'), /^body of post \S+\/recovery-code to Olga$/);
    }
    expect(await guessable('/api/v2/account/recovery-code', { password: PASSWORD })).toEqual([]);
    const factor = await asOlga('post /api/v2/account/second-factor', { password: PASSWORD });
    once('a TOTP secret', pick(factor, 'secret'), /^body of post \S+\/second-factor to Olga$/);
    await asOlga('post /api/v2/auth/recover', { username });
    const link = await mail.mail(0);
    evidence.add('mail to Olga', link);
    once('a mailed link', /token=(\S+)/.exec(link)?.[1] ?? '', /^mail to Olga$/);
    const { credential } = await mint(world, 'admin', SAMPLES.createInvite);
    const request = { method: 'post', path: '/api/v2/admin/invites', body: { role: 'user' } };
    const invited = await ask('createInvite to an administrator', {
      ...request,
      headers: credential.headers,
    });
    once('an invitation', pick(invited, 'code'), /^body of createInvite to an administrator$/);
  });

  it('shows Olga what is hers', async () => {
    const { botId } = world.owner;
    const lists = ['', '/decisions', '/trades', '/positions', '/snapshots', '/export', '/analytics'];
    for (const list of lists) await asOlga(`get /api/v2/bots/${botId}${list}`);
    const own = ['export', 'audit-log', 'sessions', 'api-keys', 'usage'];
    for (const part of own) await asOlga(`get /api/v2/account/${part}`);
    for (const path of ['providers', 'wallets', 'bots?owner=me', 'auth/me'])
      await asOlga(`get /api/v2/${path}`);
    const copy = await asOlga(`post /api/v2/bots/${botId}/clone`, { name: 'A copy' });
    expect(copy.text).toContain('canary-olga-prompt');
  });

  it.each(PRINCIPALS)('calls every route as %s', async (kind) => {
    const before = evidence.size;
    for (const route of routes) {
      if (route.name === null) continue;
      const sample = SAMPLES[route.name];
      const { user, credential, enter } = await mint(world, kind, sample);
      const made = await sample.make(world, user);
      const request = toWire(route, { ...made, headers: { ...made.headers, ...credential.headers } });
      const leave = await enter();
      const isOlga = user?.userId === world.owner.userId && /^(owner|read key|trade key)$/.test(kind);
      const answer = await ask(`${route.name} to ${isOlga ? 'Olga' : kind}`, request);
      await leave();
      if (answer.status < 300 && route.method !== 'get') await settleTurns(world.t);
    }
    expect(evidence.size - before).toBeGreaterThan(routes.length);
  });

  it('breaks in every way it can', async () => {
    const sent = [PASSWORD, 'canary-olga-provider-key', world.owner.session.secret, MASTER_KEY];
    for (const route of routes.filter(({ method }) => method !== 'get')) {
      const { headers } = await addSession(world.t, world.owner.userId);
      const json = { ...headers, 'content-type': 'application/json' };
      const { path } = toWire(route, { params: { botId: world.owner.botId, id: world.owner.providerId } });
      const at = (what: string) => `${what} ${route.method} ${route.path} to a clumsy program`;
      const fields = {
        password: [PASSWORD],
        apiKey: { is: sent[1] },
        code: sent[2],
        username: MASTER_KEY,
        [PASSWORD.slice(0, 3)]: 1,
      };
      const bodies = {
        cut: JSON.stringify(fields).slice(0, -2),
        wrong: JSON.stringify(fields),
        list: JSON.stringify(sent),
      };
      for (const [what, body] of Object.entries(bodies))
        await ask(at(what), { method: route.method, path, headers: json, body });
      await ask(at('plain'), {
        method: route.method,
        path,
        headers: { ...headers, 'content-type': 'text/plain' },
        body: sent.join(' '),
      });
    }
    const headers = {
      authorization: `Bearer ${world.owner.key.secret}x`,
      cookie: `arena=${world.owner.session.secret}x`,
    };
    await ask('a wrong key', { method: 'get', path: '/api/v2/auth/me', headers });
    const nowhere = { method: 'get', path: '/api/v2/nothing', headers: { cookie: headers.cookie } };
    expect((await ask('an unknown page', nowhere)).status).toBe(404);
  });

  it('loses its disk', async () => {
    let failures = 0;
    for (const route of routes) {
      // By hand is closed at the next price, and without a disk there is none.
      if (route.name === null || route.method === 'get' || route.name === 'closePosition') continue;
      const sample = SAMPLES[route.name];
      const { user, credential } = await mint(world, 'owner', sample);
      const made = await sample.make(world, user);
      isDiskBroken = true;
      const request = toWire(route, { ...made, headers: { ...made.headers, ...credential.headers } });
      const answer = await ask(`${route.name} without a disk`, request, 60_000);
      isDiskBroken = false;
      failures += Number(answer.status === 500);
    }
    expect(failures).toBeGreaterThan(20);
  });

  it('is watched by strangers and officials', async () => {
    const { owner, other, t } = world;
    const { credential } = await mint(world, 'admin', SAMPLES.listAudit);
    const watchers = {
      Olga: owner.session,
      Otto: other.session,
      'an administrator': credential,
      'a stranger': { headers: {} },
    };
    const clients = Object.entries(watchers).map(([who, { headers }]) => ({
      who,
      client: new LiveClient(t.app.url, { headers }),
    }));
    for (const { client } of clients) {
      await client.connected();
      for (const room of ['arena', `bot:${owner.botId}`, `bot:${owner.pausedBotId}`, `user:${owner.userId}`])
        await client.join(room);
    }
    for (const { botId } of [owner, other]) await t.app.manager.forceTurn(botId);
    await settleTurns(t);
    await asOlga(`post /api/v2/bots/${owner.pausedBotId}/resume`);
    await expect
      .poll(() => clients.every(({ client }) => client.raw.some((frame) => frame.includes('resumed'))))
      .toBe(true);
    for (const { who, client } of clients) {
      for (const frame of client.raw) evidence.add(`frame to ${who}`, frame);
      client[Symbol.dispose]();
    }
    for (const { prompt } of owner.fake.requests) evidence.add("prompt of Olga's bot", prompt);
    for (const { prompt } of other.fake.requests) evidence.add("prompt of Otto's bot", prompt);
  });

  it('is copied', async () => {
    const copy = path.join(path.dirname(world.t.path), 'copy.db');
    await world.t.db.backup(copy);
    const files = [copy, world.t.path, `${world.t.path}-wal`, `${world.t.path}.key`].filter((file) =>
      existsSync(file),
    );
    for (const file of files) evidence.add(`file ${path.basename(file)}`, readFileSync(file));
    expect(files.length).toBeGreaterThanOrEqual(2);
  });
});

describe('what came out of it', () => {
  it('holds no secret but where it belongs', () => {
    expect(secrets.length).toBeGreaterThanOrEqual(12);
    expect(evidence.size).toBeGreaterThan(2000);
    expect(secrets.flatMap((secret) => evidence.leaks(secret))).toEqual([]);
  });

  it('holds each new secret once, and what is private where its owner looks', () => {
    const seen = (name: string) =>
      evidence.sightings(secrets.find((secret) => secret.name === name) ?? { text: name });
    for (const name of [
      'the session of a login',
      'a new API key',
      'a recovery code',
      'a TOTP secret',
      'a mailed link',
      'an invitation',
    ])
      expect([name, seen(name).length]).toEqual([name, 1]);
    for (const name of ['canary-olga-prompt', 'canary-olga-reasoning', 'canary-olga-second-prompt'])
      expect([name, seen(name).filter((where) => where.endsWith('to Olga')).length > 0]).toEqual([
        name,
        true,
      ]);
    expect(seen('canary-olga-reasoning')).toContain('frame to Olga');
    expect(seen('canary-olga-prompt')).toContain("prompt of Olga's bot");
    expect(seen('canary-olga-prompt')).toContain('file copy.db');
  });
});
