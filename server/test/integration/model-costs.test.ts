import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ARENA_ITSELF } from '../../arena/bots.ts';
import { modelCallWrites } from '../../arena/model-calls.ts';
import { resetBot } from '../../arena/reset-bot.ts';
import type { ModelCall } from '../../llm/provider.ts';
import { addModel, addModelBot, modelArena, type ModelArena } from '../support/model-arena.ts';
import { auditOf, person, stranger, type Person } from '../support/people.ts';
import { DAWN, MINUTE } from '../support/scripted-market.ts';
import { testApp, type TestApp } from '../support/test-app.ts';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const PRICES = { BTCUSDT: 50_000, ETHUSDT: 2000 };
const MINI = { providerType: 'openai', apiEndpoint: null, modelName: 'gpt-4o-mini' } as const;
const LISTED = { input: 0.15, output: 0.6, cachedInput: 0.075 };

describe('the price of a model', () => {
  let arena: ModelArena;
  let ann: Person;
  let admin: Person;
  beforeAll(async () => {
    arena = await modelArena();
    ann = await person(arena.t.app, 'ann');
    admin = await person(arena.t.app, 'admin', { role: 'admin' });
  });
  afterAll(() => arena[Symbol.asyncDispose]());

  const priceNow = (modelName: string = MINI.modelName) => {
    const { prices } = arena.t.app.ctx;
    return prices.priceOf({ ...MINI, modelName, options: {} }, arena.t.wall);
  };
  const set = async (price: object, validFrom: number | null, model: string = MINI.modelName) => {
    const made = await admin.must(201, 'post /admin/model-prices', {
      preset: 'openai',
      model,
      price,
      validFrom,
    });
    return made.body as { id: string };
  };

  test('is the preset’s, else what an administrator set last, else what the owner says', async () => {
    expect(priceNow()).toMatchObject({ price: LISTED, source: 'preset' });
    expect(priceNow('gpt-4o-mini-2024-07-18')).toMatchObject({ price: LISTED, source: 'preset' });
    expect(priceNow('of-nobody')).toBeNull();
    const old = await set({ input: 1, output: 2 }, DAWN - DAY);
    const last = await set({ input: 3, output: 4, cachedInput: 1 }, null);
    await set({ input: 5, output: 6 }, DAWN + DAY);
    expect(last).toEqual({
      id: last.id,
      preset: 'openai',
      model: 'gpt-4o-mini',
      price: { input: 3, output: 4, cachedInput: 1 },
      validFrom: arena.t.wall,
      createdAt: arena.t.wall,
    });
    const ofArena = { price: { input: 3, output: 4, cachedInput: 1 }, source: 'arena', since: arena.t.wall };
    expect([priceNow(), priceNow('gpt-4o-mini-2024-07-18')]).toEqual([ofArena, ofArena]);
    arena.t.wall = DAWN + DAY;
    expect(priceNow()).toMatchObject({ price: { input: 5, output: 6, cachedInput: null } });
    arena.t.wall = DAWN;
    await admin.must(204, `delete /admin/model-prices/${last.id}`);
    expect(priceNow()).toMatchObject({ price: { input: 1, output: 2 }, since: DAWN - DAY });
    const options = { price: { input: 7, output: 8, cachedInput: null } };
    const own = arena.t.app.ctx.prices.priceOf({ ...MINI, options }, arena.t.wall);
    expect(own).toEqual({ price: options.price, source: 'own', since: null });
    const listed = await admin.must(200, 'get /admin/model-prices');
    const { items } = listed.body as { items: { validFrom: number; id: string }[] };
    expect(items.map(({ validFrom }) => validFrom)).toEqual([DAWN + DAY, DAWN - DAY]);
    await admin.must(204, `delete /admin/model-prices/${old.id}`);
    expect(priceNow()).toMatchObject({ source: 'preset' });
  });

  test('is set for models that are not listed, and known again after a restart', async () => {
    await set({ input: 9, output: 9 }, null, 'of-nobody');
    expect(priceNow('of-nobody')).toMatchObject({ source: 'arena' });
    expect(priceNow('of-nobody-2024-07-18')).toBeNull();
    await arena.t.restart();
    ann = await person(arena.t.app, 'ann again');
    admin = await person(arena.t.app, 'admin again', { role: 'admin' });
    expect(priceNow('of-nobody')).toMatchObject({ source: 'arena', price: { input: 9 } });
  });

  test('is refused where it cannot be, twice for one moment, and to everybody else', async () => {
    const body = { preset: 'openai', model: 'x', price: { input: 1, output: 2 }, validFrom: 1 };
    await admin.must(400, 'post /admin/model-prices', { ...body, preset: 'nobody' });
    await admin.must(400, 'post /admin/model-prices', { ...body, price: { input: -1, output: 2 } });
    await admin.must(201, 'post /admin/model-prices', body);
    const twice = await admin.must(409, 'post /admin/model-prices', body);
    expect(twice.body).toMatchObject({ error: { code: 'price-exists' } });
    await admin.must(404, 'delete /admin/model-prices/nothing');
    await ann.must(403, 'post /admin/model-prices', body);
    await ann.must(403, 'get /admin/model-prices');
  });

  test('is audited, and done once however often it is asked for', async () => {
    const body = { preset: 'gemini', model: 'y', price: { input: 1, output: 2 }, validFrom: null };
    const headers = { 'Idempotency-Key': 'price-1' };
    const once = await admin.must(201, 'post /admin/model-prices', body, headers);
    arena.t.wall += 1000;
    const again = await admin.must(201, 'post /admin/model-prices', body, headers);
    expect(again.body).toEqual(once.body);
    const { id } = once.body as { id: string };
    await admin.must(204, `delete /admin/model-prices/${id}`);
    const lines = await auditOf(arena.t.app, id);
    expect(lines).toMatchObject([
      {
        action: 'model-price.set',
        actor_id: admin.userId,
        details: { preset: 'gemini', model: 'y', price: { input: 1, output: 2, cachedInput: null } },
      },
      { action: 'model-price.deleted' },
    ]);
  });

  test('is told with the provider, and with what the owner says of it', async () => {
    const id = await addModel(ann, { ...MINI, options: {} });
    const listed = await ann.must(200, `get /providers/${id}`);
    expect(listed.body).toMatchObject({
      preset: 'openai',
      options: {},
      price: { ...LISTED, source: 'preset', since: Date.UTC(2025, 3, 14) },
    });
    const options = { structure: 'json', hasTools: false, price: { input: 1, output: 2, cachedInput: 0.5 } };
    const said = await ann.must(200, `patch /providers/${id}`, { options });
    expect(said.body).toMatchObject({ options, price: { ...options.price, source: 'own', since: null } });
    const renamed = await ann.must(200, `patch /providers/${id}`, { name: 'Mini' });
    expect(renamed.body).toMatchObject({ name: 'Mini', options });
    const cleared = await ann.must(200, `patch /providers/${id}`, { options: {} });
    expect(cleared.body).toMatchObject({ options: {}, price: { source: 'preset' } });
    await ann.must(400, `patch /providers/${id}`, { options: { structure: 'xml' } });
    const builtIn = await ann.must(200, 'get /providers/house:flat');
    expect(builtIn.body).toMatchObject({ preset: null, options: {}, price: null });
    const lines = await auditOf(arena.t.app, id);
    expect(lines.at(1)?.details).toMatchObject({ before: { options: {} }, after: { options } });
  });

  test('is told with the presets, of which those of one’s own network are hidden', async () => {
    await set({ input: 1.5, output: 2.5 }, null);
    const listed = await ann.must(200, 'get /model-presets');
    const { items } = listed.body as {
      items: { id: string; isLocal: boolean; models: { id: string; price: object }[] }[];
    };
    expect(items.map(({ id }) => id)).toEqual(expect.arrayContaining(['openai', 'gemini', 'custom']));
    expect(items.some(({ isLocal }) => isLocal)).toBe(false);
    const mini = items.find(({ id }) => id === 'openai')?.models.find(({ id }) => id === 'gpt-4o-mini');
    expect(mini?.price).toEqual({
      input: 1.5,
      output: 2.5,
      cachedInput: null,
      source: 'arena',
      since: arena.t.wall,
    });
    await stranger(arena.t.app).must(401, 'get /model-presets');
  });
});

