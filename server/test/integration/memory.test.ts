import { describe, expect, it } from 'vitest';
import { readMemory } from '../../arena/memory.ts';
import type { Decision } from '../../engine/model.ts';
import type { TurnMemory } from '../../llm/provider.ts';
import { learningOf, resetBot, School, type Learner } from '../support/learners.ts';
import { DAWN, MINUTE } from '../support/scripted-market.ts';

const PRICES = { BTCUSDT: 50_000, ETHUSDT: 3000 };
const order = (action: 'LONG' | 'SHORT', symbol: string, reasoning: string): Decision => ({
  action,
  symbol,
  size: 1000,
  leverage: 10,
  reasoning,
});
const close = (symbol: string, rest: Partial<Decision> = {}): Decision => ({
  action: 'CLOSE',
  symbol,
  reasoning: 'Enough.',
  ...rest,
});

async function memoryOf({ t }: School, { botId, owner }: Learner): Promise<TurnMemory> {
  const book = t.app.ctx.books.get(botId);
  if (!book) throw new Error('no book');
  return await readMemory(t.app.ctx, { botId, userId: owner.userId }, book);
}

/** A bot that has won with BTC, in two parts, lost with ETH, holds BTC again, and was refused once. */
async function trader(school: School): Promise<Learner> {
  await school.set({ cooldown_ms: 0 });
  const learner = await school.add([
    [order('LONG', 'BTCUSDT', 'It rises.'), order('LONG', 'ETHUSDT', 'So does this.')],
    [close('BTCUSDT', { closeFraction: 0.5 })],
    [close('BTCUSDT'), close('ETHUSDT')],
    [order('SHORT', 'BTCUSDT', 'It falls.'), order('LONG', 'DOGEUSDT', 'Much wow.')],
    'I would rather not say.',
  ]);
  const { market } = school.t;
  await market.minute(PRICES);
  await market.minute({ ...PRICES, BTCUSDT: 50_100 });
  await market.minute({ ...PRICES, BTCUSDT: 51_000 });
  await market.minute({ BTCUSDT: 51_000, ETHUSDT: 2900 });
  for (let turn = 0; turn < 2; turn += 1) await market.minute({ BTCUSDT: 50_900, ETHUSDT: 2900 });
  return learner;
}

describe('what a bot that has traded knows', () => {
  it('is each decision with its outcome and the result of the position it opened', async () => {
    await using school = await School.open();
    const learner = await trader(school);
    const { history } = await memoryOf(school, learner);
    expect(history.map(({ at }) => at)).toEqual([1, 2, 3, 4, 5].map((n) => DAWN + n * MINUTE));
    const [btc, eth, again] = await school.t.positions(learner.botId);
    const netOf = async (positionId: string | undefined) => {
      const trades = await school.t.trades(learner.botId);
      return trades
        .filter((trade) => trade.position_id === positionId)
        .reduce((sum, { pnl }) => sum + pnl, 0);
    };
    expect(history.map(({ decisions }) => decisions)).toMatchObject([
      [
        {
          action: 'LONG',
          symbol: 'BTCUSDT',
          size: 1000,
          leverage: 10,
          reasoning: 'It rises.',
          code: 'opened',
          accepted: true,
          result: {
            status: 'closed',
            closeCause: 'decision',
            netUsd: expect.closeTo(await netOf(btc?.id), 6),
          },
        },
        { symbol: 'ETHUSDT', result: { status: 'closed', netUsd: expect.closeTo(await netOf(eth?.id), 6) } },
      ],
      [{ action: 'CLOSE', code: 'reduced', result: null }],
      [
        { action: 'CLOSE', code: 'closed', result: null },
        { action: 'CLOSE', code: 'closed', result: null },
      ],
      [
        {
          action: 'SHORT',
          result: { status: 'open', closeCause: null, netUsd: expect.closeTo(await netOf(again?.id), 6) },
        },
        { symbol: 'DOGEUSDT', accepted: false, code: 'unknown-symbol', note: expect.stringMatching(/DOGE/) },
      ],
      [{ action: 'INVALID', accepted: false, code: 'invalid-decision', note: expect.stringMatching(/read/) }],
    ]);
  });

  it('is its closed positions, its figures, and why it holds what it holds', async () => {
    await using school = await School.open();
    const learner = await trader(school);
    const { recentTrades, performance, entryReasons, summary } = await memoryOf(school, learner);
    const [btc, eth, again] = await school.t.positions(learner.botId);
    expect(summary).toBeNull();
    expect(recentTrades).toHaveLength(2);
    expect(new Set(recentTrades.map(({ symbol }) => symbol))).toEqual(new Set(['BTCUSDT', 'ETHUSDT']));
    const won = recentTrades.find(({ symbol }) => symbol === 'BTCUSDT');
    const lost = recentTrades.find(({ symbol }) => symbol === 'ETHUSDT');
    expect(won).toMatchObject({
      side: 'LONG',
      leverage: 10,
      entryPrice: btc?.entry_price,
      size: btc?.size,
      openedAt: DAWN + MINUTE,
      closedAt: DAWN + 3 * MINUTE,
      closeCause: 'decision',
    });
    // Of its last exit.
    expect(won?.exitPrice).toBeCloseTo(51_000 * 0.9998, 0);
    expect(lost?.exitPrice).toBeCloseTo(2900 * 0.9998, 1);
    expect(performance).toEqual({
      initialUsd: 10_000,
      returnFraction: expect.any(Number) as number,
      maxDrawdown: school.t.app.ctx.equityStats.maxDrawdown(learner.botId),
      sharpe: null,
      closedCount: 2,
      winRate: 0.5,
      averageWinUsd: expect.closeTo(won?.netUsd ?? 0, 6) as number,
      averageLossUsd: expect.closeTo(lost?.netUsd ?? 0, 6) as number,
    });
    const equity = school.t.app.ctx.books.equityMicros(learner.botId) / 1e6;
    expect(performance.returnFraction).toBeCloseTo(equity / 10_000 - 1, 9);
    expect(eth?.status).toBe('closed');
    expect(entryReasons).toEqual({ [again?.id ?? '']: 'It falls.' });
  });

  it('is the same after a restart', async () => {
    await using school = await School.open();
    const learner = await trader(school);
    const before = await memoryOf(school, learner);
    await school.t.restart();
    expect(await memoryOf(school, learner)).toEqual(before);
  });

  it('is nothing of an old epoch, and of a cleared history its account alone', async () => {
    await using school = await School.open();
    const learner = await trader(school);
    const before = await memoryOf(school, learner);
    await learner.owner.must(200, `post /bots/${learner.botId}/clear-learning`);
    expect(await memoryOf(school, learner)).toEqual({ ...before, history: [] });
    await resetBot(learner);
    expect(await memoryOf(school, learner)).toMatchObject({
      history: [],
      recentTrades: [],
      entryReasons: {},
      performance: { closedCount: 0, winRate: null, averageWinUsd: null, returnFraction: 0 },
    });
    expect((await learningOf(learner)).history.decisions).toBe(0);
  });

  it('is nobody else’s', async () => {
    await using school = await School.open();
    const learner = await trader(school);
    const other = await school.add([]);
    expect((await memoryOf(school, other)).history).toEqual([]);
    const asked = memoryOf(school, { ...other, botId: learner.botId });
    await expect(asked).rejects.toThrow(/no bot/);
  });
});
