import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import type { Preview } from '../../contract/http/thinking.ts';
import type { FakeStep } from '../../llm/fake-provider.ts';
import { createModels } from '../../llm/registry.ts';
import { countTokens } from '../../llm/tokens.ts';
import type { FakeLlmStep, FakeLlm } from '../support/fake-llm/script.ts';
import { startFakeOpenAi } from '../support/fake-llm/openai.ts';
import { person, type Person } from '../support/people.ts';
import { DAWN } from '../support/scripted-market.ts';
import { testApp, type TestApp } from '../support/test-app.ts';

const DAY_MS = 86_400_000;
const PRICES = { BTCUSDT: 50_000, ETHUSDT: 3000 };
const ENV = { RATE_LIMIT_PER_MINUTE: '1000000', ALLOW_PRIVATE_ENDPOINTS: '1' };
const long = (symbol: string) =>
  ({ action: 'LONG', symbol, size: 1000, leverage: 2, reasoning: 'Up.' }) as const;
const LONG: FakeStep = [long('BTCUSDT')];
/** USD for a million tokens. */
const PRICE = { input: 2, output: 10, cachedInput: null };
const KEY = 'sk-preview-0123456789';

async function world(): Promise<{ t: TestApp; ann: Person }> {
  const t = await testApp({ env: ENV, models: createModels(fetch) });
  await t.market.tick(DAWN, PRICES);
  return { t, ann: await person(t.app, 'Ann') };
}

async function preview(who: Person, botId: string, body: object = {}): Promise<Preview> {
  return (await who.must(200, `post /bots/${botId}/preview`, body)).body as Preview;
}

async function tryDry(who: Person, botId: string, body: object = {}) {
  const { dryRun } = await preview(who, botId, { ...body, dryRun: true });
  if (!dryRun) throw new Error('no dry run');
  return dryRun;
}

/** Every row of every table, but for what a question may cost. */
async function allRows({ db }: TestApp): Promise<Record<string, unknown>> {
  const rows: Record<string, unknown> = {};
  for (const { name } of await db.read.introspection.getTables())
    if (!['llm_calls', 'usage_counters'].includes(name))
      rows[name] = (await sql`select * from ${sql.table(name)}`.execute(db.read)).rows;
  return rows;
}

const callsOf = ({ db }: TestApp) =>
  db.read.selectFrom('llm_calls').selectAll().orderBy('started_at').execute();
const usedOf = async ({ db }: TestApp) => {
  const rows = await db.read.selectFrom('usage_counters').select(['kind', 'used']).execute();
  return Object.fromEntries(rows.map(({ kind, used }) => [kind, used]));
};

/** A model of Ann's behind a real connection, and a bot that it decides for. */
async function modelBot(
  ann: Person,
  script: readonly FakeLlmStep[],
  bot: object = {},
): Promise<{ llm: FakeLlm; botId: string; providerId: string }> {
  const llm = await startFakeOpenAi(script, { key: KEY });
  const provider = await ann.must(201, 'post /providers', {
    name: 'Box',
    providerType: 'openai',
    apiEndpoint: llm.url,
    modelName: 'm1',
    apiKey: KEY,
    options: { price: PRICE, hasTools: true },
  });
  const providerId = provider.body.id as string;
  const made = await ann.must(201, 'post /bots', { name: 'Thinker', prompt: 'Think.', providerId, ...bot });
  return { llm, providerId, botId: made.body.id as string };
}

