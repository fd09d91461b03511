import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registerUser } from '../../auth/register.ts';
import { auditOf, person, stranger, type Person } from '../support/people.ts';
import { testApp, type TestApp } from '../support/test-app.ts';

const noTrace = { actorId: null, ip: null, requestId: null };

let app: TestApp;
let admin: Person;
let moderator: Person;
beforeAll(async () => {
  app = await testApp({ env: { RATE_LIMIT_PER_MINUTE: '1000000' } });
  admin = await person(app.app, 'root', { role: 'admin' });
  moderator = await person(app.app, 'mod', { role: 'moderator' });
});
afterAll(() => app[Symbol.asyncDispose]());

const lastAudit = async (subjectId: string) => (await auditOf(app.app, subjectId)).at(-1);

describe('invitations', () => {
  test('tell their code once, carry their role, and are used once', async () => {
    const headers = { 'Idempotency-Key': 'invite-1' };
    const made = await admin.must(201, 'post /admin/invites', { role: 'moderator' }, headers);
    const { id, code } = made.body as { id: string; code: string };
    expect(code.length).toBeGreaterThan(10);
    const again = await admin.must(201, 'post /admin/invites', { role: 'moderator' }, headers);
    expect(again.body).toEqual({ ...(made.body as object), code: null });
    const stored = await app.db.read.selectFrom('idempotency_keys').selectAll().execute();
    expect(JSON.stringify([stored, await auditOf(app.app)])).not.toContain(code);
    expect(await lastAudit(id)).toMatchObject({ action: 'invite.created', details: { role: 'moderator' } });
    const listed = await admin.must(200, 'get /admin/invites');
    expect(JSON.stringify(listed.body)).not.toContain(code);
    const visit = { visitor: { ip: '127.0.0.1', userAgent: '' }, trace: noTrace };
    const joined = await registerUser(
      app.app.ctx,
      { username: 'newmod', password: 'a long password of mine', invite: code },
      visit,
    );
    const users = await admin.must(200, 'get /admin/users?q=newmod');
    expect(users.body).toMatchObject({ items: [{ id: joined.userId, role: 'moderator' }] });
    await admin.must(404, `delete /admin/invites/${id}`);
  });

  test('can be voided', async () => {
    const made = await admin.must(201, 'post /admin/invites', {});
    const { id, code } = made.body as { id: string; code: string };
    await admin.must(204, `delete /admin/invites/${id}`);
    await admin.must(404, `delete /admin/invites/${id}`);
    const answer = await stranger(app.app).send('post', '/auth/register', {
      username: 'late',
      password: 'a long password of mine',
      invite: code,
    });
    expect(answer.status).toBe(403);
    expect(await lastAudit(id)).toMatchObject({ action: 'invite.deleted' });
    await moderator.must(403, 'post /admin/invites', {});
  });
});

describe('settings', () => {
  test('are listed with range and meaning', async () => {
    const answer = await admin.must(200, 'get /admin/settings');
    const { items } = answer.body as { items: { key: string; category: string }[] };
    expect(items.find((item) => item.key === 'taker_fee_bps')).toEqual({
      key: 'taker_fee_bps',
      category: 'trading',
      type: 'number',
      value: 5,
      defaultValue: 5,
      least: 0,
      most: 1000,
      unit: 'bps',
      description: expect.any(String),
      updatedAt: app.wall,
    });
    expect(new Set(items.map((item) => item.category))).toEqual(new Set(['trading', 'timing', 'quotas']));
  });

  test('hold at once, for every bot', async () => {
    const { botId } = await app.addBot();
    app.wall += 1000;
    const answer = await admin.must(200, 'put /admin/settings/taker_fee_bps', { value: 7.5 });
    expect(answer.body).toMatchObject({ value: 7.5, updatedAt: app.wall });
    expect(app.app.ctx.settings.current.taker_fee_bps).toBe(7.5);
    expect(app.app.manager.botOf(botId).rules.takerFeeBps).toBe(7.5);
    await admin.must(200, 'put /admin/settings/max_decisions', { value: 3 });
    expect(app.app.manager.botOf(botId).maxDecisions).toBe(3);
    expect(await lastAudit('taker_fee_bps')).toMatchObject({
      action: 'setting.changed',
      actor_id: admin.userId,
      details: { before: 5, after: 7.5 },
    });
    const [row] = await app.db.read
      .selectFrom('system_settings')
      .selectAll()
      .where('key', '=', 'taker_fee_bps')
      .execute();
    expect(row?.value).toBe('7.5');
    await admin.must(200, 'put /admin/settings/taker_fee_bps', { value: 5 });
  });

  test.each([
    ['taker_fee_bps', { value: -1 }, 400],
    ['taker_fee_bps', { value: 1001 }, 400],
    ['max_decisions', { value: 1.5 }, 400],
    ['max_decisions', { value: '5' }, 400],
    ['max_decisions', {}, 400],
    ['unknown', { value: 1 }, 404],
    ['toString', { value: 1 }, 404],
  ])('%s with %o is refused', async (key, body, status) => {
    const before = app.app.ctx.settings.current;
    const answer = await admin.send('put', `/admin/settings/${key}`, body);
    expect(answer.status).toBe(status);
    expect(app.app.ctx.settings.current).toBe(before);
    await moderator.must(403, `put /admin/settings/${key}`, { value: 1 });
  });
});
