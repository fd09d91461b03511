import { describe, expect, it } from 'vitest';
import type { Decision } from '../../engine/model.ts';
import { person, stranger, withApiKey, type Person } from '../support/people.ts';
import { DAWN } from '../support/scripted-market.ts';
import { testApp, type TestApp } from '../support/test-app.ts';

const MINUTE = 60_000;
const PRICES = { BTCUSDT: 50_000, ETHUSDT: 3000 };

const HOUSE_BOT = { name: 'Mine', providerId: 'house:momentum' };

async function world(): Promise<{ t: TestApp; ann: Person }> {
  const t = await testApp();
  await t.market.tick(DAWN, PRICES);
  return { t, ann: await person(t.app, 'Ann') };
}

/** A bot of Ann's that holds a position opened at 50,010. */
async function holder(t: TestApp, who: Person, rest: Partial<Decision> = {}): Promise<string> {
  const bot = await t.addBot(
    [[{ action: 'LONG', symbol: 'BTCUSDT', size: 1000, leverage: 10, reasoning: 'Up.', ...rest }]],
    { userId: who.userId, settings: { turnIntervalMs: 86_400_000 } },
  );
  await t.app.manager.forceTurn(bot.botId);
  await t.app.manager.decided();
  await t.market.tick(t.app.ctx.clock.now() + 1000, PRICES);
  return bot.botId;
}

describe('making bots', () => {
  it('makes a house bot that trades, and shows it as its own', async () => {
    const { t, ann } = await world();
    await using _ = t;
    const made = await ann.post('/bots', {
      ...HOUSE_BOT,
      tradingSymbols: ['BTCUSDT'],
      settings: { turnIntervalMs: MINUTE },
    });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      name: 'Mine',
      tradingSymbols: ['BTCUSDT'],
      cash: 10_000,
      own: { providerId: 'house:momentum', settings: { turnIntervalMs: MINUTE } },
      publishing: { positions: 'public', reasoning: 'owner', prompt: 'owner' },
    });
    await t.market.minute(PRICES);
    await t.market.minute(PRICES);
    expect(await t.turns(made.body.id)).not.toEqual([]);
    expect((await ann.get('/bots?owner=me')).body.items).toMatchObject([{ id: made.body.id }]);
    const asStranger = (await stranger(t.app).get(`/bots/${made.body.id}`)).body;
    expect(asStranger).toMatchObject({ own: null, prompt: null });
  });

  it.each([
    [{ name: 'x' }, 400, /providerId/],
    [{ ...HOUSE_BOT, name: '' }, 400, /name/],
    [{ ...HOUSE_BOT, name: 'a\u202Eb' }, 400, /name/],
    [{ ...HOUSE_BOT, tradingMode: 'live' }, 400, /paper/],
    [{ ...HOUSE_BOT, tradingSymbols: ['NOPEUSDT'] }, 400, /no NOPEUSDT/],
    [{ ...HOUSE_BOT, settings: { turnIntervalMs: 1 } }, 400, /turnIntervalMs/],
    [{ ...HOUSE_BOT, userId: 'somebody' }, 400, /userId: unknown field/],
    [{ ...HOUSE_BOT, providerId: 'house:nothing' }, 404, /no provider/],
    [{ ...HOUSE_BOT, prompt: 'x'.repeat(20_001) }, 400, /prompt/],
  ])('refuses %j', async (body, status, message) => {
    const { t, ann } = await world();
    await using _ = t;
    const answer = await ann.post('/bots', body);
    expect([answer.status, answer.body.error.message]).toEqual([status, expect.stringMatching(message)]);
    expect((await ann.get('/bots?owner=me')).body.items).toEqual([]);
  });

  it('takes a name once for each user, whatever its case', async () => {
    const { t, ann } = await world();
    await using _ = t;
    const bob = await person(t.app, 'Bob');
    expect((await ann.post('/bots', HOUSE_BOT)).status).toBe(201);
    expect((await ann.post('/bots', { ...HOUSE_BOT, name: 'mINE' })).body.error).toMatchObject({
      code: 'name-taken',
    });
    expect((await bob.post('/bots', HOUSE_BOT)).status).toBe(201);
  });

  it('makes one bot of a request that is sent many times with one key', async () => {
    const { t, ann } = await world();
    await using _ = t;
    const key = { 'Idempotency-Key': 'k-1' };
    const answers = await Promise.all(Array.from({ length: 10 }, () => ann.post('/bots', HOUSE_BOT, key)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers['idempotency-replayed'] === 'true')).toHaveLength(9);
    const other = await ann.post('/bots', { ...HOUSE_BOT, name: 'Other' }, key);
    expect(other.body.error.code).toBe('idempotency-mismatch');
    expect((await ann.get('/bots?owner=me')).body.items).toHaveLength(1);
    const bad = await ann.post('/bots', HOUSE_BOT, { 'Idempotency-Key': 'a b' });
    expect(bad.status).toBe(400);
  });

  it('holds everyone to the most bots allowed, however many ask at once', async () => {
    const { t, ann } = await world();
    await using _ = t;
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_nothing, i) => ann.post('/bots', { ...HOUSE_BOT, name: `Bot ${i}` })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(20);
    expect(answers.find(({ status }) => status !== 201)?.body.error.code).toBe('too-many-bots');
  });
});

