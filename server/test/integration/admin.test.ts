import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changeUser } from '../../arena/admin-users.ts';
import { createBot } from '../../arena/bots.ts';
import { providerForBot } from '../../arena/providers.ts';
import { auditOf, person, stranger, withApiKey, type Person } from '../support/people.ts';
import { DAWN } from '../support/scripted-market.ts';
import { testApp, type TestApp } from '../support/test-app.ts';

const PATIENT = { RATE_LIMIT_PER_MINUTE: '1000000' };
const PRICES = { BTCUSDT: 50_000, ETHUSDT: 3000 };

let app: TestApp;
let admin: Person;
let moderator: Person;
let ann: Person;
beforeAll(async () => {
  app = await testApp({ env: PATIENT });
  await app.market.tick(DAWN, PRICES);
  admin = await person(app.app, 'root', { role: 'admin' });
  moderator = await person(app.app, 'mod', { role: 'moderator' });
  ann = await person(app.app, 'ann');
});
afterAll(() => app[Symbol.asyncDispose]());

const userRow = (id: string) =>
  app.db.read.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
const lastAudit = async (subjectId: string) => (await auditOf(app.app, subjectId)).at(-1);

async function botOf(userId: string, name: string): Promise<string> {
  const provider = await providerForBot(app.app.ctx, userId, 'house:flat');
  await app.db.commit(provider.writes);
  return await createBot(app.app.bots, {
    name,
    prompt: 'Trade well.',
    providerId: provider.providerId,
    tradingSymbols: null,
    settings: {},
    initialBalanceUsd: 10_000,
    userId,
  });
}

describe('users', () => {
  test('are listed page by page, searched, and without their mail', async () => {
    const names: string[] = [];
    let cursor = '';
    do {
      const page = await moderator.must(200, `get /admin/users?limit=2${cursor}`);
      const { items, nextCursor } = page.body as { items: { username: string }[]; nextCursor: string | null };
      names.push(...items.map((item) => item.username));
      cursor = nextCursor === null ? '' : `&cursor=${nextCursor}`;
    } while (cursor !== '');
    expect(names).toEqual(['root', 'mod', 'ann']);
    const found = await moderator.must(200, 'get /admin/users?q=AN');
    expect(found.body).toEqual({
      items: [
        {
          id: ann.userId,
          username: 'ann',
          role: 'user',
          isHouse: false,
          isActive: true,
          isNameHidden: false,
          botCount: 0,
          createdAt: app.wall,
        },
      ],
      nextCursor: null,
    });
    const wrong = await moderator.must(400, 'get /admin/users?cursor=nonsense');
    expect(wrong.body).toMatchObject({ error: { code: 'invalid-input' } });
  });

  test('get another role; their sessions end, their keys stay', async () => {
    const bob = await person(app.app, 'bob');
    const program = await withApiKey(app.app, bob, 'trade');
    const told: unknown[] = [];
    const stop = app.app.ctx.auth.revocations.onRevoke((revocation) => told.push(revocation));
    const answer = await admin.must(200, `patch /admin/users/${bob.userId}`, { role: 'viewer' });
    stop();
    expect(answer.body).toMatchObject({ id: bob.userId, role: 'viewer' });
    expect(told).toEqual([{ userId: bob.userId, credentialId: null, exceptId: null }]);
    await bob.must(401, 'get /account/sessions');
    await program.must(200, 'get /providers');
    expect(await lastAudit(bob.userId)).toMatchObject({
      action: 'user.updated',
      actor_id: admin.userId,
      user_id: bob.userId,
      details: { before: { role: 'user', isActive: true }, after: { role: 'viewer', isActive: true } },
    });
  });

  test('keep their sessions when nothing changes', async () => {
    const bea = await person(app.app, 'bea');
    const before = await auditOf(app.app);
    await admin.must(200, `patch /admin/users/${bea.userId}`, { role: 'user', isActive: true });
    await bea.must(200, 'get /account/sessions');
    expect(await auditOf(app.app)).toEqual(before);
  });

  test('who are switched off are out, and their bots take no turns until they are back', async () => {
    const cyd = await person(app.app, 'cyd');
    const program = await withApiKey(app.app, cyd, 'trade');
    const botId = await botOf(cyd.userId, 'Cyd one');
    await app.market.minute(PRICES);
    await app.market.minute(PRICES);
    const before = (await app.turns(botId)).length;
    expect(before).toBeGreaterThan(0);
    await admin.must(200, `patch /admin/users/${cyd.userId}`, { isActive: false });
    await cyd.must(401, 'get /account/sessions');
    await program.must(401, 'get /providers');
    expect(app.app.manager.state(botId).nextTurnAt).toBeNull();
    await app.market.minute(PRICES);
    await app.market.minute(PRICES);
    expect(await app.turns(botId)).toHaveLength(before);
    await expect(app.app.manager.forceTurn(botId)).rejects.toMatchObject({ name: 'ConflictError' });
    const seen = await stranger(app.app).must(200, `get /bots/${botId}`);
    expect(seen.body).toMatchObject({ isPaused: true });
    expect(
      (await app.db.read.selectFrom('bots').selectAll().where('id', '=', botId).execute())[0],
    ).toMatchObject({ is_paused: 0, is_active: 1 });
    await admin.must(200, `patch /admin/users/${cyd.userId}`, { isActive: true });
    await program.must(200, 'get /providers');
    await app.market.minute(PRICES);
    await app.market.minute(PRICES);
    expect((await app.turns(botId)).length).toBeGreaterThan(before);
  });

  test('are not changed by moderators, users, programs and strangers', async () => {
    const program = await withApiKey(app.app, admin, 'trade');
    const line = `patch /admin/users/${ann.userId}`;
    for (const who of [moderator, ann, program]) await who.must(403, line, { role: 'admin' });
    await stranger(app.app).must(401, line, { role: 'admin' });
    await ann.must(403, 'get /admin/users');
    expect((await userRow(ann.userId)).role).toBe('user');
  });

  test('that are missing are not found', async () => {
    await admin.must(404, 'patch /admin/users/nobody', { role: 'user' });
    await admin.must(404, 'post /admin/users/nobody/delete', { confirm: 'x' });
    await admin.must(404, 'put /moderation/users/nobody/name', { isNameHidden: true });
    const answer = await admin.must(400, `patch /admin/users/${ann.userId}`, {});
    expect(answer.body).toMatchObject({ error: { code: 'invalid-input' } });
  });
});

