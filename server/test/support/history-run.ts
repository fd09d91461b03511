import assert from 'node:assert/strict';
import { openAccount } from '../../engine/account.ts';
import { applyDecisions } from '../../engine/apply-decision.ts';
import { accrueFunding } from '../../engine/funding.ts';
import { markToMarket } from '../../engine/mark.ts';
import type {
  Account,
  Candle,
  Decision,
  EngineEvent,
  Outcome,
  Quote,
  SymbolSpec,
  Tick,
} from '../../engine/model.ts';
import { onPrice } from '../../engine/on-price.ts';
import { checkFill, compareBooks, PostedLedger } from './history-compare.ts';
import { MARKETS, type Draft, type Setting, type Step } from './random-history.ts';
import {
  decimal,
  decimalText,
  equityOf,
  ONE,
  replay,
  type Fact,
  type ReferenceBook,
} from './reference-ledger.ts';
import { exitAt, judge, type ReferenceWorld } from './reference-rules.ts';

const START = 1_700_000_000_000;
const REJECTED_AS_IS = /^rejected: /;

/** One bot's life, lived by the engine and by the reference at once; every step compares them. */
export class HistoryRun {
  readonly #setting: Setting;
  readonly #markets: readonly (typeof MARKETS)[number][];
  readonly #prices = new Map<string, number>();
  readonly #facts: Fact[] = [];
  readonly #ledger = new PostedLedger();
  #book: ReferenceBook;
  #account: Account;
  #compared: Account | undefined;
  #at = START;
  #nextId = 1;
  #steps = 0;
  /** What happened, for tests that ask whether the histories are worth running. */
  readonly seen = new Map<string, number>();

  constructor(setting: Setting) {
    this.#setting = setting;
    this.#markets = setting.markets.flatMap((index) => MARKETS[index] ?? []);
    for (const { spec, price } of this.#markets) this.#prices.set(spec.symbol, price);
    const { account, postings } = openAccount(setting.depositMicros);
    this.#account = deepFreeze(account);
    this.#ledger.post(postings, null);
    this.#book = this.#replay();
  }

  /** @throws Error naming the step, when engine and reference disagree after it. */
  step(step: Step): void {
    this.#steps += 1;
    try {
      this.#live(step);
      this.#compare();
    } catch (cause) {
      throw new Error(`step ${this.#steps} ${JSON.stringify(step)}: ${String(cause)}`, { cause });
    }
  }

  #live(step: Step): void {
    this.#at += step.dt;
    switch (step.type) {
      case 'wait':
        return;
      case 'turn':
        return this.#turn(step);
      case 'tick':
        return this.#tick(this.#tickOf(step));
      case 'candle':
        return this.#candle(step);
      case 'funding':
        return this.#fund(step);
      default:
        return step satisfies never;
    }
  }

