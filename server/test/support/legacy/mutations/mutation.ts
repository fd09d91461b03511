import { both, type Damage } from './damage.ts';

export type LegacyOutcome =
  /** Exit 1, nothing changed. */
  | 'refused'
  /** Exit 2: all that is sound arrives, the rest stands in `migration_quarantine` with a reason. */
  | 'imported-with-quarantine'
  /** Exit 0. */
  | 'imported';

/** A fault in a small legacy database, and what must become of the file. */
export interface LegacyMutation {
  readonly name: string;
  readonly outcome: LegacyOutcome;
  /** Whether the file's trades, positions and bot_decisions are empty or repeat the blob. */
  readonly tables: 'empty' | 'both';
  readonly damage: Damage;
}

type Mutator = (name: string, ...damages: readonly Damage[]) => LegacyMutation;

function mutator(outcome: LegacyOutcome, tables: 'empty' | 'both' = 'empty'): Mutator {
  return (name, ...damages) => ({ name, outcome, tables, damage: both(...damages) });
}

export const refused = mutator('refused');
export const quarantined = mutator('imported-with-quarantine');
export const imported = mutator('imported');
export const quarantinedOfBoth = mutator('imported-with-quarantine', 'both');
export const importedOfBoth = mutator('imported', 'both');