test('presets of one’s own network are told where they are allowed', async () => {
  await using arena = await modelArena({ env: { ALLOW_PRIVATE_ENDPOINTS: '1' } });
  const ann = await person(arena.t.app, 'ann');
  const listed = await ann.must(200, 'get /model-presets');
  expect((listed.body as { items: { isLocal: boolean }[] }).items.some(({ isLocal }) => isLocal)).toBe(true);
});

test('an administrator who names hosts lets models be on no others', async () => {
  await using arena = await modelArena({ env: { MODEL_HOSTS: 'models.example.com' } });
  const ann = await person(arena.t.app, 'ann');
  const id = await addModel(ann);
  for (const apiEndpoint of ['https://api.openai.com/v1', null]) {
    const refused = await ann.must(400, `patch /providers/${id}`, { apiEndpoint });
    expect(refused.body).toMatchObject({
      error: {
        message: 'api.openai.com is not among the hosts that models may be on here: models.example.com.',
      },
    });
  }
});

/** What a call took that was answered, or was not. */
const callOf = (t: TestApp, call: Partial<ModelCall>): ModelCall => ({
  purpose: 'decide',
  startedAt: t.wall,
  latencyMs: 100,
  model: 'm-1',
  tokensIn: 1000,
  tokensCached: 400,
  tokensOut: 50,
  costMicros: 10_000,
  failure: null,
  finishReason: 'stop',
  ...call,
});

