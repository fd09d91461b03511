import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FakeStep } from '../../llm/fake-provider.ts';
import { insertRows } from '../support/factories.ts';
import { auditOf, PASSWORD, person, stranger, withApiKey, type Person } from '../support/people.ts';
import { DAWN } from '../support/scripted-market.ts';
import { testApp, type TestApp } from '../support/test-app.ts';

const PATIENT = { RATE_LIMIT_PER_MINUTE: '1000000' };
const PRICES = { BTCUSDT: 50_000, ETHUSDT: 3000 };
/** Every text the person has given, or a model has answered, carries it. */
const MARK = 'Zanzibar';
const KEY = `sk-${MARK}-0123456789`;

const LONG: FakeStep = [
  { action: 'LONG', symbol: 'BTCUSDT', size: 1000, leverage: 5, reasoning: `${MARK} said so.` },
];

let app: TestApp;
let admin: Person;
beforeAll(async () => {
  app = await testApp({ env: PATIENT });
  await app.market.tick(DAWN, PRICES);
  admin = await person(app.app, 'root', { role: 'admin' });
});
afterAll(() => app[Symbol.asyncDispose]());

/** The tables in which a text is found, but for the audit log, which nothing can change. */
async function tablesWith(text: string): Promise<string[]> {
  const found = [];
  for (const { name } of await app.db.read.introspection.getTables()) {
    if (name === 'audit_log' || name.startsWith('kysely')) continue;
    const rows = await app.db.read
      .selectFrom(name as 'users')
      .selectAll()
      .execute();
    if (JSON.stringify(rows).toLowerCase().includes(text.toLowerCase())) found.push(name);
  }
  return found;
}

/** Somebody with a bot that holds a position, credentials of all kinds, and a prompt. */
async function settler(name: string): Promise<{ who: Person; botId: string; sealed: string; id: string }> {
  const who = await person(app.app, name, { hasPassword: true });
  await app.db.transaction(async (trx) => {
    await trx
      .updateTable('users')
      .set({ email: `${MARK}@example.com` })
      .where('id', '=', who.userId)
      .execute();
  });
  const made = await who.must(201, 'post /providers', {
    name: `${MARK} model`,
    providerType: 'openai',
    apiEndpoint: `https://${MARK.toLowerCase()}.example.com`,
    modelName: 'm',
    apiKey: KEY,
  });
  await who.must(201, 'post /wallets', { name: MARK, exchange: 'bybit', apiKey: KEY, apiSecret: KEY });
  await who.must(200, 'post /account/recovery-code', { password: PASSWORD });
  await who.must(200, 'post /account/second-factor', { password: PASSWORD });
  const bot = await app.addBot([LONG], { userId: who.userId, name: `${MARK} bot`, prompt: `${MARK}!` });
  const { botId } = bot;
  await app.market.minute(PRICES);
  await app.market.minute(PRICES);
  await app.db.transaction(async (trx) => {
    const texts = { history_summary: MARK, avatar_image: MARK, pause_reason: MARK };
    await trx.updateTable('bots').set(texts).where('id', '=', botId).execute();
  });
  await summarise(who.userId, botId);
  const { id } = made.body as { id: string };
  const row = await app.db.read
    .selectFrom('llm_providers')
    .select('api_key_encrypted')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return { who, botId, id, sealed: row.api_key_encrypted ?? '' };
}

/** A summary that has been cleared, which is kept. */
async function summarise(userId: string, botId: string): Promise<void> {
  const figures = { summarized_count: 5, summarized_from: DAWN, summarized_to: DAWN, token_count: 3 };
  await insertRows(app.db, 'history_summaries', [
    {
      ...figures,
      id: `summary-${botId}`,
      user_id: userId,
      bot_id: botId,
      version_no: 1,
      epoch: 1,
      summary: `${MARK} taught me.`,
      generated_at: app.wall,
      model: 'm',
      cause: 'forced',
      cleared_at: app.wall,
    },
  ]);
}

/** What the accounts of a bot hold. */
async function booksOf(botId: string) {
  const of = (table: 'trades' | 'positions' | 'ledger_entries') =>
    app.db.read.selectFrom(table).selectAll().where('bot_id', '=', botId).execute();
  return [await of('trades'), await of('positions'), await of('ledger_entries')];
}

