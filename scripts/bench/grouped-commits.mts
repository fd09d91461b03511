import path from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import type { Write } from '../../server/db/prepared.ts';
import { insertLedgerEntry, type LedgerRow } from '../../server/db/queries/book-writes.ts';
import { atLeast, number, type Measure } from './measure.mts';
import { interleave, timed } from './rounds.mts';
import { createArena, type Arena } from './world/arena.mts';

const WRITERS = 100;
const GROUPS = 50;

/** A ledger entry from each of 100 writers at once, against one after the other. */
export const groupedCommits: Measure = {
  name: 'grouped-commits',
  async run(bench) {
    await using arena = await createArena(path.join(bench.folder, 'grouped.db'), { bots: 10 });
    const insert = (write: Write) => arena.db.commit([write]);
    const makeWrites = (count: number) =>
      Array.from({ length: count }, () => insertLedgerEntry(somePosting(arena, uuidv7())));
    const samples = await interleave(
      {
        single: () => {
          const writes = makeWrites(WRITERS);
          return timed(WRITERS, (i) => Promise.all(writes.slice(i, i + 1).map(insert)));
        },
        grouped: async () => {
          const groups = Array.from({ length: GROUPS }, () => makeWrites(WRITERS));
          return (await timed(GROUPS, (i) => Promise.all((groups[i] ?? []).map(insert)))) / WRITERS;
        },
      },
      { rounds: bench.isQuick ? 9 : 21, warmUps: 3 },
    );
    return [
      atLeast(
        {
          measure: 'grouped commits, 100 writers',
          ours: `${number(1000 / samples.median('grouped'))} rows/s`,
          baseline: `${number(1000 / samples.median('single'))} rows/s single`,
        },
        samples.ratio('single', 'grouped'),
        10,
      ),
    ];
  },
};

/** The most frequent row of all. */
function somePosting({ bots, feed }: Arena, groupId: string): LedgerRow {
  const [bot] = bots;
  if (!bot) throw new Error('no bots');
  return {
    group_id: groupId,
    user_id: bot.userId,
    bot_id: bot.botId,
    epoch: 1,
    account: 'cash',
    amount_micros: 1,
    cause: 'deposit',
    position_id: null,
    trade_id: null,
    created_at: feed.now(),
  };
}
