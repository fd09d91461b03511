import { sql, type Selectable } from 'kysely';
import type { Reader } from '../database.ts';
import { auditDigest, chainAudit, hashBeforeChain, listAuditRows } from '../queries/audit-log.ts';
import type { AuditLogTable } from '../schema/audit-log.ts';
import { Cursor } from './cursor.ts';
import type { Findings } from './findings.ts';
import { hasColumn } from './schema-checks.ts';

type AuditLogRow = Selectable<AuditLogTable>;

/** I21: each row of the audit log follows from those before it, and none is gone from its end. */
export async function checkAuditChain(db: Reader, findings: Findings): Promise<void> {
  if (!(await hasColumn(db, 'audit_log', 'hash'))) return;
  const rows = new Cursor(
    (after, limit) => listAuditRows(db, { after, limit }),
    (row) => row.id,
  );
  const chain = new Chain(db, findings);
  for await (const chunk of rows.upTo(Number.MAX_SAFE_INTEGER))
    for (const row of chunk) await chain.follow(row);
  await checkEnd(db, chain.lastId, findings);
}

class Chain {
  readonly #db: Reader;
  readonly #findings: Findings;
  /** The hash of the row before; undefined until the chain begins. */
  #previous: string | undefined;
  lastId = 0;

  constructor(db: Reader, findings: Findings) {
    this.#db = db;
    this.#findings = findings;
  }

  async follow(row: AuditLogRow): Promise<void> {
    this.lastId = row.id;
    if (row.hash === null && this.#previous === undefined) return;
    this.#previous ??= await hashBeforeChain(this.#db, row.id);
    const expected = chainAudit(this.#previous, auditDigest(row));
    if (row.hash !== expected) this.#tell(row, expected);
    // One damaged row is one finding: the next is measured by what it was chained to.
    this.#previous = row.hash ?? expected;
  }

  #tell({ id, action, created_at, hash }: AuditLogRow, expected: string): void {
    const message =
      hash === null
        ? 'a row of the audit log has no hash'
        : 'a row of the audit log does not follow from those before it';
    this.#findings.add('I21', message, { id, action, created_at, hash, expected });
  }
}

/** SQLite remembers the highest number it gave: a chain that was cut off at its end is whole in itself. */
async function checkEnd(db: Reader, lastId: number, findings: Findings): Promise<void> {
  const { rows } = await sql<{
    seq: number;
  }>`select seq from sqlite_sequence where name = 'audit_log'`.execute(db);
  const given = rows[0]?.seq ?? 0;
  if (given !== lastId)
    findings.add('I21', 'the audit log does not end with the last row written to it', { given, lastId });
}
