import { existsSync, renameSync } from 'node:fs';
import { setImmediate as breathe } from 'node:timers/promises';
import { Leaderboard } from '../../../server/arena/leaderboard.ts';
import { SnapshotStore } from '../../../server/arena/snapshot-store.ts';
import { saveProgress } from '../../../server/db/queries/market-state.ts';
import { createSimSource } from '../../../server/market/sources/sim/sim-source.ts';
import { sleepInRealTime } from '../../../server/market/sleep.ts';
import type { MarketSource } from '../../../server/market/source.ts';
import { createArena, type Arena } from './arena.mts';
import { MINUTE_MS, tickTo } from './market.mts';
import { planWholeTurn } from './turns.mts';

const BOTS = 1000;
/** Snapshots of all bots: four an hour for a week, as pruning leaves them, then one a minute for the last hours. */
const PRUNED_STEPS = 660;
const STEPS = 1020;
const STEPS_A_TURN = 10;
/** Ten trades a turn: five positions closed, five opened. */
const SHAPE = { closes: 5, hold: 5 };
/** Live events of the last turns only: they are by far the widest rows, and read by their end. */
const EVENT_STEPS = 100;
const BOTS_AT_ONCE = 250;

/** The simulated market of a first start; also what a real server that opens the database runs on. */
export function simSource(): MarketSource {
  return createSimSource({ seed: 42, now: Date.now, sleep: sleepInRealTime });
}

/**
 * A week of 1,000 bots: 1 M trades, 1 M snapshots, 100 k decisions with all that belongs to them. Turns are planned by
 * the engine and snapshots taken by the store, so that the rows are what the arena would have written.
 */
export async function seedDatabase(path: string, say: (text: string) => void): Promise<string> {
  if (existsSync(path)) return path;
  say('making the large database');
  // Under its name only when it is whole.
  const unfinished = `${path}.${process.pid}`;
  await fill(unfinished, say);
  renameSync(unfinished, path);
  return path;
}

async function fill(path: string, say: (text: string) => void): Promise<void> {
  const source = simSource();
  const end = source.startsAt();
  const from = stepTime(0, end) - MINUTE_MS;
  await using arena = await createArena(path, { bots: BOTS, source, from });
  const lastCloses = closesOf(source, end);
  const snapshots = new SnapshotStore(arena, MINUTE_MS);
  for (let step = 0; step < STEPS; step += 1) {
    movePrices(arena, { at: stepTime(step, end), step: STEPS - 1 - step, lastCloses });
    if (step % STEPS_A_TURN === 0)
      await runTurns(arena, { turnNo: step / STEPS_A_TURN + 1, isTold: step >= STEPS - EVENT_STEPS });
    await snapshots.take(arena.feed.now());
    if (step % 100 === 99) say(`  ${Math.round(((step + 1) / STEPS) * 100)} %`);
  }
  const boards = new Leaderboard({ db: arena.db, books: arena.books, snapshots });
  await boards.refresh(arena.feed.now(), new AbortController().signal);
  await arena.db.commit([
    saveProgress({
      clock_at: end,
      state_json: JSON.stringify(source.state()),
      marks_json: JSON.stringify(arena.feed.marks()),
    }),
  ]);
}

function stepTime(step: number, end: number): number {
  const minutes = Math.max(0, Math.min(STEPS - 1 - step, STEPS - 1 - PRUNED_STEPS));
  const quarters = Math.max(0, PRUNED_STEPS - step);
  return Math.floor(end / MINUTE_MS) * MINUTE_MS - (minutes + 15 * quarters) * MINUTE_MS;
}

/** The last closes of the source's own history: its prices go on from there. */
function closesOf(source: MarketSource, end: number): ReadonlyMap<string, number> {
  const closes = new Map<string, number>();
  for (const candles of source.history(end))
    for (const { symbol, close } of candles) closes.set(symbol, close);
  return closes;
}

/** Swings of two percent that end at the last closes. */
function movePrices(
  { feed, books, source }: Arena,
  move: { at: number; step: number; lastCloses: ReadonlyMap<string, number> },
): void {
  const prices = new Map(
    source.symbols.map(({ symbol, tickSize }, i) => {
      const close = move.lastCloses.get(symbol) ?? 100;
      const swing = 0.02 * (Math.sin(move.step / 13 + i) - Math.sin(i));
      return [symbol, roundTo(close * (1 + swing), tickSize)];
    }),
  );
  tickTo(feed, move.at, prices);
  for (const [symbol, price] of prices) books.mark(symbol, price);
}

function roundTo(price: number, tickSize: number): number {
  return Number((Math.round(price / tickSize) * tickSize).toFixed(8));
}

async function runTurns(
  arena: Arena,
  { turnNo, isTold }: { turnNo: number; isTold: boolean },
): Promise<void> {
  for (let first = 0; first < arena.bots.length; first += BOTS_AT_ONCE) {
    const some = arena.bots.slice(first, first + BOTS_AT_ONCE);
    await Promise.all(
      some.map((bot) =>
        arena.books.change(bot.botId, (book) => {
          const turn = planWholeTurn(arena, { bot, book }, { turnNo, shape: SHAPE });
          const writes = isTold
            ? turn.apply.writes
            : turn.apply.writes.filter(({ params }) => !(params && 'payload' in params));
          return { ...turn.apply, writes: [...turn.before, ...writes] };
        }),
      ),
    );
    await breathe();
  }
}
