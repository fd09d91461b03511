import type { Reader } from '../database.ts';
import type { Findings } from './findings.ts';
import { hasColumn } from './schema-checks.ts';

/** I22: the key of a version that is retired is gone, so nothing may need it. */
export async function checkVault(db: Reader, findings: Findings): Promise<void> {
  if (!(await hasColumn(db, 'vault_keys', 'retired_at'))) return;
  const rows = await db
    .selectFrom('vault_user_keys as u')
    .innerJoin('vault_keys as k', 'k.version', 'u.key_version')
    .select(['u.user_id', 'u.key_version', 'k.retired_at'])
    .where('k.retired_at', 'is not', null)
    .execute();
  findings.addAll('I22', 'a data key is wrapped by a master key that is retired', rows);
}
