import { describe, expect, it } from 'vitest';
import type { MarketConfig } from '../config/config.ts';
import { createMarketSource } from './registry.ts';

const config: MarketConfig = {
  source: 'sim',
  seed: 7,
  speed: 'max',
  replayDir: null,
  allowNewMarket: false,
};
const deps = { now: () => Date.UTC(2026, 0, 21), sleep: () => Promise.resolve() };

describe('the market registry', () => {
  it('makes the simulated market with its seed', async () => {
    const source = await createMarketSource(config, deps);
    expect(source).toMatchObject({ name: 'sim', kind: 'simulated', clock: 'wall' });
    expect(source.symbols.map((spec) => spec.symbol)).toEqual(
      expect.arrayContaining(['BTCUSDT', 'ETHUSDT', 'SOLUSDT']),
    );
    expect(source.symbols.length).toBeGreaterThanOrEqual(14);
    const other = await createMarketSource({ ...config, seed: 8 }, deps);
    expect(other.fingerprint).not.toBe(source.fingerprint);
  });

  it('refuses a replay without a folder', async () => {
    await expect(createMarketSource({ ...config, source: 'replay' }, deps)).rejects.toThrow('REPLAY_DIR');
  });
});
