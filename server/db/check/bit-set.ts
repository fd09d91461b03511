/** A set of small non-negative integers, one bit each. */
export class BitSet {
  #bits = new Uint8Array(1024);

  has(value: number): boolean {
    return (((this.#bits[value >> 3] ?? 0) >> (value & 7)) & 1) === 1;
  }

  add(value: number): void {
    if (value >> 3 >= this.#bits.length) {
      const grown = new Uint8Array(Math.max(this.#bits.length * 2, (value >> 3) + 1));
      grown.set(this.#bits);
      this.#bits = grown;
    }
    this.#bits[value >> 3] = (this.#bits[value >> 3] ?? 0) | (1 << (value & 7));
  }

  /** The members that `other` has not. */
  *minus(other: BitSet): Generator<number> {
    for (let value = 0; value < this.#bits.length * 8; value += 1)
      if (this.has(value) && !other.has(value)) yield value;
  }
}