describe('deleting one’s account', () => {
  test('needs the password and the name', async () => {
    const who = await person(app.app, 'hesitant', { hasPassword: true });
    const line = 'post /account/delete';
    await who.must(401, line, { password: 'wrong', confirm: 'hesitant' });
    const answer = await who.must(400, line, { password: PASSWORD, confirm: 'Hesitant' });
    expect(answer.body).toMatchObject({
      error: { code: 'invalid-input', message: expect.stringContaining('hesitant') },
    });
    const program = await withApiKey(app.app, who, 'trade');
    await program.must(403, line, { password: PASSWORD, confirm: 'hesitant' });
    await who.must(200, 'get /account/sessions');
  });

  test('takes away everything of the person and leaves the books', async () => {
    const { who, botId, id, sealed } = await settler('leaver');
    const program = await withApiKey(app.app, who, 'trade');
    const { botId: otherId } = await app.addBot([], {});
    const books = await booksOf(botId);
    expect(books.map((rows) => rows.length)).toEqual([1, 1, expect.any(Number)]);
    expect(await tablesWith(MARK)).toEqual([
      'arena_events',
      'bot_decisions',
      'bot_turns',
      'bot_versions',
      'bots',
      'history_summaries',
      'llm_providers',
      'users',
      'wallets',
    ]);
    const told: unknown[] = [];
    const stop = app.app.ctx.auth.revocations.onRevoke((revocation) => told.push(revocation));

    const answer = await who.must(204, 'post /account/delete', { password: PASSWORD, confirm: 'leaver' });

    stop();
    expect(answer.headers['set-cookie']?.[0]).toMatch(/arena=;.*Expires=Thu, 01 Jan 1970/);
    expect(told).toEqual([{ userId: who.userId, credentialId: null, exceptId: null }]);
    expect(await tablesWith(MARK)).toEqual([]);
    expect(await tablesWith('leaver')).toEqual([]);
    expect(await booksOf(botId)).toEqual(books);
    const [user] = await app.db.read.selectFrom('users').selectAll().where('id', '=', who.userId).execute();
    expect(user).toMatchObject({
      username: `deleted-${who.userId.slice(-8)}`,
      password_hash: null,
      email: null,
      is_active: 0,
      deleted_at: app.wall,
    });
    for (const table of [
      'sessions',
      'api_keys',
      'wallets',
      'recovery_codes',
      'second_factors',
      'vault_user_keys',
    ] as const)
      expect([
        table,
        await app.db.read.selectFrom(table).selectAll().where('user_id', '=', who.userId).execute(),
      ]).toEqual([table, []]);
    const place = {
      table: 'llm_providers',
      rowId: id,
      userId: who.userId,
      column: 'api_key_encrypted',
    } as const;
    expect(() => app.app.ctx.vault.open(place, sealed)).toThrow(/cannot be opened/);

    await who.must(401, 'get /account/sessions');
    await program.must(401, 'get /providers');
    const nobody = stranger(app.app);
    await nobody.must(401, 'post /auth/login', { username: 'leaver', password: PASSWORD });
    await nobody.must(404, `get /bots/${botId}`);
    expect(app.app.ctx.books.get(botId)).toBeUndefined();
    expect(() => app.app.manager.botOf(botId)).toThrow(/no bot/);
    const turns = await app.turns(botId);
    await app.market.minute({ ...PRICES, BTCUSDT: 20_000 });
    await app.market.minute(PRICES);
    expect(await app.turns(botId)).toEqual(turns);
    expect(await booksOf(botId)).toEqual(books);
    expect((await app.turns(otherId)).length).toBeGreaterThan(0);
    expect((await auditOf(app.app, who.userId)).at(-1)).toMatchObject({
      action: 'user.deleted',
      actor_id: who.userId,
      user_id: who.userId,
      details: { role: 'user', bots: 1 },
    });
    // The name is free again.
    expect(
      (await nobody.send('post', '/auth/register', { username: 'leaver', password: 'a new and long one' }))
        .status,
    ).toBe(201);
  });

  test('tells those who watch the bot, and leaves no other event of it', async () => {
    const { who, botId } = await settler('watched');
    expect((await app.events(`bot:${botId}`)).length).toBeGreaterThan(1);
    const [last] = (await app.events(`bot:${botId}`)).slice(-1);
    await who.must(204, 'post /account/delete', { password: PASSWORD, confirm: 'watched' });
    const left = await app.events(`bot:${botId}`);
    expect(left).toMatchObject([{ seq: (last?.seq ?? 0) + 1, payload: { type: 'bot', change: 'deleted' } }]);
    expect(await app.events(`user:${who.userId}`)).toMatchObject([{ payload: { change: 'deleted' } }]);
  });

  test('while a model thinks lets none of its answer be stored', async () => {
    const who = await person(app.app, 'hasty', { hasPassword: true });
    const { promise, resolve } = Promise.withResolvers<FakeStep>();
    const bot = await app.addBot([() => promise], { userId: who.userId, prompt: `${MARK}!` });
    const ended = app.market.minute(PRICES);
    await expect.poll(async () => (await app.turns(bot.botId)).at(-1)?.status).toBe('asked');
    await who.must(204, 'post /account/delete', { password: PASSWORD, confirm: 'hasty' });
    resolve(LONG);
    await ended;
    await app.market.minute(PRICES);
    expect(await app.turns(bot.botId)).toMatchObject([
      { status: 'abandoned', prompt: null, raw_answer: null },
    ]);
    expect((await booksOf(bot.botId))[0]).toEqual([]);
    expect(await tablesWith(MARK)).toEqual([]);
  });

  test('is refused to the last administrator', async () => {
    const root = await person(app.app, 'root9', { role: 'admin', hasPassword: true });
    await admin.must(200, `patch /admin/users/${root.userId}`, { role: 'user' });
    expect(
      (await app.db.read.selectFrom('users').select('id').where('role', '=', 'admin').execute()).length,
    ).toBe(1);
    await app.db.transaction(async (trx) => {
      const swap = { role: 'admin' } as const;
      await trx.updateTable('users').set(swap).where('id', '=', root.userId).execute();
      await trx.updateTable('users').set({ role: 'user' }).where('id', '=', admin.userId).execute();
    });
    const again = await person(app.app, 'helper');
    await app.db.transaction((trx) =>
      trx.updateTable('sessions').set({ user_id: root.userId }).where('user_id', '=', again.userId).execute(),
    );
    const answer = await again.must(409, 'post /account/delete', { password: PASSWORD, confirm: 'root9' });
    expect(answer.body).toMatchObject({ error: { code: 'last-admin' } });
    await app.db.transaction((trx) =>
      trx.updateTable('users').set({ role: 'admin' }).where('id', '=', admin.userId).execute(),
    );
  });
});