describe('a preview', () => {
  it('is the exact prompt of the next turn, with its tokens and what history it holds', async () => {
    const { t, ann } = await world();
    await using _ = t;
    const prompt = 'I have {{availableBalance}}.\n{{candles:BTCUSDT:1m:3}}\n{{history}}';
    const { botId, fake } = await t.addBot([LONG], {
      userId: ann.userId,
      prompt,
      settings: { turnIntervalMs: DAY_MS },
    });
    for (let i = 0; i < 3; i += 1) await t.market.minute({ ...PRICES, BTCUSDT: 50_000 + i });
    expect(await t.trades(botId)).toHaveLength(1);
    const shown = await preview(ann, botId);
    expect(shown).toEqual({
      prompt: expect.stringContaining('BTCUSDT'),
      tokens: countTokens(shown.prompt),
      historyShown: 1,
      historyDropped: 0,
      estimatedCost: null,
      problems: [],
      dryRun: null,
    });
    await t.app.manager.forceTurn(botId);
    await t.app.manager.decided();
    expect(fake.requests.at(-1)?.prompt).toBe(shown.prompt);
    expect(fake.requests).toHaveLength(2);
  });

  it('may be of a draft, which is not saved', async () => {
    const { t, ann } = await world();
    await using _ = t;
    const { botId } = await t.addBot([], { userId: ann.userId, prompt: 'Saved.' });
    const before = await allRows(t);
    const shown = await preview(ann, botId, {
      prompt: 'Drafted {{totlValue}}.',
      tradingSymbols: ['ETHUSDT'],
      settings: { minSizeUsd: 77, maxOpenPositions: 3 },
      providerId: 'house:momentum',
    });
    expect(shown.prompt).toMatch(/^Drafted \{\{totlValue\}\}\./);
    expect(shown.prompt).toContain('ETHUSDT');
    expect(shown.prompt).not.toMatch(/BTCUSDT|Saved/);
    expect(shown.prompt).toMatch(/77/);
    expect(shown.problems).toEqual([
      { placeholder: '{{totlValue}}', message: expect.stringContaining('{{totalValue}}') },
    ]);
    expect(shown.estimatedCost).toBe(0);
    expect(await allRows(t)).toEqual(before);
    expect((await preview(ann, botId)).prompt).toMatch(/^Saved\./);
  });

  it('is refused for what is somebody else’s, unknown or too long', async () => {
    const { t, ann } = await world();
    await using _ = t;
    const { botId } = await t.addBot([], { userId: ann.userId });
    const bob = await person(t.app, 'Bob');
    const { llm, providerId } = await modelBot(bob, []);
    await using __ = llm;
    const statusOf = async (who: Person, body: object, id = botId) =>
      (await who.post(`/bots/${id}/preview`, body)).status;
    expect([await statusOf(bob, {}), await statusOf(ann, {}, 'none')]).toEqual([404, 404]);
    for (const unknown of [providerId, 'house:none', `${ann.userId}:house:momentum`])
      expect(await statusOf(ann, { providerId: unknown })).toBe(404);
    expect(await statusOf(ann, { tradingSymbols: ['NOPEUSDT'] })).toBe(400);
    expect(await statusOf(ann, { prompt: 'x'.repeat(20_001) })).toBe(400);
    expect(await statusOf(ann, {})).toBe(200);
  });

  it('shows the prompt also where the key cannot be read, which only a dry run misses', async () => {
    const { t, ann } = await world();
    await using _ = t;
    const { llm, botId, providerId } = await modelBot(ann, []);
    await using __ = llm;
    await t.db.transaction((trx) =>
      trx
        .updateTable('llm_providers')
        .set({ api_key_encrypted: 'v1.damaged' })
        .where('id', '=', providerId)
        .execute(),
    );
    const shown = await preview(ann, botId, { dryRun: true });
    expect(shown.prompt).toMatch(/^Think\./);
    expect(shown.estimatedCost).toBeNull();
    expect(shown.dryRun).toMatchObject({
      answer: null,
      failure: { code: 'unreadable-secret', message: expect.any(String) },
    });
    expect(llm.requests).toEqual([]);
  });

  it('estimates the cost with an answer as long as the last ones', async () => {
    const { t, ann } = await world();
    await using _ = t;
    const usage = { tokensIn: 100, tokensOut: 50 };
    const { llm, botId } = await modelBot(ann, [{ text: '{"decisions":[]}', usage }]);
    await using __ = llm;
    const usd = (tokens: number, answer: number) =>
      Math.ceil(tokens * PRICE.input + answer * PRICE.output) / 1e6;
    const first = await preview(ann, botId);
    expect(first.estimatedCost).toBe(usd(first.tokens, 600));
    await t.app.manager.forceTurn(botId);
    await t.app.manager.decided();
    await t.market.minute(PRICES);
    const second = await preview(ann, botId);
    expect(second.estimatedCost).toBe(usd(second.tokens, 50));
  });
});

