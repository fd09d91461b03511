/** One open position, as plain data. */
export interface PlainPosition {
  readonly bot: number;
  readonly symbol: number;
  readonly side: 1 | -1;
  readonly quantity: number;
  readonly costMicros: number;
  readonly lower: number;
  readonly upper: number;
}

/**
 * The fastest way known in JavaScript: columns of numbers, all positions in one loop, the arrays constant to the
 * compiler.
 * @returns what applies prices and tells how many exits are due.
 */
export function typedArrayLoop(
  positions: readonly PlainPosition[],
  botCount: number,
): (prices: Float64Array) => number {
  const numbers = (of: (position: PlainPosition) => number) => Float64Array.from(positions, of);
  const count = positions.length;
  const bots = Int32Array.from(positions, (position) => position.bot);
  const symbols = Int32Array.from(positions, (position) => position.symbol);
  const sides = numbers((position) => position.side);
  const quantities = numbers((position) => position.quantity);
  const costs = numbers((position) => position.costMicros);
  const lowers = numbers((position) => position.lower);
  const uppers = numbers((position) => position.upper);
  const unrealized = new Float64Array(botCount);
  return (prices) => {
    unrealized.fill(0);
    let hits = 0;
    for (let i = 0; i < count; i++) {
      const price = prices[symbols[i] as number] as number;
      const bot = bots[i] as number;
      const value = (quantities[i] as number) * price * 1e6 - (costs[i] as number);
      unrealized[bot] = (unrealized[bot] as number) + (sides[i] as number) * value;
      if (price <= (lowers[i] as number) || price >= (uppers[i] as number)) hits += 1;
    }
    return hits;
  };
}

interface OldMarket {
  readonly symbol: string;
  readonly price: number;
}

interface OldPosition {
  readonly id: string;
  readonly symbol: string;
  readonly type: 'LONG' | 'SHORT';
  readonly entryPrice: number;
  readonly size: number;
  readonly leverage: number;
  readonly liquidationPrice: number;
  readonly stopLoss: number;
  readonly takeProfit: number;
  readonly openTime: number;
  readonly pnl: number;
}

interface OldBot {
  readonly portfolio: { positions: OldPosition[]; pnl: number; totalValue: number; readonly balance: number };
  valueHistory: object[];
}

const MAX_VALUE_HISTORY = 300;

/** As the old server did it: each position looks its market up in a list and is copied, each bot's curve grows. */
export class OldRefresh {
  readonly #bots: readonly OldBot[];

  constructor(positions: readonly PlainPosition[], options: { bots: number; nameOf: (i: number) => string }) {
    this.#bots = Array.from({ length: options.bots }, (_, bot) => ({
      portfolio: {
        balance: 10_000,
        positions: positions
          .filter((position) => position.bot === bot)
          .map((position, i) =>
            oldPosition(position, { id: `${bot}-${i}`, symbol: options.nameOf(position.symbol) }),
          ),
        pnl: 0,
        totalValue: 0,
      },
      valueHistory: Array.from({ length: MAX_VALUE_HISTORY }, (_, i) => ({ timestamp: i, value: 10_000 })),
    }));
  }

  /** @returns how many exits are due. */
  apply(markets: readonly OldMarket[]): number {
    let hits = 0;
    for (const bot of this.#bots) {
      let [pnlOfAll, margin] = [0, 0];
      bot.portfolio.positions = bot.portfolio.positions.map((position) => {
        const price =
          markets.find((market) => market.symbol === position.symbol)?.price ?? position.entryPrice;
        const quantity = (position.size * position.leverage) / position.entryPrice;
        const pnl = (price - position.entryPrice) * quantity * (position.type === 'LONG' ? 1 : -1);
        const [low, high] =
          position.type === 'LONG'
            ? [position.stopLoss, position.takeProfit]
            : [position.takeProfit, position.stopLoss];
        if (price <= low || price >= high) hits += 1;
        pnlOfAll += pnl;
        margin += position.size;
        return { ...position, pnl };
      });
      bot.portfolio.pnl = pnlOfAll;
      bot.portfolio.totalValue = bot.portfolio.balance + margin + pnlOfAll;
      bot.valueHistory.push({ timestamp: Date.now(), value: bot.portfolio.totalValue });
      if (bot.valueHistory.length > MAX_VALUE_HISTORY)
        bot.valueHistory = bot.valueHistory.slice(-MAX_VALUE_HISTORY);
    }
    return hits;
  }
}

function oldPosition(plain: PlainPosition, { id, symbol }: { id: string; symbol: string }): OldPosition {
  const isLong = plain.side === 1;
  const entryPrice = plain.costMicros / plain.quantity / 1e6;
  return {
    id,
    symbol,
    type: isLong ? 'LONG' : 'SHORT',
    entryPrice,
    size: (entryPrice * plain.quantity) / 2,
    leverage: 2,
    liquidationPrice: entryPrice / 2,
    stopLoss: isLong ? plain.lower : plain.upper,
    takeProfit: isLong ? plain.upper : plain.lower,
    openTime: 0,
    pnl: 0,
  };
}
