import { describe, expect, it } from 'vitest';
import { hourlyCandles, toolWorld } from '../../test/support/tool-world.ts';
import { seededRandom } from '../providers/house/seeded-random.ts';
import { runTool } from './registry.ts';
import { movesOf, simulateOnce, type SimulatedPosition } from './simulate-position.ts';

const long: SimulatedPosition = {
  side: 'LONG',
  entry: 100,
  leverage: 10,
  stop: 95,
  target: 110,
  marginUsd: 100,
  liquidation: 90.45,
  feeBps: 5,
};
const up = { high: 1.04, low: 1, close: 1.04 };
const down = { high: 1, low: 0.97, close: 0.97 };

describe('one future of a position', () => {
  it('ends at the level that is reached first, at its price, less the fees of both fills', () => {
    // Exposure 1000: target 100 - 0.50 - 0.55, stop -50 - 0.50 - 0.475.
    expect(simulateOnce(long, [up, up, up, down])).toEqual({
      ending: 'target',
      pnlUsd: expect.closeTo(98.95, 9),
    });
    expect(simulateOnce(long, [down, down, up])).toEqual({
      ending: 'stop',
      pnlUsd: expect.closeTo(-50.975, 9),
    });
    expect(simulateOnce(long, [up])).toEqual({ ending: 'open', pnlUsd: expect.closeTo(40 - 0.5 - 0.52, 9) });
  });

  it('takes the stop first when one candle holds both', () => {
    expect(simulateOnce(long, [{ high: 1.2, low: 0.9, close: 1.1 }]).ending).toBe('stop');
  });

  it('is liquidated where no stop comes before, and loses no more than margin and entry fee', () => {
    const crash = { high: 1, low: 0.5, close: 0.5 };
    const { ending, pnlUsd } = simulateOnce({ ...long, stop: undefined }, [crash]);
    expect(ending).toBe('liquidation');
    expect(pnlUsd).toBeCloseTo(-95.5 - 0.5 - 0.45225, 9);
    expect(simulateOnce({ ...long, stop: 89 }, [crash]).ending).toBe('liquidation');
    const thin = { ...long, stop: undefined, liquidation: 89.9 };
    expect(simulateOnce(thin, [crash]).pnlUsd).toBe(-100.5);
  });

  it('mirrors for a short', () => {
    const short: SimulatedPosition = { ...long, side: 'SHORT', stop: 105, target: 95, liquidation: 109.45 };
    expect(simulateOnce(short, [down, down])).toEqual({
      ending: 'target',
      pnlUsd: expect.closeTo(50 - 0.5 - 0.475, 9),
    });
    expect(simulateOnce(short, [up, up]).ending).toBe('stop');
    expect(simulateOnce({ ...short, stop: undefined }, [up, up, up]).ending).toBe('liquidation');
  });
});

describe('the moves of a market', () => {
  it('are factors of the close before', () => {
    const [first, ...rest] = movesOf(hourlyCandles('BTC', [100, 110, 99], 1), false);
    expect(first).toEqual({ high: 1.11, low: 0.99, close: 1.1 });
    expect(rest).toHaveLength(1);
  });

  it('have no mean log return without drift', () => {
    const moves = movesOf(hourlyCandles('BTC', [100, 103, 99, 108, 112]), true);
    expect(moves.reduce((sum, { close }) => sum + Math.log(close), 0)).toBeCloseTo(0, 12);
  });
});

describe('monte_carlo', () => {
  const random = seededRandom('walk');
  const walk = Array.from({ length: 400 }).reduce<number[]>(
    (path) => [...path, (path.at(-1) ?? 100) * Math.exp((random() - 0.5) * 0.02)],
    [100],
  );
  const candles = hourlyCandles('BTC', walk);
  const price = walk.at(-1) ?? 0;
  const question = { symbol: 'BTC', side: 'LONG', margin_usd: 100, horizon: 100, drift: 'none', paths: 2000 };

  async function ask(args: object, seed = 'turn-7'): Promise<Record<string, number>> {
    const world = toolWorld({ BTC: candles }, { seed, takerFeeBps: 0 });
    const { signal } = new AbortController();
    const { text, isError } = await runTool('monte_carlo', JSON.stringify({ ...question, ...args }), {
      world,
      signal,
    });
    if (isError) throw new Error(text);
    return JSON.parse(text) as Record<string, number>;
  }

  it('answers the same within a turn and anew in the next', async () => {
    expect(await ask({ leverage: 3 })).toEqual(await ask({ leverage: 3 }));
    expect(await ask({ leverage: 3 }, 'turn-8')).not.toEqual(await ask({ leverage: 3 }));
  });

  it('finds that of a market without drift, a stop twice as far as the target is hit half as often', async () => {
    const levels = { stop_loss: price * Math.exp(-0.02), take_profit: price * Math.exp(0.01), horizon: 200 };
    const found = await ask(levels);
    // A walk without drift leaves (-2a, a) above with 2/3; candles make the levels a little wider.
    expect(found.target_first_percent).toBeGreaterThan(60);
    expect(found.target_first_percent).toBeLessThan(73);
    const all = [
      'stop_first_percent',
      'target_first_percent',
      'liquidation_first_percent',
      'still_open_percent',
    ];
    expect(all.reduce((sum, name) => sum + (found[name] ?? 0), 0)).toBeCloseTo(100, 6);
  });

  it('gains by leverage in proportion as long as nothing is hit', async () => {
    const [once, twice] = [await ask({ leverage: 1 }), await ask({ leverage: 2 })];
    expect(twice.expected_pnl_usd).toBeCloseTo(2 * (once.expected_pnl_usd ?? 0), 3);
    expect(once.still_open_percent).toBe(100);
  });

  it('liquidates at high leverage', async () => {
    expect((await ask({ leverage: 50, horizon: 200 })).liquidation_first_percent).toBeGreaterThan(50);
  });
});
