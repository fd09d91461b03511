import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pruneAccounts } from '../../arena/prune.ts';
import { INVITE_LIFE_MS, newInvite } from '../../auth/register.ts';
import { SESSION_LIFE } from '../../auth/sessions.ts';
import { insertPasswordReset } from '../../db/queries/recovery.ts';
import { useQuota } from '../../db/queries/usage.ts';
import { auditOf, person, stranger, withApiKey, type Person } from '../support/people.ts';
import { DAWN } from '../support/scripted-market.ts';
import { testApp, type TestApp } from '../support/test-app.ts';

const PATIENT = { RATE_LIMIT_PER_MINUTE: '1000000' };
const PRICES = { BTCUSDT: 50_000, ETHUSDT: 3000 };
const HOUR = 3_600_000;

let app: TestApp;
let ann: Person;
let bob: Person;
beforeAll(async () => {
  app = await testApp({ env: PATIENT });
  await app.market.tick(DAWN, PRICES);
  ann = await person(app.app, 'ann');
  bob = await person(app.app, 'bob');
});
afterAll(() => app[Symbol.asyncDispose]());

describe('usage', () => {
  test('tells how much of each limit is used, and when it begins anew', async () => {
    const before = await ann.must(200, 'get /account/usage');
    expect(before.body).toEqual({
      items: [
        { kind: 'bots', used: 0, limit: 20, resetsAt: null },
        { kind: 'providers', used: 0, limit: 50, resetsAt: null },
        { kind: 'llm-calls', used: 0, limit: 5000, resetsAt: DAWN + 24 * HOUR },
        { kind: 'llm-tokens', used: 0, limit: 5_000_000, resetsAt: DAWN + 24 * HOUR },
        { kind: 'storage-bytes', used: 0, limit: 200_000_000, resetsAt: DAWN + 24 * HOUR },
        { kind: 'force-turn', used: 0, limit: 30, resetsAt: DAWN + HOUR },
        { kind: 'forced-summaries', used: 0, limit: 10, resetsAt: DAWN + HOUR },
      ],
    });
    const { botId } = await app.addBot([], { userId: ann.userId, settings: { turnIntervalMs: 86_400_000 } });
    await ann.must(202, `post /bots/${botId}/force-turn`);
    await app.app.manager.decided();
    await app.market.minute(PRICES);
    const program = await withApiKey(app.app, ann, 'read');
    const after = await program.must(200, 'get /account/usage');
    const { items } = after.body as { items: { kind: string; used: number }[] };
    const used = Object.fromEntries(items.map((item) => [item.kind, item.used]));
    expect(used).toMatchObject({ bots: 1, providers: 1, 'force-turn': 1, 'llm-calls': 1 });
    const others = await bob.must(200, 'get /account/usage');
    expect(others.body).toEqual(before.body);
    await stranger(app.app).must(401, 'get /account/usage');
  });
});

describe('one’s own audit log', () => {
  test('holds what concerns oneself, page by page', async () => {
    const made = await ann.must(201, 'post /wallets', {
      name: 'w',
      exchange: 'bybit',
      apiKey: 'k',
      apiSecret: 's',
    });
    const ids: number[] = [];
    let cursor = '';
    do {
      const page = await ann.must(200, `get /account/audit-log?limit=2${cursor}`);
      const { items, nextCursor } = page.body as { items: { id: number }[]; nextCursor: string | null };
      ids.push(...items.map((item) => item.id));
      cursor = nextCursor === null ? '' : `&cursor=${nextCursor}`;
    } while (cursor !== '');
    const rows = await auditOf(app.app);
    const mine = rows.filter((row) => row.user_id === ann.userId).map((row) => row.id);
    expect(mine.length).toBeGreaterThan(2);
    expect(ids).toEqual(mine.toReversed());
    const first = await ann.must(200, 'get /account/audit-log?action=wallet.created');
    expect(first.body).toMatchObject({
      items: [{ actorId: ann.userId, subjectId: (made.body as { id: string }).id, ip: expect.any(String) }],
    });
    const others = await bob.must(200, 'get /account/audit-log');
    expect(others.body).toEqual({ items: [], nextCursor: null });
    await ann.must(400, `get /account/audit-log?userId=${bob.userId}&cursor=wrong`);
    const program = await withApiKey(app.app, ann, 'trade');
    await program.must(403, 'get /account/audit-log');
  });
});

