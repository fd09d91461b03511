import type { Candle, SymbolSpec, Tick } from '../../engine/model.ts';
import { sleepInRealTime, sleepUnlessAborted } from '../../market/sleep.ts';
import type { MarketBatch, MarketSource } from '../../market/source.ts';
import { randomOf } from './plan.ts';

const STEP_MS = 1000;
const CANDLE_MS = 5000;
const FUNDING_MS = 20_000;
const STARTS_AT = Date.UTC(2026, 0, 1);
const HISTORY_CANDLES = 120;

const SYMBOLS = [
  { symbol: 'BTCUSDT', tickSize: 0.1, stepSize: 0.00001, maxLeverage: 100, startPrice: 90_000 },
  { symbol: 'ETHUSDT', tickSize: 0.01, stepSize: 0.0001, maxLeverage: 100, startPrice: 3000 },
  { symbol: 'SOLUSDT', tickSize: 0.01, stepSize: 0.01, maxLeverage: 50, startPrice: 130 },
].map((spec) => ({ ...spec, maintenanceRate: 0.005 }));

/** A market that swings enough for stops, targets and liquidations; each price is a function of seed and time. */
export function createPacedMarket({ seed, pauseMs }: { seed: number; pauseMs: number }): MarketSource {
  return {
    name: 'paced',
    kind: 'simulated',
    clock: 'source',
    fingerprint: `paced:${seed}`,
    intervalMs: STEP_MS,
    candleMs: CANDLE_MS,
    symbols: SYMBOLS satisfies readonly SymbolSpec[],
    warnings: [],
    startsAt: () => STARTS_AT,
    *history(before) {
      for (let openedAt = before - HISTORY_CANDLES * CANDLE_MS; openedAt < before; openedAt += CANDLE_MS)
        yield candlesAt(seed, openedAt);
    },
    async *batches({ resumeAt, signal }) {
      const first = resumeAt === null ? STARTS_AT : Math.floor(resumeAt / STEP_MS) * STEP_MS + STEP_MS;
      for (let second = first; ; second += STEP_MS) {
        if (!(await sleepUnlessAborted(sleepInRealTime, pauseMs, signal))) return;
        yield batchAt(seed, second);
      }
    },
    state: () => null,
  };
}

/** The prices of a second are told at its last millisecond; then what is due by its end runs. */
function batchAt(seed: number, second: number): MarketBatch {
  const edge = second + STEP_MS;
  const at = edge - 1;
  const ticks = SYMBOLS.map(({ symbol }, row): Tick => {
    return { symbol, price: priceAt(seed, row, second), at, path: 'jump' };
  });
  const funding = edge % FUNDING_MS === 0 ? SYMBOLS.map(({ symbol }) => ({ symbol, rate: 0.0002, at })) : [];
  const candles = edge % CANDLE_MS === 0 ? candlesAt(seed, edge - CANDLE_MS) : [];
  return { at, ticks, funding, candles, edge };
}

function candlesAt(seed: number, openedAt: number): Candle[] {
  const seconds = Array.from({ length: CANDLE_MS / STEP_MS }, (_, i) => openedAt + i * STEP_MS);
  return SYMBOLS.map(({ symbol }, row) => {
    const prices = seconds.map((second) => priceAt(seed, row, second));
    return {
      symbol,
      openedAt,
      open: prices.at(0) ?? 0,
      high: Math.max(...prices),
      low: Math.min(...prices),
      close: prices.at(-1) ?? 0,
      volume: 1,
    };
  });
}

/** Slow waves of a few percent, and noise of a few tenths. */
function priceAt(seed: number, row: number, second: number): number {
  const { startPrice = 1, tickSize = 1 } = SYMBOLS[row] ?? {};
  const phase = second / STEP_MS + seed * 17 + row * 101;
  const noise = randomOf(seed * 31 + row * 7919 + second / STEP_MS)() - 0.5;
  const move = 0.02 * Math.sin(phase / 23) + 0.01 * Math.sin(phase / 7) + 0.006 * noise;
  return Number((Math.round((startPrice * (1 + move)) / tickSize) * tickSize).toFixed(2));
}
