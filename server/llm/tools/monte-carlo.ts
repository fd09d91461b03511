import { quantileSorted } from 'simple-statistics';
import { z } from 'zod';
import { seededRandom } from '../providers/house/seeded-random.ts';
import {
  countArg,
  figure,
  intervalArg,
  onTick,
  percent,
  priceArg,
  quoteOf,
  readCandles,
  sideArg,
  specOf,
  symbolArg,
} from './market-data.ts';
import { checkLeverage, checkLevels, liquidationOf } from './position-plan.ts';
import {
  drawPath,
  movesOf,
  simulateOnce,
  type Ending,
  type SimulatedOutcome,
  type SimulatedPosition,
} from './simulate-position.ts';
import { defineTool, type Findings } from './tool.ts';
import type { ToolWorld } from './world.ts';

const MAX_HORIZON = 200;
const MAX_PATHS = 2000;
const QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95];

const schema = z.strictObject({
  symbol: symbolArg,
  side: sideArg,
  margin_usd: z.number().gt(0).max(1e9).describe('Margin of the position in USD.'),
  leverage: z.int().min(1).max(1000).default(1).describe('A whole number, at most what the symbol allows.'),
  stop_loss: priceArg.optional().describe('Price of the stop in USD.'),
  take_profit: priceArg.optional().describe('Price of the target in USD.'),
  horizon: z
    .int()
    .min(1)
    .max(MAX_HORIZON)
    .default(48)
    .describe(`Candles the position is held at most, 1 to ${MAX_HORIZON}.`),
  interval: intervalArg,
  count: countArg({ min: 30, max: 500, usual: 500 }),
  paths: z.int().min(100).max(MAX_PATHS).default(1000).describe(`Futures drawn, 100 to ${MAX_PATHS}.`),
  drift: z
    .enum(['historical', 'none'])
    .default('historical')
    .describe('none: the mean return of the candles is taken out of them.'),
});
type Args = z.output<typeof schema>;

const monteCarlo = defineTool({
  name: 'monte_carlo',
  description:
    'Opens a position at the price now and plays futures drawn from the moves of the last candles: how often stop, target or liquidation comes first, the expected profit or loss in USD, fees included, and its quantiles. The same question has the same answer within a turn.',
  schema,
  async run(args, world) {
    const position = positionOf(args, world);
    const { symbol, interval, count } = args;
    const candles = await readCandles(world, { symbol, interval, count, atLeast: 30 });
    const moves = movesOf(candles, args.drift === 'none');
    // Every question about a symbol draws the same futures, so that two plans differ by the plan alone.
    const random = seededRandom(`${world.seed}/monte_carlo/${symbol}/${interval}`);
    const { horizon, paths } = args;
    const outcomes = Array.from({ length: paths }, () =>
      simulateOnce(position, drawPath(moves, { horizon, random })),
    );
    const spec = specOf(world, symbol);
    return {
      ...tellQuestion(args, position),
      liquidation_price_usd: position.liquidation === null ? null : onTick(spec, position.liquidation),
      ...tellOutcomes(outcomes),
      left_out: 'slippage, funding and gaps',
    };
  },
});

function positionOf(args: Args, world: ToolWorld): SimulatedPosition {
  const spec = specOf(world, args.symbol);
  const { price: entry } = quoteOf(world, args.symbol);
  const { side, leverage, stop_loss: stop, take_profit: target, margin_usd: marginUsd } = args;
  checkLeverage('monte_carlo', spec, leverage);
  checkLevels('monte_carlo', { side, entry, stop, target });
  const liquidation = liquidationOf(spec, { side, entry, leverage });
  return { side, entry, leverage, stop, target, marginUsd, liquidation, feeBps: world.takerFeeBps };
}

function tellQuestion(args: Args, position: SimulatedPosition): Findings {
  const { symbol, side, interval, horizon, paths } = args;
  return { symbol, side, entry_price_usd: position.entry, horizon: `${horizon} x ${interval}`, paths };
}

function tellOutcomes(outcomes: readonly SimulatedOutcome[]): Findings {
  const share = (ending: Ending): number =>
    percent(outcomes.filter((outcome) => outcome.ending === ending).length / outcomes.length);
  const pnls = outcomes.map(({ pnlUsd }) => pnlUsd).toSorted((a, b) => a - b);
  return {
    stop_first_percent: share('stop'),
    target_first_percent: share('target'),
    liquidation_first_percent: share('liquidation'),
    still_open_percent: share('open'),
    profitable_percent: percent(pnls.filter((pnl) => pnl > 0).length / pnls.length),
    expected_pnl_usd: figure(pnls.reduce((sum, pnl) => sum + pnl, 0) / pnls.length),
    pnl_quantiles_usd: Object.fromEntries(QUANTILES.map((q) => [String(q), figure(quantileSorted(pnls, q))])),
  };
}

export const MONTE_CARLO_TOOLS = [monteCarlo];
