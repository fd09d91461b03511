import type { Random } from '../../../llm/providers/house/seeded-random.ts';
import type { LegacyMarket } from './market.ts';
import type { OldSide } from './old-arena.ts';

const MINUTE = 60_000;
/** The old server's fee, of margin: on an entry only written down, on an exit taken from its result. */
const FEE_RATE = 0.03;
const LEVERAGES = [1, 2, 2, 3, 3, 5, 5, 8, 10];

/** A position from its entry to its exit. Money in USD as floats. */
export interface Deal {
  readonly positionId: string;
  readonly entryOrderId: string;
  readonly symbol: string;
  readonly side: OldSide;
  /** Margin. */
  readonly size: number;
  readonly leverage: number;
  readonly entryPrice: number;
  readonly entryFee: number;
  readonly openedAt: number;
  readonly stopLoss: number | null;
  readonly takeProfit: number | null;
  readonly liquidationPrice: number;
  readonly exit: DealExit | null;
}

export interface DealExit {
  readonly orderId: string;
  readonly price: number;
  readonly at: number;
  readonly fee: number;
  /** Net of the exit's fee. */
  readonly pnl: number;
}

/** All a bot has ever done, oldest entry first. */
export interface Book {
  readonly initialBalance: number;
  readonly deals: readonly Deal[];
}

export interface BookPlan {
  readonly market: LegacyMarket;
  readonly random: Random;
  readonly initialBalance: number;
  /** How often the side is the right one. */
  readonly skill: number;
  /** Entries and exits together; one position more stays open where they do not come out even. */
  readonly orders: number;
  readonly openPositions: number;
  readonly from: number;
  readonly now: number;
}

/** The positions of a book that is being made, and what those that are over have brought. */
interface Desk {
  readonly open: readonly Deal[];
  readonly balance: number;
}

/** Trades through `from`..`now`. One position a symbol; the last entries stay open, the last exit is ten minutes old. */
export function simulateBook(plan: BookPlan): Book {
  const exits = Math.floor((plan.orders - Math.min(plan.orders, plan.openPositions)) / 2);
  const entries = plan.orders - exits;
  const slotMs = (plan.now - plan.from) / (entries + 1);
  const deals: Deal[] = [];
  let desk: Desk = { open: [], balance: plan.initialBalance };
  for (let i = 0; i < entries; i++) {
    const openedAt = Math.round(plan.from + slotMs * (i + 0.15 + 0.7 * plan.random()));
    const latest = plan.now - 10 * MINUTE * (exits - i);
    const wanted = openedAt + slotMs * (0.4 + 2.6 * plan.random());
    const closedAt = i === exits - 1 ? latest : Math.round(Math.min(wanted, latest));
    desk = settle(desk, openedAt);
    const deal = makeDeal(plan, desk, { openedAt, closedAt: i < exits ? closedAt : undefined });
    desk = { open: [...desk.open, deal], balance: desk.balance - deal.size };
    deals.push(deal);
  }
  return { initialBalance: plan.initialBalance, deals };
}

function settle({ open, balance }: Desk, at: number): Desk {
  const isOver = ({ exit }: Deal) => exit !== null && exit.at <= at;
  const back = open.filter(isOver).reduce((sum, { size, exit }) => sum + size + (exit?.pnl ?? 0), 0);
  return { open: open.filter((deal) => !isOver(deal)), balance: balance + back };
}

function makeDeal(
  plan: BookPlan,
  desk: Desk,
  { openedAt, closedAt }: { openedAt: number; closedAt: number | undefined },
): Deal {
  const { market, random } = plan;
  const symbol = pickSymbol(plan, desk);
  const leverage = pick(random, LEVERAGES);
  const entryPrice = market.priceAt(symbol, openedAt);
  const endPrice = market.priceAt(symbol, closedAt ?? plan.now);
  const side = pickSide(plan, leverage * (endPrice / entryPrice - 1));
  const size = Number((desk.balance * (0.03 + 0.07 * random())).toFixed(2));
  const opened = {
    positionId: `pos_${openedAt}_${token(random)}`,
    entryOrderId: `order_${openedAt}_${token(random)}`,
    symbol,
    side,
    size,
    leverage,
    entryPrice,
    openedAt,
    entryFee: size * FEE_RATE,
    ...levelsOf(plan, { symbol, side, leverage, entryPrice, endPrice }),
    exit: null,
  };
  if (closedAt === undefined) return opened;
  const fee = size * FEE_RATE;
  const orderId = `order_${closedAt}_${token(random)}`;
  const pnl = unrealizedOf(opened, endPrice) - fee;
  return { ...opened, exit: { orderId, price: endPrice, at: closedAt, fee, pnl } };
}

