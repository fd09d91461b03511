/** What must hold in every database; `index.ts` says what each one means. */
export type Invariant =
  | 'I0'
  | 'I1'
  | 'I2'
  | 'I3'
  | 'I4'
  | 'I5'
  | 'I6'
  | 'I7'
  | 'I8'
  | 'I9'
  | 'I10'
  | 'I11'
  | 'I12'
  | 'I16'
  | 'I17'
  | 'I18'
  | 'I19'
  | 'I20'
  | 'I21'
  | 'I22';

export type EvidenceRow = Readonly<Record<string, unknown>>;

/** One kind of fault: how many rows show it, and the first of them. */
export interface Violation {
  readonly invariant: Invariant;
  readonly message: string;
  readonly count: number;
  /** At most ten. */
  readonly rows: readonly EvidenceRow[];
}

const SHOWN_ROWS = 10;

/** Collects faults by kind, so that a million broken rows stay one short report. */
export class Findings {
  readonly #violations = new Map<string, { invariant: Invariant; message: string; rows: EvidenceRow[] }>();
  readonly #counts = new Map<string, number>();

  add(invariant: Invariant, message: string, row: EvidenceRow): void {
    const key = `${invariant} ${message}`;
    const known = this.#violations.get(key) ?? { invariant, message, rows: [] };
    if (known.rows.length < SHOWN_ROWS) known.rows.push(row);
    this.#violations.set(key, known);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  addAll(invariant: Invariant, message: string, rows: Iterable<EvidenceRow>): void {
    for (const row of rows) this.add(invariant, message, row);
  }

  /** In the order of the invariants' numbers. */
  list(): readonly Violation[] {
    const number = (invariant: Invariant) => Number(invariant.slice(1));
    return [...this.#violations]
      .map(([key, violation]) => ({ ...violation, count: this.#counts.get(key) ?? 0 }))
      .toSorted((a, b) => number(a.invariant) - number(b.invariant));
  }
}