describe('a dry run', () => {
  it('tells what the engine would do at the present prices, and writes nothing', async () => {
    const { t, ann } = await world();
    await using _ = t;
    const answer = [long('BTCUSDT'), long('DOGEUSDT')];
    const { botId, fake } = await t.addBot([answer], {
      userId: ann.userId,
      settings: { turnIntervalMs: DAY_MS },
    });
    await t.app.manager.decided();
    const before = await allRows(t);
    const run = await tryDry(ann, botId);
    expect(run).toMatchObject({
      answer: JSON.stringify({ decisions: answer }),
      failure: null,
      model: 'scripted',
      steps: [],
      mendedFrom: null,
    });
    const [opened, refused] = run.decisions;
    expect(opened).toMatchObject({
      decision: answer[0],
      outcome: { accepted: true, code: 'opened' },
      // 50,000 and 2 bps of it.
      fills: [{ symbol: 'BTCUSDT', side: 'LONG', tradeType: 'entry', price: 50_010, quantity: 0.039 }],
    });
    expect(opened?.fills[0]?.size).toBeCloseTo((50_010 * 0.039) / 2, 5);
    expect(opened?.fills[0]?.fee).toBeCloseTo(50_010 * 0.039 * 0.0005, 5);
    expect(refused).toMatchObject({ outcome: { accepted: false, code: 'unknown-symbol' }, fills: [] });
    expect(await allRows(t)).toEqual(before);
    expect(await t.turns(botId)).toEqual([]);
    expect(fake.requests).toHaveLength(1);
    expect(await usedOf(t)).toEqual({ 'llm-calls': 1, 'llm-tokens': expect.any(Number) });
    await t.market.minute(PRICES);
    expect(await t.trades(botId)).toEqual([]);
  });

  it('is of a built-in strategy, for nothing', async () => {
    const { t, ann } = await world();
    await using _ = t;
    const bot = { name: 'House', providerId: 'house:flat', prompt: 'Wait.' };
    const botId = (await ann.must(201, 'post /bots', bot)).body.id as string;
    const before = await allRows(t);
    const run = await tryDry(ann, botId, { providerId: 'house:buy-and-hold' });
    expect(run).toMatchObject({ failure: null, spending: { calls: 0, cost: 0 } });
    expect(run.decisions.map(({ outcome }) => outcome.code)).toContain('opened');
    expect(run.decisions.flatMap(({ fills }) => fills).length).toBeGreaterThan(0);
    expect(await allRows(t)).toEqual(before);
    expect([await callsOf(t), await usedOf(t)]).toEqual([[], {}]);
  });

  it('asks a model with its tools, and keeps what that cost', async () => {
    const { t, ann } = await world();
    await using _ = t;
    const answer = JSON.stringify({ decisions: [long('ETHUSDT')] });
    const { llm, botId } = await modelBot(
      ann,
      [
        { toolCalls: [{ name: 'current_price', args: { symbols: ['ETHUSDT'] } }], usage: usage(100, 10) },
        { text: answer, usage: usage(200, 20) },
      ],
      { settings: { turnIntervalMs: DAY_MS, analysisSteps: 1 } },
    );
    await using __ = llm;
    const before = await allRows(t);
    const run = await tryDry(ann, botId);
    expect(llm.problems).toEqual([]);
    expect(run).toMatchObject({
      answer,
      failure: null,
      steps: [{ tool: 'current_price', isError: false }],
      spending: { calls: 2, tokensIn: 300, tokensOut: 30, cost: 900 / 1e6, unpricedCalls: 0 },
      decisions: [{ outcome: { code: 'opened' }, fills: [{ symbol: 'ETHUSDT' }] }],
    });
    expect(await allRows(t)).toEqual(before);
    expect(await callsOf(t)).toMatchObject([
      { bot_id: botId, turn_id: null, purpose: 'preview', tokens_in: 100, cost_micros: 300, failure: null },
      { bot_id: botId, turn_id: null, purpose: 'preview', tokens_in: 200, cost_micros: 600, failure: null },
    ]);
    expect(await usedOf(t)).toEqual({ 'llm-calls': 1, 'llm-tokens': 330 });
  });

  it('tells why there is no answer, and pauses nothing', async () => {
    const { t, ann } = await world();
    await using _ = t;
    const { llm, botId } = await modelBot(ann, [{ status: 401 }]);
    await using __ = llm;
    const before = await allRows(t);
    const run = await tryDry(ann, botId);
    expect(run).toMatchObject({ answer: null, decisions: [], model: null, spending: { calls: 1, cost: 0 } });
    expect(run.failure).toEqual({ code: 'key', message: expect.stringMatching(/key/i) });
    expect(run.failure?.message).not.toMatch(/canary|sk-/);
    expect(await allRows(t)).toEqual(before);
    expect(await callsOf(t)).toMatchObject([{ purpose: 'preview', failure: 'key' }]);
  });

  it('tells that an answer cannot be read', async () => {
    const { t, ann } = await world();
    await using _ = t;
    const { botId } = await t.addBot(['I would buy.'], { userId: ann.userId });
    const run = await tryDry(ann, botId);
    expect(run).toMatchObject({
      answer: 'I would buy.',
      failure: { code: 'unreadable-answer' },
      decisions: [],
    });
  });

  it('is held to the quotas of models', async () => {
    const { t, ann } = await world();
    await using _ = t;
    const by = {
      userId: ann.userId,
      role: 'admin',
      trace: { actorId: null, ip: null, requestId: null },
    } as const;
    await t.app.ctx.settings.change({ ...by, remember: () => [] }, 'llm_calls_per_day', 2);
    const { botId, fake } = await t.addBot([], { userId: ann.userId });
    expect((await tryDry(ann, botId)).failure).toBeNull();
    expect((await tryDry(ann, botId)).failure).toBeNull();
    const run = await tryDry(ann, botId);
    expect(run.failure).toEqual({ code: 'rate-limited', message: expect.stringContaining('2 questions') });
    expect(fake.requests).toHaveLength(2);
  });

  it('is held to budgets, of the draft’s settings too', async () => {
    const { t, ann } = await world();
    await using _ = t;
    const dear = { text: '{"decisions":[]}', usage: usage(1_000_000, 0) };
    const { llm, botId } = await modelBot(ann, [dear, dear]);
    await using __ = llm;
    const settings = { dailyBudgetUsd: 1 };
    expect((await tryDry(ann, botId, { settings })).spending.cost).toBe(2);
    const run = await tryDry(ann, botId, { settings });
    expect(run.failure).toEqual({ code: 'budget-used-up', message: expect.stringContaining('budget') });
    expect(llm.requests).toHaveLength(1);
    expect((await ann.must(200, `get /bots/${botId}`)).body.isPaused).toBe(false);
  });

  it('ends when whoever asked has gone, and what it took is kept', async () => {
    const { t, ann } = await world();
    await using _ = t;
    const { llm, botId } = await modelBot(ann, [{ fault: 'hang' }]);
    await using __ = llm;
    const leaving = new AbortController();
    const asked = fetch(`${t.app.url}/api/v2/bots/${botId}/preview`, {
      method: 'POST',
      headers: { ...ann.headers, 'content-type': 'application/json' },
      body: JSON.stringify({ dryRun: true }),
      signal: leaving.signal,
    });
    await expect.poll(() => llm.requests.length).toBe(1);
    leaving.abort();
    await expect(asked).rejects.toThrow('aborted');
    await llm.idle();
    await expect.poll(async () => (await callsOf(t)).length).toBe(1);
    expect(await callsOf(t)).toMatchObject([{ purpose: 'preview', failure: expect.any(String) }]);
  });
});

function usage(tokensIn: number, tokensOut: number) {
  return { tokensIn, tokensOut };
}
