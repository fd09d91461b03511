import { describe, expect, it } from 'vitest';
import { createBot } from '../../arena/bots.ts';
import { startFakeOpenAi } from '../support/fake-llm/openai.ts';
import { testApp, type TestApp } from '../support/test-app.ts';
import { addThinker, type Thinker } from '../support/thinkers.ts';

const PRICES = { BTCUSDT: 60_000, ETHUSDT: 3000 };
const ANSWER =
  '{"decisions":[{"action":"LONG","symbol":"BTCUSDT","size":250,"leverage":2,"reasoning":"Up."}]}';
const env = { ALLOW_PRIVATE_ENDPOINTS: '1' };
const usage = { tokensIn: 400, tokensOut: 20 };

/** A bot like another, of the same user and provider. */
async function addReplica(t: TestApp, { botId, userId }: Thinker, name: string): Promise<string> {
  const bot = await t.db.read
    .selectFrom('bots')
    .selectAll()
    .where('id', '=', botId)
    .executeTakeFirstOrThrow();
  return await createBot(t.app.bots, {
    userId,
    name,
    prompt: bot.prompt,
    providerId: bot.provider_id,
    tradingSymbols: null,
    settings: JSON.parse(bot.settings_json) as object,
    initialBalanceUsd: 10_000,
  });
}

async function costsOf(t: TestApp) {
  return await t.db.read
    .selectFrom('bot_decisions')
    .select(['raw_answer', 'tokens_in', 'tokens_out', 'execution_success'])
    .orderBy('tokens_in')
    .execute();
}

describe('replicas of a bot', () => {
  it('ask once and decide alike when their owner says so; one pays', async () => {
    await using fake = await startFakeOpenAi([{ text: ANSWER, usage, delayMs: 50 }, 'never asked']);
    await using t = await testApp({ env, wallNow: Date.now });
    const model = { type: 'openai', url: fake.url, modelName: 'model-1' } as const;
    const first = await addThinker(t, model, { settings: { shareAnswers: true } });
    const second = await addReplica(t, first, 'another');
    await t.market.minute(PRICES);
    await t.market.minute(PRICES);
    const asked = { raw_answer: ANSWER, execution_success: 1 };
    expect((await costsOf(t)).slice(0, 2)).toEqual([
      { ...asked, tokens_in: 0, tokens_out: 0 },
      { ...asked, tokens_in: 400, tokens_out: 20 },
    ]);
    for (const botId of [first.botId, second]) expect(await t.trades(botId)).toHaveLength(1);
    // Of the second turns' prompts, which hold a position.
    const later = fake.requests.filter(({ text }) => text.includes('opened because'));
    expect(fake.requests.length - later.length).toBe(1);
  });

  it('ask each for itself otherwise', async () => {
    await using fake = await startFakeOpenAi([ANSWER, ANSWER]);
    await using t = await testApp({ env, wallNow: Date.now });
    const model = { type: 'openai', url: fake.url, modelName: 'model-1' } as const;
    const first = await addThinker(t, model);
    await addReplica(t, first, 'another');
    await t.market.minute(PRICES);
    expect(fake.requests).toHaveLength(2);
  });

  it('of two users never share, however equal their questions', async () => {
    await using fake = await startFakeOpenAi([ANSWER, ANSWER]);
    await using t = await testApp({ env, wallNow: Date.now });
    const model = { type: 'openai', url: fake.url, modelName: 'model-1' } as const;
    for (const owner of ['Olga', 'Otto'])
      await addThinker(t, model, { owner, settings: { shareAnswers: true } });
    await t.market.minute(PRICES);
    expect(fake.requests).toHaveLength(2);
  });
});
