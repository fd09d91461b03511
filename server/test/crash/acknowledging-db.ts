import type { Transaction } from 'kysely';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '../../db/database.ts';
import type { PreparedQuery, Write } from '../../db/prepared.ts';
import type { Database } from '../../db/schema/index.ts';
import type { Journal } from './journal.ts';
import type { Bug, Point } from './plan.ts';
import { describeWrite, type WrittenRow } from './written-row.ts';

export interface AcknowledgingOptions {
  readonly journal: Journal;
  /** Called for each group by what it is; true = the process ends while the group's transaction is open. */
  readonly isFatal: (point: Point) => boolean;
  readonly die: () => never;
  readonly random: () => number;
  readonly bug: Bug | null;
}

/** The server's database, noting each group of rows at the moment its commit is acknowledged. */
export class AcknowledgingDb implements Db {
  readonly #inner: Db;
  readonly #options: AcknowledgingOptions;

  constructor(inner: Db, options: AcknowledgingOptions) {
    this.#inner = inner;
    this.#options = options;
  }

  get path(): string {
    return this.#inner.path;
  }

  get read(): Db['read'] {
    return this.#inner.read;
  }

  async commit(writes: readonly Write[]): Promise<void> {
    const rows = writes.map((write) => describeWrite(this.#inner, write));
    const point = pointOf(rows);
    const isFatal = point !== null && this.#options.isFatal(point);
    await this.#commitAs(isFatal ? this.#withDeath(writes) : writes, point);
    this.#options.journal.note(rows);
  }

  all<P extends object, Row>(query: PreparedQuery<P, Row>, params: P): Promise<Row[]> | Row[] {
    return this.#inner.all(query, params);
  }

  first<P extends object, Row>(
    query: PreparedQuery<P, Row>,
    params: P,
  ): Promise<Row | undefined> | Row | undefined {
    return this.#inner.first(query, params);
  }

  transaction<T>(run: (trx: Transaction<Database>) => Promise<T>): Promise<T> {
    return this.#inner.transaction(run);
  }

  onCommit(listener: () => void): () => void {
    return this.#inner.onCommit(listener);
  }

  backup(path: string): Promise<void> {
    return this.#inner.backup(path);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  async #commitAs(writes: readonly Write[], point: Point | null): Promise<void> {
    switch (this.#options.bug) {
      case 'early-ack':
        void sleep(20).then(() => this.#inner.commit(writes));
        return;
      case 'split-apply':
        return point === 'K5' ? this.#commitInTwo(writes) : this.#inner.commit(writes);
      case 'swallowed-event':
        return this.#inner.commit(writes.filter((write) => !this.#isSwallowed(write)));
      case 'forgotten-answer':
      case null:
        return this.#inner.commit(writes);
    }
  }

  async #commitInTwo(writes: readonly Write[]): Promise<void> {
    const middle = Math.ceil(writes.length / 2);
    await this.#inner.commit(writes.slice(0, middle));
    await this.#inner.commit(writes.slice(middle));
  }

  #isSwallowed(write: Write): boolean {
    return describeWrite(this.#inner, write).table === 'arena_events' && this.#options.random() < 0.2;
  }

  /** The server looks at a write's statement when it is about to run it, with the transaction open. */
  #withDeath(writes: readonly Write[]): Write[] {
    const { die, random, bug } = this.#options;
    const death: Write = {
      get statement() {
        return die();
      },
      params: null,
    };
    const at = bug === null ? 1 + Math.floor(random() * writes.length) : writes.length;
    return writes.toSpliced(at, 0, death);
  }
}

function pointOf(rows: readonly WrittenRow[]): Point | null {
  const hasInsert = (table: string) => rows.some((row) => row.op === 'insert' && row.table === table);
  if (rows.some((row) => row.table === 'bot_turns' && row.values['status'] === 'applied')) return 'K5';
  if (hasInsert('trades')) return 'exit';
  return hasInsert('price_sets') ? 'snapshot' : null;
}
