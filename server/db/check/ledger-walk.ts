import type { Selectable } from 'kysely';
import type { LedgerAccount } from '../../engine/model.ts';
import type { Reader } from '../database.ts';
import type { LedgerEntriesTable } from '../schema/ledger-entries.ts';
import { BitSet } from './bit-set.ts';
import { Cursor } from './cursor.ts';
import type { Findings } from './findings.ts';
import { microsOf, sideSign } from './numbers.ts';

type Entry = Selectable<LedgerEntriesTable>;
type Balances = Record<LedgerAccount, number>;

/** One bot's accounts as its postings leave them, epoch by epoch. */
interface BotLedger {
  readonly epochs: Map<number, Balances>;
  epoch: number;
  createdAt: number;
}

/** The postings of one group, summed. */
interface Group {
  readonly first: Entry;
  readonly sums: Balances;
}

const SUSPECT_LIMIT = 1000;

/**
 * Reads the ledger in the order it was written and keeps every bot's balances as of the last entry read.
 * Checks I0 (groups sum to 0), I1 (no negative cash), I5 (no negative margin), I7 (postings = their trade's columns),
 * I9 (epochs do not overlap), I18 and I19 on the way.
 */
export class LedgerWalk {
  readonly #db: Reader;
  readonly #findings: Findings;
  readonly #cursor: Cursor<Entry>;
  readonly bots = new Map<string, BotLedger>();
  /** Margin of each position whose postings do not sum to 0. */
  readonly margins = new Map<string, number>();
  /** Which trades (by seq) have their postings. */
  readonly postedTrades = new BitSet();
  #group: Group | undefined;
  #tradeGroups: Group[] = [];
  readonly #suspectGroups = new Set<string>();

