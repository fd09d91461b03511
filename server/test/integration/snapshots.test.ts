import { describe, expect, it } from 'vitest';
import { appendEvent, listEventsAfter } from '../../db/queries/events.ts';
import type { Write } from '../../db/prepared.ts';
import { segmentOf } from '../../engine/metrics.ts';
import { DAWN, MINUTE, ScriptedMarket } from '../support/scripted-market.ts';
import { testApp, type TestApp } from '../support/test-app.ts';

const HOUR = 60 * MINUTE;
const LONG = [{ action: 'LONG', symbol: 'BTCUSDT', size: 2000, leverage: 10, reasoning: 'Up.' }] as const;
const ONCE = { settings: { turnIntervalMs: 86_400_000 } };

/** Prices that wander, the same every time. */
const wander = (minute: number) => ({
  BTCUSDT: Math.round(50_000 + 900 * Math.sin(minute / 3) + 400 * Math.cos(minute / 1.7)),
  ETHUSDT: 2000,
});

async function play(t: TestApp, from: number, to: number): Promise<void> {
  for (let minute = from; minute < to; minute += 1) await t.market.minute(wander(minute));
}

const snapshotsOf = (t: TestApp) =>
  t.db.read.selectFrom('bot_state_snapshots').selectAll().orderBy('id').execute();
const hoursOf = (t: TestApp) =>
  t.db.read.selectFrom('bot_equity_hours').selectAll().orderBy('bot_id').orderBy('hour_at').execute();

describe('snapshots', () => {
  it('are one row a bot and bucket, of all bots at once, at what they are worth', async () => {
    const commits: (readonly Write[])[] = [];
    await using t = await testApp({
      wrapDb: (db) => {
        const commit = db.commit.bind(db);
        return Object.assign(db, {
          commit: (writes: readonly Write[]) => {
            commits.push(writes);
            return commit(writes);
          },
        });
      },
    });
    const bots = [await t.addBot([LONG], ONCE), await t.addBot([], ONCE), await t.addBot([LONG], ONCE)];
    for (let minute = 0; minute < 5; minute += 1) {
      await t.market.minute(wander(minute));
      const rows = (await snapshotsOf(t)).slice(-3);
      expect(rows.map((row) => row.bot_id)).toEqual(bots.map(({ botId }) => botId));
      for (const row of rows) {
        expect(row.timestamp).toBe(DAWN + (minute + 1) * MINUTE - 1);
        expect(Math.round(row.total_value * 1e6)).toBe(t.app.ctx.books.equityMicros(row.bot_id));
        expect(row.total_value).toBeCloseTo(row.balance + row.margin + row.unrealized_pnl, 6);
      }
    }
    expect(await snapshotsOf(t)).toHaveLength(15);
    const withSnapshots = commits.filter((writes) =>
      writes.some(({ params }) => params && 'win_rate' in params && 'balance' in params),
    );
    expect(withSnapshots).toHaveLength(5);
    const equity = (await t.events('arena')).filter(({ type }) => type === 'equity');
    expect(equity).toHaveLength(5);
  });

  it('are taken once in a bucket, however often they are asked for', async () => {
    await using t = await testApp({ env: { SNAPSHOT_INTERVAL_MS: '300000' } });
    await t.addBot([], ONCE);
    await play(t, 0, 12);
    for (let i = 0; i < 3; i += 1) await t.app.ctx.snapshots.take(DAWN + 12 * MINUTE);
    const sets = await t.db.read.selectFrom('price_sets').select('bucket_at').orderBy('id').execute();
    expect(sets.map(({ bucket_at }) => (bucket_at - DAWN) / MINUTE)).toEqual([0, 5, 10]);
    await t.restart();
    await t.app.ctx.snapshots.take(DAWN + 12 * MINUTE);
    expect(await snapshotsOf(t)).toHaveLength(3);
  });

  it('that had to wait for a book show the time at which they were taken', async () => {
    await using t = await testApp({ market: new ScriptedMarket({ clock: 'wall' }) });
    await t.addBot([], ONCE);
    await t.market.tick(DAWN, wander(0));
    let taking: Promise<void> | undefined;
    await t.app.bots.books.exclusively(async () => {
      taking = t.app.ctx.snapshots.take(DAWN + MINUTE);
      t.wall = DAWN + 7000;
    });
    await taking;
    expect((await snapshotsOf(t)).map(({ timestamp }) => timestamp)).toEqual([DAWN + 7000]);
  });
});

