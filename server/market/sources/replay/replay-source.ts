import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Candle } from '../../../engine/model.ts';
import { candleInstants, sweepCandles } from '../../candle-ticks.ts';
import { sleepUnlessAborted, type Sleep } from '../../sleep.ts';
import type { MarketBatch, MarketSource, MarketStart } from '../../source.ts';
import { loadFolder, type ReplayFolder } from './load-folder.ts';
import { countIntervals, Timeline } from './timeline.ts';

export interface ReplayOptions {
  /** The folder of `<SYMBOL>.csv` files. */
  readonly dir: string;
  /** Seconds of the recording per second; 'max' waits for nobody. */
  readonly speed: number | 'max';
  readonly sleep: Sleep;
}

const CHUNK_CANDLES = 5000;
/** History before the first batch: this many intervals, or a tenth of a short recording. */
const WARM_UP_INTERVALS = 60;
const WARM_UP_SHARE = 0.1;

/**
 * Plays recorded candles. Each interval is four batches: opens, first and second extremes, and closes with the candles
 * and the edge; intervals in which no symbol has a candle are passed over. Its times are the arena's clock. It keeps
 * no state: a start at `resumeAt` goes on with the first batch after it.
 *
 * Throws StartupError when the folder cannot be replayed; `loadFolder` says what is refused.
 */
export async function createReplaySource(options: ReplayOptions): Promise<MarketSource> {
  const folder = await loadFolder(options.dir);
  const { candleMs, symbols } = folder;
  const startsAt = findStart(folder);
  return {
    name: 'replay',
    kind: 'replay',
    clock: 'source',
    fingerprint: folder.fingerprint,
    intervalMs: candleMs,
    candleMs,
    symbols: symbols.map(({ spec }) => spec),
    warnings: folder.warnings,
    startsAt: () => startsAt,
    history: (before) => readHistory(folder, Math.min(before, startsAt)),
    batches: (start) => pace(playFrom(folder, start.resumeAt ?? startsAt - 1), { ...options, start }),
    state: () => null,
  };
}

function findStart({ symbols }: ReplayFolder): number {
  const warmUp = Math.min(WARM_UP_INTERVALS, Math.floor(countIntervals(symbols) * WARM_UP_SHARE));
  const timeline = new Timeline(symbols, -Infinity);
  timeline.skip(warmUp);
  return timeline.peek();
}

function* readHistory({ symbols, candleMs }: ReplayFolder, before: number): Generator<readonly Candle[]> {
  const timeline = new Timeline(symbols, -Infinity);
  let chunk: Candle[] = [];
  while (timeline.peek() + candleMs <= before) {
    const candles = timeline.next();
    if (chunk.length > 0 && chunk.length + candles.length > CHUNK_CANDLES) {
      yield chunk;
      chunk = [];
    }
    chunk.push(...candles);
  }
  if (chunk.length > 0) yield chunk;
}

/** The batches after `after`, one interval after the other. */
function* playFrom({ symbols, candleMs }: ReplayFolder, after: number): Generator<MarketBatch> {
  const instants = candleInstants(candleMs, candleMs - 1);
  const timeline = new Timeline(symbols, after + 1 - instants.close);
  for (let candles = timeline.next(); candles.length > 0; candles = timeline.next()) {
    const swept = sweepCandles(candles, instants);
    for (const [index, { at, ticks }] of swept.entries()) {
      if (at <= after) continue;
      const isLast = index === swept.length - 1;
      const edge = isLast ? at - instants.close + candleMs : null;
      yield { at, ticks, funding: [], candles: isLast ? candles : [], edge };
    }
  }
}

/** Waits between batches as the speed asks; whole milliseconds, what is left over counts for the next wait. */
async function* pace(
  batches: Iterable<MarketBatch>,
  options: ReplayOptions & { readonly start: MarketStart },
): AsyncGenerator<MarketBatch> {
  const { speed, sleep } = options;
  const { signal } = options.start;
  let last: number | null = null;
  let owedMs = 0;
  for (const batch of batches) {
    if (speed !== 'max') owedMs += (batch.at - (last ?? batch.at)) / speed;
    last = batch.at;
    const wholeMs = Math.floor(owedMs);
    owedMs -= wholeMs;
    if (wholeMs > 0 && !(await sleepUnlessAborted(sleep, wholeMs, signal))) return;
    if (signal.aborted) return;
    yield batch;
    // At full speed nothing else waits, so the rest of the process gets its turn once an interval.
    if (batch.edge !== null) await nextTurn();
  }
}
