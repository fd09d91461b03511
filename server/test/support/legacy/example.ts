import { makeLegacyArena, type LegacyArenaOptions } from './make-legacy-arena.ts';
import { writeLegacyDatabase } from './write-legacy-database.ts';

/** `arena.db.example`: a month of an old arena, left on 1 November 2026. */
export const EXAMPLE: LegacyArenaOptions = {
  seed: 2026,
  bots: 4,
  ordersPerBot: 108,
  logsPerBot: 40,
  snapshots: 18_068,
  symbols: 218,
  orderShape: 'mixed',
  tables: 'empty',
};

/** No file stands beside the database, and it opens from a folder that cannot be written to. */
export function writeExampleDatabase(path: string): void {
  writeLegacyDatabase(path, makeLegacyArena(EXAMPLE), { journalMode: 'delete' });
}
