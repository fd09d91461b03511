/** Lines about what was found in the input: the first `limit` are kept, all are counted. */
export class Findings {
  readonly #lines: string[] = [];
  readonly #limit: number;
  #count = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get count(): number {
    return this.#count;
  }

  add(line: string): void {
    this.#count += 1;
    if (this.#lines.length < this.#limit) this.#lines.push(line);
  }

  /** The lines kept, and one that counts the rest. */
  list(): readonly string[] {
    const rest = this.#count - this.#lines.length;
    return rest === 0 ? [...this.#lines] : [...this.#lines, `… and ${rest} more`];
  }
}