describe('the last administrator', () => {
  test('cannot change, switch off or delete themselves', async () => {
    for (const body of [{ role: 'user' }, { isActive: false }]) {
      const answer = await admin.must(409, `patch /admin/users/${admin.userId}`, body);
      expect(answer.body).toMatchObject({ error: { code: 'own-account' } });
    }
    const line = `post /admin/users/${admin.userId}/delete`;
    expect((await admin.must(409, line, { confirm: 'root' })).body).toMatchObject({
      error: { code: 'own-account' },
    });
    expect(await userRow(admin.userId)).toMatchObject({ role: 'admin', is_active: 1, deleted_at: null });
  });

  test('stays when two demote each other at once', async () => {
    const other = await person(app.app, 'root2', { role: 'admin' });
    const actor = ({ userId }: Person) => ({ userId, role: 'admin', trace, remember: () => [] }) as const;
    const [first, second] = await Promise.allSettled([
      changeUser(app.app.ctx, actor(admin), { userId: other.userId, role: 'user' }),
      changeUser(app.app.ctx, actor(other), { userId: admin.userId, role: 'user' }),
    ]);
    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'last-admin' } });
    expect((await userRow(admin.userId)).role).toBe('admin');
  });
});

const trace = { actorId: null, ip: null, requestId: null };

