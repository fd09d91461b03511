import { describe, expect, test } from 'vitest';
import { readModelReliability } from '../../arena/model-reliability.ts';
import { modelCallWrites } from '../../arena/model-calls.ts';
import { ModelError, type ModelFailure } from '../../llm/chat.ts';
import {
  addModel,
  addModelBot,
  decisions,
  HOLD,
  modelArena,
  type ModelArena,
} from '../support/model-arena.ts';
import { person, stranger } from '../support/people.ts';
import { DAWN } from '../support/scripted-market.ts';

const DAY = 86_400_000;
const PRICES = { BTCUSDT: 50_000, ETHUSDT: 2000 };
/** Whoever asks within a minute reads the same. */
const FRESH = 60_000;

const failing = (failure: ModelFailure) =>
  new ModelError('models.example.com', 'it did not work', { failure, isRetryable: false });
const long = (symbol: string, leverage: number) => ({
  action: 'LONG',
  symbol,
  size: 100,
  leverage,
  reasoning: 'Up.',
});

/** One turn of every bot with this answer. */
async function turn({ t, vendor }: ModelArena, answer: ModelArena['vendor']['answer']): Promise<void> {
  vendor.answer = answer;
  await t.market.minute(PRICES);
  await t.market.minute(PRICES);
}

async function modelsNow({ t }: ModelArena, days = 7): Promise<object[]> {
  t.wall += FRESH;
  const answer = await stranger(t.app).must(200, `get /models?days=${days}`);
  return (answer.body as { items: object[] }).items;
}

describe('how reliably a model decides', () => {
  test('is counted of answers and calls, over all bots, and told to everybody', async () => {
    await using arena = await modelArena({ env: { TURN_INTERVAL_MS: '120000' } });
    const { t } = arena;
    const [ann, bob] = [await person(t.app, 'ann'), await person(t.app, 'bob')];
    for (const [no, who] of [ann, ann, bob].entries())
      await addModelBot(who, {
        name: `bot ${no}`,
        providerId: await addModel(who),
        settings: { cooldownMs: 0 },
      });
    await turn(arena, HOLD);
    await turn(arena, decisions(long('BTCUSDT', 1000), long('DOGEUSDT', 2)));
    await turn(arena, (request) =>
      request.messages.length > 2 ? HOLD : { text: 'I would rather hold, I think.' },
    );
    await turn(arena, { text: 'Hold!' });
    await turn(arena, failing('refused'));
    await turn(arena, failing('timeout'));
    await turn(arena, failing('busy'));
    await ann.must(200, `post /providers/${await addModel(ann)}/test`);
    const [row, ...others] = await modelsNow(arena);
    expect(others).toEqual([]);
    expect(row).toEqual({
      providerType: 'openai',
      model: 'm-1',
      bots: 3,
      turns: 4 * 3,
      decisions: 4 * 3,
      accepted: 3 * 3,
      rejected: 3,
      unparseable: 3,
      unknownSymbol: 3,
      clamped: 3,
      mended: 3,
      calls: 9 * 3,
      failedCalls: 3 * 3,
      refused: 3,
      timedOut: 3,
      latencyP50Ms: 250,
      latencyP95Ms: 250,
    });
  });

  test('is told of each model, the busiest first, and of as many days as are asked for', async () => {
    await using arena = await modelArena();
    const { t } = arena;
    const ann = await person(t.app, 'ann');
    const old = await addModelBot(ann, {
      name: 'Old',
      providerId: await addModel(ann, { modelName: 'm-old' }),
    });
    await t.market.minute(PRICES);
    await ann.must(200, `post /bots/${old}/pause`, {});
    await addModelBot(ann, { name: 'New', providerId: await addModel(ann, { modelName: 'm-new' }) });
    for (const day of [5, 6]) {
      t.wall = DAWN + day * DAY;
      for (let i = 0; i < 3; i += 1) await t.market.minute(PRICES);
    }
    expect(await modelsNow(arena)).toMatchObject([
      { model: 'm-new', bots: 1, calls: 6 },
      { bots: 1, calls: 1 },
    ]);
    t.wall = DAWN + 6 * DAY + 2 * FRESH;
    const modelsOf = async (days: number) =>
      (await modelsNow(arena, days)).map((row) => (row as { model: string }).model);
    expect(await modelsOf(7)).toEqual(['m-new', 'm-old']);
    expect(await modelsOf(6)).toEqual(['m-new']);
    expect(await modelsOf(1)).toEqual(['m-new']);
    const refused = await stranger(t.app).send('get', '/models?days=91');
    expect(refused.status).toBe(400);
  });

  test('tells percentiles of latency of answers alone', async () => {
    await using arena = await modelArena();
    const { t } = arena;
    const ann = await person(t.app, 'ann');
    const botId = await addModelBot(ann, { name: 'One', providerId: await addModel(ann) });
    const { userId, providerId, providerType } = t.app.manager.botOf(botId);
    const provider = { id: providerId, type: providerType };
    const calls = Array.from({ length: 100 }, (_, i) => ({
      purpose: 'decide' as const,
      startedAt: t.wall,
      latencyMs: i + 1,
      model: 'm-1',
      tokensIn: 1,
      tokensCached: 0,
      tokensOut: 1,
      costMicros: null,
      failure: null,
      finishReason: 'stop' as const,
    }));
    const slow = { ...calls[0], latencyMs: 60_000, failure: 'timeout' as const, finishReason: null };
    const origin = { userId, botId, turnId: null, provider };
    const all = [...calls, ...Array.from({ length: 50 }, () => slow)] as typeof calls;
    await t.db.commit(modelCallWrites(t.app.ctx, origin, all));
    expect(await modelsNow(arena)).toMatchObject([
      { calls: 150, failedCalls: 50, timedOut: 50, latencyP50Ms: 50, latencyP95Ms: 95 },
    ]);
  });

  test('is read once a minute, whoever asks', async () => {
    await using arena = await modelArena();
    const { t } = arena;
    const ann = await person(t.app, 'ann');
    await addModelBot(ann, { name: 'One', providerId: await addModel(ann) });
    await t.market.minute(PRICES);
    await t.market.minute(PRICES);
    const first = await readModelReliability(t.app.ctx, 7);
    expect(first).toMatchObject([{ turns: 1, calls: 2 }]);
    await t.market.minute(PRICES);
    expect(await readModelReliability(t.app.ctx, 7)).toBe(first);
    t.wall += FRESH;
    expect(await readModelReliability(t.app.ctx, 7)).toMatchObject([{ turns: 2, calls: 3 }]);
  });
});
