import { z } from 'zod';
import type { Decision } from '../../../../engine/model.ts';
import type { MarketView, TurnView } from '../../../provider.ts';
import { actionablePositions, close, openMarkets, orHold, planEntries, type Entry } from '../book.ts';
import type { Random } from '../seeded-random.ts';
import { defineStrategy } from '../strategy.ts';

const params = z.strictObject({
  maxPositions: z.int().min(1).max(50).default(3),
  entryChance: z.number().min(0).max(1).default(0.5),
  exitChance: z.number().min(0).max(1).default(0.1),
  maxLeverage: z.int().min(1).max(20).default(3),
  /** Distance of stop and target from the price, a fraction. */
  levelDistance: z.number().min(0.001).max(0.3).default(0.02),
});
type Params = z.infer<typeof params>;

export const random = defineStrategy({
  name: 'random',
  description: 'Draws its trades from a seeded lottery: what luck alone earns.',
  isReference: true,
  params,
  decide(view, params, random) {
    const decisions = [...drawExits(view, params, random), ...drawEntry(view, params, random)];
    return orHold(decisions, () => 'The draw says to do nothing');
  },
});

function drawExits(view: TurnView, { exitChance }: Params, random: Random): readonly Decision[] {
  return actionablePositions(view).flatMap(({ position }) => {
    const draw = random();
    return draw < exitChance
      ? [close(position, `The draw ${draw.toFixed(3)} for ${position.symbol} is below ${exitChance}`)]
      : [];
  });
}

function drawEntry(view: TurnView, params: Params, random: Random): readonly Decision[] {
  const draw = random();
  const markets = openMarkets(view).toSorted((a, b) => (a.spec.symbol < b.spec.symbol ? -1 : 1));
  const market = markets[Math.floor(random() * markets.length)];
  if (!market || draw >= params.entryChance) return [];
  const entry = drawTerms(market, params, random);
  const because = `The draw ${draw.toFixed(3)} is below ${params.entryChance} and fell on ${market.spec.symbol} of ${markets.length} symbols`;
  return planEntries(view, [{ ...entry, because }], { maxPositions: params.maxPositions, maxEntries: 1 });
}

function drawTerms(market: MarketView, params: Params, random: Random): Omit<Entry, 'because'> {
  const distance = market.quote.price * params.levelDistance;
  return {
    market,
    side: random() < 0.5 ? 'LONG' : 'SHORT',
    equityShare: 0.05 + Math.floor(random() * 11) / 100,
    leverage: 1 + Math.floor(random() * params.maxLeverage),
    stopDistance: distance,
    targetDistance: distance,
  };
}