describe('a bot of somebody else', () => {
  it('is not found, by whichever route, and stays as it is', async () => {
    const { t, ann } = await world();
    await using _ = t;
    const bob = await person(t.app, 'Bob');
    const botId = await holder(t, ann);
    const positionId = (await t.positions(botId))[0]?.id ?? '';
    const before = (await ann.get(`/bots/${botId}`)).body;
    for (const id of [botId, 'no-such-bot']) {
      const answers = await Promise.all([
        bob.send('patch', `/bots/${id}`, { name: 'Theirs' }),
        bob.send('delete', `/bots/${id}`),
        bob.post(`/bots/${id}/pause`, {}),
        bob.post(`/bots/${id}/resume`),
        bob.post(`/bots/${id}/force-turn`),
        bob.post(`/bots/${id}/reset`, { confirm: 'bot 1' }),
        bob.post(`/bots/${id}/snapshot`),
        bob.get(`/bots/${id}/export`),
        bob.send('delete', `/bots/${id}/avatar`),
        bob.post(`/bots/${id}/positions/${positionId}/close`, {}),
        bob.send('patch', `/bots/${id}/positions/${positionId}`, { stopLoss: null }),
      ]);
      for (const answer of answers)
        expect([answer.status, answer.body.error.message]).toEqual([
          404,
          `There is no bot with the id "${id}".`,
        ]);
    }
    expect((await ann.get(`/bots/${botId}`)).body).toEqual(before);
  });
});