async function pay(t: TestApp, botId: string, call: Partial<ModelCall>): Promise<void> {
  const { userId, providerId, providerType } = t.app.manager.botOf(botId);
  const origin = { userId, botId, turnId: null, provider: { id: providerId, type: providerType } };
  await t.db.commit(modelCallWrites(t.app.ctx, origin, [callOf(t, call)]));
}

describe('what models took', () => {
  test('is told by day, bot, model or purpose, to whom it belongs alone', async () => {
    await using arena = await modelArena();
    const { t } = arena;
    const [ann, bob] = [await person(t.app, 'ann'), await person(t.app, 'bob')];
    const providerId = await addModel(ann);
    const cheap = await addModelBot(ann, { name: 'Cheap', providerId });
    const dear = await addModelBot(ann, { name: 'Dear', providerId });
    await pay(t, cheap, {});
    await pay(t, cheap, { purpose: 'repair', costMicros: null, failure: 'busy', tokensOut: 0 });
    t.wall = DAWN + DAY;
    await pay(t, dear, { model: 'm-2', costMicros: 250_000 });
    await ann.must(200, `post /providers/${providerId}/test`);
    await ann.must(204, `delete /bots/${dear}`);

    const read = async (query: string) => {
      const answer = await ann.must(200, `get /account/model-usage?${query}`);
      return answer.body as { from: number; to: number; items: object[]; total: object };
    };
    const one = { calls: 1, tokensIn: 1000, tokensCached: 400, tokensOut: 50, unpricedCalls: 0 };
    const test = { ...one, tokensCached: 0, tokensOut: 0, cost: 0.01 };
    const first = {
      calls: 2,
      tokensIn: 2000,
      tokensCached: 800,
      tokensOut: 50,
      cost: 0.01,
      unpricedCalls: 1,
    };
    const second = {
      calls: 2,
      tokensIn: 2000,
      tokensCached: 400,
      tokensOut: 50,
      cost: 0.26,
      unpricedCalls: 0,
    };
    const days = await read('');
    expect(days).toEqual({
      from: DAWN - 28 * DAY,
      to: DAWN + DAY + 1,
      items: [
        { key: '2026-02-02', label: '2026-02-02', ...first },
        { key: '2026-02-03', label: '2026-02-03', ...second },
      ],
      total: { calls: 4, tokensIn: 4000, tokensCached: 1200, tokensOut: 100, cost: 0.27, unpricedCalls: 1 },
    });
    expect((await read('groupBy=bot')).items).toEqual([
      { key: dear, label: 'Dear', ...one, cost: 0.25 },
      { key: cheap, label: 'Cheap', ...first },
      { key: 'none', label: 'No bot', ...test },
    ]);
    expect((await read('groupBy=model')).items).toEqual([
      { key: 'm-2', label: 'm-2', ...one, cost: 0.25 },
      {
        key: 'm-1',
        label: 'm-1',
        calls: 3,
        tokensIn: 3000,
        tokensCached: 800,
        tokensOut: 50,
        cost: 0.02,
        unpricedCalls: 1,
      },
    ]);
    const purposes = (await read('groupBy=purpose')).items as { key: string; calls: number }[];
    expect(purposes.map(({ key, calls }) => [key, calls])).toEqual([
      ['decide', 2],
      ['test', 1],
      ['repair', 1],
    ]);
    expect((await read(`from=${DAWN + 1}&to=${DAWN + DAY}`)).items).toEqual([]);
    expect((await read(`to=${DAWN + DAY}`)).items).toMatchObject([{ key: '2026-02-02' }]);
    await ann.must(400, `get /account/model-usage?from=${DAWN}&to=${DAWN - 1}`);
    await ann.must(400, 'get /account/model-usage?from=0');
    const foreign = await bob.must(200, 'get /account/model-usage');
    expect(foreign.body).toMatchObject({ items: [], total: { calls: 0, cost: 0 } });
  });
});

