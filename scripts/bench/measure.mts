/** One row of the table. */
export interface Line {
  readonly measure: string;
  readonly ours: string;
  readonly baseline: string;
  /** Median of the per-round ratios, as text; empty where the target is absolute. */
  readonly ratio: string;
  readonly target: string;
  readonly isMet: boolean;
}

/** What every measure gets. */
export interface Bench {
  /** Smaller histories and fewer rounds; the lines say what was run. */
  readonly isQuick: boolean;
  /** A folder of its own for databases, deleted at the end. */
  readonly folder: string;
  /** The large database: 1,000 bots, 1 M trades, 1 M snapshots, 100 k decisions. Made once, when first asked for. */
  readonly seeded: () => Promise<string>;
  /** Tells what goes on, beside the table. */
  readonly say: (text: string) => void;
}

export interface Measure {
  readonly name: string;
  readonly run: (bench: Bench) => Promise<readonly Line[]>;
}

/** A line whose ratio must not exceed `most`. */
export function atMost(line: Omit<Line, 'ratio' | 'target' | 'isMet'>, ratio: number, most: number): Line {
  return { ...line, ratio: `${number(ratio)} x`, target: `<= ${most} x`, isMet: ratio <= most };
}

/** A line whose ratio must reach `least`. */
export function atLeast(line: Omit<Line, 'ratio' | 'target' | 'isMet'>, ratio: number, least: number): Line {
  return { ...line, ratio: `${number(ratio)} x`, target: `>= ${least} x`, isMet: ratio >= least };
}

/** A line with an absolute limit. */
export function within(
  line: Pick<Line, 'measure'> & { readonly detail?: string },
  value: number,
  limit: { readonly most: number; readonly unit: string },
): Line {
  return {
    measure: line.measure,
    ours: `${number(value)} ${limit.unit}`,
    baseline: line.detail ?? '',
    ratio: '',
    target: `<= ${limit.most} ${limit.unit}`,
    isMet: value <= limit.most,
  };
}

/** Three significant figures. */
export function number(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
}
