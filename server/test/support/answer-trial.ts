import assert from 'node:assert/strict';
import { openAccount } from '../../engine/account.ts';
import { applyDecisions } from '../../engine/apply-decision.ts';
import type { Account, Decision, OutcomeCode, Posting, Quote, Rules } from '../../engine/model.ts';
import { parseDecisions, type ParsedAnswer } from '../../llm/parse-decisions.ts';
import { checkFill, compareBooks, PostedLedger } from './history-compare.ts';
import { deepFreeze } from './history-run.ts';
import { findUnsentNumber } from './sent-numbers.ts';
import { MARKETS } from './random-history.ts';
import { replay, type Fact } from './reference-ledger.ts';
import { judge, type ReferenceWorld } from './reference-rules.ts';

const DEPOSIT = 10_000_000_000;
const AT = 1_700_000_000_000;
const RULES: Rules = {
  takerFeeBps: 5,
  slippageBps: 2,
  minSizeMicros: 50_000_000,
  cooldownMs: 1_800_000,
  allowAdding: true,
  maxOpenPositions: 4,
  symbols: ['AUSDT', 'BUSDT', 'CUSDT', 'DUSDT', 'EUSDT'],
};
const SPECS = new Map(MARKETS.map(({ spec }) => [spec.symbol, spec]));
const PRICES = new Map(MARKETS.map(({ spec, price }) => [spec.symbol, price]));

/** Ids that answers may name: two are open, one is closed, none of the others is this bot's. */
export const OPEN_IDS = ['p1', 'p2'] as const;
export const OTHER_IDS = ['p3', '0190a0e4-7b1c-7c3d-9e2f-5a6b7c8d9e0f', 'p99', '__proto__', ''] as const;

interface Life {
  readonly account: Account;
  readonly facts: readonly Fact[];
  readonly postings: readonly { readonly postings: readonly Posting[]; readonly positionId: string | null }[];
}

/** A book in the middle of its life: a long with levels, a short without, one symbol in cooldown. */
const LIFE: Life = [
  { action: 'LONG', symbol: 'AUSDT', size: 1000, leverage: 10, stopLoss: 48_000, takeProfit: 55_000 },
  { action: 'SHORT', symbol: 'BUSDT', size: 500, leverage: 5 },
  { action: 'LONG', symbol: 'CUSDT', size: 200, leverage: 2 },
  { action: 'CLOSE', symbol: 'CUSDT' },
].reduce<Life>((life, decision, index) => {
  const turn = { at: AT + index * 60_000, ids: [`p${index + 1}`] };
  return live(life, [decision as Decision], turn).life;
}, newborn());

export interface Trial {
  readonly parsed: ParsedAnswer;
  /** What became of the decisions that could be read. */
  readonly codes: readonly OutcomeCode[];
}

/**
 * Parses an answer and applies it to `LIFE` with the engine and with the reference.
 * @throws AssertionError when they disagree, the book breaks a rule, or a number was not sent as a JSON number.
 */
export function tryAnswer(text: string): Trial {
  const parsed = parseDecisions(text);
  if (!parsed.ok) {
    assert.match(parsed.reason, /^the answer was refused: ./);
    return { parsed, codes: [] };
  }
  for (const element of parsed.decisions) {
    if (!element.ok) assert.match(element.message, /^rejected: ./);
    else assert.equal(findUnsentNumber(text, element.decision), undefined, 'a number that was not sent');
  }
  const decisions = parsed.decisions.flatMap((element) => (element.ok ? [element.decision] : []));
  const ids = decisions.map((_decision, index) => `new${index}`);
  return { parsed, codes: live(LIFE, decisions, { at: AT + 600_000, ids }).codes };
}

function newborn(): Life {
  const { account, postings } = openAccount(DEPOSIT);
  return { account, facts: [], postings: [{ postings, positionId: null }] };
}

