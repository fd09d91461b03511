import { z } from 'zod';
import type { MarketView, TurnView } from '../../../provider.ts';
import { openMarkets, orHold, planEntries } from '../book.ts';
import { defineStrategy } from '../strategy.ts';
import { price } from '../wording.ts';

const params = z.strictObject({
  symbols: z.array(z.string()).min(1).max(20).default(['BTCUSDT', 'ETHUSDT']),
  /** Of equity, over all symbols together; the rest pays fees. */
  equityShare: z.number().min(0.01).max(0.99).default(0.95),
});

export const buyAndHold = defineStrategy({
  name: 'buy-and-hold',
  description: 'Buys BTC and ETH without leverage, never closes, and buys again what was closed for it.',
  isReference: true,
  params,
  decide(view, { symbols, equityShare }) {
    const basket = chooseBasket(view, symbols);
    const share = equityShare / Math.max(1, basket.length);
    const missing = openMarkets(view).filter((market) => basket.includes(market));
    const entries = missing.map((market) => ({
      market,
      side: 'LONG' as const,
      equityShare: share,
      leverage: 1,
      because: `Holds ${basket.length} symbols in equal parts, ${market.spec.symbol} at ${price(market.quote.price, market)} is missing`,
    }));
    const limits = { maxPositions: view.rules.maxOpenPositions, maxEntries: basket.length };
    return orHold(planEntries(view, entries, limits), () => {
      const names = basket.map(({ spec }) => spec.symbol).join(' and ') || 'nothing, as no market is open';
      if (missing.length > 0)
        return `The cash left is below the smallest size of ${view.rules.minSizeUsd} USD`;
      return `The basket is ${names}, and nothing of it is to be bought now`;
    });
  },
});

/** The symbols asked for; where the market has none of them, as many of its first ones. */
function chooseBasket(view: TurnView, symbols: readonly string[]): readonly MarketView[] {
  const wanted = view.markets.filter(({ spec }) => symbols.includes(spec.symbol));
  return wanted.length > 0 ? wanted : view.markets.slice(0, symbols.length);
}
