import { StartupError } from '../errors.ts';

/** Where a value lies in the state's bytes. */
export interface Slice {
  readonly from: number;
  readonly to: number;
}

export interface StateShape {
  /** The elements of `bots`, in order; null when there is no such array. */
  readonly bots: readonly Slice[] | null;
  /** Every other top-level value by its key. */
  readonly others: ReadonlyMap<string, Slice>;
}

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY] = [0x7b, 0x7d, 0x5b, 0x5d];

/**
 * Finds the bots in a state of any size without parsing it, so that each is parsed alone: a whole state would need
 * several times its size in memory, and a string cannot hold much more than 500 MB. What lies between brackets is
 * checked when it is parsed.
 * @param chunks the state's bytes, in order.
 * @throws StartupError naming the byte at which the JSON breaks.
 */
export function splitState(chunks: Iterable<Uint8Array>): StateShape {
  const scan = new Scan();
  for (const chunk of chunks) scan.read(chunk);
  return scan.finish();
}

export function brokenAt(byte: number, what: string): StartupError {
  return new StartupError(
    `The state of the old server is not whole: its JSON breaks at byte ${byte} (${what}). Nothing was changed. ` +
      'Restore arena_state from a backup and try again.',
  );
}

/** Depths: 1 inside the state, 2 inside one of its values, 3 inside a bot. */
class Scan {
  #at = 0;
  /** The brackets that must still be closed, innermost last. */
  readonly #closers: number[] = [];
  #isInString = false;
  #isEscaped = false;
  /** Bytes of a key of the state while it is read, and the last whole one. */
  #keyBytes: number[] | null = null;
  #key: string | null = null;
  #isAfterColon = false;
  #valueFrom = -1;
  #lastByte = -1;
  #isArray = false;
  #bots: Slice[] | null = null;
  readonly #others = new Map<string, Slice>();

  get #depth(): number {
    return this.#closers.length;
  }

  read(chunk: Uint8Array): void {
    const from = this.#at;
    for (let i = 0; i < chunk.length; i++) {
      if (this.#isInString && !this.#keyBytes) {
        i = this.#skipString(chunk, i);
        if (i === chunk.length) break;
      }
      const byte = chunk[i] as number;
      this.#at = from + i;
      if (this.#isInString) this.#stringByte(byte);
      else if (byte > 0x20) this.#byte(byte);
    }
    this.#at = from + chunk.length;
  }

  /** Most of a state lies in strings. @returns where the next quote is that may end this one, or the chunk's length. */
  #skipString(chunk: Uint8Array, from: number): number {
    const quote = chunk.indexOf(QUOTE, from);
    const to = quote < 0 ? chunk.length : quote;
    let slashes = 0;
    while (to - slashes > from && chunk[to - slashes - 1] === BACKSLASH) slashes += 1;
    // A run of backslashes may have begun in the chunk before.
    const isWhole = to - slashes === from;
    if (to > from) this.#isEscaped = slashes % 2 === (isWhole && this.#isEscaped ? 0 : 1);
    return to;
  }

  finish(): StateShape {
    if (this.#depth !== 0 || this.#isInString || this.#lastByte !== CLOSE_OBJECT)
      throw brokenAt(this.#at, 'it ends too early');
    return { bots: this.#bots, others: this.#others };
  }

  #stringByte(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === BACKSLASH) this.#isEscaped = true;
    else if (byte === QUOTE) {
      this.#isInString = false;
      if (this.#keyBytes) {
        this.#key = Buffer.from(this.#keyBytes).toString();
        this.#keyBytes = null;
      }
      return;
    }
    this.#keyBytes?.push(byte);
  }

  #byte(byte: number): void {
    if (this.#depth === 0) {
      if (byte !== OPEN_OBJECT || this.#lastByte !== -1) throw brokenAt(this.#at, 'an object was expected');
    } else if (this.#valueFrom < 0 && this.#startsValue(byte)) this.#valueFrom = this.#at;
    this.#lastByte = byte;
    switch (byte) {
      case QUOTE:
        this.#isInString = true;
        if (this.#depth === 1 && !this.#isAfterColon) this.#keyBytes = [];
        break;
      case OPEN_OBJECT:
      case OPEN_ARRAY:
        this.#open(byte);
        break;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        this.#close(byte);
        break;
      case COLON:
        if (this.#depth === 1) this.#isAfterColon = true;
        break;
      case COMMA:
        this.#endValue();
        break;
      default:
    }
  }

  /** A value of the state begins after its colon; an element of `bots` wherever something stands. */
  #startsValue(byte: number): boolean {
    const isEnd = byte === COMMA || byte === CLOSE_ARRAY || byte === CLOSE_OBJECT || byte === COLON;
    return !isEnd && ((this.#depth === 1 && this.#isAfterColon) || (this.#depth === 2 && this.#isInBots()));
  }

  #isInBots(): boolean {
    return this.#isArray && this.#key === 'bots';
  }

  #open(byte: number): void {
    this.#closers.push(byte === OPEN_ARRAY ? CLOSE_ARRAY : CLOSE_OBJECT);
    if (this.#depth !== 2) return;
    this.#isArray = byte === OPEN_ARRAY;
    if (!this.#isInBots()) return;
    this.#bots = [];
    this.#valueFrom = -1;
  }

  #close(byte: number): void {
    this.#endValue();
    if (this.#closers.pop() !== byte) throw brokenAt(this.#at, 'a bracket that closes none');
    if (this.#depth === 1 && this.#isInBots()) this.#isArray = false;
  }

  #endValue(): void {
    const slice = { from: this.#valueFrom, to: this.#at };
    if (this.#depth === 2 && this.#isInBots()) {
      if (slice.from >= 0) this.#bots?.push(slice);
      this.#valueFrom = -1;
    } else if (this.#depth === 1) {
      if (slice.from >= 0 && this.#key !== null) this.#others.set(this.#key, slice);
      this.#valueFrom = -1;
      this.#isAfterColon = false;
      this.#key = null;
    }
  }
}
