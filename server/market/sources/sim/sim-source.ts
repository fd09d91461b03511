import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Tick } from '../../../engine/model.ts';
import { candleInstants, sweepCandles } from '../../candle-ticks.ts';
import { sleepUnlessAborted, type Sleep } from '../../sleep.ts';
import type { MarketBatch, MarketSource, MarketStart } from '../../source.ts';
import { FUNDING_MS, fundingAt } from './funding.ts';
import { generateHistory, planHistory, type HistoryPlan } from './history.ts';
import {
  candlesOf,
  drawMinute,
  preparePath,
  traceMinute,
  type Minute,
  type MinuteTrace,
  type PathSettings,
  type PathState,
} from './path.ts';
import { readState, storeState } from './state.ts';
import { listSimSymbols } from './symbols.ts';

export interface SimOptions {
  readonly seed: number;
  /** Length of the candles; divides eight hours. 60,000 unless given. */
  readonly candleMs?: number;
  /** Distance of ticks; divides `candleMs`, at least four fit. 1,000 unless given. */
  readonly tickMs?: number;
  /** Days of candles before the first price. 3 unless given. */
  readonly historyDays?: number;
  /** The wall clock, epoch ms. */
  readonly now: () => number;
  readonly sleep: Sleep;
  /**
   * Prices a new market begins with, by symbol; symbols the simulation does not list join it. Give the same symbols
   * at every start: the stored state holds their prices, not their names in the market.
   */
  readonly startPrices?: Readonly<Record<string, number>>;
}

/** Missed time beyond this is told in four ticks a candle instead of every tick. */
const COARSE_AFTER_MS = 3_600_000;
/** The clock is looked at this often while waiting, so that a clock set forward is noticed. */
const LONGEST_WAIT_MS = 1000;

/**
 * A simulated market on the wall clock: every price is a pure function of seed and time since the market began.
 *
 * After downtime the missing path comes at once, in order: all ticks of the last hour, before that four ticks of each
 * candle (open, extremes, close, as in a replay). Both are the same path: its candles are the same whichever way the
 * time passed. Times never decrease: when the wall clock goes back, the market waits for it; when it jumps forward,
 * that is downtime. The state is the path at the start of the current minute; a start from a state older than
 * `resumeAt` makes the path between again without yielding it.
 *
 * Throws StartupError for a stored state it cannot read.
 */
export function createSimSource(options: SimOptions): MarketSource {
  const { now, historyDays = 3 } = options;
  const settings = preparePath({
    seed: options.seed,
    candleMs: options.candleMs ?? 60_000,
    tickMs: options.tickMs ?? 1000,
    symbols: listSimSymbols(options.startPrices ?? {}),
  });
  const { candleMs, tickMs } = settings;
  if (candleMs % tickMs !== 0 || candleMs / tickMs < 4 || FUNDING_MS % candleMs !== 0)
    throw new RangeError(`ticks of ${tickMs} ms do not fit candles of ${candleMs} ms`);
  const bornAt = (Math.floor(now() / tickMs) + 1) * tickMs;
  const floorToCandle = (at: number): number => Math.floor(at / candleMs) * candleMs;
  let planned: HistoryPlan | null = null;
  const plan = (before: number): HistoryPlan => {
    const endsAt = floorToCandle(before);
    if (planned?.end.at !== endsAt) planned = planHistory(settings, endsAt, historyDays);
    return planned;
  };
  let current: PathState | null = null;
  return {
    name: 'sim',
    kind: 'simulated',
    clock: 'wall',
    fingerprint: `sim:1:${settings.seed}:${candleMs}:${tickMs}`,
    intervalMs: tickMs,
    candleMs,
    symbols: settings.symbols.map((symbol) => symbol.spec),
    warnings: [],
    startsAt: () => bornAt,
    history: (before) => generateHistory(settings, plan(before).start, floorToCandle(before)),
    batches(start) {
      const from =
        start.state === null || start.state === undefined
          ? plan(start.resumeAt ?? bornAt).end
          : readState(start.state, candleMs);
      current = from;
      const keep = (state: PathState): void => {
        current = state;
      };
      return runMarket(settings, { ...options, start, from, after: start.resumeAt ?? bornAt - 1, keep });
    },
    state: () => current && storeState(current),
  };
}

interface Run {
  readonly now: () => number;
  readonly sleep: Sleep;
  readonly start: MarketStart;
  readonly from: PathState;
  /** Only later batches are yielded. */
  readonly after: number;
  readonly keep: (state: PathState) => void;
}

async function* runMarket(settings: PathSettings, run: Run): AsyncGenerator<MarketBatch> {
  const { signal } = run.start;
  let state = run.from;
  while (!signal.aborted) {
    run.keep(state);
    const minute = drawMinute(settings, state);
    const endsAt = minute.next.at;
    const isLate = run.now() > endsAt;
    const batches = endsAt <= run.after ? [] : tellMinute(settings, minute, run.now() - endsAt);
    for (const batch of batches) {
      if (batch.at <= run.after) continue;
      if (!(await waitUntil(batch.at, run))) return;
      yield batch;
    }
    // Catching up never waits for the clock, so the rest of the process gets its turn here.
    if (isLate) await nextTurn();
    state = minute.next;
  }
}

async function waitUntil(at: number, run: Run): Promise<boolean> {
  for (let ahead = at - run.now(); ahead > 0; ahead = at - run.now())
    if (!(await sleepUnlessAborted(run.sleep, Math.min(ahead, LONGEST_WAIT_MS), run.start.signal)))
      return false;
  return !run.start.signal.aborted;
}

function tellMinute(settings: PathSettings, minute: Minute, lateMs: number): Iterable<MarketBatch> {
  const trace = traceMinute(settings, minute);
  const candles = candlesOf(minute, trace);
  if (lateMs <= COARSE_AFTER_MS) return tellTicks(settings, { minute, trace, candles });
  const { candleMs, tickMs } = settings;
  const swept = sweepCandles(candles, onTickGrid(candleMs, tickMs));
  return swept.map(({ at, ticks }, index) => ({
    at,
    ticks,
    funding: fundingAt(settings, at),
    candles: index === swept.length - 1 ? candles : [],
    edge: null,
  }));
}

/** The last tick of a candle is its close, in four ticks as in all. */
function onTickGrid(candleMs: number, tickMs: number): ReturnType<typeof candleInstants> {
  const instants = candleInstants(candleMs, candleMs - tickMs);
  const down = (offset: number): number => Math.floor(offset / tickMs) * tickMs;
  return {
    ...instants,
    firstExtreme: down(instants.firstExtreme),
    secondExtreme: down(instants.secondExtreme),
  };
}

function* tellTicks(
  settings: PathSettings,
  told: {
    readonly minute: Minute;
    readonly trace: MinuteTrace;
    readonly candles: MarketBatch['candles'];
  },
): Generator<MarketBatch> {
  const { count, prices } = told.trace;
  for (let index = 0; index < count; index += 1) {
    const at = told.minute.at + index * settings.tickMs;
    const ticks = settings.symbols.map(({ spec, startPrice }, row): Tick => {
      const price = prices[row * count + index] ?? startPrice;
      return { symbol: spec.symbol, price, at, path: 'jump' };
    });
    const isLast = index === count - 1;
    yield { at, ticks, funding: fundingAt(settings, at), candles: isLast ? told.candles : [], edge: null };
  }
}
