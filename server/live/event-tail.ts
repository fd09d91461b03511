import { setImmediate } from 'node:timers/promises';
import type { Db } from '../db/database.ts';
import { latestEventId, listEventsAfterId, type EventRow } from '../db/queries/events.ts';
import type { Logger } from '../log.ts';

const ROWS_AT_ONCE = 200;
/** Sockets write between two pieces, so that a burst does not look like a stalled reader. */
const PIECE_BYTES = 32 * 1024;

export interface TailOptions {
  readonly db: Db;
  readonly log: Logger;
  /** Called once for each event row, in the order of commits. Must not throw. */
  readonly emit: (row: EventRow) => void;
  /** Called after each piece of events, when sockets had a chance to write. */
  readonly afterPiece: () => void;
  /** A commit nudges; this finds what no nudge told of. */
  readonly pollMs: number;
}

/**
 * Follows the event rows. A commit is only a nudge: what is sent is what stands in the table. A nudge is followed in a
 * later turn of the event loop, when the books in memory have taken in the same commit.
 */
export class EventTail {
  readonly #options: TailOptions;
  readonly #lastSeqs = new Map<string, number>();
  #cursor = 0;
  #isNudged = false;
  #isStopped = false;
  #draining: Promise<void> = Promise.resolve();
  #stopListening: () => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: TailOptions) {
    this.#options = options;
  }

  /** Events committed from now on are emitted. */
  async start(): Promise<void> {
    this.#stopListening = this.#options.db.onCommit(() => this.#nudge());
    this.#cursor = await latestEventId(this.#options.db);
    this.#timer = setInterval(() => this.#nudge(), this.#options.pollMs).unref();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#stopListening();
    clearInterval(this.#timer);
    await this.#draining;
  }

  /** Id of the last row emitted. */
  get cursor(): number {
    return this.#cursor;
  }

  /** `seq` of the last event of the room emitted; 0 = none since the start. */
  lastSeq(room: string): number {
    return this.#lastSeqs.get(room) ?? 0;
  }

  /** Resolves when every event committed before the call has been emitted. */
  async catchUp(): Promise<void> {
    this.#draining = this.#draining.then(() => this.#drain());
    await this.#draining;
  }

  #nudge(): void {
    if (this.#isNudged || this.#isStopped) return;
    this.#isNudged = true;
    void setImmediate().then(() => {
      this.#isNudged = false;
      return this.catchUp();
    });
  }

  async #drain(): Promise<void> {
    try {
      while (!this.#isStopped && (await this.#emitNext()) === ROWS_AT_ONCE);
    } catch (error) {
      // The next nudge or poll reads again from the same row.
      this.#options.log.error({ err: error, cursor: this.#cursor }, 'could not read live events');
    }
  }

  async #emitNext(): Promise<number> {
    const rows = await listEventsAfterId(this.#options.db, this.#cursor, ROWS_AT_ONCE);
    let bytes = 0;
    for (const row of rows) {
      this.#cursor = row.id;
      this.#lastSeqs.set(row.room, row.seq);
      this.#options.emit(row);
      bytes += row.payload_json.length;
      if (bytes < PIECE_BYTES) continue;
      bytes = 0;
      await setImmediate();
      this.#options.afterPiece();
    }
    if (bytes > 0) {
      await setImmediate();
      this.#options.afterPiece();
    }
    return rows.length;
  }
}
