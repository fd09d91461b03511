import { sql } from 'kysely';
import type { Reader } from '../database.ts';
import type { EvidenceRow, Findings } from './findings.ts';
import { hasColumn } from './schema-checks.ts';

/** I18: a version that a bot, a turn or a decision points at is one of that very bot. */
export async function checkVersions(db: Reader, findings: Findings): Promise<void> {
  if (!(await hasColumn(db, 'bots', 'version_id'))) return;
  const bots = await db
    .selectFrom('bots as b')
    .leftJoin('bot_versions as v', 'v.id', 'b.version_id')
    .select(['b.id', 'b.user_id', 'b.version_id', 'v.bot_id as version_bot_id'])
    .where('b.version_id', 'is not', null)
    .where((eb) =>
      eb.or([
        eb('v.bot_id', 'is distinct from', eb.ref('b.id')),
        eb('v.user_id', 'is distinct from', eb.ref('b.user_id')),
      ]),
    )
    .execute();
  findings.addAll('I18', "a bot's version is not one of its own", bots);
  for (const table of ['bot_turns', 'bot_decisions']) {
    const { rows } = await sql<EvidenceRow>`
      select t.id, t.bot_id, t.version_id, v.bot_id as version_bot_id
      from ${sql.table(table)} as t left join bot_versions as v on v.id = t.version_id
      where t.version_id is not null and v.bot_id is distinct from t.bot_id`.execute(db);
    findings.addAll('I18', `a row of ${table} names a version that is not of its bot`, rows);
  }
}
