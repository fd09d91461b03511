import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeMarketSource } from '../../../test/conformance/market.ts';
import type { MarketBatch, MarketSource } from '../../source.ts';
import { createReplaySource } from './replay-source.ts';

const marketDir = process.env.MARKET_DATA_DIR ?? join(import.meta.dirname, '../../../../../shared/market');
const isThere = existsSync(marketDir);

const open = (folder: string): Promise<MarketSource> =>
  createReplaySource({ dir: join(marketDir, folder), speed: 'max', sleep: () => Promise.resolve() });

async function play(source: MarketSource): Promise<readonly MarketBatch[]> {
  const { signal } = new AbortController();
  return Array.fromAsync(source.batches({ resumeAt: null, state: null, signal }));
}

describe.skipIf(!isThere)('recorded candles, in MARKET_DATA_DIR or ../shared/market', () => {
  describeMarketSource('replay of recorded minutes', { create: () => open('1m'), batches: 120 });
  describeMarketSource('replay of recorded days', { create: () => open('1d'), batches: 120 });

  it('play from the first minute to the last', async () => {
    const source = await open('1m');
    expect(source.symbols).toHaveLength(18);
    expect(source.candleMs).toBe(60_000);
    expect(source.startsAt()).toBe(Date.UTC(2026, 0, 21, 15, 3));
    const batches = await play(source);
    expect(batches).toHaveLength(4 * 1000);
    expect(batches.at(-1)?.edge).toBe(Date.UTC(2026, 0, 22, 7, 43));
    expect(batches.flatMap(({ candles }) => candles)).toHaveLength(18 * 1000);
  });

  it('may be days long and begin at different dates', async () => {
    const source = await open('1d');
    expect(source.symbols).toHaveLength(18);
    expect(source.candleMs).toBe(86_400_000);
    const batches = await play(source);
    expect(batches[0]?.ticks.length).toBeLessThan(18);
    expect(batches.at(-1)?.ticks).toHaveLength(18);
  });
});
