import { setImmediate as breathe } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { deleteBot, editBot, pauseBot, resumeBot } from '../../arena/bots.ts';
import type { Db } from '../../db/database.ts';
import type { FakeStep } from '../../llm/fake-provider.ts';
import { DAWN, MINUTE } from '../support/scripted-market.ts';
import { testApp, type TestApp } from '../support/test-app.ts';

const PRICES = { BTCUSDT: 50_000, ETHUSDT: 2000 };
const LONG: FakeStep = [{ action: 'LONG', symbol: 'BTCUSDT', size: 1000, leverage: 10, reasoning: 'Up.' }];
/** The market does not wait for the bots. */
const UNHURRIED = { env: { MARKET_SPEED: '60' } };

/** A provider's answer that comes when the test says so. */
function held(): { step: FakeStep; answer: () => void } {
  const { promise, resolve } = Promise.withResolvers<FakeStep>();
  return { step: () => promise, answer: () => resolve([]) };
}

const turnNos = async (t: TestApp, botId: string) =>
  (await t.turns(botId)).map(({ turn_no, status }) => `${turn_no} ${status}`);

const storedSkips = async (t: TestApp, botId: string) =>
  (
    await t.db.read
      .selectFrom('bot_accounts')
      .select('skipped_turns')
      .where('bot_id', '=', botId)
      .executeTakeFirstOrThrow()
  ).skipped_turns;

describe('turns of many bots', () => {
  it('come to every user in turn: fifty bots of one do not starve the one of another', async () => {
    await using t = await testApp({ env: { ...UNHURRIED.env, TURN_CONCURRENCY: '1' } });
    const order: string[] = [];
    const told = (name: string): FakeStep[] => [
      () => {
        order.push(name);
        return [];
      },
    ];
    const many = await t.addUser('many');
    for (let no = 0; no < 50; no += 1) await t.addBot(told('many'), { userId: many });
    await t.addBot(told('one'));
    await t.market.minute(PRICES);
    await vi.waitFor(() => expect(order).toHaveLength(51), { timeout: 20_000 });
    expect(order.indexOf('one')).toBeLessThanOrEqual(1);
    await t.app.manager.decided();
  });

  it('are bounded: no more think at once than the setting says', async () => {
    await using t = await testApp({ env: { TURN_CONCURRENCY: '3' } });
    let [thinking, most] = [0, 0];
    const slow: FakeStep = async () => {
      most = Math.max(most, (thinking += 1));
      await breathe();
      thinking -= 1;
      return [];
    };
    for (let no = 0; no < 10; no += 1) await t.addBot([slow]);
    await t.market.minute(PRICES);
    expect([most, thinking]).toEqual([3, 0]);
  });
});

describe('a slow provider', () => {
  it('makes slots pass, which are counted, shown and stored; the next turn comes at the next slot', async () => {
    await using t = await testApp(UNHURRIED);
    const slow = held();
    const { botId } = await t.addBot([slow.step]);
    for (let i = 0; i < 4; i += 1) await t.market.minute(PRICES);
    expect(await turnNos(t, botId)).toEqual(['1 asked']);
    expect(t.app.manager.counts()).toEqual({ running: 1, skipped: 3 });
    slow.answer();
    await t.app.manager.decided();
    // Applied in the middle of a slot that has been skipped: its turn is not made up for.
    await t.market.tick(t.market.nextMinute, PRICES, { edge: t.market.nextMinute + 1 });
    await t.app.manager.decided();
    expect(await turnNos(t, botId)).toEqual(['1 applied']);
    expect(t.app.manager.counts()).toEqual({ running: 0, skipped: 3 });
    await t.market.tick(t.market.nextMinute + MINUTE - 1, PRICES, { edge: t.market.nextMinute + MINUTE });
    await t.app.manager.decided();
    expect(await turnNos(t, botId)).toEqual(['1 applied', '2 answered']);
    expect(await storedSkips(t, botId)).toBe(3);
    expect(t.app.manager.counts().skipped).toBe(3);
    await t.restart();
    expect(t.app.manager.counts().skipped).toBe(3);
  });

  it('does not hold the others', async () => {
    await using t = await testApp(UNHURRIED);
    const slow = held();
    const { botId } = await t.addBot([slow.step]);
    const other = await t.addBot([LONG]);
    for (let i = 0; i < 3; i += 1) {
      await t.market.minute(PRICES);
      await vi.waitFor(async () => expect((await t.turns(other.botId)).at(-1)?.status).toBe('answered'));
    }
    expect(await turnNos(t, other.botId)).toEqual(['1 applied', '2 applied', '3 answered']);
    expect(await turnNos(t, botId)).toEqual(['1 asked']);
    slow.answer();
    await t.app.manager.decided();
  });
});