  #turn(step: Extract<Step, { type: 'turn' }>): void {
    const { trouble } = step;
    const quotes = new Map(
      [...this.#prices].map(([symbol, price]) => [symbol, this.#quote(symbol, price, trouble)]),
    );
    if (trouble === 'no-price') quotes.clear();
    const world: ReferenceWorld = {
      rules: this.#setting.rules,
      isMarketOpen: trouble !== 'closed',
      specs: new Map(this.#markets.map(({ spec }) => [spec.symbol, spec])),
      quotes,
      at: this.#at,
    };
    const decisions = deepFreeze(step.drafts.map((draft) => this.#decision(draft)));
    const positionIds = decisions.map(() => `p${this.#nextId++}`);
    const { account, results } = applyDecisions(this.#account, decisions, {
      rules: world.rules,
      isMarketOpen: world.isMarketOpen,
      spec: (symbol) => world.specs.get(symbol),
      quote: (symbol) => quotes.get(symbol),
      decisionPrice: (symbol) => this.#prices.get(symbol),
      positionIds,
      at: this.#at,
    });
    const expected = this.#judgeAll(decisions, { positionIds, world });
    assert.deepEqual(
      results.map(({ outcome }) => outcome.code),
      expected.map(({ code }) => code),
    );
    for (const [i, { outcome, events }] of results.entries()) {
      checkOutcome(outcome, events);
      this.#see(outcome.code);
      this.#compareEvents(events, expected[i]?.facts ?? []);
    }
    if (results.every(({ events }) => events.length === 0)) assert.equal(account, this.#account);
    this.#account = deepFreeze(account);
  }

  #quote(symbol: string, price: number, trouble: string): Quote {
    return deepFreeze({
      symbol,
      price,
      at: this.#at,
      isStale: trouble === 'stale',
      isConfirmed: trouble !== 'unconfirmed',
    });
  }

  /** The first accepted decision about a symbol counts. */
  #judgeAll(
    decisions: readonly Decision[],
    { positionIds, world }: { positionIds: readonly string[]; world: ReferenceWorld },
  ): { code: string; facts: Fact[] }[] {
    const touched = new Set<string>();
    return decisions.map((decision, i) => {
      const about = this.#subjectOf(decision);
      if (about !== undefined && touched.has(about)) return { code: 'duplicate', facts: [] };
      const { code, fact } = judge(this.#book, { decision, positionId: positionIds[i] ?? '' }, world);
      if (!fact) return { code, facts: [] };
      if (about !== undefined) touched.add(about);
      this.#know(fact);
      return { code, facts: [fact] };
    });
  }

  #subjectOf(decision: Decision): string | undefined {
    if (decision.action === 'HOLD') return undefined;
    const id = decision.closePositionId ?? decision.positionId;
    if (decision.action === 'LONG' || decision.action === 'SHORT' || id === undefined) return decision.symbol;
    return this.#book.open.get(id)?.symbol ?? id;
  }

  #decision(draft: Draft): Decision {
    const market = draft.symbol === undefined ? undefined : this.#markets[draft.symbol];
    const held = draft.position === undefined ? undefined : this.#account.positions[draft.position];
    const isChange = draft.action === 'CLOSE' || draft.action === 'ADJUST';
    const byId = isChange && draft.position !== undefined;
    const about = byId ? held?.symbol : market?.spec.symbol;
    const base = this.#markets.find(({ spec }) => spec.symbol === about);
    const isShort = isChange ? this.#sideOf(about) === 'SHORT' : draft.action === 'SHORT';
    const up = isShort ? -1 : 1;
    const level = (ticks: number | null | undefined, sign: number) =>
      typeof ticks !== 'number' || !base ? ticks : this.#level(base.spec, ticks * sign);
    return {
      action: draft.action,
      symbol: byId ? undefined : draft.symbol === undefined ? undefined : (market?.spec.symbol ?? 'NOUSDT'),
      size: draft.size,
      leverage: draft.leverage,
      stopLoss: level(draft.stop, -up),
      takeProfit: level(draft.target, up),
      closeFraction: draft.closeFraction,
      closePositionId: byId && draft.action === 'CLOSE' ? (held?.id ?? 'gone') : undefined,
      positionId: byId && draft.action === 'ADJUST' ? (held?.id ?? 'gone') : undefined,
    };
  }

