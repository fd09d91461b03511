import { z } from 'zod';
import { figure, onTick, percent, priceArg, quoteOf, sideArg, specOf, symbolArg } from './market-data.ts';
import { checkLeverage, checkLevels, feeUsd, liquidationOf, signOf, type Plan } from './position-plan.ts';
import { defineTool, type Findings } from './tool.ts';

const riskReward = defineTool({
  name: 'risk_reward',
  description:
    'What a position wins at its target and loses at its stop, fees of both fills included, their ratio, the share of wins at which it breaks even, and where it would be liquidated.',
  schema: z.strictObject({
    symbol: symbolArg,
    side: sideArg,
    stop_loss: priceArg.describe('Price of the stop in USD.'),
    take_profit: priceArg.describe('Price of the target in USD.'),
    entry_price: priceArg.optional().describe('USD; the price now when absent.'),
    margin_usd: z.number().gt(0).max(1e9).default(100).describe('Margin of the position in USD.'),
    leverage: z.int().min(1).max(1000).default(1).describe('A whole number.'),
  }),
  run(args, world) {
    const spec = specOf(world, args.symbol);
    const entry = args.entry_price ?? quoteOf(world, args.symbol).price;
    const { side, leverage, margin_usd: marginUsd, stop_loss: stop, take_profit: target } = args;
    checkLeverage('risk_reward', spec, leverage);
    const plan = { side, entry, leverage, stop, target };
    checkLevels('risk_reward', plan);
    const liquidation = liquidationOf(spec, plan);
    return {
      symbol: args.symbol,
      side,
      entry_price_usd: entry,
      leverage,
      ...outcomes(plan, { exposureUsd: marginUsd * leverage, feeBps: world.takerFeeBps }),
      liquidation_price_usd: liquidation === null ? null : onTick(spec, liquidation),
      stop_comes_before_liquidation: liquidation === null || signOf(side) * (stop - liquidation) > 0,
    };
  },
});

function outcomes(
  { side, entry, stop, target }: Plan & { stop: number; target: number },
  { exposureUsd, feeBps }: { exposureUsd: number; feeBps: number },
): Findings {
  const pnlAt = (price: number): number => {
    const gross = signOf(side) * exposureUsd * (price / entry - 1);
    return gross - feeUsd(exposureUsd, feeBps) - feeUsd((exposureUsd * price) / entry, feeBps);
  };
  const [win, loss] = [pnlAt(target), pnlAt(stop)];
  return {
    target_distance_percent: percent(Math.abs(target / entry - 1)),
    stop_distance_percent: percent(Math.abs(stop / entry - 1)),
    win_usd: figure(win),
    loss_usd: figure(loss),
    reward_to_risk: figure(win / -loss, 4),
    break_even_win_share_percent: win > 0 ? percent(-loss / (win - loss)) : null,
  };
}

export const RISK_REWARD_TOOLS = [riskReward];
