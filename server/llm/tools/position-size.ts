import { z } from 'zod';
import { realisedVolatility } from '../../market/indicators.ts';
import {
  closesOf,
  figure,
  intervalArg,
  percent,
  priceArg,
  quoteOf,
  readCandles,
  specOf,
  symbolArg,
} from './market-data.ts';
import { fitSize, type Fit } from './fit-size.ts';
import { defineTool, ToolProblem, type Findings } from './tool.ts';
import { INTERVAL_MS, type ToolWorld } from './world.ts';

const VOLATILITY_CANDLES = 200;

const schema = z.strictObject({
  symbol: symbolArg,
  method: z
    .enum(['fixed_fraction', 'kelly', 'volatility_target'])
    .describe(
      'fixed_fraction: lose risk_fraction of the equity at the stop. kelly: risk the Kelly fraction of the equity, at the stop or, without one, as the margin. volatility_target: let the position swing by target_volatility of the equity a year.',
    ),
  stop_loss: priceArg.optional().describe('Price of the stop in USD. fixed_fraction needs it.'),
  entry_price: priceArg.optional().describe('USD; the price now when absent.'),
  leverage: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe('A whole number; when absent the smallest that the available balance needs.'),
  risk_fraction: z
    .number()
    .gt(0)
    .max(0.5)
    .default(0.01)
    .describe('fixed_fraction: share of the equity lost at the stop, such as 0.01.'),
  win_probability: z.number().min(0).max(1).optional().describe('kelly: from 0 to 1.'),
  win_loss_ratio: z.number().gt(0).max(1000).optional().describe('kelly: average win / average loss.'),
  kelly_share: z
    .number()
    .gt(0)
    .max(1)
    .default(0.5)
    .describe('kelly: how much of the Kelly fraction is used.'),
  target_volatility: z
    .number()
    .gt(0)
    .max(5)
    .default(0.2)
    .describe('volatility_target: a year, such as 0.2 for 20 %.'),
  interval: intervalArg,
});
type Args = z.output<typeof schema>;

/** What a method asks for, before balance, smallest size and leverage have their say. */
interface Wish {
  readonly exposureUsd: number;
  /** Distance from entry to stop as a fraction; null without a stop. */
  readonly stopFraction: number | null;
  readonly why: Findings;
}

interface Setting {
  readonly world: ToolWorld;
  /** USD. */
  readonly entry: number;
}

const positionSize = defineTool({
  name: 'position_size',
  description:
    'Margin in USD and leverage for a new position by fixed fraction, Kelly or a volatility target, fitted to the available balance with the entry fee, the smallest size and the most leverage the symbol allows.',
  schema,
  async run(args, world) {
    const spec = specOf(world, args.symbol);
    const entry = args.entry_price ?? quoteOf(world, args.symbol).price;
    const wish = await METHODS[args.method](args, { world, entry });
    const fit = fitSize(wish, { world, spec, leverage: args.leverage });
    return { symbol: args.symbol, method: args.method, entry_price_usd: entry, ...wish.why, ...tellFit(fit) };
  },
});

const METHODS: Readonly<Record<Args['method'], (args: Args, at: Setting) => Wish | Promise<Wish>>> = {
  fixed_fraction: byFixedFraction,
  kelly: byKelly,
  volatility_target: byVolatility,
};

function stopFractionOf(args: Args, entry: number): number | null {
  if (args.stop_loss === undefined) return null;
  const distance = Math.abs(entry - args.stop_loss) / entry;
  if (distance >= 1e-6) return distance;
  throw new ToolProblem(
    `position_size: argument "stop_loss" must differ from the entry price ${entry}, got ${args.stop_loss}.`,
  );
}

/** Exposure that loses `riskUsd` at the stop, the fees of both fills included. */
function exposureForRisk(riskUsd: number, stopFraction: number, world: ToolWorld): number {
  return riskUsd / (stopFraction + (2 * world.takerFeeBps) / 10_000);
}

function byFixedFraction(args: Args, { world, entry }: Setting): Wish {
  const stopFraction = stopFractionOf(args, entry);
  if (stopFraction === null) {
    throw new ToolProblem('position_size: the method fixed_fraction needs the argument "stop_loss".');
  }
  const riskUsd = world.equityUsd * args.risk_fraction;
  const exposureUsd = exposureForRisk(riskUsd, stopFraction, world);
  return { exposureUsd, stopFraction, why: { risk_asked_usd: figure(riskUsd) } };
}

/** Kelly's f = p - (1 - p) / b, of the equity. */
function byKelly(args: Args, { world, entry }: Setting): Wish {
  const { win_probability: p, win_loss_ratio: ratio } = args;
  if (p === undefined || ratio === undefined) {
    throw new ToolProblem(
      'position_size: the method kelly needs the arguments "win_probability" and "win_loss_ratio".',
    );
  }
  const full = p - (1 - p) / ratio;
  const riskUsd = Math.max(0, full * args.kelly_share) * world.equityUsd;
  const stopFraction = stopFractionOf(args, entry);
  const exposureUsd =
    stopFraction === null ? riskUsd * (args.leverage ?? 1) : exposureForRisk(riskUsd, stopFraction, world);
  const why = { kelly_fraction_of_equity: figure(full), risk_asked_usd: figure(riskUsd) };
  return { exposureUsd, stopFraction, why };
}

async function byVolatility(args: Args, { world, entry }: Setting): Promise<Wish> {
  const { symbol, interval } = args;
  const candles = await readCandles(world, { symbol, interval, count: VOLATILITY_CANDLES + 1, atLeast: 21 });
  const options = { period: candles.length - 1, candleMs: INTERVAL_MS[interval] };
  const volatility = realisedVolatility(closesOf(candles), options);
  if (volatility === null || volatility < 1e-6) {
    throw new ToolProblem(`position_size: ${symbol} did not move in its last ${interval} candles.`);
  }
  return {
    exposureUsd: (world.equityUsd * args.target_volatility) / volatility,
    stopFraction: stopFractionOf(args, entry),
    why: { volatility_percent_a_year: percent(volatility) },
  };
}

function tellFit({ marginUsd, leverage, exposureUsd, entryFeeUsd, lossAtStopUsd, notes }: Fit): Findings {
  return {
    can_be_opened: marginUsd > 0,
    margin_usd: marginUsd,
    leverage,
    exposure_usd: figure(exposureUsd, 8),
    entry_fee_usd: entryFeeUsd,
    loss_at_stop_usd: lossAtStopUsd === null ? null : figure(lossAtStopUsd),
    notes,
  };
}

export const POSITION_SIZE_TOOLS = [positionSize];
