/** Does some work once and returns how much one unit of it took, such as ms a turn. */
export type Variant = () => number | Promise<number>;

export interface Samples<Name extends string> {
  readonly of: (name: Name) => readonly number[];
  readonly median: (name: Name) => number;
  /** Median over the rounds of `a` / `b`: what the machine does to a whole round falls out. */
  readonly ratio: (a: Name, b: Name) => number;
}

/** Runs every variant once a round, in an order that rotates, so that none always comes first. */
export async function interleave<Name extends string>(
  variants: Readonly<Record<Name, Variant>>,
  { rounds, warmUps = 1 }: { readonly rounds: number; readonly warmUps?: number },
): Promise<Samples<Name>> {
  const names = Object.keys(variants) as Name[];
  const samples = new Map<Name, number[]>(names.map((name) => [name, []]));
  const of = (name: Name): readonly number[] => samples.get(name) ?? [];
  for (let round = -warmUps; round < rounds; round += 1) {
    const first = (round + warmUps) % names.length;
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      const sample = await variants[name]();
      if (round >= 0) samples.get(name)?.push(sample);
    }
  }
  return {
    of,
    median: (name) => median(of(name)),
    ratio: (a, b) => median(of(a).map((value, round) => value / (of(b)[round] ?? Number.NaN))),
  };
}

/** Times `times` runs, ms for one. */
export async function timed(times: number, run: (i: number) => unknown): Promise<number> {
  const startedAt = performance.now();
  for (let i = 0; i < times; i += 1) {
    const result = run(i);
    if (result instanceof Promise) await result;
  }
  return (performance.now() - startedAt) / times;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  if (q === 0.5 && sorted.length % 2 === 0)
    return ((sorted[sorted.length / 2 - 1] ?? Number.NaN) + (sorted[sorted.length / 2] ?? Number.NaN)) / 2;
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}
