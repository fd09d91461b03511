import { describe, expect, it } from 'vitest';
import { isUniqueViolation } from '../../db/database.ts';
import { prepared } from '../../db/prepared.ts';
import { claimTurn } from '../../db/queries/turns.ts';
import { UpstreamError } from '../../errors.ts';
import type { FakeStep } from '../../llm/fake-provider.ts';
import { DAWN, MINUTE } from '../support/scripted-market.ts';
import { testApp } from '../support/test-app.ts';

const PRICES = { BTCUSDT: 50_000, ETHUSDT: 2000 };
const long = (symbol = 'BTCUSDT'): FakeStep => [
  { action: 'LONG', symbol, size: 1000, leverage: 10, reasoning: 'It rises.' },
];
const NEVER = () => new Promise<never>(() => undefined);

const currentTurn = prepared<object, { status: string; prompt: string | null; raw_answer: string | null }>(
  (db) =>
    db.selectFrom('bot_turns').select(['status', 'prompt', 'raw_answer']).orderBy('turn_no', 'desc').limit(1),
);

describe('a turn', () => {
  it('is committed step by step: claimed, asked with its prompt, answered, applied', async () => {
    const steps: unknown[] = [];
    await using t = await testApp({
      failpoint: (name) => {
        const row = t.db.first(currentTurn, {});
        if (row && 'status' in row)
          steps.push([name, row.status, row.prompt !== null, row.raw_answer !== null]);
      },
    });
    await t.addBot([long()]);
    await t.market.minute(PRICES);
    expect(steps).toEqual([
      ['K1', 'claimed', false, false],
      ['K2', 'asked', true, false],
      ['K3', 'asked', true, false],
      ['K4', 'answered', true, true],
    ]);
    await t.market.minute(PRICES);
    // The prompt has moved to the decisions' row.
    expect(steps[4]).toEqual(['K6', 'applied', false, true]);
  });

  it('fills at the first price after the answer, and stores what was decided on', async () => {
    await using t = await testApp();
    const { botId, fake } = await t.addBot([long()]);
    await t.market.minute(PRICES);
    expect((await t.turns(botId)).map((turn) => turn.status)).toEqual(['answered']);
    expect(await t.trades(botId)).toEqual([]);
    await t.market.tick(t.market.nextMinute, { BTCUSDT: 50_100, ETHUSDT: 2000 });
    const [turn] = await t.turns(botId);
    expect(turn).toMatchObject({
      turn_no: 1,
      status: 'applied',
      cause: 'timer',
      prompt: null,
      claimed_at: DAWN + MINUTE - 1,
      answered_at: DAWN + MINUTE - 1,
      ended_at: DAWN + MINUTE,
      decision_prices_json: JSON.stringify(PRICES),
    });
    const decided = await t.db.read.selectFrom('bot_decisions').select('prompt_sent').execute();
    expect(decided).toEqual([{ prompt_sent: fake.requests[0]?.prompt }]);
    const [trade] = await t.trades(botId);
    // 50,100 and 2 bps of it, up to the next tick.
    expect(trade).toMatchObject({
      trade_type: 'entry',
      cause: 'decision',
      decision_price: 50_000,
      entry_price: 50_110.1,
      executed_at: DAWN + MINUTE,
      delay_ms: 1,
    });
    expect(trade?.slippage).toBeCloseTo(10.1, 6);
    expect((await t.events('arena')).at(-1)).toMatchObject({
      type: 'turn',
      at: DAWN + MINUTE,
      payload: { botId, turnNo: 1, executionSuccess: true, nextTurnAt: DAWN + 2 * MINUTE },
    });
  });

  it('judges each decision on its own and tells what became of it', async () => {
    await using t = await testApp();
    const { botId } = await t.addBot([
      JSON.stringify({
        decisions: [
          { action: 'LONG', symbol: 'DOGEUSDT', size: 100, reasoning: 'unknown' },
          { action: 'LONG', symbol: 'BTCUSDT', size: '100', reasoning: 'a text for a number' },
          { action: 'LONG', symbol: 'BTCUSDT', size: 1000, leverage: 10, reasoning: 'fine' },
          { action: 'SHORT', symbol: 'BTCUSDT', size: 1000, leverage: 10, reasoning: 'contradicts' },
          { action: 'CLOSE', closePositionId: 'somebody-elses', reasoning: 'foreign' },
        ],
      }),
    ]);
    await t.market.minute(PRICES);
    await t.market.minute(PRICES);
    const [codes] = (await t.outcomes(botId)).map((outcomes) => outcomes.map(({ code }) => code));
    expect(codes?.slice(0, 3)).toEqual(['unknown-symbol', 'invalid-decision', 'opened']);
    expect(codes?.slice(3)).toEqual([expect.not.stringContaining('opened'), 'position-not-found']);
    expect(await t.trades(botId)).toHaveLength(1);
    expect((await t.events(`bot:${botId}`)).at(-1)).toMatchObject({ payload: { executionSuccess: false } });
  });
});

