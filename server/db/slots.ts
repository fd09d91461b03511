import type { Params } from './prepared.ts';

export type Slots = Record<`slot${number}`, string>;

/** A list of texts as so many parameters of a prepared statement; a shorter list repeats its last. */
export interface SlotList {
  readonly size: number;
  /** For `where(column, 'in', …)`. */
  readonly in: (param: Params<Slots>) => string[];
  /** Parameters for at most `size` values; without any they match nothing. */
  readonly fill: (values: readonly string[]) => Slots;
}

export function slotList(size: number): SlotList {
  const names = Array.from({ length: size }, (_, slot) => `slot${slot}` as const);
  return {
    size,
    in: (param) => names.map((name) => param(name)),
    fill(values) {
      if (values.length > size) throw new RangeError(`${values.length} values for ${size} slots`);
      const last = values.at(-1) ?? '';
      return Object.fromEntries(names.map((name, i) => [name, values[i] ?? last]));
    },
  };
}