  #sideOf(symbol: string | undefined): string | undefined {
    return this.#account.positions.find((position) => position.symbol === symbol)?.side;
  }

  #level(spec: { symbol: string; tickSize: number }, ticks: number): number {
    if (Number.isNaN(ticks)) return ticks;
    const exact =
      decimal(this.#prices.get(spec.symbol) ?? 1) + (decimal(spec.tickSize) * decimal(ticks)) / ONE;
    return exact < 0n ? -Number(decimalText(-exact)) : Number(decimalText(exact));
  }

  #tickOf({ symbol, move, path }: Extract<Step, { type: 'tick' }>): Tick {
    const { spec } = this.#market(symbol);
    return { symbol: spec.symbol, price: this.#moved(symbol, move), at: this.#at, path };
  }

  #market(index: number): (typeof MARKETS)[number] {
    const market = this.#markets[index];
    if (!market) throw new RangeError('a setting has three markets');
    return market;
  }

  #moved(index: number, move: number): number {
    const { spec } = this.#market(index);
    const last = this.#prices.get(spec.symbol) ?? 0;
    const ticks = Math.max(1, Math.round((last * (1 + move)) / spec.tickSize));
    return Number(decimalText(BigInt(Math.min(ticks, 5_000_000)) * decimal(spec.tickSize)));
  }

  /** Open, the two extremes, close: as a source plays a candle. */
  #candle(step: Extract<Step, { type: 'candle' }>): void {
    const [open, a, b, close] = step.moves.map((move) => this.#moved(step.symbol, move));
    const prices = [open ?? 1, a ?? 1, b ?? 1, close ?? 1] as const;
    const candle: Pick<Candle, 'low' | 'high'> = { low: Math.min(...prices), high: Math.max(...prices) };
    const { symbol } = this.#market(step.symbol).spec;
    const extremes = prices[3] >= prices[0] ? [candle.low, candle.high] : [candle.high, candle.low];
    this.#tick({ symbol, price: prices[0], at: this.#at, path: 'jump' });
    for (const price of [...extremes, prices[3]]) {
      this.#at += 1;
      this.#tick({ symbol, price, at: this.#at, path: 'through', candle });
    }
  }

  #tick(tick: Tick): void {
    const terms = { spec: this.#specOf(tick.symbol), rules: this.#setting.rules };
    const { account, events } = onPrice(this.#account, deepFreeze(tick), terms);
    const facts = [...this.#book.open.values()]
      .filter((position) => position.symbol === tick.symbol)
      .flatMap((position) => exitAt(position, tick, terms) ?? []);
    for (const fact of facts) this.#know(fact);
    for (const fact of facts) this.#see(`${tick.path}-${fact.cause}`);
    if (facts.length === 0) assert.equal(account, this.#account);
    this.#compareEvents(events, facts);
    this.#account = deepFreeze(account);
    this.#prices.set(tick.symbol, tick.price);
  }

  #fund(step: Extract<Step, { type: 'funding' }>): void {
    const { spec } = this.#market(step.symbol);
    const mark = this.#prices.get(spec.symbol) ?? 0;
    const before = this.#book.funding;
    const { account, events } = accrueFunding(this.#account, { spec, rate: step.rate, mark, at: this.#at });
    this.#know({ type: 'funding', symbol: spec.symbol, rate: step.rate, mark, at: this.#at });
    let paid = 0;
    for (const event of events) {
      if (event.type !== 'funding') throw new Error(`funding made a ${event.type}`);
      this.#ledger.post(event.postings, event.position.id);
      paid += event.amountMicros;
    }
    assert.equal(BigInt(paid), this.#book.funding - before);
    if (paid !== 0) this.#see('funding');
    this.#account = deepFreeze(account);
    // A funding time is charged once, however often it is announced.
    assert.equal(
      accrueFunding(this.#account, { spec, rate: step.rate, mark, at: this.#at }).account,
      account,
    );
  }

  #compareEvents(events: readonly EngineEvent[], facts: readonly Fact[]): void {
    assert.equal(events.length, facts.length);
    for (const [i, event] of events.entries()) {
      const fact = facts[i];
      if (event.type === 'adjusted') {
        assert.equal(fact?.type, 'levels');
        continue;
      }
      if (event.type === 'funding' || !fact || (fact.type !== 'entry' && fact.type !== 'exit'))
        throw new Error(`unexpected ${event.type}`);
      const { fill } = event;
      assert.deepEqual(
        [fill.kind, fill.positionId, fill.quantity, fill.price, fill.at],
        [fact.type, fact.positionId, fact.quantity, fact.price, fact.at],
      );
      assert.equal(fill.cause, fact.type === 'exit' ? fact.cause : 'decision');
      this.#ledger.post(event.postings, fill.positionId);
      checkFill(event);
      if (fill.insuranceMicros > 0) this.#see('insurance');
    }
  }

  #know(fact: Fact): void {
    this.#facts.push(fact);
    this.#book = this.#replay();
  }

  #replay(): ReferenceBook {
    const { depositMicros, rules } = this.#setting;
    return replay({ depositMicros, feeBps: rules.takerFeeBps }, this.#facts);
  }

  #see(what: string): void {
    this.seen.set(what, (this.seen.get(what) ?? 0) + 1);
  }

  /** Only what changed since the last step can disagree. */
  #compare(): void {
    if (this.#account !== this.#compared) {
      this.#compared = this.#account;
      compareBooks(this.#account, this.#book, (symbol) => this.#specOf(symbol));
      this.#ledger.compare(this.#account, this.#setting.depositMicros);
    }
    const { equityMicros } = markToMarket(this.#account, (symbol) => this.#prices.get(symbol));
    const expected = equityOf(this.#book, (symbol) => this.#prices.get(symbol) ?? 0);
    assert.equal(BigInt(equityMicros), expected, 'equity');
  }

  #specOf(symbol: string): SymbolSpec {
    const market = this.#markets.find(({ spec }) => spec.symbol === symbol);
    if (!market) throw new RangeError(`this arena has no ${symbol}`);
    return market.spec;
  }
}

/** A refusal does nothing and says why; what is accepted is not called rejected. */
function checkOutcome(outcome: Outcome, events: readonly EngineEvent[]): void {
  assert.equal(REJECTED_AS_IS.test(outcome.message), !outcome.accepted);
  assert.equal(events.length, outcome.accepted && outcome.code !== 'held' ? 1 : 0);
}

/** So that an engine that writes to what it was given throws. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