describe('an export', () => {
  test('holds everything of oneself, but for secrets and hashes, and nothing of others', async () => {
    const cyd = await person(app.app, 'cyd', { hasPassword: true });
    const { body: provider } = await cyd.must(201, 'post /providers', {
      name: 'Mine',
      providerType: 'openai',
      apiEndpoint: 'https://api.example.com',
      modelName: 'm',
      apiKey: 'sk-very-secret-key-of-mine',
    });
    await withApiKey(app.app, cyd, 'read');
    const { botId } = await app.addBot(
      [[{ action: 'LONG', symbol: 'BTCUSDT', size: 500, leverage: 2, reasoning: 'Because I say so.' }]],
      { userId: cyd.userId, prompt: 'My very own prompt.' },
    );
    await app.addBot([], { userId: bob.userId, prompt: 'The prompt of somebody else.' });
    await app.market.minute(PRICES);
    await app.market.minute(PRICES);
    const answer = await cyd.must(200, 'get /account/export');
    expect(answer.headers['content-disposition']).toContain('attachment');
    const { exportedAt, tables } = answer.body as {
      exportedAt: number;
      tables: Record<string, Record<string, unknown>[]>;
    };
    expect(exportedAt).toBe(app.wall);
    expect(tables['users']).toMatchObject([{ id: cyd.userId, username: 'cyd' }]);
    expect(tables['bots']).toMatchObject([{ id: botId, prompt: 'My very own prompt.' }]);
    expect(tables['llm_providers']).toContainEqual(expect.objectContaining({ id: provider.id }));
    expect(tables['bot_decisions']?.[0]?.['prompt_sent']).toContain('My very own prompt.');
    expect(tables['trades']).toMatchObject([{ bot_id: botId, symbol: 'BTCUSDT' }]);
    expect(tables['positions']).toHaveLength(1);
    expect(tables['ledger_entries']?.length).toBeGreaterThan(2);
    expect(tables['bot_state_snapshots']?.length).toBeGreaterThan(0);
    // The running hour is not rolled up yet.
    expect(tables['bot_equity_hours']).toEqual([]);
    expect(tables['audit_log']).toContainEqual(expect.objectContaining({ action: 'account.exported' }));
    const columns = new Set(Object.values(tables).flatMap((rows) => rows.flatMap((row) => Object.keys(row))));
    const telling = [...columns].filter((column) => /encrypted|hash|secret|token_/.test(column));
    expect(telling).toEqual(['prompt_hash']);
    const text = JSON.stringify(answer.body);
    for (const secret of ['sk-very-secret', '$argon2', 'v1.', bob.userId, 'somebody else'])
      expect(text).not.toContain(secret);
    expect((await auditOf(app.app, cyd.userId)).at(-1)).toMatchObject({
      action: 'account.exported',
      actor_id: cyd.userId,
    });
    await stranger(app.app).must(401, 'get /account/export');
  });
});

describe('what is over', () => {
  test('is deleted, and what is not stays', async () => {
    const { ctx } = app.app;
    const now = app.wall + 60 * 24 * HOUR;
    const dan = await person(app.app, 'dan');
    const db = app.db.read;
    const quota = { subject: 'bot:x', kind: 'test', limit: 9, windowMs: HOUR, what: '' };
    const reset = (token_hash: string, expires_at: number) =>
      insertPasswordReset(db, { token_hash, user_id: dan.userId, created_at: 0, expires_at });
    const request = (key: string, created_at: number) => ({
      user_id: dan.userId,
      key,
      request_hash: '',
      result_json: '{}',
      created_at,
    });
    await app.db.commit([
      useQuota(quota, now),
      useQuota(quota, now - 3 * 24 * HOUR),
      reset('old', now - 1),
      reset('new', now + 1),
      newInvite(ctx, { role: 'user', createdBy: null, lifeMs: INVITE_LIFE_MS }).write,
      newInvite(ctx, { role: 'user', createdBy: dan.userId, lifeMs: 61 * 24 * HOUR }).write,
    ]);
    await app.db.transaction(async (trx) => {
      await trx
        .insertInto('idempotency_keys')
        .values([request('old', now - 25 * HOUR), request('new', now - 23 * HOUR)])
        .execute();
      const kept = { created_at: now, expires_at: now + 1, last_used_at: now - SESSION_LIFE.idleMs };
      await trx.updateTable('sessions').set(kept).where('user_id', '=', dan.userId).execute();
    });
    const countOf = async (table: 'sessions' | 'idempotency_keys' | 'usage_counters' | 'password_resets') =>
      (await db.selectFrom(table).selectAll().execute()).length;
    await pruneAccounts(ctx, now);
    expect(await db.selectFrom('sessions').select('user_id').execute()).toEqual([{ user_id: dan.userId }]);
    expect(await db.selectFrom('idempotency_keys').select('key').execute()).toEqual([{ key: 'new' }]);
    expect(await countOf('usage_counters')).toBe(1);
    expect(await db.selectFrom('password_resets').select('token_hash').execute()).toEqual([
      { token_hash: 'new' },
    ]);
    const invites = await db
      .selectFrom('invites')
      .select('created_by')
      .where('used_at', 'is', null)
      .execute();
    expect(invites).toEqual([{ created_by: dan.userId }]);
    await pruneAccounts(ctx, now + 1);
    expect(await countOf('sessions')).toBe(0);
  });
});
