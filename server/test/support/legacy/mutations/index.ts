import { makeLegacyArena, type LegacyArena } from '../make-legacy-arena.ts';
import { writeLegacyDatabase } from '../write-legacy-database.ts';
import { BOT_MUTATIONS } from './bots.ts';
import { FILE_MUTATIONS } from './files.ts';
import { LOG_MUTATIONS, ORDER_MUTATIONS } from './history.ts';
import type { LegacyMutation } from './mutation.ts';
import { PORTFOLIO_MUTATIONS } from './portfolio.ts';
import { STATE_MUTATIONS } from './state.ts';
import { HISTORY_MUTATIONS, ROW_MUTATIONS, SCHEMA_MUTATIONS } from './tables.ts';

export type { LegacyMutation, LegacyOutcome } from './mutation.ts';

/** Each names one fault; names are unique. */
export const legacyMutations: readonly LegacyMutation[] = [
  ...FILE_MUTATIONS,
  ...STATE_MUTATIONS,
  ...BOT_MUTATIONS,
  ...PORTFOLIO_MUTATIONS,
  ...ORDER_MUTATIONS,
  ...LOG_MUTATIONS,
  ...SCHEMA_MUTATIONS,
  ...ROW_MUTATIONS,
  ...HISTORY_MUTATIONS,
];

const SHAPES = ['mixed', 'running', 'audit'] as const;

/** Three bots of two users; another seed gives another market, other books and another shape of orders. */
export function smallLegacyArena(seed = 1, tables: 'empty' | 'both' = 'empty'): LegacyArena {
  return makeLegacyArena({
    seed,
    bots: 3,
    ordersPerBot: 12,
    logsPerBot: 5,
    snapshots: 30,
    symbols: 14,
    valuePoints: 20,
    orderShape: SHAPES[(seed - 1) % SHAPES.length] ?? 'mixed',
    tables,
  });
}

/** Writes a small legacy database to `path` with the mutation's fault in it. */
export function writeMutatedDatabase(path: string, mutation: LegacyMutation, seed = 1): void {
  writeLegacyDatabase(path, smallLegacyArena(seed, mutation.tables));
  mutation.damage(path);
}
