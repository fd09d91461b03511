import { setImmediate as breathe } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { deleteBot, pauseBot } from '../../arena/bots.ts';
import type { Decision } from '../../engine/model.ts';
import { DAWN, MINUTE } from '../support/scripted-market.ts';
import { testApp, type TestApp } from '../support/test-app.ts';

const PRICES = { BTCUSDT: 50_000, ETHUSDT: 2000 };
const decision = (rest: Partial<Decision>): readonly Decision[] => [
  { action: 'LONG', symbol: 'BTCUSDT', size: 1000, leverage: 10, reasoning: 'Up.', ...rest },
];

/** A bot that has just opened at 50,000 (50,010 with slippage), and has no turn for a day. */
async function holder(t: TestApp, rest: Partial<Decision> = {}) {
  const bot = await t.addBot([decision(rest)], { settings: { turnIntervalMs: 86_400_000 } });
  await t.app.manager.forceTurn(bot.botId);
  await t.app.manager.decided();
  return bot;
}

async function openAt(t: TestApp, rest: Partial<Decision> = {}) {
  await t.market.tick(DAWN, PRICES);
  const bot = await holder(t, rest);
  await t.market.tick(DAWN + 1000, PRICES);
  return bot;
}

async function ledgerOf(t: TestApp, tradeId: string | undefined) {
  return await t.db.read
    .selectFrom('ledger_entries')
    .select(['account', 'amount_micros', 'cause', 'group_id', 'created_at'])
    .where('trade_id', '=', tradeId ?? '')
    .execute();
}

const riskKinds = async (t: TestApp) =>
  (await t.db.read.selectFrom('risk_events').select('kind').orderBy('id').execute()).map(({ kind }) => kind);

describe('an exit on the price path', () => {
  it.each<[string, { of: Partial<Decision>; at: number }, object]>([
    ['stop-loss', { of: { stopLoss: 49_000 }, at: 48_500 }, { exit_price: 48_490.3, decision_price: 49_000 }],
    ['take-profit', { of: { takeProfit: 52_000 }, at: 52_500 }, { exit_price: 52_000 }],
    ['stop-loss', { of: { action: 'SHORT', stopLoss: 51_000 }, at: 51_500 }, { exit_price: 51_510.3 }],
    ['take-profit', { of: { action: 'SHORT', takeProfit: 48_000 }, at: 47_500 }, { exit_price: 48_000 }],
    ['liquidation', { of: {}, at: 44_000 }, { exit_price: 44_000 }],
    ['liquidation', { of: { action: 'SHORT' }, at: 56_000 }, { exit_price: 56_000 }],
  ])(
    'by %s %j is booked at once, with rows, postings and news',
    async (cause, { of: rest, at: price }, expected) => {
      await using t = await testApp();
      const { botId } = await openAt(t, rest);
      await t.market.tick(DAWN + 2000, { BTCUSDT: price });
      const exit = (await t.trades(botId))[1];
      expect(exit).toMatchObject({
        trade_type: 'exit',
        cause,
        decision_id: null,
        executed_at: DAWN + 2000,
        ...expected,
      });
      expect(await t.positions(botId)).toMatchObject([
        { status: 'closed', close_cause: cause, closed_at: DAWN + 2000, margin_micros: 0, unrealized_pnl: 0 },
      ]);
      const ledger = await ledgerOf(t, exit?.id);
      expect(ledger.reduce((sum, line) => sum + line.amount_micros, 0)).toBe(0);
      expect(ledger.every((line) => line.cause === cause && line.group_id === exit?.id)).toBe(true);
      for (const room of ['arena', `bot:${botId}`])
        expect((await t.events(room)).at(-1)).toMatchObject({
          type: 'exit',
          at: DAWN + 2000,
          payload: { botId, trade: { id: exit?.id, cause }, book: { positions: [] } },
        });
      expect((await riskKinds(t)).includes('liquidation')).toBe(cause === 'liquidation');
    },
  );

  it('beyond the margin is paid by the insurance, and costs the margin and no more', async () => {
    await using t = await testApp();
    const { botId } = await openAt(t);
    await t.market.tick(DAWN + 2000, { BTCUSDT: 30_000 });
    const [entry, exit] = await t.trades(botId);
    expect(await riskKinds(t)).toEqual(['liquidation', 'insurance']);
    expect(exit?.insurance).toBeGreaterThan(0);
    expect(exit?.pnl).toBeCloseTo(-(entry?.size ?? 0), 6);
  });

  it('meets the stop first when one candle holds stop and target', async () => {
    await using t = await testApp();
    const { botId } = await openAt(t, { stopLoss: 49_000, takeProfit: 51_000 });
    // It closes below its open, so the high comes first; the stop counts all the same.
    t.market.leaveOut(1);
    await t.market.minute({ BTCUSDT: [50_000, 52_000, 48_000, 49_500] });
    expect((await t.trades(botId))[1]).toMatchObject({ cause: 'stop-loss', decision_price: 49_000 });
    expect(await t.trades(botId)).toHaveLength(2);
  });

  it('is evaluated for a paused bot too', async () => {
    await using t = await testApp();
    const bot = await openAt(t, { stopLoss: 49_000 });
    await pauseBot(t.app.bots, bot, { reason: 'holiday' });
    await t.market.tick(DAWN + 2000, { BTCUSDT: 48_000 });
    expect(await t.positions(bot.botId)).toMatchObject([{ close_cause: 'stop-loss' }]);
  });

  it('happens once, whatever the price does then', async () => {
    await using t = await testApp();
    const { botId } = await openAt(t, { stopLoss: 49_000, takeProfit: 51_000 });
    for (const [i, price] of [48_000, 47_000, 53_000, 40_000].entries())
      await t.market.tick(DAWN + 2000 + i, { BTCUSDT: price });
    expect(await t.trades(botId)).toHaveLength(2);
  });

  it("of each bot is a transaction of its own: one that cannot be booked does not undo another's", async () => {
    await using t = await testApp();
    await t.market.tick(DAWN, PRICES);
    const [one, two] = [await holder(t, { stopLoss: 49_000 }), await holder(t, { stopLoss: 49_000 })];
    await t.market.tick(DAWN + 1000, PRICES);
    // Someone else wrote to the first bot's book: memory is behind the rows.
    await t.db.transaction((trx) =>
      trx
        .updateTable('bot_accounts')
        .set((eb) => ({ version: eb('version', '+', 1) }))
        .where('bot_id', '=', one.botId)
        .execute(),
    );
    await t.market.tick(DAWN + 2000, { BTCUSDT: 48_000 });
    for (const { botId } of [one, two]) {
      expect(await t.positions(botId)).toMatchObject([{ close_cause: 'stop-loss', closed_at: DAWN + 2000 }]);
      expect(await t.trades(botId)).toHaveLength(2);
    }
  });

  it('of a bot that is deleted at that moment does not stop the market', async () => {
    await using t = await testApp();
    const bot = await openAt(t, { stopLoss: 49_000 });
    const { books } = t.app.bots;
    let tick: Promise<void> | undefined;
    await books.exclusively(async () => {
      tick = t.market.tick(DAWN + 2000, { BTCUSDT: 48_000 });
      await breathe();
      await deleteBot(t.app.bots, bot);
    });
    await tick;
    await t.market.tick(DAWN + 3000, { BTCUSDT: 48_000 });
    expect(await t.trades(bot.botId)).toHaveLength(1);
  });

  it('of a bot that is deleted while it is booked does not bring the bot back', async () => {
    await using t = await testApp();
    const bot = await openAt(t, { stopLoss: 49_000 });
    const snapshot = t.app.ctx.snapshots.take(DAWN + MINUTE);
    const tick = t.market.tick(DAWN + 2000, { BTCUSDT: 48_000 });
    await Promise.all([snapshot, deleteBot(t.app.bots, bot), tick]);
    expect(t.app.ctx.books.get(bot.botId)).toBeUndefined();
    expect(t.app.ctx.books.equityMicros(bot.botId)).toBe(0);
  });
});

