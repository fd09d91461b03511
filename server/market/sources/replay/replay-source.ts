import { setImmediate as nextTurn } from 'node:timers/promises';
import { candleInstants, sweepCandles } from '../../candle-ticks.ts';
import { sleepUnlessAborted, type Sleep } from '../../sleep.ts';
import type { MarketBatch, MarketSource, MarketStart } from '../../source.ts';
import { loadFolder, type ReplayFolder } from './load-folder.ts';
import { Timeline } from './timeline.ts';

export interface ReplayOptions {
  /** The folder of `<SYMBOL>.csv` files. */
  readonly dir: string;
  /** Seconds of the recording per second; 'max' waits for nobody. */
  readonly speed: number | 'max';
  readonly sleep: Sleep;
}

/**
 * Plays recorded candles. Each interval is four batches: opens, first and second extremes, and closes with the candles
 * and the edge; intervals in which no symbol has a candle are passed over. Every candle is played, so there is no
 * history before the first batch. Its times are the arena's clock. It keeps no state: a start at `resumeAt` goes on
 * with the first batch after it.
 *
 * Throws StartupError when the folder cannot be replayed; `loadFolder` says what is refused.
 */
export async function createReplaySource(options: ReplayOptions): Promise<MarketSource> {
  const folder = await loadFolder(options.dir);
  const { candleMs, symbols } = folder;
  const startsAt = new Timeline(symbols, -Infinity).peek();
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
    history: () => [],
    batches: (start) => pace(playFrom(folder, start.resumeAt ?? startsAt - 1), { ...options, start }),
    state: () => null,
  };
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
