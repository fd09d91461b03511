import type { BotBook, Snapshots } from '../context.ts';
import type { Db } from '../db/database.ts';
import { updateUnrealized } from '../db/queries/book-writes.ts';
import {
  findLastPriceSet,
  insertPriceSet,
  insertSnapshot,
  listEndedHours,
  listSnapshotsSince,
  upsertHour,
  type RawPoint,
  type SnapshotRow,
} from '../db/queries/snapshots-write.ts';
import type { Write } from '../db/prepared.ts';
import { markToMarket, unrealizedMicros } from '../engine/mark.ts';
import type { BookStore } from './book-store.ts';
import { EquityHistory, HOUR_MS } from './equity-history.ts';
import type { MarketFeed } from './market-feed.ts';
import { publishToArena } from './publish.ts';
import { usd } from './views.ts';

/**
 * Open positions lie all over their table: rewriting each of thousands with every snapshot would cost several times the
 * snapshot. Beyond this many, the books take turns.
 */
const POSITIONS_A_SNAPSHOT = 500;

/** Takes snapshots of every bot's equity and keeps what is asked of them all the time in memory. */
export class SnapshotStore implements Snapshots {
  readonly intervalMs: number;
  readonly #db: Db;
  readonly #books: BookStore;
  readonly #feed: MarketFeed;
  readonly #histories = new Map<string, EquityHistory>();
  #last = { id: 0, bucket_at: -1, at: -1 };
  /** The book whose positions are written first next time. */
  #nextBook = 0;

  constructor(deps: { db: Db; books: BookStore; feed: MarketFeed }, intervalMs: number) {
    this.#db = deps.db;
    this.#books = deps.books;
    this.#feed = deps.feed;
    this.intervalMs = intervalMs;
  }

  /** Rebuilds the figures in memory: whole hours from the rollup, the rest from snapshots. */
  async load(): Promise<void> {
    this.#last = (await findLastPriceSet(this.#db.read)) ?? this.#last;
    let since = 0;
    for (const { botId, epoch } of this.#books.list()) {
      const history = this.#history(botId, epoch);
      for (const hour of await listEndedHours(this.#db, botId, epoch)) {
        history.addHour(hour);
        since = Math.max(since, hour.hour_at + HOUR_MS);
      }
    }
    const missing: Write[] = [];
    for (const point of await listSnapshotsSince(this.#db.read, since)) {
      const ended = this.#addPoint(point);
      if (ended) missing.push(upsertHour(ended));
    }
    if (missing.length > 0) await this.#db.commit(missing);
  }

  history(botId: string): EquityHistory | undefined {
    return this.#histories.get(botId);
  }

  maxDrawdown(botId: string): number | null {
    return this.#histories.get(botId)?.maxDrawdown ?? null;
  }

  sharpe(botId: string): number | null {
    return this.#histories.get(botId)?.sharpe ?? null;
  }

  firstAt(botId: string): number | null {
    return this.#histories.get(botId)?.firstAt ?? null;
  }

  lastPoint(botId: string): { at: number; value: number } | null {
    const hour = this.#histories.get(botId)?.hour;
    return hour ? { at: hour.last_at, value: hour.last_value } : null;
  }

  async take(now: number): Promise<void> {
    const bucketAt = Math.floor(now / this.intervalMs) * this.intervalMs;
    if (bucketAt <= this.#last.bucket_at) return;
    await this.#books.exclusively(async () => {
      const at = this.#feed.now();
      if (at <= this.#last.at) return;
      const marks = this.#feed.marks();
      const prices = Object.fromEntries(Object.entries(marks).map(([symbol, { price }]) => [symbol, price]));
      const set = { id: this.#last.id + 1, bucket_at: bucketAt, at };
      const rows = this.#books.list().map((book) => snapshotRow(book, prices, set));
      const hours = rows.flatMap((row) => this.#endedHour(row) ?? []);
      await this.#db.commit([
        insertPriceSet(this.#db.read, { ...set, prices_json: JSON.stringify(prices) }),
        ...rows.map(insertSnapshot),
        ...this.#unrealizedWrites(prices),
        ...hours.map(upsertHour),
        publishToArena(at, {
          type: 'equity',
          timestamp: at,
          values: rows.map((row) => [row.bot_id, row.total_value]),
        }),
      ]);
      this.#last = set;
      for (const row of rows) this.#addPoint(row);
    });
  }

  #unrealizedWrites(prices: Readonly<Record<string, number>>): Write[] {
    const books = this.#books.list();
    const writes: Write[] = [];
    const first = this.#nextBook;
    for (let i = 0; i < books.length && writes.length < POSITIONS_A_SNAPSHOT; i += 1) {
      const at = (first + i) % books.length;
      const book = books[at];
      if (book) writes.push(...unrealizedWrites(book, prices));
      this.#nextBook = at + 1;
    }
    return writes;
  }

  #endedHour(row: SnapshotRow) {
    const history = this.#histories.get(row.bot_id);
    const hour = history?.epoch === row.epoch ? history.hour : null;
    return hour && row.timestamp >= hour.hour_at + HOUR_MS ? hour : undefined;
  }

  /** A point of an epoch that is over changes nothing. */
  #addPoint(point: RawPoint) {
    const history = this.#history(point.bot_id, point.epoch);
    return history.epoch === point.epoch ? history.addPoint(point) : null;
  }

  /** A new epoch begins a new history. */
  #history(botId: string, epoch: number): EquityHistory {
    const known = this.#histories.get(botId);
    if (known && known.epoch >= epoch) return known;
    const history = new EquityHistory(epoch);
    this.#histories.set(botId, history);
    return history;
  }
}

function snapshotRow(
  book: BotBook,
  prices: Readonly<Record<string, number>>,
  set: { id: number; at: number },
): SnapshotRow {
  const { account } = book;
  const marked = markToMarket(account, (symbol) => prices[symbol]);
  return {
    user_id: book.userId,
    bot_id: book.botId,
    epoch: book.epoch,
    price_set_id: set.id,
    balance: usd(account.cashMicros),
    margin: usd(marked.marginMicros),
    unrealized_pnl: usd(marked.unrealizedMicros),
    realized_pnl: usd(account.realizedMicros),
    total_value: usd(marked.equityMicros),
    trade_count: account.tradeCount,
    win_rate: account.tradeCount === 0 ? 0 : account.winCount / account.tradeCount,
    timestamp: set.at,
  };
}

function unrealizedWrites(book: BotBook, prices: Readonly<Record<string, number>>): Write[] {
  return book.account.positions.flatMap((position) => {
    const mark = prices[position.symbol];
    if (mark === undefined) return [];
    return [updateUnrealized({ id: position.id, unrealized_pnl: usd(unrealizedMicros(position, mark)) })];
  });
}
