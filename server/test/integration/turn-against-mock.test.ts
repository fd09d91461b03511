import { LLMock } from '@copilotkit/aimock';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testApp } from '../support/test-app.ts';
import { addThinker } from '../support/thinkers.ts';

/** A whole turn against somebody else's idea of both APIs, from the claim to the trade. */
const mock = new LLMock({ port: 0 });
const PRICES = { BTCUSDT: 60_000, ETHUSDT: 3000 };
const ANSWER = JSON.stringify({
  decisions: [{ action: 'LONG', symbol: 'BTCUSDT', size: 250, leverage: 2, reasoning: 'The price holds.' }],
});
const env = { ALLOW_PRIVATE_ENDPOINTS: '1' };

beforeAll(async () => {
  await mock.start();
});
beforeEach(() => {
  mock.clearFixtures();
  mock.clearRequests();
});
afterAll(async () => {
  await mock.stop();
});

describe.each([
  ['openai', '/v1'],
  ['gemini', ''],
] as const)('a turn of a bot whose model speaks as %s', (...[type, basePath]) => {
  const model = () => ({ type, url: `${mock.url}${basePath}`, modelName: 'model-1' });

  it('looks something up, decides and trades; all of it is kept', async () => {
    mock.on(
      { hasToolResult: false },
      { toolCalls: [{ name: 'current_price', arguments: '{"symbols":["BTCUSDT"]}' }] },
    );
    mock.on({ hasToolResult: true }, { content: ANSWER });
    await using t = await testApp({ env, wallNow: Date.now });
    const { botId } = await addThinker(t, model(), { settings: { analysisSteps: 2 } });
    await t.market.minute(PRICES);
    await t.market.minute(PRICES);
    const [turn] = await t.turns(botId);
    expect(turn).toMatchObject({ status: 'applied', failure: null });
    const [decision] = await t.db.read.selectFrom('bot_decisions').selectAll().execute();
    expect(decision).toMatchObject({ raw_answer: ANSWER, execution_success: 1, finish_reason: 'stop' });
    expect(JSON.parse(decision?.steps_json ?? '[]')).toMatchObject([
      { tool: 'current_price', isError: false },
    ]);
    expect(decision?.version_id).toBe(await versionOf(t, botId));
    expect(await t.trades(botId)).toMatchObject([{ trade_type: 'entry', symbol: 'BTCUSDT' }]);
    expect(JSON.stringify(mock.getRequests()[0]?.body)).toContain('BTCUSDT');
  });

  it('mends an answer once', async () => {
    let asked = 0;
    mock.on({}, () => {
      asked += 1;
      return { content: asked === 1 ? 'Buy bitcoin!' : ANSWER };
    });
    await using t = await testApp({ env, wallNow: Date.now });
    const { botId } = await addThinker(t, model());
    await t.market.minute(PRICES);
    await t.market.minute(PRICES);
    const [decision] = await t.db.read.selectFrom('bot_decisions').selectAll().execute();
    expect(decision).toMatchObject({ raw_answer: ANSWER, mended_from: 'Buy bitcoin!' });
    expect(await t.trades(botId)).toHaveLength(1);
  });

  it('fails, and says why, when the model is refused', async () => {
    mock.nextRequestError(401, { message: 'canary-of-the-upstream', type: 'x' });
    await using t = await testApp({ env, wallNow: Date.now });
    const { botId } = await addThinker(t, model());
    await t.market.minute(PRICES);
    const [turn] = await t.turns(botId);
    expect(turn).toMatchObject({ status: 'failed', failure: 'key', raw_answer: null });
    expect(turn?.reason).not.toMatch(/canary/);
    const bot = await t.db.read.selectFrom('bots').selectAll().where('id', '=', botId).executeTakeFirst();
    expect(bot).toMatchObject({ is_paused: 1, pause_reason: turn?.reason });
    expect(await t.trades(botId)).toEqual([]);
  });
});

async function versionOf(t: Awaited<ReturnType<typeof testApp>>, botId: string) {
  const bot = await t.db.read
    .selectFrom('bots')
    .select('version_id')
    .where('id', '=', botId)
    .executeTakeFirstOrThrow();
  expect(bot.version_id).not.toBeNull();
  return bot.version_id;
}