function pickSymbol({ market, random }: BookPlan, { open }: Desk): string {
  const held = new Set(open.map(({ symbol }) => symbol));
  const free = market.symbols.filter((symbol) => !held.has(symbol));
  // The first symbols are the ones models know.
  return pick(random, random() < 0.7 ? free.slice(0, 12) : free);
}

/** The old server liquidates before most of the margin is gone: such a position is not begun here. */
function pickSide({ random, skill }: BookPlan, gainOfLong: number): OldSide {
  const isRight = random() < skill || Math.abs(gainOfLong) > 0.6;
  return isRight === gainOfLong > 0 ? 'LONG' : 'SHORT';
}

/** Some positions have no stop or no target; none has a level that the last price is already beyond. */
function levelsOf(
  { market, random }: BookPlan,
  terms: { symbol: string; side: OldSide; leverage: number; entryPrice: number; endPrice: number },
): Pick<Deal, 'stopLoss' | 'takeProfit' | 'liquidationPrice'> {
  const sign = signOf(terms.side);
  const levelAt = (move: number) => market.round(terms.symbol, terms.entryPrice * (1 + sign * move));
  const target = (0.3 + 0.4 * random()) / terms.leverage;
  const isPastTarget = sign * (terms.endPrice / terms.entryPrice - 1) >= target;
  return {
    stopLoss: random() < 0.2 ? null : levelAt(-0.75 / terms.leverage),
    takeProfit: random() < 0.2 || isPastTarget ? null : levelAt(target),
    liquidationPrice: levelAt(-0.95 / terms.leverage),
  };
}

export interface BookValues {
  readonly open: readonly Deal[];
  readonly balance: number;
  readonly unrealizedPnl: number;
  readonly realizedPnl: number;
  readonly totalValue: number;
  /** Closed trades. */
  readonly tradeCount: number;
  readonly winRate: number;
}

export function bookAt(book: Book, market: LegacyMarket, at: number): BookValues {
  return walkBook(book, market)(at);
}

/**
 * The book at one time after the other, each not before the last.
 * balance = initial − open margins + Σ exit pnl; totalValue = balance + open margins + Σ unrealised pnl.
 */
export function walkBook(book: Book, market: LegacyMarket): (at: number) => BookValues {
  const events = book.deals
    .flatMap((deal) =>
      deal.exit
        ? [
            { at: deal.openedAt, deal, exit: null },
            { at: deal.exit.at, deal, exit: deal.exit },
          ]
        : [{ at: deal.openedAt, deal, exit: null }],
    )
    .sort((a, b) => a.at - b.at);
  const open = new Set<Deal>();
  let [next, realizedPnl, tradeCount, wins] = [0, 0, 0, 0];
  return (at) => {
    for (let event = events[next]; event && event.at <= at; event = events[++next]) {
      if (!event.exit) {
        open.add(event.deal);
        continue;
      }
      open.delete(event.deal);
      realizedPnl += event.exit.pnl;
      tradeCount += 1;
      wins += event.exit.pnl > 0 ? 1 : 0;
    }
    const winRate = tradeCount === 0 ? 0 : wins / tradeCount;
    return { ...valuesOf(book, [...open], { market, at, realizedPnl }), realizedPnl, tradeCount, winRate };
  };
}

function valuesOf(
  { initialBalance }: Book,
  open: readonly Deal[],
  { market, at, realizedPnl }: { market: LegacyMarket; at: number; realizedPnl: number },
): Pick<BookValues, 'open' | 'balance' | 'unrealizedPnl' | 'totalValue'> {
  const margin = open.reduce((sum, { size }) => sum + size, 0);
  const balance = initialBalance - margin + realizedPnl;
  const unrealizedPnl = open.reduce(
    (sum, deal) => sum + unrealizedOf(deal, market.priceAt(deal.symbol, at)),
    0,
  );
  return { open, balance, unrealizedPnl, totalValue: balance + margin + unrealizedPnl };
}

/** size × leverage / entry price × move, as the old server reckons. */
export function unrealizedOf({ side, size, leverage, entryPrice }: Deal, price: number): number {
  return ((size * leverage) / entryPrice) * (price - entryPrice) * signOf(side);
}

export function pick<T>(random: Random, from: readonly T[]): T {
  const found = from[Math.floor(random() * from.length)];
  if (found === undefined) throw new RangeError('Nothing to pick from');
  return found;
}

/** Six letters and digits. */
export function token(random: Random): string {
  return Math.floor(random() * 36 ** 6)
    .toString(36)
    .padStart(6, '0');
}

function signOf(side: OldSide): 1 | -1 {
  return side === 'LONG' ? 1 : -1;
}