describe('boards by what is left after models were paid', () => {
  const board = async (t: TestApp, query: string) => {
    const answer = await stranger(t.app).must(200, `get /leaderboard?${query}`);
    return answer.body as { items: BoardRow[]; nextCursor: string | null };
  };
  interface BoardRow {
    readonly rank: number;
    readonly place: number | null;
    readonly bot: { readonly id: string };
    readonly pnl: number;
    readonly modelCost: number;
    readonly netPnl: number;
  }
  const idsOf = ({ items }: { items: BoardRow[] }) => items.map(({ bot }) => bot.id);
  const minute = async (t: TestApp) => await t.market.minute(PRICES);

  test('count a cost in the periods it was paid in, by the arena’s clock', async () => {
    await using t = await testApp();
    const bots: string[] = [];
    for (let no = 0; no < 3; no += 1) bots.push((await t.addBot()).botId);
    const [a = '', b = '', c = ''] = bots;
    await minute(t);
    await pay(t, a, { costMicros: 300_000 });
    t.market.leaveOut(10 * 24 * 60);
    await minute(t);
    await pay(t, b, { costMicros: 200_000 });
    t.market.leaveOut(30);
    await minute(t);
    await pay(t, b, { costMicros: 50_000 });
    await pay(t, c, { costMicros: null });
    await minute(t);

    for (const period of ['day', 'week']) {
      const net = await board(t, `period=${period}&rankBy=net`);
      expect(net.items.map(({ bot, modelCost, netPnl }) => [bot.id, modelCost, netPnl])).toEqual([
        [a, 0, 0],
        [c, 0, 0],
        [b, 0.25, -0.25],
      ]);
    }
    const all = await board(t, 'period=all&rankBy=net');
    expect(all.items.map(({ bot, rank, place, modelCost }) => [bot.id, rank, place, modelCost])).toEqual([
      [c, 1, 1, 0],
      [b, 2, 2, 0.25],
      [a, 3, 3, 0.3],
    ]);
    const gross = await board(t, 'period=all');
    expect(idsOf(gross)).toEqual([a, b, c]);
    expect(gross.items.map(({ rank, modelCost }) => [rank, modelCost])).toEqual([
      [1, 0.3],
      [2, 0.25],
      [3, 0],
    ]);
  });

  test('rank by return after the cost, come in pages, and leave references without a place', async () => {
    await using t = await testApp();
    const bots: string[] = [];
    for (let no = 0; no < 7; no += 1) {
      const { botId } = await t.addBot([
        [{ action: 'LONG', symbol: 'BTCUSDT', size: 100 * (no + 1), leverage: 1, reasoning: 'Up.' }],
      ]);
      bots.push(botId);
    }
    await minute(t);
    await minute(t);
    for (const [no, botId] of bots.entries()) await pay(t, botId, { costMicros: 17_000_000 * no });
    await t.market.minute({ BTCUSDT: 55_000, ETHUSDT: 2000 });
    await t.market.minute({ BTCUSDT: 55_000, ETHUSDT: 2000 });
    const whole = await board(t, 'rankBy=net');
    const byNet = whole.items.toSorted((x, y) => y.netPnl - x.netPnl);
    expect(idsOf(whole)).toEqual(byNet.map(({ bot }) => bot.id));
    expect(idsOf(whole)).not.toEqual(idsOf(await board(t, '')));
    for (const { pnl, modelCost, netPnl } of whole.items) expect(netPnl).toBeCloseTo(pnl - modelCost, 6);
    const paged: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page = await board(t, `rankBy=net&limit=3${cursor && `&cursor=${cursor}`}`);
      paged.push(...idsOf(page));
      cursor = page.nextCursor;
    }
    expect(paged).toEqual(idsOf(whole));

    const [reference = ''] = paged;
    await t.db.transaction(async (trx) => {
      const bot = trx.selectFrom('bots').select(['user_id', 'provider_id']).where('id', '=', reference);
      const { user_id, provider_id } = await bot.executeTakeFirstOrThrow();
      await trx.updateTable('users').set({ is_house: 1 }).where('id', '=', user_id).execute();
      const flat = { provider_type: 'house', model_name: 'flat' };
      await trx.updateTable('llm_providers').set(flat).where('id', '=', provider_id).execute();
    });
    await t.market.minute({ BTCUSDT: 55_000, ETHUSDT: 2000 });
    const placed = await board(t, 'rankBy=net');
    expect(placed.items.map(({ place }) => place)).toEqual([null, 1, 2, 3, 4, 5, 6]);
  });

  test('begin anew with the bot', async () => {
    await using t = await testApp();
    const { botId, userId } = await t.addBot();
    await minute(t);
    await pay(t, botId, { costMicros: 300_000 });
    await minute(t);
    expect((await board(t, '')).items).toMatchObject([{ modelCost: 0.3 }]);
    await resetBot(t.app.bots, { botId, userId }, { initialBalanceUsd: 10_000, by: ARENA_ITSELF });
    await minute(t);
    expect((await board(t, '')).items).toMatchObject([{ modelCost: 0 }]);
    await pay(t, botId, { costMicros: 100_000 });
    await minute(t);
    expect((await board(t, 'rankBy=net')).items).toMatchObject([{ modelCost: 0.1 }]);
  });
});
