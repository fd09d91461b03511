import { MarkIndex } from '../../server/arena/mark-index.ts';
import type { Position } from '../../server/engine/model.ts';
import { OldRefresh, typedArrayLoop, type PlainPosition } from './baselines/price-ticks.mts';
import { atLeast, number, type Measure } from './measure.mts';
import { interleave, timed } from './rounds.mts';
import { makeSymbols, swing } from './world/market.mts';

const BOTS = 1000;
const POSITIONS = 5;
const SYMBOLS = 218;
const SPECS = makeSymbols(SYMBOLS);

/** New prices of all symbols: every position revalued into its bot's sum, every exit level looked at. */
export const priceTick: Measure = {
  name: 'price-tick',
  async run(bench) {
    const names = SPECS.map(({ symbol }) => symbol);
    const plain = makePositions();
    const index = fillIndex(plain, names);
    const loop = typedArrayLoop(plain, BOTS);
    const old = new OldRefresh(plain, { bots: BOTS, nameOf: (i) => asParsed(names[i] ?? '') });
    const steps = Array.from({ length: 64 }, (_, step) =>
      Float64Array.from(SPECS, (spec, i) => swing(spec, 100 + i, { i, step })),
    );
    const markets = steps.map((prices) =>
      asParsed(names.map((symbol, i) => ({ symbol, price: prices[i] ?? 0 }))),
    );
    const hits = { ours: 0, loop: 0, old: 0 };
    const unrealized = { ours: 0 };
    const samples = await interleave(
      {
        ours: () =>
          timed(2000, (step) => {
            const prices = steps[step % 64] ?? new Float64Array();
            for (let i = 0; i < SYMBOLS; i += 1)
              hits.ours += index.apply(names[i] ?? '', prices[i] ?? 0).length;
            unrealized.ours += index.unrealizedMicros('bot-0');
          }),
        loop: () =>
          timed(2000, (step) => {
            hits.loop += loop(steps[step % 64] ?? new Float64Array());
          }),
        old: () =>
          timed(20, (step) => {
            hits.old += old.apply(markets[step % 64] ?? []);
          }),
      },
      { rounds: bench.isQuick ? 9 : 21, warmUps: 2 },
    );
    const ours = `${number(1000 / samples.median('ours'))} ticks/s`;
    const per = (name: 'loop' | 'old') => `${number(1000 / samples.median(name))} ticks/s`;
    const what = 'price tick, 1,000 x 5 x 218';
    return [
      atLeast(
        { measure: `${what} / typed arrays`, ours, baseline: per('loop') },
        samples.ratio('loop', 'ours'),
        0.3,
      ),
      atLeast({ measure: `${what} / old way`, ours, baseline: per('old') }, samples.ratio('old', 'ours'), 80),
    ];
  },
};

/** The old server had both its markets and its positions from JSON. */
function asParsed<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

function makePositions(): PlainPosition[] {
  return Array.from({ length: BOTS * POSITIONS }, (_, i) => {
    const symbol = (i * 37) % SYMBOLS;
    const entry = 100 + symbol;
    const quantity = 1 + (i % 7) / 10;
    return {
      bot: Math.floor(i / POSITIONS),
      symbol,
      side: i % 3 === 0 ? -1 : 1,
      quantity,
      costMicros: Math.round(entry * quantity * 1e6),
      lower: entry * 0.5,
      upper: entry * 1.5,
    };
  });
}

function fillIndex(plain: readonly PlainPosition[], names: readonly string[]): MarkIndex {
  const index = new MarkIndex();
  for (const name of names) index.apply(name, 1);
  const byBot = Map.groupBy(plain, ({ bot }) => bot);
  for (const [bot, positions] of byBot)
    index.setPositions(
      `bot-${bot}`,
      positions.map((position, i) =>
        toPosition(position, { id: `${bot}-${i}`, symbol: names[position.symbol] ?? '' }),
      ),
    );
  return index;
}

function toPosition(plain: PlainPosition, { id, symbol }: { id: string; symbol: string }): Position {
  const { side, quantity, costMicros, lower, upper } = plain;
  const isLong = side === 1;
  return {
    id,
    symbol,
    side: isLong ? 'LONG' : 'SHORT',
    quantity,
    entryQuantity: quantity,
    entryPrice: costMicros / quantity / 1e6,
    costMicros,
    leverage: 2,
    maintenanceRate: 0.005,
    marginMicros: costMicros / 2,
    initialMarginMicros: costMicros / 2,
    liquidationPrice: null,
    stopLoss: isLong ? lower : upper,
    takeProfit: isLong ? upper : lower,
    openedAt: 0,
    levelsSetAt: 0,
    feesMicros: 0,
    realizedMicros: 0,
    fundingMicros: 0,
    lastFundingAt: null,
    insuranceMicros: 0,
  };
}