/** One turn of a life. */
function live(
  before: Life,
  decisions: readonly Decision[],
  { at, ids }: { at: number; ids: readonly string[] },
): { life: Life; codes: readonly OutcomeCode[] } {
  const world: ReferenceWorld = { rules: RULES, isMarketOpen: true, specs: SPECS, quotes: quotesAt(at), at };
  const { account, results } = applyDecisions(deepFreeze(before.account), deepFreeze(decisions), {
    rules: RULES,
    isMarketOpen: true,
    spec: (symbol) => SPECS.get(symbol),
    quote: (symbol) => world.quotes.get(symbol),
    decisionPrice: (symbol) => PRICES.get(symbol),
    positionIds: ids,
    at,
  });
  const codes = results.map(({ outcome }) => outcome.code);
  const facts = judgeAll(before.facts, decisions, { ids, world, codes });
  const events = results.flatMap((result) => result.events);
  for (const event of events) if ('fill' in event) checkFill(event);
  const postings = events.flatMap((event) =>
    'postings' in event ? [{ postings: event.postings, positionId: event.position.id }] : [],
  );
  const life = { account, facts, postings: [...before.postings, ...postings] };
  checkLife(life);
  return { life, codes };
}

function quotesAt(at: number): Map<string, Quote> {
  return new Map(
    [...PRICES].map(([symbol, price]) => [symbol, { symbol, price, at, isStale: false, isConfirmed: true }]),
  );
}

/** The reference's opinion on each decision, compared with the engine's; the facts as they are afterwards. */
function judgeAll(
  before: readonly Fact[],
  decisions: readonly Decision[],
  turn: { ids: readonly string[]; world: ReferenceWorld; codes: readonly OutcomeCode[] },
): Fact[] {
  const facts = [...before];
  const touched = new Set<string>();
  for (const [i, decision] of decisions.entries()) {
    const book = bookOf(facts);
    const id = decision.closePositionId ?? decision.positionId;
    const isChange = decision.action === 'CLOSE' || decision.action === 'ADJUST';
    const named = isChange && id !== undefined ? (book.open.get(id)?.symbol ?? id) : decision.symbol;
    const about = decision.action === 'HOLD' ? undefined : named;
    const isDuplicate = about !== undefined && touched.has(about);
    const { code, fact } = isDuplicate
      ? { code: 'duplicate', fact: null }
      : judge(book, { decision, positionId: turn.ids[i] ?? '' }, turn.world);
    assert.equal(turn.codes[i], code, JSON.stringify(decision));
    if (fact && about !== undefined) touched.add(about);
    if (fact) facts.push(fact);
  }
  return facts;
}

function bookOf(facts: readonly Fact[]) {
  return replay({ depositMicros: DEPOSIT, feeBps: RULES.takerFeeBps }, facts);
}

/** No money from nowhere, none below zero, and no rule of the arena broken. */
function checkLife({ account, facts, postings }: Life): void {
  compareBooks(account, bookOf(facts), (symbol) => {
    const spec = SPECS.get(symbol);
    assert.ok(spec, symbol);
    return spec;
  });
  const ledger = new PostedLedger();
  for (const group of postings) ledger.post(group.postings, group.positionId);
  ledger.compare(account, DEPOSIT);
  assert.ok(Number.isSafeInteger(account.cashMicros) && account.cashMicros >= 0, 'cash');
  assert.ok(account.positions.length <= RULES.maxOpenPositions, 'positions');
  assert.equal(new Set(account.positions.map(({ symbol }) => symbol)).size, account.positions.length);
  for (const { symbol, leverage, marginMicros, quantity } of account.positions) {
    assert.ok(RULES.symbols?.includes(symbol), symbol);
    assert.ok(leverage >= 1 && leverage <= (SPECS.get(symbol)?.maxLeverage ?? 0), 'leverage');
    assert.ok(marginMicros > 0 && quantity > 0, 'margin and quantity');
  }
}
