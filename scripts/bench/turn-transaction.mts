import { copyFileSync } from 'node:fs';
import path from 'node:path';
import type { BotBook } from '../../server/context.ts';
import type { Write } from '../../server/db/prepared.ts';
import { openSqlite } from '../../server/db/dialects/sqlite.ts';
import { RawWrites } from './baselines/raw-writes.mts';
import { atMost, number, type Measure } from './measure.mts';
import { interleave, timed } from './rounds.mts';
import { createArena, type Arena } from './world/arena.mts';
import { bookAfter, planWholeTurn, writesOf } from './world/turns.mts';

const TURNS_A_ROUND = 100;

/** The transaction that applies a turn (one close, two opens), one after the other, against the same statements raw. */
export const turnTransaction: Measure = {
  name: 'turn-transaction',
  async run(bench) {
    const rounds = bench.isQuick ? 7 : 15;
    const paths = ['ours', 'raw'].map((name) => path.join(bench.folder, `turn-${name}.db`));
    const [oursPath = '', rawPath = ''] = paths;
    const arena = await createArena(oursPath, { bots: TURNS_A_ROUND });
    const batches = planBatches(arena, rounds + 1);
    await arena.db.close();
    copyFileSync(oursPath, rawPath);
    const db = openSqlite(oursPath);
    using raw = new RawWrites(rawPath, db.read);
    let ours = 0;
    let theirs = 0;
    const samples = await interleave(
      {
        ours: async () => {
          const { before, turns } = batches[ours++] ?? { before: [], turns: [] };
          await db.commit(before);
          return timed(turns.length, (i) => db.commit(turns[i] ?? []));
        },
        raw: async () => {
          const { before, turns } = batches[theirs++] ?? { before: [], turns: [] };
          raw.run(raw.bind(before));
          const bound = turns.map((writes) => raw.bind(writes));
          return timed(turns.length, (i) => raw.run(bound[i] ?? []));
        },
      },
      { rounds },
    );
    await db.close();
    return [
      atMost(
        {
          measure: 'turn transaction, FULL',
          ours: `${number(samples.median('ours'))} ms`,
          baseline: `${number(samples.median('raw'))} ms raw`,
        },
        samples.ratio('ours', 'raw'),
        1.4,
      ),
    ];
  },
};

interface Batch {
  readonly before: readonly Write[];
  readonly turns: readonly (readonly Write[])[];
}

/** Every turn of every round is planned ahead: what is timed is the database. */
function planBatches(arena: Arena, rounds: number): Batch[] {
  const books = new Map<string, BotBook>(arena.books.list().map((book) => [book.botId, book]));
  return Array.from({ length: rounds }, (_, round) => {
    arena.advance(200_000);
    const before: Write[] = [];
    const turns = arena.bots.map((bot) => {
      const book = books.get(bot.botId);
      if (!book) throw new Error(`no book of ${bot.botId}`);
      const shape = { closes: 1, hold: 3 };
      const turn = planWholeTurn(arena, { bot, book }, { turnNo: round + 1, shape });
      before.push(...turn.before);
      books.set(bot.botId, bookAfter(book, turn.apply));
      return writesOf(book, turn.apply);
    });
    return { before, turns };
  });
}
