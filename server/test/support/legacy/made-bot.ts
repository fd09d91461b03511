import type { Random } from '../../../llm/providers/house/seeded-random.ts';
import type { LegacyUser } from './account-rows.ts';
import { basePromptOf, logsOf } from './bot-logs.ts';
import { bookAt, simulateBook, unrealizedOf, walkBook, type Book, type Deal } from './book.ts';
import type { LegacyMarket } from './market.ts';
import type { OldBot, OldPosition } from './old-arena.ts';
import { sqlTime } from './old-tables.ts';
import { ordersOf, type OrderShape } from './order-shapes.ts';
import type { Persona } from './personas.ts';
import type { LegacyRow } from './write-legacy-database.ts';

const COOLDOWN_MS = 30 * 60_000;
const VALUE_STEP_MS = 200_000;
const INITIAL_BALANCE = 10_000;
/** A dot, for bots with a picture. */
const AVATAR =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** A bot as the blob has it, and the whole book behind it. */
export interface MadeBot {
  readonly state: OldBot;
  readonly book: Book;
}

export interface BotPlan {
  readonly market: LegacyMarket;
  readonly random: Random;
  readonly user: LegacyUser;
  readonly persona: Persona;
  readonly index: number;
  readonly from: number;
  readonly now: number;
  readonly orders: number;
  readonly ordersTrimmed: number;
  readonly openPositions: number;
  readonly logs: number;
  readonly valuePoints: number;
  readonly shape: OrderShape;
}

export function makeBot(plan: BotPlan): MadeBot {
  const { market, now, persona, index, user } = plan;
  const orders = plan.orders + plan.ordersTrimmed;
  const skill = 0.55 + 0.15 * plan.random();
  const book = simulateBook({ ...plan, orders, skill, initialBalance: INITIAL_BALANCE });
  const values = bookAt(book, market, now);
  const state: OldBot = {
    id: `bot_${persona.name.toLowerCase().replace(' ', '_')}`,
    userId: user.id,
    name: persona.name,
    prompt: basePromptOf(persona),
    provider: user.provider.type,
    providerName: user.provider.name,
    provider_id: user.provider.id,
    tradingMode: 'paper',
    initialBalance: INITIAL_BALANCE,
    avatarUrl: index % 4 === 0 ? AVATAR : null,
    history_summary: index % 2 === 0 ? summaryOf(book, now) : null,
    portfolio: {
      balance: values.balance,
      pnl: values.unrealizedPnl,
      totalValue: values.totalValue,
      positions: values.open.map((deal) => positionOf(deal, market, now)),
    },
    orders: ordersOf(book, plan.shape, plan.ordersTrimmed),
    botLogs: logsOf({ ...plan, book, count: plan.logs }),
    valueHistory: valuesOf(book, plan),
    realizedPnl: values.realizedPnl,
    tradeCount: values.tradeCount,
    winRate: values.winRate,
    symbolCooldowns: cooldownsOf(book),
    isPaused: index % 4 === 3,
    isLoading: false,
  };
  return { state, book };
}

export function botRow({ state }: MadeBot, createdAt: number): LegacyRow {
  const symbols = state.orders.slice(0, 4).map(({ symbol }) => symbol);
  return {
    id: state.id,
    user_id: state.userId,
    name: state.name,
    prompt: state.prompt,
    provider_id: state.provider_id,
    trading_mode: state.tradingMode,
    is_active: 1,
    is_paused: state.isPaused ? 1 : 0,
    initial_balance: state.initialBalance,
    avatar_image: state.avatarUrl,
    history_summary: state.history_summary,
    trading_symbols: state.isPaused ? JSON.stringify([...new Set(symbols)]) : null,
    created_at: sqlTime(createdAt),
  };
}

function positionOf(deal: Deal, market: LegacyMarket, now: number): OldPosition {
  const { positionId: id, symbol, side: type, entryPrice, size, leverage } = deal;
  const { stopLoss, takeProfit, liquidationPrice } = deal;
  const pnl = unrealizedOf(deal, market.priceAt(symbol, now));
  return { id, symbol, type, entryPrice, size, leverage, pnl, stopLoss, takeProfit, liquidationPrice };
}

/** The old server forgets cooldowns late: the newest still runs, others are over. */
function cooldownsOf(book: Book): Record<string, number> {
  const exits = book.deals.flatMap(({ symbol, exit }) => (exit ? [{ symbol, at: exit.at }] : []));
  const last = exits.sort((a, b) => a.at - b.at).slice(-3);
  return Object.fromEntries(last.map(({ symbol, at }) => [symbol, at + COOLDOWN_MS]));
}

function valuesOf(book: Book, { market, now, valuePoints }: BotPlan): OldBot['valueHistory'] {
  const valuesAt = walkBook(book, market);
  return Array.from({ length: valuePoints }, (_, i) => {
    const timestamp = now - VALUE_STEP_MS * (valuePoints - 1 - i);
    return { timestamp, value: valuesAt(timestamp).totalValue };
  });
}

function summaryOf(book: Book, now: number): string {
  const best = book.deals.toSorted((a, b) => (b.exit?.pnl ?? 0) - (a.exit?.pnl ?? 0))[0];
  return JSON.stringify({
    summary:
      'Entries on clear days pay, those made twice in an hour do not. Stops are set too near on small coins.',
    bestSymbol: best?.symbol ?? null,
    decisionsSeen: book.deals.length * 3,
    updatedAt: new Date(now - 86_400_000).toISOString(),
  });
}
