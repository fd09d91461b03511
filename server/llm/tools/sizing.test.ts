import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hourlyCandles, toolWorld } from '../../test/support/tool-world.ts';
import { runTool } from './registry.ts';
import type { ToolWorld } from './world.ts';

async function find(name: string, args: object, world: ToolWorld): Promise<Record<string, unknown>> {
  const { signal } = new AbortController();
  const { text, isError } = await runTool(name, JSON.stringify(args), { world, signal });
  if (isError) throw new Error(text);
  return JSON.parse(text) as Record<string, unknown>;
}

const flatThenHundred = hourlyCandles('BTC', [
  ...Array.from({ length: 40 }, (_, index) => 99 + (index % 3)),
  100,
]);
const worldOf = (overrides: Partial<ToolWorld> = {}) => toolWorld({ BTC: flatThenHundred }, overrides);

describe('position_size', () => {
  const fixed = { symbol: 'BTC', method: 'fixed_fraction', risk_fraction: 0.01, stop_loss: 95 };

  it('fixed fraction loses that share of the equity at the stop, fees included', async () => {
    // 100 USD of risk over 5 % and twice 5 bps.
    const exposure = Math.floor((100 / 0.051) * 100) / 100;
    expect(await find('position_size', fixed, worldOf())).toMatchObject({
      can_be_opened: true,
      margin_usd: exposure,
      leverage: 1,
      exposure_usd: exposure,
      loss_at_stop_usd: 99.9998,
      notes: [],
    });
  });

  it('takes the leverage that the balance needs, and no more than comes before liquidation', async () => {
    const poor = worldOf({ availableUsd: 500 });
    // 1960.78 at 500 needs 4x with its fee; a stop 5 % away allows 18x.
    expect(await find('position_size', fixed, poor)).toMatchObject({ leverage: 4, margin_usd: 490.19 });
    const veryPoor = worldOf({ availableUsd: 50 });
    const found = await find('position_size', fixed, veryPoor);
    expect(found).toMatchObject({ can_be_opened: true, leverage: 18, margin_usd: 49.55 });
    expect(found.notes).toEqual([
      'Above 18x the position is liquidated before its stop.',
      'The available balance is too small for the whole size.',
    ]);
  });

  it('clamps leverage to what the symbol allows', async () => {
    const found = await find('position_size', { ...fixed, stop_loss: 99.9, leverage: 90 }, worldOf());
    expect(found).toMatchObject({ leverage: 50, notes: ['BTC allows at most 50x.'] });
  });

  it('kelly is p - (1 - p) / b, and opens nothing without an edge', async () => {
    const kelly = {
      symbol: 'BTC',
      method: 'kelly',
      win_probability: 0.6,
      win_loss_ratio: 2,
      kelly_share: 0.5,
    };
    expect(await find('position_size', kelly, worldOf())).toMatchObject({
      kelly_fraction_of_equity: 0.4,
      risk_asked_usd: 2000,
      margin_usd: 2000,
      leverage: 1,
    });
    const losing = { ...kelly, win_probability: 0.3 };
    expect(await find('position_size', losing, worldOf())).toMatchObject({
      kelly_fraction_of_equity: -0.05,
      can_be_opened: false,
      margin_usd: 0,
    });
  });

  it('volatility target is equity by target over volatility', async () => {
    const args = { symbol: 'BTC', method: 'volatility_target', target_volatility: 0.3 };
    const found = await find('position_size', args, worldOf());
    const volatility = Number(found.volatility_percent_a_year) / 100;
    expect(found.exposure_usd).toBeCloseTo((10_000 * 0.3) / volatility, 0);
  });

  it('never asks for more than the balance, the leverage or the smallest size allow', async () => {
    const usd = fc.double({ min: 0, max: 20_000, noNaN: true });
    const args = fc.record(
      {
        method: fc.constantFrom('fixed_fraction', 'kelly', 'volatility_target'),
        stop_loss: fc.double({ min: 0.01, max: 300, noNaN: true }),
        leverage: fc.integer({ min: 1, max: 1000 }),
        risk_fraction: fc.double({ min: 0.0001, max: 0.5, noNaN: true }),
        win_probability: fc.double({ min: 0, max: 1, noNaN: true }),
        win_loss_ratio: fc.double({ min: 0.01, max: 1000, noNaN: true }),
        target_volatility: fc.double({ min: 0.001, max: 5, noNaN: true }),
      },
      { requiredKeys: ['method', 'stop_loss', 'win_probability', 'win_loss_ratio'] },
    );
    await fc.assert(
      fc.asyncProperty(args, usd, usd, async (asked, availableUsd, equityUsd) => {
        fc.pre(Math.abs(asked.stop_loss - 100) > 0.01);
        const world = worldOf({ availableUsd, equityUsd });
        const found = await find('position_size', { symbol: 'BTC', ...asked }, world);
        const [margin, leverage, fee] = [
          Number(found.margin_usd),
          Number(found.leverage),
          Number(found.entry_fee_usd),
        ];
        expect(margin + fee).toBeLessThanOrEqual(availableUsd + 1e-7);
        expect(Number.isInteger(leverage) && leverage >= 1 && leverage <= 50).toBe(true);
        expect(margin === 0 || margin >= world.minSizeUsd).toBe(true);
        expect(found.can_be_opened).toBe(margin > 0);
      }),
      { numRuns: 300 },
    );
  });
});

describe('risk_reward', () => {
  it('counts the fees of both fills', async () => {
    const args = {
      symbol: 'BTC',
      side: 'LONG',
      stop_loss: 98,
      take_profit: 106,
      margin_usd: 100,
      leverage: 10,
    };
    // Exposure 1000: win 60 - 0.50 - 0.53, loss 20 + 0.50 + 0.49.
    expect(await find('risk_reward', args, worldOf())).toMatchObject({
      target_distance_percent: 6,
      stop_distance_percent: 2,
      win_usd: 58.97,
      loss_usd: -20.99,
      reward_to_risk: 2.809,
      break_even_win_share_percent: Number(((20.99 / 79.96) * 100).toFixed(4)),
      liquidation_price_usd: Number((90 / 0.995).toFixed(2)),
      stop_comes_before_liquidation: true,
    });
  });

  it('mirrors for a short, and warns of a stop beyond liquidation', async () => {
    const args = { symbol: 'BTC', side: 'SHORT', stop_loss: 112, take_profit: 90, leverage: 10 };
    expect(await find('risk_reward', args, worldOf())).toMatchObject({
      win_usd: Number((100 - 0.5 - 0.45).toFixed(6)),
      // 110 / 1.005, on the tick from which it holds.
      liquidation_price_usd: 109.46,
      stop_comes_before_liquidation: false,
    });
    const { signal } = new AbortController();
    const wrong = JSON.stringify({ ...args, take_profit: 120 });
    expect(await runTool('risk_reward', wrong, { world: worldOf(), signal })).toEqual({
      text: 'risk_reward: argument "take_profit" of a SHORT must be below the entry price 100, got 120.',
      isError: true,
    });
  });
});
