import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestDatabase, type Digests } from '../support/digest.ts';
import { testApp } from '../support/test-app.ts';

const recorded = path.join(
  process.env.MARKET_DATA_DIR ?? path.join(import.meta.dirname, '../../../../shared/market'),
  '1m',
);
/** `npm test` plays the beginning; `node scripts/replay.mts --dir <folder> --twice` plays everything. */
const MINUTES = 90;

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'arena-replay-'));
  await mkdir(path.join(dir, 'candles'));
  if (!existsSync(recorded)) return;
  for (const name of await readdir(recorded)) {
    const lines = (await readFile(path.join(recorded, name), 'utf8')).split('\n');
    await writeFile(path.join(dir, 'candles', name), `${lines.slice(0, MINUTES + 1).join('\n')}\n`);
  }
});
afterAll(() => rm(dir, { recursive: true, force: true }));

interface Played {
  readonly digests: Digests;
  readonly counts: Readonly<Record<string, number>>;
}

/** The eight demo bots of three users on the recording, at full speed; every invariant is checked at the end. */
async function play(isStopped: boolean): Promise<Played> {
  const env = { MARKET_SOURCE: 'replay', REPLAY_DIR: path.join(dir, 'candles'), SEED_DEMO: '1' };
  await using t = await testApp({ market: null, env });
  if (isStopped) await t.restart();
  await t.app.marketEnded;
  const count = async (table: 'users' | 'bots' | 'trades' | 'bot_turns' | 'bot_state_snapshots') => {
    const { rows } = await t.db.read
      .selectFrom(table)
      .select(({ fn }) => fn.countAll<number>().as('rows'))
      .executeTakeFirstOrThrow();
    return rows;
  };
  return {
    digests: await digestDatabase(t.db.read),
    counts: {
      users: await count('users'),
      bots: await count('bots'),
      trades: await count('trades'),
      turns: await count('bot_turns'),
      snapshots: await count('bot_state_snapshots'),
    },
  };
}

// Set MARKET_DATA_DIR to a folder that holds `1m/<SYMBOL>.csv` where ../shared/market is not there.
describe.skipIf(!existsSync(recorded))(
  'eighteen recorded symbols, in MARKET_DATA_DIR or ../shared/market',
  () => {
    it('played twice give the same ledger, trades, positions, decisions and snapshots', async () => {
      const [first, second] = [await play(false), await play(false)];
      expect(first.counts).toMatchObject({ users: 3, bots: 8, turns: 8 * MINUTES, snapshots: 8 * MINUTES });
      expect(first.counts.trades).toBeGreaterThan(20);
      expect(second).toEqual(first);
    }, 120_000);

    it('played with a stop on the way are played to their end, every invariant holding', async () => {
      const { counts } = await play(true);
      expect(counts).toMatchObject({ users: 3, bots: 8, snapshots: 8 * MINUTES });
    }, 60_000);
  },
);
