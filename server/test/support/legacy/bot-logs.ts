import type { Random } from '../../../llm/providers/house/seeded-random.ts';
import {
  pick,
  unrealizedOf,
  walkBook,
  type Book,
  type BookValues,
  type Deal,
  type DealExit,
} from './book.ts';
import type { LegacyMarket } from './market.ts';
import type { OldLog } from './old-arena.ts';
import { HOUSE_RULES, type Persona } from './personas.ts';

const TURN_MS = 200_000;
/** A model takes its time: the order is filled before the log is written. */
const ANSWER_MS = 1400;

export interface LogPlan {
  readonly market: LegacyMarket;
  readonly random: Random;
  readonly persona: Persona;
  readonly book: Book;
  readonly now: number;
  readonly count: number;
}

type Outcome = Pick<OldLog, 'decisions' | 'notes'>;

/** The last turns of a bot, newest first: those behind its last orders, and others on which it opens nothing. */
export function logsOf(plan: LogPlan): OldLog[] {
  const orders = orderTurns(plan).slice(0, Math.floor(plan.count * 0.55));
  const quiet = Array.from({ length: plan.count - orders.length }, (_, i) => ({
    at: plan.now - 35_000 - TURN_MS * (1 + i * 3 + Math.floor(3 * plan.random())),
    outcome: (at: number) => quietOutcome(plan, at),
  }));
  const valuesAt = walkBook(plan.book, plan.market);
  return [...orders, ...quiet]
    .sort((a, b) => a.at - b.at)
    .map(({ at, outcome }) => ({ timestamp: at, prompt: promptAt(plan, at, valuesAt(at)), ...outcome(at) }))
    .toReversed();
}

/** A bot's words as its owner wrote them, with the arena's rules. */
export function basePromptOf(persona: Persona): string {
  return `${persona.character}\n\n${HOUSE_RULES}`;
}

function orderTurns(plan: LogPlan): { at: number; outcome: () => Outcome }[] {
  return plan.book.deals
    .flatMap((deal) => {
      const entry = { at: deal.openedAt + ANSWER_MS, outcome: () => entryOutcome(plan, deal) };
      const { exit } = deal;
      return exit
        ? [entry, { at: exit.at + ANSWER_MS, outcome: () => exitOutcome(plan, deal, exit) }]
        : [entry];
    })
    .sort((a, b) => b.at - a.at);
}

function promptAt({ market, persona }: LogPlan, at: number, values: BookValues): string {
  const { balance, totalValue, realizedPnl } = values;
  const positions = values.open.map((deal) => {
    const pnl = unrealizedOf(deal, market.priceAt(deal.symbol, at)).toFixed(2);
    return `- ${deal.positionId}: ${deal.side} ${deal.symbol}, margin ${deal.size} x${deal.leverage} from ${deal.entryPrice}, ${pnl} so far`;
  });
  return [
    basePromptOf(persona),
    `YOUR ACCOUNT at ${new Date(at).toISOString()}`,
    `Free balance ${balance.toFixed(2)}, account value ${totalValue.toFixed(2)}, realised so far ${realizedPnl.toFixed(2)}`,
    positions.length === 0 ? 'No open positions.' : positions.join('\n'),
    `MARKETS\n${marketLines(market, at)}`,
  ].join('\n\n');
}

/** Most of a prompt: every market, as JSON. */
function marketLines(market: LegacyMarket, at: number): string {
  const lines = market
    .quotesAt(at)
    .map(({ symbol, price, price24hChange: change }) => ({ symbol, price, change }));
  return JSON.stringify(lines);
}

function entryOutcome({ random, persona }: LogPlan, deal: Deal): Outcome {
  const { symbol, side, size, leverage, entryPrice, stopLoss, takeProfit } = deal;
  const reasoning = pick(random, persona.openings).replace('{symbol}', symbol);
  const wanted = { action: side, symbol, reasoning, size, leverage, stopLoss, takeProfit };
  const note = `FILLED: ${side} ${symbol}, ${size.toFixed(2)} USD margin at ${leverage}x, entry ${entryPrice}`;
  if (random() > 0.2) return { decisions: [wanted], notes: [note] };
  const second = { action: 'LONG', symbol, reasoning: 'And once more of the same.', size: 40, leverage };
  return {
    decisions: [wanted, second],
    notes: [note, `REJECTED: 40.00 USD is less than a position needs, and ${symbol} is open already`],
  };
}

function exitOutcome({ random, persona }: LogPlan, deal: Deal, exit: DealExit): Outcome {
  const reasoning = pick(random, persona.closings).replace('{symbol}', deal.symbol);
  const { positionId: closePositionId, symbol } = deal;
  return {
    decisions: [{ action: 'CLOSE', closePositionId, symbol, reasoning }],
    notes: [`CLOSED: ${deal.side} ${symbol} at ${exit.price}, result ${exit.pnl.toFixed(2)} USD after fees`],
  };
}

/** Waiting, answers of no use, and calls that fail. */
function quietOutcome({ random, persona, market }: LogPlan, at: number): Outcome {
  const symbol = pick(random, market.symbols);
  const roll = random();
  if (roll < 0.55)
    return {
      decisions: [{ action: 'HOLD', reasoning: pick(random, persona.waits) }],
      notes: ['No order this turn'],
    };
  if (roll < 0.68) return { decisions: [], notes: [] };
  if (roll < 0.8) return { decisions: [], notes: [pick(random, API_ERRORS)] };
  if (roll < 0.9)
    return {
      decisions: [{ action: 'WATCH', symbol, confidence: 'medium', levels: [market.priceAt(symbol, at)] }],
      notes: [`REJECTED: "WATCH" is nothing the arena knows (${symbol})`],
    };
  return {
    decisions: [
      { action: 'LONG', symbol, size: 90_000, leverage: 3, reasoning: 'All in — 🚀 while it lasts.' },
    ],
    notes: [`REJECTED: 90000.00 USD of margin for ${symbol} do not fit into the free balance`],
  };
}

const API_ERRORS = [
  'API ERROR: the provider answers 429, too many requests; the turn is skipped',
  'API ERROR: no answer within 60 seconds',
  'API ERROR: 503 Service Unavailable',
  'API ERROR: the answer is no JSON array (Unexpected token "H", "Here is my"... is not valid JSON)',
];
