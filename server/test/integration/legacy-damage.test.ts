import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkDatabase } from '../../db/check/index.ts';
import { StartupError } from '../../errors.ts';
import { migrate } from '../support/legacy/migrate.ts';
import { legacyMutations, writeMutatedDatabase } from '../support/legacy/mutations/index.ts';
import { tempDatabasePath } from '../support/temp-database.ts';

/** Every mutation of one arena; `npm run test:legacy` takes several arenas. */
const FILES = Number(process.env.LEGACY_FILES ?? legacyMutations.length);
const CASES = Array.from({ length: Math.ceil(FILES / legacyMutations.length) }, (_, round) =>
  legacyMutations.map((mutation) => ({ ...mutation, mutation, seed: round + 1 })),
)
  .flat()
  .slice(0, FILES);

const contentOf = (path: string) =>
  existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'no file';

describe('a damaged file', () => {
  it.each(CASES.filter(({ outcome }) => outcome === 'refused'))(
    '$name, arena $seed, is refused and stays as it is',
    async ({ mutation, seed }) => {
      const [from, to] = [tempDatabasePath(), tempDatabasePath()];
      writeMutatedDatabase(from, mutation, seed);
      const before = contentOf(from);
      await expect(migrate(from, { to })).rejects.toThrow(StartupError);
      expect(existsSync(to)).toBe(false);
      expect(contentOf(from)).toBe(before);
    },
  );

  it.each(CASES.filter(({ outcome }) => outcome !== 'refused'))(
    '$name, arena $seed: $outcome',
    async ({ mutation, seed, outcome }) => {
      const [from, to] = [tempDatabasePath(), tempDatabasePath()];
      writeMutatedDatabase(from, mutation, seed);
      const before = contentOf(from);
      const { counts, quarantined } = await migrate(from, { to });
      for (const [kind, count] of Object.entries(counts))
        expect([kind, count.imported + count.known + count.quarantined]).toEqual([kind, count.found]);
      expect(quarantined > 0).toBe(outcome === 'imported-with-quarantine');
      expect((await checkDatabase(to)).violations).toEqual([]);
      expect((await migrate(from, { to })).isDone).toBe(true);
      expect(contentOf(from)).toBe(before);
    },
  );
});