  constructor(db: Reader, findings: Findings) {
    this.#db = db;
    this.#findings = findings;
    this.#cursor = new Cursor(
      (after, limit) =>
        db
          .selectFrom('ledger_entries')
          .selectAll()
          .where('id', '>', after)
          .orderBy('id')
          .limit(limit)
          .execute(),
      (entry) => entry.id,
    );
  }

  get count(): number {
    return this.#cursor.count;
  }

  balance(owner: { bot_id: string; epoch: number }, account: LedgerAccount): number {
    return this.bots.get(owner.bot_id)?.epochs.get(owner.epoch)?.[account] ?? 0;
  }

  /** Reads on to the entry with this id, included. */
  async advanceTo(id: number): Promise<void> {
    for await (const entries of this.#cursor.upTo(id)) {
      for (const entry of entries) this.#read(entry);
      await this.#compareTrades();
    }
  }

  async finish(): Promise<void> {
    await this.advanceTo(Number.MAX_SAFE_INTEGER);
    this.#endGroup();
    await this.#compareTrades();
    await this.#confirmSuspects();
  }

  #read(entry: Entry): void {
    if (this.#group?.first.group_id !== entry.group_id) {
      this.#endGroup();
      this.#group = { first: entry, sums: noBalances() };
    }
    const group = this.#group;
    if (group) {
      group.sums[entry.account] += entry.amount_micros;
      if (entry.bot_id !== group.first.bot_id || entry.trade_id !== group.first.trade_id)
        this.#findings.add('I18', 'a ledger group belongs to two bots or trades', entry);
    }
    this.#book(entry);
  }

  #book(entry: Entry): void {
    const bot = this.#botOf(entry);
    if (entry.created_at < bot.createdAt)
      this.#findings.add('I19', 'ledger entries of a bot run backwards in time', entry);
    if (entry.epoch < bot.epoch)
      this.#findings.add('I9', 'a ledger entry belongs to an epoch that has ended', entry);
    bot.createdAt = entry.created_at;
    bot.epoch = entry.epoch;
    const balances = bot.epochs.get(entry.epoch) ?? noBalances();
    bot.epochs.set(entry.epoch, balances);
    balances[entry.account] += entry.amount_micros;
    if (entry.account === 'margin') this.#bookMargin(entry);
  }

  #bookMargin(entry: Entry): void {
    if (entry.position_id === null)
      return this.#findings.add('I2', 'a margin posting names no position', entry);
    const margin = (this.margins.get(entry.position_id) ?? 0) + entry.amount_micros;
    if (margin === 0) this.margins.delete(entry.position_id);
    else this.margins.set(entry.position_id, margin);
    if (margin < 0) this.#findings.add('I5', "a position's margin is negative", { ...entry, margin });
  }

  #botOf(entry: Entry): BotLedger {
    let bot = this.bots.get(entry.bot_id);
    if (!bot) {
      bot = { epochs: new Map(), epoch: entry.epoch, createdAt: entry.created_at };
      this.bots.set(entry.bot_id, bot);
    }
    return bot;
  }

  #endGroup(): void {
    const group = this.#group;
    if (!group) return;
    this.#group = undefined;
    const { first, sums } = group;
    const total = Object.values(sums).reduce((sum, amount) => sum + amount, 0);
    if (total !== 0 && this.#suspectGroups.size < SUSPECT_LIMIT) this.#suspectGroups.add(first.group_id);
    const cash = this.bots.get(first.bot_id)?.epochs.get(first.epoch)?.cash ?? 0;
    if (cash < 0) this.#findings.add('I1', 'cash is negative after a ledger group', { ...first, cash });
    if (first.trade_id !== null) this.#tradeGroups.push(group);
  }

  async #compareTrades(): Promise<void> {
    if (this.#tradeGroups.length === 0) return;
    const groups = this.#tradeGroups;
    this.#tradeGroups = [];
    const trades = await this.#db
      .selectFrom('trades')
      .select(['id', 'seq', 'user_id', 'bot_id', 'position_id', 'epoch', 'trade_type', 'action', 'cause'])
      .select(['size', 'fee', 'notional', 'cost', 'insurance'])
      .where(
        'id',
        'in',
        groups.flatMap(({ first }) => first.trade_id ?? []),
      )
      .execute();
    const byId = new Map(trades.map((trade) => [trade.id, trade]));
    for (const group of groups) {
      const trade = byId.get(group.first.trade_id ?? '');
      if (!trade) {
        this.#findings.add('I18', 'a ledger entry names a trade that does not exist', group.first);
        continue;
      }
      this.#compareTrade(group, trade);
    }
  }

  #compareTrade({ first, sums }: Group, trade: PostedTrade): void {
    const shown = { ...trade, group_id: first.group_id };
    if (trade.user_id !== first.user_id || trade.bot_id !== first.bot_id)
      this.#findings.add('I18', 'a ledger group and its trade belong to different bots', shown);
    if (this.postedTrades.has(trade.seq)) this.#findings.add('I7', 'a trade has two ledger groups', shown);
    this.postedTrades.add(trade.seq);
    if (trade.position_id !== first.position_id || trade.epoch !== first.epoch || trade.cause !== first.cause)
      this.#findings.add('I7', "a ledger group does not carry its trade's position, epoch and cause", shown);
    const expected = expectedPostings(trade);
    const wrong = Object.entries(expected).filter(
      ([account, amount]) => sums[account as LedgerAccount] !== amount,
    );
    if (wrong.length > 0)
      this.#findings.add('I7', "a trade's postings differ from its columns", {
        ...shown,
        posted: sums,
        expected: Object.fromEntries(wrong),
      });
  }

  /** A group that looked uneven may be written in two places; its whole sum decides. */
  async #confirmSuspects(): Promise<void> {
    if (this.#suspectGroups.size === 0) return;
    const rows = await this.#db
      .selectFrom('ledger_entries')
      .select((eb) => [
        'group_id',
        eb.fn.min('id').as('first_id'),
        eb.fn.sum<number>('amount_micros').as('sum'),
      ])
      .where('group_id', 'in', [...this.#suspectGroups])
      .groupBy('group_id')
      .having((eb) => eb.fn.sum('amount_micros'), '<>', 0)
      .orderBy('first_id')
      .execute();
    this.#findings.addAll('I0', 'a ledger group does not sum to 0', rows);
  }
}

interface PostedTrade {
  readonly id: string;
  readonly seq: number;
  readonly user_id: string;
  readonly bot_id: string;
  readonly position_id: string | null;
  readonly epoch: number;
  readonly trade_type: 'entry' | 'exit';
  readonly action: 'LONG' | 'SHORT';
  readonly cause: string;
  readonly size: number;
  readonly fee: number;
  readonly notional: number;
  readonly cost: number;
  readonly insurance: number;
}

function expectedPostings(trade: PostedTrade): Balances {
  const [size, fee, insurance] = [microsOf(trade.size), microsOf(trade.fee), microsOf(trade.insurance)];
  if (trade.trade_type === 'entry') return { ...noBalances(), cash: -size - fee, margin: size, fees: fee };
  const gross = sideSign(trade.action) * (microsOf(trade.notional) - microsOf(trade.cost));
  return {
    ...noBalances(),
    cash: size + gross - fee + insurance,
    margin: 0 - size,
    market: 0 - gross,
    fees: fee,
    insurance: 0 - insurance,
  };
}

function noBalances(): Balances {
  return { deposits: 0, cash: 0, margin: 0, market: 0, fees: 0, funding: 0, insurance: 0, legacy: 0 };
}
