import type { ModelReliability } from '../../api/contract.ts';
import { sortedBy } from '../../ui/sort.ts';

/** Fewer than these say little. */
const FEW_TURNS = 30;

export type Column =
  | 'model'
  | 'bots'
  | 'turns'
  | 'decisions'
  | 'accepted'
  | 'unparseable'
  | 'refused'
  | 'unknownSymbol'
  | 'clamped'
  | 'timedOut'
  | 'p50'
  | 'p95';

/** A count, and of how many. */
export interface Part {
  readonly count: number;
  readonly whole: number;
  /** null of nothing. */
  readonly share: number | null;
}
export type Share = 'accepted' | 'unparseable' | 'refused' | 'unknownSymbol' | 'clamped' | 'timedOut';

const part = (count: number, whole: number): Part => ({
  count,
  whole,
  share: whole === 0 ? null : count / whole,
});

/** Decisions are judged one by one, answers turn by turn, and calls may fail more than once a turn. */
const PARTS: Record<Share, (model: ModelReliability) => Part> = {
  accepted: ({ accepted, decisions }) => part(accepted, decisions),
  unparseable: ({ unparseable, turns }) => part(unparseable, turns),
  refused: ({ refused, calls }) => part(refused, calls),
  unknownSymbol: ({ unknownSymbol, decisions }) => part(unknownSymbol, decisions),
  clamped: ({ clamped, decisions }) => part(clamped, decisions),
  timedOut: ({ timedOut, calls }) => part(timedOut, calls),
};

export const partOf = (model: ModelReliability, column: Share): Part => PARTS[column](model);

const isShare = (column: Column): column is Share => Object.hasOwn(PARTS, column);

const VALUES: Record<Exclude<Column, Share>, (model: ModelReliability) => number | string | null> = {
  model: ({ model }) => model.toLowerCase(),
  bots: ({ bots }) => bots,
  turns: ({ turns }) => turns,
  decisions: ({ decisions }) => decisions,
  p50: ({ latencyP50Ms }) => latencyP50Ms,
  p95: ({ latencyP95Ms }) => latencyP95Ms,
};

export function sortModels(
  models: readonly ModelReliability[],
  column: Column,
  isDescending: boolean,
): ModelReliability[] {
  const valueOf = isShare(column) ? (model: ModelReliability) => partOf(model, column).share : VALUES[column];
  return sortedBy(models, valueOf, isDescending);
}

export const hasFewTurns = ({ turns }: ModelReliability): boolean => turns < FEW_TURNS;

/** All words of the search are wanted, in any order. */
export function findModels(models: readonly ModelReliability[], search: string): ModelReliability[] {
  const words = search.toLowerCase().split(/\s+/);
  return models.filter(({ model, providerType }) => {
    const text = `${model} ${providerType}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