describe('a turn without an answer', () => {
  it.each<[string, FakeStep, RegExp]>([
    ['a provider that fails', new UpstreamError('acme', 'over capacity'), /^acme: over capacity$/],
    ['a provider that breaks', () => Promise.reject(new TypeError('x is undefined')), /x is undefined/],
    ['a provider that hangs', NEVER, /no answer in time/],
  ])('of %s is recorded, tells spectators and trades nothing', async (_, step, reason) => {
    await using t = await testApp({ env: { TURN_TIMEOUT_MS: '100' } });
    const { botId } = await t.addBot([step, long()]);
    await t.market.minute(PRICES);
    const [turn] = await t.turns(botId);
    expect(turn).toMatchObject({ status: 'failed', raw_answer: null });
    expect(turn?.reason).toMatch(reason);
    // Why it failed is the owner's to know.
    expect((await t.events(`bot:${botId}`)).at(-1)).toMatchObject({
      type: 'turn-failed',
      payload: { turnNo: 1, reason: null, nextTurnAt: DAWN + 2 * MINUTE },
    });
    expect((await t.events('arena')).map(({ type }) => type)).toContain('turn-failed');
    await t.market.minute(PRICES);
    await t.market.minute(PRICES);
    expect((await t.turns(botId)).map(({ status }) => status)).toEqual(['failed', 'applied', 'answered']);
    expect(await t.trades(botId)).toHaveLength(1);
  });

  it('names a provider this server does not have', async () => {
    await using t = await testApp();
    const { botId } = await t.addBot();
    await t.db.transaction((trx) =>
      trx.updateTable('llm_providers').set({ provider_type: 'gone' }).execute(),
    );
    await t.app.manager.reload(botId);
    await t.market.minute(PRICES);
    expect(await t.turns(botId)).toMatchObject([
      { status: 'failed', reason: expect.stringMatching(/^gone:/) },
    ]);
  });
});

describe('an answer that cannot be read', () => {
  it.each(['', 'I would buy.', '{"decisions": [', '{"decisions": "LONG"}', 'x'.repeat(300_000)])(
    'ends in no trade, and says why',
    async (answer) => {
      await using t = await testApp();
      const { botId } = await t.addBot([answer]);
      await t.market.minute(PRICES);
      await t.market.minute(PRICES);
      const [turn] = await t.turns(botId);
      expect(turn).toMatchObject({ status: 'applied', raw_answer: answer });
      expect(await t.outcomes(botId)).toMatchObject([[{ code: 'invalid-decision', accepted: false }]]);
      expect(await t.trades(botId)).toEqual([]);
      const decision = await t.db.read
        .selectFrom('bot_decisions')
        .select('execution_success')
        .executeTakeFirstOrThrow();
      expect(decision.execution_success).toBe(0);
    },
  );
});

describe('one turn at a time', () => {
  it('is all that a hundred requests at once get', async () => {
    await using t = await testApp();
    const { promise, resolve } = Promise.withResolvers<FakeStep>();
    const { botId, fake } = await t.addBot([() => promise]);
    await t.market.tick(DAWN, PRICES);
    const results = await Promise.allSettled(
      Array.from({ length: 100 }, async () => t.app.manager.forceTurn(botId)),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results.slice(1)) expect(result).toMatchObject({ reason: { code: 'turn-running' } });
    resolve(long());
    await t.app.manager.decided();
    await expect(t.app.manager.forceTurn(botId)).rejects.toThrow(/is running/);
    await t.market.tick(DAWN + 1000, PRICES);
    expect(await t.turns(botId)).toMatchObject([{ status: 'applied', cause: 'forced', turn_no: 1 }]);
    expect(fake.requests).toHaveLength(1);
  });

  it('is what the database holds everyone to', async () => {
    await using t = await testApp();
    const { botId, userId } = await t.addBot([NEVER]);
    await t.market.tick(DAWN, PRICES);
    await t.app.manager.forceTurn(botId);
    await new Promise((done) => setTimeout(done, 20));
    const claim = { user_id: userId, bot_id: botId, epoch: 1, cause: 'forced', skipped: 0 } as const;
    const claimOf = (no: number) =>
      t.db
        .commit(claimTurn({ ...claim, id: `other-${no}`, turn_no: no, due_at: DAWN, claimed_at: DAWN }))
        .catch((error: unknown) => error);
    expect(isUniqueViolation(await claimOf(1))).toBe(true);
    expect(isUniqueViolation(await claimOf(2))).toBe(true);
    expect(await t.turns(botId)).toHaveLength(1);
  });
});

