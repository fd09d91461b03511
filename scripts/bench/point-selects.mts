import BetterSqlite3 from 'better-sqlite3';
import path from 'node:path';
import { openSqlite } from '../../server/db/dialects/sqlite.ts';
import { compilePrepared, type PreparedQuery } from '../../server/db/prepared.ts';
import { BOT_READS } from '../../server/db/queries/bots-read.ts';
import { EVENT_READS } from '../../server/db/queries/events.ts';
import type { Db } from '../../server/db/database.ts';
import { atLeast, number, type Bench, type Line, type Measure } from './measure.mts';
import { interleave, timed } from './rounds.mts';
import { createArena } from './world/arena.mts';
import { planWholeTurn } from './world/turns.mts';

const RUNS = 4000;

/** Single rows: through `Db.first`, and through Kysely as rarer reads are written, against a raw statement. */
export const pointSelects: Measure = {
  name: 'point-selects',
  async run(bench) {
    const file = path.join(bench.folder, 'selects.db');
    await fill(file);
    const db = openSqlite(file);
    const raw = new BetterSqlite3(file, { readonly: true });
    raw.pragma('cache_size = -65536');
    const botIds = raw.prepare('select id from bots').pluck().all() as string[];
    const idOf = (i: number) => botIds[i % botIds.length] ?? '';
    const lines = [
      await hotLine(
        bench,
        { db, raw },
        { what: 'a bot', query: BOT_READS.one, paramsOf: (i) => ({ botId: idOf(i) }) },
      ),
      await hotLine(
        bench,
        { db, raw },
        {
          what: 'a room’s last event',
          query: EVENT_READS.lastSeq,
          paramsOf: (i) => ({ room: `bot:${idOf(i)}` }),
        },
      ),
      await kyselyLine(bench, { db, raw }),
    ];
    raw.close();
    await db.close();
    return lines;
  },
};

/** Small enough to stay in memory: what is compared is the way to a row, not the disk. */
async function fill(file: string): Promise<void> {
  await using arena = await createArena(file, { bots: 500 });
  for (let turnNo = 1; turnNo <= 3; turnNo += 1) {
    arena.advance(200_000);
    await Promise.all(
      arena.bots.map((bot) =>
        arena.books.change(bot.botId, (book) => {
          const turn = planWholeTurn(arena, { bot, book }, { turnNo, shape: { closes: 1, hold: 3 } });
          return { ...turn.apply, writes: [...turn.before, ...turn.apply.writes] };
        }),
      ),
    );
  }
}

interface Connections {
  readonly db: Db;
  readonly raw: BetterSqlite3.Database;
}

async function hotLine<P extends object>(
  bench: Bench,
  { db, raw }: Connections,
  read: { what: string; query: PreparedQuery<P, object>; paramsOf: (i: number) => P },
): Promise<Line> {
  const { sql, bind } = compilePrepared(db.read, read.query);
  const statement = raw.prepare(sql);
  const params = Array.from({ length: RUNS }, (_, i) => read.paramsOf(i));
  const values = params.map((row) => bind(row as Readonly<Record<string, unknown>>));
  const samples = await interleave(
    {
      ours: () => timed(RUNS, (i) => void db.first(read.query, params[i] as P)),
      raw: () => timed(RUNS, (i) => void statement.get(values[i])),
    },
    { rounds: bench.isQuick ? 21 : 51, warmUps: 3 },
  );
  return atLeast(
    {
      measure: `hot point select: ${read.what}`,
      ours: `${number(1000 / samples.median('ours'))}/s`,
      baseline: `${number(1000 / samples.median('raw'))}/s raw`,
    },
    samples.ratio('raw', 'ours'),
    0.9,
  );
}

async function kyselyLine(bench: Bench, { db, raw }: Connections): Promise<Line> {
  const ids = raw.prepare('select id from trades order by seq limit 2000').pluck().all() as string[];
  const query = (id: string) => db.read.selectFrom('trades').selectAll().where('id', '=', id).limit(1);
  const statement = raw.prepare(query('').compile().sql);
  const samples = await interleave(
    {
      ours: () => timed(RUNS, (i) => query(ids[i % ids.length] ?? '').executeTakeFirst()),
      raw: () => timed(RUNS, (i) => void statement.get([ids[i % ids.length], 1])),
    },
    { rounds: bench.isQuick ? 15 : 31, warmUps: 2 },
  );
  return atLeast(
    {
      measure: 'other reads through Kysely: a trade',
      ours: `${number(1000 / samples.median('ours'))}/s`,
      baseline: `${number(1000 / samples.median('raw'))}/s raw`,
    },
    samples.ratio('raw', 'ours'),
    0.33,
  );
}