describe('a change to a bot takes effect without a restart', () => {
  it('paused: no more turns, and forced ones still come; resumed: turns again', async () => {
    await using t = await testApp();
    const bot = await t.addBot();
    await t.market.minute(PRICES);
    await pauseBot(t.app.bots, bot, { reason: 'for a test' });
    expect(t.app.manager.state(bot.botId).nextTurnAt).toBeNull();
    for (let i = 0; i < 3; i += 1) await t.market.minute(PRICES);
    expect(await t.turns(bot.botId)).toHaveLength(1);
    await t.app.manager.forceTurn(bot.botId);
    await t.app.manager.decided();
    await t.market.minute(PRICES);
    expect(await t.turns(bot.botId)).toMatchObject([{}, { cause: 'forced', status: 'applied' }]);
    await resumeBot(t.app.bots, bot);
    await t.market.minute(PRICES);
    expect(await t.turns(bot.botId)).toHaveLength(3);
    const changes = (await t.events('arena')).filter(({ type }) => type === 'bot');
    expect(changes.map(({ payload }) => payload)).toMatchObject([
      { change: 'created' },
      { change: 'paused' },
      { change: 'resumed' },
    ]);
  });

  it('edited: the next turn has the new prompt, symbols and interval', async () => {
    await using t = await testApp();
    const bot = await t.addBot();
    await t.market.minute(PRICES);
    await editBot(t.app.bots, bot, {
      prompt: 'Be careful.',
      tradingSymbols: ['ETHUSDT'],
      settings: { turnIntervalMs: 3 * MINUTE },
    });
    for (let i = 0; i < 5; i += 1) await t.market.minute(PRICES);
    expect(bot.fake.requests).toHaveLength(2);
    const [, second] = bot.fake.requests;
    expect(second?.prompt).toContain('Be careful.');
    expect(second?.view.markets.map(({ spec }) => spec.symbol)).toEqual(['ETHUSDT']);
    expect((await t.turns(bot.botId)).map(({ due_at }) => (due_at - DAWN) / MINUTE)).toEqual([1, 4]);
  });

  it('created: its first turn comes at once', async () => {
    await using t = await testApp();
    await t.market.minute(PRICES);
    const { botId } = await t.addBot();
    await t.market.minute(PRICES);
    expect(await t.turns(botId)).toHaveLength(1);
  });

  it('deleted: gone everywhere at once, its running turn ends, its rows stay', async () => {
    await using t = await testApp();
    const bot = await t.addBot([LONG, LONG]);
    for (let i = 0; i < 2; i += 1) await t.market.minute(PRICES);
    expect(t.app.ctx.books.get(bot.botId)?.account.positions).toHaveLength(1);
    await deleteBot(t.app.bots, bot);
    expect(t.app.ctx.books.get(bot.botId)).toBeUndefined();
    await expect(t.app.manager.forceTurn(bot.botId)).rejects.toThrow(/There is no bot/);
    await expect(pauseBot(t.app.bots, bot, { reason: 'too late' })).rejects.toThrow(/There is no bot/);
    for (let i = 0; i < 2; i += 1) await t.market.minute(PRICES);
    expect(await turnNos(t, bot.botId)).toEqual(['1 applied', '2 abandoned']);
    expect(await t.trades(bot.botId)).toHaveLength(1);
    const snapshots = await t.db.read.selectFrom('bot_state_snapshots').select('timestamp').execute();
    expect(snapshots).toHaveLength(2);
  });

  it("another user's bot is not there", async () => {
    await using t = await testApp();
    const bot = await t.addBot();
    const stranger = await t.addUser('stranger');
    const theirs = { botId: bot.botId, userId: stranger };
    await expect(pauseBot(t.app.bots, theirs, { reason: 'mine now' })).rejects.toThrow(/There is no bot/);
    await expect(deleteBot(t.app.bots, theirs)).rejects.toThrow(/There is no bot/);
  });

  it('refuses a second bot of the same name, of one user', async () => {
    await using t = await testApp();
    const userId = await t.addUser('alice');
    await t.addBot([], { userId, name: 'Twin' });
    await expect(t.addBot([], { userId, name: 'TWIN' })).rejects.toMatchObject({ code: 'name-taken' });
    await t.addBot([], { name: 'Twin' });
  });
});

describe('a disk that refuses for a while', () => {
  /** A database that fails every commit of a bot's turn while `isFull`. */
  function failing(disk: { isFull: boolean }) {
    return (db: Db): Db => {
      const wrapped = Object.create(db, {
        read: { value: db.read },
        path: { value: db.path },
        commit: {
          value: (writes: Parameters<Db['commit']>[0]) =>
            disk.isFull && writes.some(({ params }) => params !== null && isTurnStep(params))
              ? Promise.reject(new Error('database or disk is full'))
              : db.commit(writes),
        },
      }) as Db;
      for (const name of ['all', 'first', 'transaction', 'onCommit', 'backup', 'close'] as const)
        Object.defineProperty(wrapped, name, { value: db[name].bind(db) });
      return wrapped;
    };
  }
  const isTurnStep = (params: object) => 'prompt_hash' in params || 'reason' in params;

  it('leaves no bot stuck: turns go on when it is back', async () => {
    const disk = { isFull: false };
    await using t = await testApp({ wrapDb: failing(disk) });
    const { botId } = await t.addBot();
    disk.isFull = true;
    for (let i = 0; i < 2; i += 1) await t.market.minute(PRICES);
    expect(await turnNos(t, botId)).toEqual(['1 claimed']);
    disk.isFull = false;
    for (let i = 0; i < 3; i += 1) await t.market.minute(PRICES);
    const [first, ...later] = await turnNos(t, botId);
    expect(first).toBe('1 abandoned');
    expect(later.length).toBeGreaterThan(0);
    expect(later.at(-1)).toMatch(/answered$/);
  });
});