describe('a restart', () => {
  it('applies a stored answer at the next prices, without asking again', async () => {
    await using t = await testApp();
    const { botId, fake } = await t.addBot([long()]);
    await t.market.minute(PRICES);
    await t.restart();
    expect(await t.turns(botId)).toMatchObject([{ status: 'answered' }]);
    await t.market.tick(t.market.nextMinute, { BTCUSDT: 50_200 });
    expect(await t.turns(botId)).toMatchObject([{ status: 'applied', turn_no: 1 }]);
    expect(await t.trades(botId)).toMatchObject([{ decision_price: 50_000, entry_price: 50_210.1 }]);
    expect(fake.requests).toHaveLength(1);
  });

  it('abandons a turn that has no answer yet, and gives the next one', async () => {
    await using t = await testApp({ env: { MARKET_SPEED: '60' } });
    const { botId } = await t.addBot([NEVER, long()]);
    await t.market.minute(PRICES);
    await t.restart({ env: { MARKET_SPEED: 'max' } });
    expect(await t.turns(botId)).toMatchObject([{ status: 'abandoned', raw_answer: null }]);
    await t.market.minute(PRICES);
    await t.market.minute(PRICES);
    expect(await t.turns(botId)).toMatchObject([
      { status: 'abandoned', turn_no: 1 },
      { status: 'applied', turn_no: 2 },
      { status: 'answered', turn_no: 3 },
    ]);
  });
});

describe('nobody trades', () => {
  it('on a price that is no newer than the answer', async () => {
    await using t = await testApp();
    const { botId } = await t.addBot([long('ETHUSDT')]);
    await t.market.minute(PRICES);
    await t.market.tick(t.market.nextMinute, { BTCUSDT: 50_000 });
    expect(await t.outcomes(botId)).toMatchObject([[{ code: 'stale-price' }]]);
  });

  it('on a price nobody has renewed, and shows it as stale', async () => {
    await using t = await testApp();
    const { botId, fake } = await t.addBot([[], [], [], long('ETHUSDT')]);
    await t.market.minute(PRICES);
    for (let i = 0; i < 4; i += 1) await t.market.minute({ BTCUSDT: 50_000 });
    expect((await t.outcomes(botId)).at(-1)).toMatchObject([{ code: 'stale-price', accepted: false }]);
    expect(t.app.ctx.market.quote('ETHUSDT')).toMatchObject({ isStale: true, price: 2000 });
    expect(fake.requests.at(-1)?.prompt).toMatch(/ETHUSDT.*stale/);
  });

  it('on a jump no second price has confirmed', async () => {
    await using t = await testApp();
    const { botId } = await t.addBot([long(), long()]);
    await t.market.minute(PRICES);
    await t.market.minute({ BTCUSDT: 60_000, ETHUSDT: 2000 });
    expect(await t.outcomes(botId)).toMatchObject([[{ code: 'unconfirmed-price' }]]);
    await t.market.minute({ BTCUSDT: 60_000, ETHUSDT: 2000 });
    expect((await t.outcomes(botId))[1]).toMatchObject([{ code: 'opened' }]);
  });

  it('on impossible prices: the last good one stays', async () => {
    await using t = await testApp();
    await t.market.tick(DAWN, PRICES);
    for (const [i, price] of [0, -1, Number.NaN, Infinity, 1e12].entries())
      await t.market.tick(DAWN + i + 1, { BTCUSDT: price, MADEUP: 1 });
    expect(t.app.ctx.market.quote('BTCUSDT')).toMatchObject({ price: 50_000, at: DAWN });
    expect(t.app.ctx.market.quote('MADEUP')).toBeUndefined();
  });
});