describe('moderation', () => {
  test('hides a user’s name, and shows it again', async () => {
    const dan = await person(app.app, 'dan rude');
    const botId = await botOf(dan.userId, 'Dan one');
    const answer = await moderator.must(200, `put /moderation/users/${dan.userId}/name`, {
      isNameHidden: true,
    });
    expect(answer.body).toMatchObject({ username: 'dan rude', isNameHidden: true });
    const seen = await stranger(app.app).must(200, `get /bots/${botId}`);
    expect(JSON.stringify(seen.body)).not.toContain('dan rude');
    expect(await lastAudit(dan.userId)).toMatchObject({
      action: 'user.name-hidden',
      actor_id: moderator.userId,
      user_id: dan.userId,
    });
    expect((await app.events(`bot:${botId}`)).at(-1)?.payload).toMatchObject({ change: 'updated' });
    await moderator.must(200, `put /moderation/users/${dan.userId}/name`, { isNameHidden: false });
    const again = await stranger(app.app).must(200, `get /bots/${botId}`);
    expect(JSON.stringify(again.body)).toContain('dan rude');
  });

  test('hides a bot’s name, also from what it does next', async () => {
    const botId = await botOf(ann.userId, 'Rude name');
    const answer = await moderator.must(200, `put /moderation/bots/${botId}/name`, { isNameHidden: true });
    expect(answer.body).toMatchObject({ id: botId, name: `bot ${botId.slice(-6)}` });
    expect(app.app.manager.botOf(botId).name).toBe(`bot ${botId.slice(-6)}`);
    expect(await lastAudit(botId)).toMatchObject({ action: 'bot.name-hidden', actor_id: moderator.userId });
    await moderator.must(200, `put /moderation/bots/${botId}/name`, { isNameHidden: false });
    expect(app.app.manager.botOf(botId).name).toBe('Rude name');
  });

  test('pauses a bot, and tells its owner why', async () => {
    const botId = await botOf(ann.userId, 'Spammer');
    await moderator.must(200, `post /moderation/bots/${botId}/pause`, { reason: 'floods the feed' });
    const owned = await ann.must(200, `get /bots/${botId}`);
    expect(owned.body).toMatchObject({
      isPaused: true,
      pauseReason: 'Paused by a moderator: floods the feed',
    });
    expect(app.app.manager.state(botId).nextTurnAt).toBeNull();
    expect(await lastAudit(botId)).toMatchObject({
      action: 'bot.paused',
      actor_id: moderator.userId,
      user_id: ann.userId,
      details: { reason: 'Paused by a moderator: floods the feed' },
    });
    const own = await ann.must(200, 'get /account/audit-log?action=bot.paused');
    expect(own.body).toMatchObject({ items: [{ actorId: moderator.userId, ip: null, requestId: null }] });
  });

  test('is for moderators, and of bots that are there', async () => {
    const botId = await botOf(ann.userId, 'Mine alone');
    await ann.must(403, `post /moderation/bots/${botId}/pause`, { reason: '' });
    await ann.must(403, `put /moderation/bots/${botId}/name`, { isNameHidden: true });
    await ann.must(403, `put /moderation/users/${moderator.userId}/name`, { isNameHidden: true });
    const missing = await moderator.must(404, 'post /moderation/bots/nothing/pause', { reason: '' });
    expect(missing.body).toMatchObject({ error: { code: 'not-found' } });
  });
});

describe('the audit log', () => {
  test('is read newest first, page by page, by who, whom, what and when', async () => {
    const all = await auditOf(app.app);
    const ids: number[] = [];
    let cursor = '';
    do {
      const page = await moderator.must(200, `get /admin/audit-log?limit=7${cursor}`);
      const { items, nextCursor } = page.body as { items: { id: number }[]; nextCursor: string | null };
      ids.push(...items.map((item) => item.id));
      cursor = nextCursor === null ? '' : `&cursor=${nextCursor}`;
    } while (cursor !== '');
    expect(ids).toEqual(all.map((row) => row.id).toReversed());
    const by = await moderator.must(
      200,
      `get /admin/audit-log?actorId=${moderator.userId}&action=bot.paused`,
    );
    const { items } = by.body as { items: { actorId: string; ip: string }[] };
    expect(items).not.toHaveLength(0);
    expect(items.every((item) => item.actorId === moderator.userId)).toBe(true);
    expect(items[0]?.ip).toEqual(expect.any(String));
    const later = await moderator.must(200, `get /admin/audit-log?from=${app.wall + 1}`);
    expect(later.body).toEqual({ items: [], nextCursor: null });
    await ann.must(403, 'get /admin/audit-log');
  });
});

describe('orphans', () => {
  test('are counted by kind, with some of each', async () => {
    const eve = await person(app.app, 'eve');
    const botId = await botOf(eve.userId, 'Eve one');
    await app.db.transaction(async (trx) => {
      await trx
        .insertInto('migration_quarantine')
        .values({ source_path: 'bots[3]', json: '{}', reason: 'no id' })
        .execute();
    });
    await admin.must(204, `post /admin/users/${eve.userId}/delete`, { confirm: 'eve' });
    const answer = await admin.must(200, 'get /admin/orphans');
    const { items } = answer.body as {
      items: { kind: string; count: number; sample: { id: string; note: string }[] }[];
    };
    const of = (kind: string) => items.find((item) => item.kind === kind);
    expect(of('quarantine')).toMatchObject({ count: 1, sample: [{ note: 'bots[3]: no id' }] });
    expect(of('deleted-users')).toMatchObject({ count: 1, sample: [{ id: eve.userId, note: '1 bots' }] });
    expect(of('deleted-bots')?.sample).toMatchObject([
      { id: botId, note: '0 positions, 0 trades, 0 decisions' },
    ]);
    expect(of('events-of-deleted')).toMatchObject({ count: 1, sample: [{ id: `bot:${botId}` }] });
    expect(items.map((item) => item.kind)).toContain('legacy-trades');
    await moderator.must(403, 'get /admin/orphans');
  });
});
