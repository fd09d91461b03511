import { describe, expect, it } from 'vitest';
import { STRATEGIES } from '../../llm/providers/house/strategies/index.ts';
import { DAWN, MINUTE } from '../support/scripted-market.ts';
import { testApp, type TestApp } from '../support/test-app.ts';

const DEMO = { SEED_DEMO: '1', TURN_INTERVAL_MS: '', SNAPSHOT_INTERVAL_MS: '' };

async function counts(t: TestApp) {
  const [users, bots, settings] = await Promise.all(
    (['users', 'bots', 'system_settings'] as const).map(async (table) => {
      const { rows } = await t.db.read
        .selectFrom(table)
        .select(({ fn }) => fn.countAll<number>().as('rows'))
        .executeTakeFirstOrThrow();
      return rows;
    }),
  );
  return { users, bots, settings };
}

describe('a first start', () => {
  it('fills an empty database with three house users and eight bots of all strategies, once', async () => {
    await using t = await testApp({ env: DEMO });
    expect(await counts(t)).toMatchObject({ users: 3, bots: 8 });
    const rows = await t.db.read
      .selectFrom('bots')
      .innerJoin('llm_providers', 'llm_providers.id', 'bots.provider_id')
      .innerJoin('users', 'users.id', 'bots.user_id')
      .select(['model_name', 'provider_type', 'is_house', 'config_json'])
      .execute();
    expect(rows.every(({ provider_type, is_house }) => provider_type === 'house' && is_house === 1)).toBe(
      true,
    );
    expect(new Set(rows.map(({ model_name }) => model_name))).toEqual(new Set(STRATEGIES.keys()));
    expect(new Set(rows.map(({ config_json }) => config_json)).size).toBe(8);
    for (const book of t.app.ctx.books.list()) {
      expect(book.account.cashMicros).toBe(10_000_000_000);
      expect(t.app.manager.state(book.botId)).toMatchObject({ intervalMs: 20_000, isRunning: false });
    }
    expect(t.app.ctx.snapshots.intervalMs).toBe(5000);
    const before = await counts(t);
    await t.restart({ env: DEMO });
    expect(await counts(t)).toEqual(before);
    expect(t.app.ctx.snapshots.intervalMs).toBe(5000);
  });

  it('gives every bot its first turn at once', async () => {
    await using t = await testApp({ env: DEMO });
    await t.market.minute({ BTCUSDT: 50_000, ETHUSDT: 2000 });
    await t.market.tick(DAWN + MINUTE, { BTCUSDT: 50_000, ETHUSDT: 2000 });
    const turns = await t.db.read.selectFrom('bot_turns').select(['status', 'turn_no']).execute();
    expect(turns).toEqual(Array.from({ length: 8 }, () => ({ status: 'applied', turn_no: 1 })));
  });

  it('takes the interval that is asked for', async () => {
    await using t = await testApp({
      env: { ...DEMO, TURN_INTERVAL_MS: '7000', SNAPSHOT_INTERVAL_MS: '9000' },
    });
    const [book] = t.app.ctx.books.list();
    expect(t.app.manager.state(book?.botId ?? '').intervalMs).toBe(7000);
    expect(t.app.ctx.snapshots.intervalMs).toBe(9000);
  });

  it('starts empty with SEED_DEMO=0, and seeds nothing into a database that is used', async () => {
    await using t = await testApp();
    expect(await counts(t)).toMatchObject({ users: 0, bots: 0 });
    await t.market.minute({ BTCUSDT: 50_000, ETHUSDT: 2000 });
    const { botId } = await t.addBot();
    await t.restart({ env: DEMO });
    expect(await counts(t)).toMatchObject({ users: 1, bots: 1 });
    expect(t.app.ctx.books.list().map((book) => book.botId)).toEqual([botId]);
  });
});