describe('funding', () => {
  it('moves between margin and funding, once, and tells those who watch the bot', async () => {
    await using t = await testApp();
    await t.market.tick(DAWN, PRICES);
    const long = await holder(t);
    const short = await holder(t, { action: 'SHORT' });
    await t.market.tick(DAWN + 1000, PRICES);
    const cash = t.app.ctx.books.get(long.botId)?.account.cashMicros;
    const [before] = await t.positions(long.botId);
    await t.market.fund(DAWN + 2000, [{ symbol: 'BTCUSDT', rate: 0.001 }]);
    const [after] = await t.positions(long.botId);
    const paid = Math.round((before?.quantity ?? 0) * 50_000 * 0.001 * 1e6);
    expect(after).toMatchObject({
      funding_micros: -paid,
      margin_micros: (before?.margin_micros ?? 0) - paid,
      last_funding_at: DAWN + 2000,
    });
    expect(after?.liquidation_price).toBeGreaterThan(before?.liquidation_price ?? Infinity);
    expect(t.app.ctx.books.get(long.botId)?.account.cashMicros).toBe(cash);
    expect((await t.positions(short.botId))[0]?.funding_micros).toBeGreaterThan(0);
    const ledger = await t.db.read
      .selectFrom('ledger_entries')
      .select(['account', 'amount_micros'])
      .where('bot_id', '=', long.botId)
      .where('cause', '=', 'funding')
      .execute();
    expect(ledger).toEqual([
      { account: 'margin', amount_micros: -paid },
      { account: 'funding', amount_micros: paid },
    ]);
    expect((await t.events(`bot:${long.botId}`)).at(-1)).toMatchObject({
      type: 'funding',
      payload: { symbol: 'BTCUSDT', rate: 0.001, amount: -paid / 1e6 },
    });
    expect((await t.events('arena')).map(({ type }) => type)).not.toContain('funding');
  });

  it('of nobody is nothing', async () => {
    await using t = await testApp();
    const { botId } = await openAt(t);
    await t.market.fund(DAWN + 2000, [
      { symbol: 'ETHUSDT', rate: 0.001 },
      { symbol: 'MADEUP', rate: 0.001 },
    ]);
    expect((await t.positions(botId))[0]?.funding_micros).toBe(0);
  });
});
