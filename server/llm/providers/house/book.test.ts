import { describe, expect, it } from 'vitest';
import {
  accountOf,
  closesOf,
  marketOf,
  positionOf,
  turnViewOf,
  VIEW_NOW,
} from '../../../test/support/turn-view.ts';
import { candleMsOf, openMarkets, planEntries, type Entry } from './book.ts';

const symbols = ['AAA', 'BBB', 'CCC'];
const markets = symbols.map((symbol) => marketOf(symbol, closesOf({})));
const limits = { maxPositions: 5, maxEntries: 5 };
const entries: readonly Entry[] = markets.map((market) => ({
  market,
  side: 'LONG',
  equityShare: 0.1,
  leverage: 10,
  because: 'A reason',
}));
const withCash = (usd: number) =>
  turnViewOf({ markets, account: accountOf({ cashMicros: usd * 1_000_000 }) });
const sizes = (usd: number) => planEntries(withCash(usd), entries, limits).map(({ size }) => size);

describe('planEntries', () => {
  it('gives each entry its share of equity while the cash lasts, fees included', () => {
    expect(sizes(10_000)).toEqual([1000, 1000, 1000]);
    expect(sizes(1600)).toEqual([1000, 591.44]);
    expect(sizes(1040)).toEqual([1000]);
    expect(sizes(40)).toEqual([]);
  });

  it('keeps to the slots of the turn, the strategy and the bot', () => {
    const count = (view = withCash(10_000), most = limits) => planEntries(view, entries, most).length;
    expect(count(undefined, { ...limits, maxEntries: 1 })).toBe(1);
    expect(count(undefined, { ...limits, maxPositions: 2 })).toBe(2);
    expect(
      count(turnViewOf({ account: accountOf({ positions: [positionOf('X', 'LONG', 1)] }) }), {
        maxPositions: 2,
        maxEntries: 5,
      }),
    ).toBe(1);
    const { rules } = turnViewOf();
    expect(count(turnViewOf({ rules: { ...rules, maxOpenPositions: 0 } }))).toBe(0);
  });

  it("lowers the leverage to the symbol's cap", () => {
    const [market] = markets;
    if (!market) throw new Error('no market');
    const capped = { ...market, spec: { ...market.spec, maxLeverage: 4 } };
    const [decision] = planEntries(withCash(10_000), [{ ...entries[0], market: capped } as Entry], limits);
    expect(decision?.leverage).toBe(4);
  });
});

describe('openMarkets', () => {
  it('leaves out what is held, cooling down, stale or unconfirmed', () => {
    const view = turnViewOf({
      markets: [
        ...markets,
        marketOf('STALE', [1, 2], { isStale: true }),
        marketOf('JUMP', [1, 2], { isConfirmed: false }),
      ],
      account: accountOf({
        positions: [positionOf('AAA', 'LONG', 100)],
        cooldowns: { BBB: VIEW_NOW + 1, CCC: VIEW_NOW },
      }),
    });
    expect(openMarkets(view).map(({ spec }) => spec.symbol)).toEqual(['CCC']);
  });
});

describe('candleMsOf', () => {
  it('is the smallest distance, whatever gaps there are', () => {
    const market = marketOf('AAA', [1, 2, 3, 4]);
    const [first, second, , fourth] = market.candles;
    const gap = [first, second, fourth].filter((candle) => candle !== undefined);
    expect(candleMsOf({ ...market, candles: gap })).toBe(60_000);
    expect(candleMsOf(marketOf('AAA', [1]))).toBe(60_000);
  });
});