describe('deleting somebody', () => {
  test('needs the name, and is written down', async () => {
    const { who, botId } = await settler('spammer');
    const line = `post /admin/users/${who.userId}/delete`;
    const wrong = await admin.must(400, line, { confirm: 'spam' });
    expect(wrong.body).toMatchObject({ error: { details: [{ path: 'confirm' }] } });
    const headers = { 'Idempotency-Key': 'delete-spammer' };
    await admin.must(204, line, { confirm: 'spammer' }, headers);
    const again = await admin.must(204, line, { confirm: 'spammer' }, headers);
    expect(again.headers['idempotency-replayed']).toBe('true');
    await admin.must(404, line, { confirm: 'spammer' });
    expect(await tablesWith(MARK)).toEqual([]);
    const lines = (await auditOf(app.app, who.userId)).filter((row) => row.action === 'user.deleted');
    expect(lines).toMatchObject([{ actor_id: admin.userId, user_id: who.userId }]);
    await stranger(app.app).must(404, `get /bots/${botId}`);
    const listed = await admin.must(200, 'get /admin/users?limit=100');
    expect(JSON.stringify(listed.body)).not.toContain(who.userId);
  });

  test('works although somebody took the neutral name', async () => {
    const victim = await person(app.app, 'victim');
    await person(app.app, `deleted-${victim.userId.slice(-8)}`);
    await admin.must(204, `post /admin/users/${victim.userId}/delete`, { confirm: 'victim' });
    const [row] = await app.db.read.selectFrom('users').selectAll().where('id', '=', victim.userId).execute();
    expect(row?.username).toBe(`deleted-${victim.userId}`);
  });

  test('holds after a restart', async () => {
    await app.restart();
    expect(await tablesWith(MARK)).toEqual([]);
    expect((await app.db.read.selectFrom('users').select('id').execute()).length).toBeGreaterThan(5);
  });
});

describe('the demo', () => {
  test('is removed in one go, once', async () => {
    await using demo = await testApp({ env: { ...PATIENT, SEED_DEMO: '1' } });
    await demo.market.tick(DAWN, PRICES);
    const boss = await person(demo.app, 'root', { role: 'admin' });
    const mine = await demo.addBot([], { userId: boss.userId });
    await demo.market.minute(PRICES);
    const mod = await person(demo.app, 'mod', { role: 'moderator' });
    await mod.must(403, 'post /admin/remove-demo');
    const headers = { 'Idempotency-Key': 'remove' };
    const answer = await boss.must(200, 'post /admin/remove-demo', undefined, headers);
    expect(answer.body).toEqual({ users: 3, bots: 8 });
    expect((await boss.must(200, 'post /admin/remove-demo', undefined, headers)).body).toEqual(answer.body);
    expect((await boss.must(409, 'post /admin/remove-demo')).body).toMatchObject({
      error: { code: 'no-demo' },
    });
    expect(demo.app.ctx.books.list().map((book) => book.botId)).toEqual([mine.botId]);
    const listed = await stranger(demo.app).must(200, 'get /bots');
    expect((listed.body as { items: { id: string }[] }).items.map((item) => item.id)).toEqual([mine.botId]);
    await demo.market.minute(PRICES);
    expect((await demo.turns(mine.botId)).length).toBeGreaterThan(0);
    expect((await auditOf(demo.app)).filter((row) => row.action === 'demo.removed')).toMatchObject([
      { actor_id: boss.userId, details: { users: 3, bots: 8 } },
    ]);
    await demo.restart();
    expect(demo.app.ctx.books.list()).toHaveLength(1);
  });
});