describe('running a bot', () => {
  it('pauses, resumes, edits and deletes, each written down with who did it', async () => {
    const { t, ann } = await world();
    await using _ = t;
    const { id } = (await ann.post('/bots', HOUSE_BOT)).body;
    expect((await ann.post(`/bots/${id}/pause`, { reason: 'holiday' })).body).toMatchObject({
      isPaused: true,
      pauseReason: 'holiday',
    });
    expect((await stranger(t.app).get(`/bots/${id}`)).body.pauseReason).toBeNull();
    expect((await ann.post(`/bots/${id}/resume`)).body.isPaused).toBe(false);
    const edit = {
      name: 'Renamed',
      providerId: 'house:breakout',
      publishing: { positions: { delayHours: 2 } },
    };
    expect((await ann.send('patch', `/bots/${id}`, edit)).body).toMatchObject({
      name: 'Renamed',
      own: { providerId: 'house:breakout' },
      publishing: { positions: { delayHours: 2 }, reasoning: 'owner', prompt: 'owner' },
    });
    expect((await ann.send('patch', `/bots/${id}`, {})).status).toBe(400);
    expect((await ann.send('delete', `/bots/${id}`)).status).toBe(204);
    expect((await ann.get(`/bots/${id}`)).status).toBe(404);
    const rows = await t.db.read.selectFrom('audit_log').selectAll().where('subject_id', '=', id).execute();
    expect(rows.map(({ action }) => action)).toEqual([
      'bot.created',
      'bot.paused',
      'bot.resumed',
      'bot.updated',
      'bot.deleted',
    ]);
    for (const row of rows)
      expect(row).toMatchObject({
        actor_id: ann.userId,
        user_id: ann.userId,
        ip: expect.stringContaining('127.0.0.1'),
        request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
  });

  it('forces one turn of a hundred asked for at once, and thirty an hour, also after a restart', async () => {
    const { t, ann } = await world();
    await using _ = t;
    const { botId } = await t.addBot([], { userId: ann.userId, settings: { turnIntervalMs: 86_400_000 } });
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => ann.post(`/bots/${botId}/force-turn`)),
    );
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
    expect(new Set(answers.filter(({ status }) => status !== 202).map(({ status }) => status))).toEqual(
      new Set([409]),
    );
    for (let used = 1; used < 30; used += 1) {
      await t.app.manager.decided();
      await t.market.tick(t.app.ctx.clock.now() + 1000, PRICES);
      await expect.poll(() => t.app.manager.state(botId).isRunning).toBe(false);
      if (used === 15) await t.restart();
      if (used === 15) await t.market.tick(t.app.ctx.clock.now() + 1000, PRICES);
      const again = new (ann.constructor as typeof Person)(t.app.url, ann);
      expect((await again.post(`/bots/${botId}/force-turn`)).status).toBe(202);
    }
    await t.app.manager.decided();
    await t.market.tick(t.app.ctx.clock.now() + 1000, PRICES);
    await expect.poll(() => t.app.manager.state(botId).isRunning).toBe(false);
    const again = new (ann.constructor as typeof Person)(t.app.url, ann);
    const refused = await again.post(`/bots/${botId}/force-turn`);
    expect([refused.status, refused.body.error.message]).toEqual([
      429,
      expect.stringMatching(/30 forced turns an hour/),
    ]);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(await t.turns(botId)).toHaveLength(30);
    t.wall += 3_600_000;
    expect((await again.post(`/bots/${botId}/force-turn`)).status).toBe(202);
  });

  it('closes a position by hand at the next price, in part and whole, and moves its stop', async () => {
    const { t, ann } = await world();
    await using _ = t;
    const botId = await holder(t, ann);
    const [position] = await t.positions(botId);
    const path = `/bots/${botId}/positions/${position?.id}`;
    expect((await ann.send('patch', path, { stopLoss: 60_000 })).body.error).toMatchObject({
      code: 'wrong-side-stop',
      message: expect.stringMatching(/must be below the price/),
    });
    expect((await ann.send('patch', path, { stopLoss: 45_000, takeProfit: 70_000 })).body).toMatchObject({
      position: { stopLoss: 45_000, takeProfit: 70_000 },
    });
    expect((await ann.send('patch', path, { takeProfit: null })).body.position).toMatchObject({
      stopLoss: 45_000,
      takeProfit: null,
    });
    const half = ann.post(`${path}/close`, { fraction: 0.5 }, { 'Idempotency-Key': 'half' });
    await new Promise((done) => setTimeout(done, 50));
    await t.market.tick(t.app.ctx.clock.now() + 1000, { ...PRICES, BTCUSDT: 51_000 });
    // 51,000 less 2 bps of slippage: the price after the request, not the one before.
    expect((await half).body).toMatchObject({
      trade: { price: 50_989.8, cause: 'manual', tradeType: 'exit' },
      position: { status: 'open' },
    });
    const replayed = await ann.post(`${path}/close`, { fraction: 0.5 }, { 'Idempotency-Key': 'half' });
    expect(replayed.body.trade).toEqual((await half).body.trade);
    const whole = ann.post(`${path}/close`, {});
    await new Promise((done) => setTimeout(done, 50));
    await t.market.tick(t.app.ctx.clock.now() + 1000, PRICES);
    expect((await whole).body.position).toMatchObject({ status: 'closed', closeCause: 'manual' });
    expect((await ann.post(`${path}/close`, {})).status).toBe(404);
    expect((await t.trades(botId)).map(({ cause }) => cause)).toEqual(['decision', 'manual', 'manual']);
  });

  it('resets: all closed at the mark, cash back, a new epoch with a new deposit, history kept', async () => {
    const { t, ann } = await world();
    await using _ = t;
    const botId = await holder(t, ann);
    await t.market.minute({ ...PRICES, BTCUSDT: 55_000 });
    const { name } = (await ann.get(`/bots/${botId}`)).body;
    expect((await ann.post(`/bots/${botId}/reset`, { confirm: 'wrong' })).body.error.message).toContain(name);
    const done = await ann.post(`/bots/${botId}/reset`, { confirm: name });
    expect(done.body).toMatchObject({
      epoch: 2,
      cash: 10_000,
      totalValue: 10_000,
      returnFraction: 0,
      tradeCount: 0,
      openPositions: [],
    });
    expect(await t.trades(botId)).toMatchObject([
      { cause: 'decision', epoch: 1 },
      { cause: 'reset', epoch: 1, exit_price: 55_000 },
    ]);
    await t.market.minute(PRICES);
    await t.restart();
    expect(t.app.ctx.books.get(botId)).toMatchObject({ epoch: 2, initialBalanceMicros: 10_000_000_000 });
  });
});

