import BetterSqlite3 from 'better-sqlite3';
import path from 'node:path';
import { SnapshotStore } from '../../server/arena/snapshot-store.ts';
import { atMost, number, type Bench, type Line, type Measure } from './measure.mts';
import { interleave, timed } from './rounds.mts';
import { createArena, type Arena } from './world/arena.mts';
import { MINUTE_MS } from './world/market.mts';
import { planWholeTurn } from './world/turns.mts';

const BOTS = 1000;
const BUCKETS_OF_HISTORY = { small: 18, quick: 1000, large: 10_000 };

/** A snapshot of 1,000 bots with five positions each, against appending the same 1,000 rows, on little and much history. */
export const snapshots: Measure = {
  name: 'snapshots',
  async run(bench) {
    await using small = await openWorld(bench, BUCKETS_OF_HISTORY.small);
    const buckets = bench.isQuick ? BUCKETS_OF_HISTORY.quick : BUCKETS_OF_HISTORY.large;
    await using large = await openWorld(bench, buckets);
    const samples = await interleave(
      {
        small: () => timed(3, () => small.take()),
        smallPlain: () => timed(3, () => small.append()),
        large: () => timed(3, () => large.take()),
        largePlain: () => timed(3, () => large.append()),
      },
      { rounds: bench.isQuick ? 7 : 15 },
    );
    const line = (measure: string, name: 'small' | 'large'): Line =>
      atMost(
        {
          measure,
          ours: `${number(samples.median(name))} ms`,
          baseline: `${number(samples.median(`${name}Plain`))} ms append`,
        },
        samples.ratio(name, `${name}Plain`),
        3,
      );
    const rows = `${buckets / 1000} M rows`;
    return [
      line('snapshots of 1,000 bots, 18 k rows', 'small'),
      line(`snapshots of 1,000 bots, ${rows}`, 'large'),
      atMost(
        {
          measure: `snapshots, ${rows} / 18 k`,
          ours: `${number(samples.median('large'))} ms`,
          baseline: `${number(samples.median('small'))} ms`,
        },
        samples.ratio('large', 'small'),
        1.5,
      ),
    ];
  },
};

interface World extends AsyncDisposable {
  readonly take: () => Promise<void>;
  /** The last snapshot's rows again, a minute later, in a transaction of their own. */
  readonly append: () => void;
}

async function openWorld({ folder, say }: Bench, buckets: number): Promise<World> {
  const file = path.join(folder, `snapshots-${buckets}.db`);
  const arena = await createArena(file, { bots: BOTS });
  await openPositions(arena);
  say(`  ${buckets * BOTS} rows of history`);
  fillHistory(file, { buckets, before: arena.feed.now() });
  const store = new SnapshotStore(arena, MINUTE_MS);
  const plain = new BetterSqlite3(file);
  plain.pragma('synchronous = FULL');
  plain.pragma('foreign_keys = ON');
  const rowsOf = plain.prepare('select * from bot_state_snapshots where timestamp = ? order by id').raw();
  const insert = plain.prepare(`insert into bot_state_snapshots values (null${', ?'.repeat(12)})`);
  let appended = arena.feed.now() + 10_000 * MINUTE_MS;
  let rows: unknown[][] = [];
  return {
    take: async () => {
      arena.advance(MINUTE_MS);
      await store.take(arena.feed.now());
    },
    append: () => {
      if (rows.length === 0)
        rows = (rowsOf.all(arena.feed.now()) as unknown[][]).map((row) => row.slice(1, -1));
      appended += MINUTE_MS;
      plain.exec('begin immediate');
      for (const row of rows) insert.run(...row, appended);
      plain.exec('commit');
    },
    [Symbol.asyncDispose]: async () => {
      plain.close();
      await arena.db.close();
    },
  };
}

async function openPositions(arena: Arena): Promise<void> {
  await Promise.all(
    arena.bots.map((bot) =>
      arena.books.change(bot.botId, (book) => {
        const turn = planWholeTurn(arena, { bot, book }, { turnNo: 1, shape: { closes: 0, hold: 5 } });
        return { ...turn.apply, writes: [...turn.before, ...turn.apply.writes] };
      }),
    ),
  );
}

/** Older snapshots, in the order time writes them, made by SQL alone. */
function fillHistory(file: string, { buckets, before }: { buckets: number; before: number }): void {
  const db = new BetterSqlite3(file);
  db.pragma('synchronous = OFF');
  db.prepare(
    `with recursive bucket (n) as (select ? union all select n - 1 from bucket where n > 1)
     insert into bot_state_snapshots (user_id, bot_id, epoch, balance, margin, unrealized_pnl, realized_pnl,
       total_value, trade_count, win_rate, timestamp)
     select user_id, id, 1, 9000, 1000, 12.5, 3.25, 10012.5, 4, 0.5, ? - n * ${MINUTE_MS}
     from bucket cross join bots`,
  ).run(buckets, before);
  db.close();
}
