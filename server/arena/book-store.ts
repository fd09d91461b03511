import type { Books, BotBook } from '../context.ts';
import type { Db } from '../db/database.ts';
import { beginEpoch, updateAccount } from '../db/queries/book-writes.ts';
import { listBookRows } from '../db/queries/books.ts';
import type { Write } from '../db/prepared.ts';
import { lockedMarginMicros } from '../engine/mark.ts';
import type { Account } from '../engine/model.ts';
import { NotFoundError, StaleWriteError } from '../errors.ts';
import { accountToUpdate, bookFromRows } from './book-rows.ts';
import { MarkIndex } from './mark-index.ts';

const MAX_ATTEMPTS = 4;

export interface Change<T> {
  readonly account: Account;
  /** Nothing to write = nothing changes. */
  readonly writes: readonly Write[];
  readonly value: T;
  /** The change ends the epoch: `account` is the book of the next one, opened with this deposit. */
  readonly nextEpoch?: { readonly initialBalanceMicros: number };
}

/**
 * The books of all bots in memory, and the only way to change one: read, plan (pure), commit, then remember. A plan may
 * run again when the rows changed meanwhile.
 */
export class BookStore implements Books {
  readonly #db: Db;
  readonly #books = new Map<string, BotBook>();
  readonly #marks = new MarkIndex();
  /** bot -> its last change, so that changes of one bot follow each other. */
  readonly #tails = new Map<string, Promise<unknown>>();
  readonly #attempts = new Set<Promise<unknown>>();
  #gate: Promise<void> = Promise.resolve();

  constructor(db: Db) {
    this.#db = db;
  }

  async loadAll(): Promise<void> {
    for (const rows of await listBookRows(this.#db.read)) this.#remember(bookFromRows(rows));
  }

  /** Takes a bot's book from the rows again; a deleted bot's book is forgotten. */
  async reload(botId: string): Promise<void> {
    const [rows] = await listBookRows(this.#db.read, botId);
    if (rows) this.#remember(bookFromRows(rows));
    else {
      this.#books.delete(botId);
      this.#marks.setPositions(botId, []);
    }
  }

  get(botId: string): BotBook | undefined {
    return this.#books.get(botId);
  }

  list(): readonly BotBook[] {
    return [...this.#books.values()];
  }

  unrealizedMicros(botId: string): number {
    return this.#marks.unrealizedMicros(botId);
  }

  equityMicros(botId: string): number {
    const book = this.#books.get(botId);
    if (!book) return 0;
    return book.account.cashMicros + lockedMarginMicros(book.account) + this.unrealizedMicros(botId);
  }

  /** Marks every position on the symbol. @returns the bots of which an exit is due. */
  mark(symbol: string, price: number): readonly string[] {
    return this.#marks.apply(symbol, price);
  }

  /**
   * Changes one bot's book. @throws NotFoundError for an unknown bot, StaleWriteError when the rows keep changing, and
   * what the writes throw; then nothing has changed.
   */
  async change<T>(botId: string, plan: (book: BotBook) => Change<T>): Promise<T> {
    const previous = this.#tails.get(botId);
    const turn = (async () => {
      await previous;
      await this.#gate;
      return this.#attempt(botId, plan);
    })();
    const tail = turn.then(
      () => undefined,
      () => undefined,
    );
    this.#tails.set(botId, tail);
    try {
      return await turn;
    } finally {
      if (this.#tails.get(botId) === tail) this.#tails.delete(botId);
    }
  }

  /** Runs while no book changes: memory and rows agree for as long as it takes. */
  async exclusively<T>(run: () => Promise<T>): Promise<T> {
    const before = this.#gate;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gate = before.then(() => promise);
    await before;
    // Those that passed the old gate finish first; later ones wait for the new one.
    while (this.#attempts.size > 0) await Promise.allSettled(this.#attempts);
    try {
      return await run();
    } finally {
      resolve();
    }
  }

  async #attempt<T>(botId: string, plan: (book: BotBook) => Change<T>): Promise<T> {
    const attempt = this.#tryChange(botId, plan);
    this.#attempts.add(attempt);
    try {
      return await attempt;
    } finally {
      this.#attempts.delete(attempt);
    }
  }

  async #tryChange<T>(botId: string, plan: (book: BotBook) => Change<T>, attempt = 1): Promise<T> {
    const book = this.#books.get(botId);
    if (!book) throw new NotFoundError('bot', botId);
    const { account, writes, value, nextEpoch } = plan(book);
    if (writes.length === 0) return value;
    const epoch = nextEpoch ? book.epoch + 1 : book.epoch;
    const begin = nextEpoch
      ? [beginEpoch({ bot_id: botId, epoch, initial_balance_micros: nextEpoch.initialBalanceMicros })]
      : [];
    try {
      await this.#db.commit([updateAccount(accountToUpdate(book, account)), ...begin, ...writes]);
    } catch (error) {
      if (!(error instanceof StaleWriteError) || attempt === MAX_ATTEMPTS) throw error;
      await this.reload(botId);
      return this.#tryChange(botId, plan, attempt + 1);
    }
    // A bot that was deleted meanwhile stays forgotten.
    if (this.#books.has(botId))
      this.#remember({ ...book, ...nextEpoch, epoch, version: book.version + 1, account });
    return value;
  }

  #remember(book: BotBook): void {
    this.#books.set(book.botId, book);
    this.#marks.setPositions(book.botId, book.account.positions);
  }
}