describe('a reset while a turn is under way', () => {
  it('ends the turn without trades: it was asked about the old epoch', async () => {
    const { t, ann } = await world();
    await using _ = t;
    const order = { action: 'LONG', symbol: 'BTCUSDT', size: 1000, leverage: 10, reasoning: 'Up.' } as const;
    const { botId } = await t.addBot([[order]], { userId: ann.userId, name: 'Busy' });
    expect((await ann.post(`/bots/${botId}/force-turn`)).status).toBe(202);
    await t.app.manager.decided();
    expect((await ann.post(`/bots/${botId}/reset`, { confirm: 'Busy' })).body).toMatchObject({ epoch: 2 });
    await t.market.tick(t.app.ctx.clock.now() + 1000, PRICES);
    await expect.poll(() => t.app.manager.state(botId).isRunning).toBe(false);
    expect(await t.turns(botId)).toMatchObject([
      { status: 'abandoned', reason: expect.stringMatching(/was reset/) },
    ]);
    expect(await t.trades(botId)).toEqual([]);
  });
});

describe('copies', () => {
  it('a clone of a stranger leaves prompt and provider behind, one of one’s own takes them', async () => {
    const { t, ann } = await world();
    await using _ = t;
    const bob = await person(t.app, 'Bob');
    const { botId } = await t.addBot([], { userId: ann.userId, prompt: 'My secret sauce.' });
    const own = await ann.post(`/bots/${botId}/clone`, { name: 'Second' });
    expect(own.body).toMatchObject({ name: 'Second', prompt: 'My secret sauce.', isPaused: true });
    expect((await bob.post(`/bots/${botId}/clone`, { name: 'Stolen' })).status).toBe(400);
    const theirs = await bob.post(`/bots/${botId}/clone`, { name: 'Stolen', providerId: 'house:flat' });
    expect(theirs.body).toMatchObject({ prompt: '', own: { providerId: 'house:flat' } });
    await ann.send('patch', `/bots/${botId}`, { publishing: { prompt: 'public' } });
    const open = await bob.post(`/bots/${botId}/clone`, { name: 'Open', providerId: 'house:flat' });
    expect(open.body.prompt).toBe('My secret sauce.');
  });

  it('an export can be imported', async () => {
    const { t, ann } = await world();
    await using _ = t;
    const { id } = (await ann.post('/bots', { ...HOUSE_BOT, tradingSymbols: ['ETHUSDT'] })).body;
    const file = (await ann.get(`/bots/${id}/export`)).body;
    expect(JSON.stringify(file)).not.toContain(ann.userId);
    const again = await ann.post('/bots/import', { bot: file, name: 'Again' });
    expect(again.body).toMatchObject({ name: 'Again', tradingSymbols: ['ETHUSDT'], isPaused: true });
    const bad = await ann.post('/bots/import', { bot: { ...file, version: 2 }, name: 'No' });
    expect(bad.status).toBe(400);
  });
});

describe('API keys', () => {
  it('of scope read see, of scope trade also run, and neither touches the account', async () => {
    const { t, ann } = await world();
    await using _ = t;
    const [reading, trading] = [await withApiKey(t.app, ann, 'read'), await withApiKey(t.app, ann, 'trade')];
    const { id } = (await trading.post('/bots', HOUSE_BOT)).body;
    expect((await reading.get('/bots?owner=me')).body.items).toHaveLength(1);
    expect((await reading.get(`/bots/${id}`)).body.own).not.toBeNull();
    expect((await reading.post(`/bots/${id}/pause`, {})).body.error.code).toBe('scope-needed');
    for (const key of [reading, trading]) {
      expect((await key.get('/account/sessions')).body.error.code).toBe('session-needed');
      expect((await key.post('/account/api-keys', { name: 'x', scope: 'trade' })).status).toBe(403);
    }
  });
});

describe('a bot that a moderator holds', () => {
  it('is let go on by a moderator only, whatever its owner tries', async () => {
    const { t, ann } = await world();
    await using _ = t;
    const moderator = await person(t.app, 'Max', { role: 'moderator' });
    const { id } = (await ann.post('/bots', HOUSE_BOT)).body;
    expect((await moderator.post(`/moderation/bots/${id}/pause`, { reason: 'Spam.' })).status).toBe(200);
    await ann.post(`/bots/${id}/pause`, { reason: 'mine' });
    expect((await ann.get(`/bots/${id}`)).body.pauseReason).toBe('Paused by a moderator: Spam.');
    for (const path of ['resume', 'force-turn'])
      expect((await ann.post(`/bots/${id}/${path}`)).body.error).toMatchObject({
        code: 'held',
        message: 'Paused by a moderator: Spam. Only a moderator can let it go on.',
      });
    expect((await moderator.post(`/moderation/bots/${id}/resume`)).body.isPaused).toBe(false);
    expect((await ann.post(`/bots/${id}/pause`, {})).body.isPaused).toBe(true);
    expect((await ann.post(`/bots/${id}/resume`)).body.isPaused).toBe(false);
  });
});
