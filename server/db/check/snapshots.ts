import type { Selectable } from 'kysely';
import type { Reader } from '../database.ts';
import type { BotStateSnapshotsTable } from '../schema/bot-state-snapshots.ts';
import type { PriceSetsTable } from '../schema/price-sets.ts';
import type { Books } from './books.ts';
import { Cursor } from './cursor.ts';
import type { Findings } from './findings.ts';
import { isWholeMicros, microsOf, notionalOf, quantityFromUnits, sideSign } from './numbers.ts';

type Snapshot = Selectable<BotStateSnapshotsTable>;
type PriceSet = Selectable<PriceSetsTable>;
type Prices = ReadonlyMap<string, number>;

/** The prices a run of snapshots was taken at. */
interface Instant {
  readonly set: PriceSet;
  readonly prices: Prices;
}

/**
 * I3: every snapshot recomputed from the postings, trades and prices its price set cites; I10 and I16 on the way.
 * Leads both walks through their tables, one price set after the other; the caller reads the rest of them.
 */
export class SnapshotCheck {
  readonly #db: Reader;
  readonly #books: Books;
  readonly #findings: Findings;
  #instant: Instant | undefined;
  #lastAt = -Infinity;

  constructor(db: Reader, books: Books, findings: Findings) {
    this.#db = db;
    this.#books = books;
    this.#findings = findings;
  }

  /** @returns how many snapshots there are. */
  async run(): Promise<number> {
    const cursor = new Cursor<Snapshot>(
      (after, limit) =>
        this.#db
          .selectFrom('bot_state_snapshots')
          .selectAll()
          .where('id', '>', after)
          .orderBy('id')
          .limit(limit)
          .execute(),
      (snapshot) => snapshot.id,
    );
    for await (const snapshots of cursor.upTo(Number.MAX_SAFE_INTEGER))
      for (const snapshot of snapshots) await this.#check(snapshot);
    return cursor.count;
  }

  async #check(snapshot: Snapshot): Promise<void> {
    checkNumbers(snapshot, this.#findings);
    // The old server's snapshots cite no prices.
    if (snapshot.price_set_id === null) return;
    if (snapshot.timestamp < this.#lastAt)
      this.#findings.add('I10', 'snapshots run backwards in time', snapshot);
    this.#lastAt = snapshot.timestamp;
    const instant = await this.#at(snapshot, snapshot.price_set_id);
    if (!instant) return;
    const { set } = instant;
    if (snapshot.timestamp !== set.at && snapshot.timestamp !== set.bucket_at)
      this.#findings.add('I10', "a snapshot's time is not its price set's", { ...snapshot, at: set.at });
    this.#compare(snapshot, instant);
  }

  async #at(snapshot: Snapshot, priceSetId: number): Promise<Instant | undefined> {
    if (this.#instant?.set.id === priceSetId) return this.#instant;
    if (this.#instant && priceSetId < this.#instant.set.id) {
      this.#findings.add('I10', 'a snapshot cites an older price set than the one before it', snapshot);
      return undefined;
    }
    const set = await this.#db
      .selectFrom('price_sets')
      .selectAll()
      .where('id', '=', priceSetId)
      .executeTakeFirst();
    if (!set) {
      this.#findings.add('I10', 'a snapshot cites a price set that does not exist', snapshot);
      return undefined;
    }
    await this.#books.ledger.advanceTo(set.ledger_seq);
    await this.#books.trades.advanceTo(set.trade_seq);
    this.#instant = { set, prices: pricesOf(set) };
    return this.#instant;
  }

  #compare(snapshot: Snapshot, { set, prices }: Instant): void {
    const { ledger, trades } = this.#books;
    const balance = ledger.balance(snapshot, 'cash');
    const margin = ledger.balance(snapshot, 'margin');
    const totals = trades.totals(snapshot.bot_id, snapshot.epoch);
    let unrealized = 0;
    for (const position of trades.open(snapshot.bot_id)) {
      const mark = prices.get(position.symbol);
      if (mark === undefined) {
        this.#findings.add('I3', 'a price set lacks the mark of an open position', {
          ...snapshot,
          symbol: position.symbol,
        });
        return;
      }
      const value = notionalOf(quantityFromUnits(position.units), mark);
      unrealized += sideSign(position.side) * (value - position.cost);
    }
    const expected = {
      balance,
      margin,
      unrealized_pnl: unrealized,
      total_value: balance + margin + unrealized,
    };
    const isOff = Object.entries(expected).some(
      ([column, micros]) => microsOf(snapshot[column as keyof typeof expected]) !== micros,
    );
    if (isOff)
      this.#findings.add('I3', 'a snapshot is not cash + margin + unrealised PnL at its prices', {
        ...snapshot,
        at: set.at,
        expectedMicros: expected,
      });
    if (this.#books.trades.legacyBots.has(snapshot.bot_id)) return;
    const winRate = totals.closed === 0 ? 0 : totals.won / totals.closed;
    if (
      microsOf(snapshot.realized_pnl) !== totals.pnl ||
      snapshot.trade_count !== totals.closed ||
      Math.abs(snapshot.win_rate - winRate) > 1e-9
    )
      this.#findings.add('I8', "a snapshot's counters are not those of the trades before it", {
        ...snapshot,
        expected: { realizedMicros: totals.pnl, tradeCount: totals.closed, winRate },
      });
  }
}

function pricesOf(set: PriceSet): Prices {
  const parsed: unknown = JSON.parse(set.prices_json);
  if (typeof parsed !== 'object' || parsed === null) return new Map();
  return new Map(
    Object.entries(parsed).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}

function checkNumbers(snapshot: Snapshot, findings: Findings): void {
  const { balance, margin, unrealized_pnl, realized_pnl, total_value, win_rate } = snapshot;
  const isFine =
    [balance, margin, unrealized_pnl, realized_pnl, total_value].every(isWholeMicros) &&
    win_rate >= 0 &&
    win_rate <= 1;
  if (!isFine) findings.add('I16', 'a number of a snapshot is not whole micros or out of range', snapshot);
}

/** I10: price sets go forward, one a bucket, and never see less of the ledger than the one before. */
export async function checkPriceSets(db: Reader, findings: Findings): Promise<number> {
  const cursor = new Cursor(
    (after, limit) =>
      db
        .selectFrom('price_sets')
        .select(['id', 'at', 'bucket_at', 'ledger_seq', 'trade_seq'])
        .where('id', '>', after)
        .orderBy('id')
        .limit(limit)
        .execute(),
    (set) => set.id,
  );
  let last = { at: -Infinity, bucket_at: -Infinity, ledger_seq: 0, trade_seq: 0 };
  for await (const sets of cursor.upTo(Number.MAX_SAFE_INTEGER))
    for (const set of sets) {
      if (set.at <= last.at || set.bucket_at <= last.bucket_at)
        findings.add('I10', 'price sets do not go forward in time', set);
      if (set.ledger_seq < last.ledger_seq || set.trade_seq < last.trade_seq)
        findings.add('I10', 'a price set sees less than the one before it', set);
      last = set;
    }
  return cursor.count;
}