describe('the rollup of hours', () => {
  it('is what the rows say, also over a restart, and rebuilt from them the same', async () => {
    await using t = await testApp();
    await t.addBot([LONG], ONCE);
    await t.addBot([], ONCE);
    await play(t, 0, 20);
    t.market.leaveOut(75);
    await play(t, 20, 45);
    await t.restart();
    await play(t, 45, 70);
    t.market.leaveOut(3 * 60);
    await play(t, 70, 80);
    const stored = await hoursOf(t);
    expect(stored).toEqual(await recomputedHours(t));
    expect(new Set(stored.map(({ hour_at }) => hour_at)).size).toBeGreaterThan(1);
    const drawdowns = stored.map(({ bot_id }) => t.app.ctx.equityStats.maxDrawdown(bot_id));
    await t.db.transaction((trx) => trx.deleteFrom('bot_equity_hours').execute());
    await t.restart();
    expect(await hoursOf(t)).toEqual(stored);
    expect(stored.map(({ bot_id }) => t.app.ctx.equityStats.maxDrawdown(bot_id))).toEqual(drawdowns);
  });
});

/** Every hour that is over, from nothing but the snapshots. */
async function recomputedHours(t: TestApp) {
  const rows = await snapshotsOf(t);
  const hourOf = (at: number) => at - (at % HOUR);
  const running = hourOf(rows.at(-1)?.timestamp ?? 0);
  const groups = Map.groupBy(
    rows.filter(({ timestamp }) => hourOf(timestamp) < running),
    (row) => `${row.bot_id} ${hourOf(row.timestamp)}`,
  );
  return [...groups.values()]
    .map((group) => {
      const [first, last] = [group[0], group.at(-1)];
      if (!first || !last) throw new RangeError('an hour without snapshots');
      const values = group.map(({ total_value }) => total_value);
      const { maxDrawdown } = segmentOf([first.total_value, ...values]);
      return {
        bot_id: first.bot_id,
        hour_at: hourOf(first.timestamp),
        epoch: 1,
        n: group.length,
        sum_value: values.reduce((sum, value) => sum + value, 0),
        first_value: first.total_value,
        last_value: last.total_value,
        min_value: Math.min(...values),
        max_value: Math.max(...values),
        max_drawdown: maxDrawdown,
        first_at: first.timestamp,
        last_at: last.timestamp,
        trade_count: last.trade_count,
        win_count: Math.round(last.win_rate * last.trade_count),
        realized_pnl: last.realized_pnl,
      };
    })
    .toSorted((a, b) => (a.bot_id === b.bot_id ? a.hour_at - b.hour_at : a.bot_id < b.bot_id ? -1 : 1));
}

describe('pruning', () => {
  const env = { SNAPSHOT_RETENTION_DAYS: '1', EVENT_RETENTION_DAYS: '1' };

  it("keeps an old hour's first, last, lowest and highest, and of a bot that stood still two", async () => {
    await using t = await testApp({ env });
    const trader = await t.addBot([LONG], ONCE);
    const idle = await t.addBot([], ONCE);
    await play(t, 0, 40);
    const before = (await snapshotsOf(t)).filter(({ bot_id }) => bot_id === trader.botId);
    t.market.leaveOut(25 * 60);
    await play(t, 40, 42);
    const after = (await snapshotsOf(t)).filter(({ timestamp }) => timestamp < DAWN + HOUR);
    const valueOf = ({ total_value }: { total_value: number }) => total_value;
    const values = before.map(valueOf);
    const kept = before.filter(
      (row, i) =>
        i === 0 ||
        i === before.length - 1 ||
        valueOf(row) === Math.min(...values) ||
        valueOf(row) === Math.max(...values),
    );
    expect(kept.length).toBeLessThan(8);
    expect(after.filter(({ bot_id }) => bot_id === trader.botId)).toEqual(kept);
    expect(
      after
        .filter(({ bot_id }) => bot_id === idle.botId)
        .map(({ timestamp }) => (timestamp + 1 - DAWN) / MINUTE),
    ).toEqual([1, 40]);
    const drawdown = t.app.ctx.equityStats.maxDrawdown(trader.botId);
    await t.restart();
    expect(t.app.ctx.equityStats.maxDrawdown(trader.botId)).toBe(drawdown);
  });

  it('empties a room of all its old events but the newest, and its numbers go on', async () => {
    await using t = await testApp({ env });
    const { botId } = await t.addBot([], ONCE);
    const old = { type: 'bot', botId, change: 'updated' };
    await t.db.commit(Array.from({ length: 5000 }, () => appendEvent('arena', DAWN, old)));
    await t.db.commit(Array.from({ length: 10 }, () => appendEvent('bot:quiet', DAWN, old)));
    await play(t, 0, 1);
    const [last] = (await t.events('arena')).slice(-1);
    t.market.leaveOut(30 * 60);
    await play(t, 1, 2);
    const left = await listEventsAfter(t.db, { room: 'arena', seq: 0, limit: 10_000 });
    expect(left.length).toBeLessThan(20);
    expect(left.at(-1)?.seq).toBeGreaterThan(last?.seq ?? Infinity);
    expect((await t.events('bot:quiet')).map(({ seq }) => seq)).toEqual([10]);
    await t.db.commit([appendEvent('bot:quiet', DAWN, old)]);
    expect((await t.events('bot:quiet')).map(({ seq }) => seq)).toEqual([10, 11]);
  });
});
