import { hash } from 'node:crypto';
import { sql, type Selectable } from 'kysely';
import type { Reader } from '../database.ts';
import { prepared, write, type Write } from '../prepared.ts';
import type { AuditLogTable } from '../schema/audit-log.ts';

/** What was done, by whom, to what of whose. */
export interface AuditEntry {
  /** Whom it concerns. */
  readonly userId: string | null;
  /** Who did it; null = the arena itself. */
  readonly actorId: string | null;
  readonly action: string;
  readonly subjectType: string;
  readonly subjectId: string;
  /** Before and after, without secrets. */
  readonly details: Readonly<Record<string, unknown>>;
  /** Wall clock, epoch ms. */
  readonly at: number;
  readonly ip: string | null;
  readonly requestId: string | null;
}

/** Something that was done: to what, of whom. */
export interface Deed {
  readonly action: string;
  readonly subjectType: string;
  readonly subjectId: string;
  /** Whom it concerns; who does it, unless said otherwise. */
  readonly userId?: string | null;
  /** Before and after, without secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The line of the audit log for a deed, for the same commit. @param by who does it, and from where. */
export function audited(
  { clock }: { readonly clock: { wallNow(): number } },
  by: { readonly trace: Pick<AuditEntry, 'actorId' | 'ip' | 'requestId'> },
  { userId = by.trace.actorId, details = {}, ...deed }: Deed,
): Write {
  return insertAuditEntry({ ...by.trace, ...deed, userId, details, at: clock.wallNow() });
}

export interface StoredAuditEntry extends AuditEntry {
  readonly id: number;
}

/** The columns a hash covers, in the order it does. */
const COVERED = [
  'user_id',
  'actor_id',
  'action',
  'subject_type',
  'subject_id',
  'details_json',
  'created_at',
  'ip',
  'request_id',
] as const;

/** A row but for its number and hash. */
export type AuditRow = Pick<Selectable<AuditLogTable>, (typeof COVERED)[number]>;

/** SHA-256 as hex over the JSON array of what the row says. */
export function auditDigest(row: AuditRow): string {
  return hash('sha256', JSON.stringify(COVERED.map((column) => row[column])));
}

/** The hash of a row whose digest is `digest`; `previous` is the hash of the row before, '' where there is none. */
export function chainAudit(previous: string, digest: string): string {
  return hash('sha256', `${previous}:${digest}`);
}

/** One text for all that a row says: the hash of each column, '-' for null. */
const ROW_MARK = sql.join(
  COVERED.map((column) => sql`coalesce(arena_sha256(cast(${sql.ref(column)} as text)), '-')`),
  sql` || `,
);

/**
 * What the chain begins with where rows without a hash came before it: a hash over all of them in order, else null.
 * @param until the first row of the chain, when there is one.
 */
function beforeChain(until?: number) {
  const rows = until === undefined ? sql`` : sql`where id < ${until}`;
  return sql<
    string | null
  >`(select arena_sha256(string_agg(${ROW_MARK}, '' order by id)) from audit_log ${rows})`;
}

/** The chain is made by the statement itself: commits that share a transaction may fail one by one. */
const rowInsert = prepared<AuditRow & { digest: string }>((db, param) =>
  db.insertInto('audit_log').values({
    ...param.pick(...COVERED),
    hash: sql<string>`arena_sha256(coalesce((select hash from audit_log order by id desc limit 1),
      ${beforeChain()}, '') || ':' || ${param('digest')})`,
  }),
);

/** Appends a row to the audit log and its chain. */
export function insertAuditRow(row: AuditRow): Write {
  const said = wellFormed(row);
  return write(rowInsert, { ...said, digest: auditDigest(said) });
}

/**
 * Appends an entry to the audit log, for the transaction of the change it tells of: a change that cannot be told fails.
 */
export function insertAuditEntry(entry: AuditEntry): Write {
  return insertAuditRow({
    user_id: entry.userId,
    actor_id: entry.actorId,
    action: entry.action,
    subject_type: entry.subjectType,
    subject_id: entry.subjectId,
    details_json: JSON.stringify(entry.details),
    created_at: entry.at,
    ip: entry.ip,
    request_id: entry.requestId,
  });
}

/** Half a character is stored as another one, which the digest would not be of. */
function wellFormed(row: AuditRow): AuditRow {
  const entries = Object.entries(row).map(([name, value]) => [
    name,
    typeof value === 'string' ? value.toWellFormed() : value,
  ]);
  return Object.fromEntries(entries) as AuditRow;
}

export interface AuditFilter {
  readonly userId?: string;
  readonly actorId?: string;
  readonly action?: string;
  /** Wall clock, epoch ms, both inclusive. */
  readonly from?: number;
  readonly to?: number;
  /** Only entries older than this one: the last of the page before. */
  readonly beforeId?: number;
  readonly limit: number;
}

/** The entries that meet every condition given, newest first. */
export async function listAuditEntries(db: Reader, filter: AuditFilter): Promise<StoredAuditEntry[]> {
  const { userId, actorId, action, from, to, beforeId } = filter;
  let query = db.selectFrom('audit_log').selectAll();
  if (userId !== undefined) query = query.where('user_id', '=', userId);
  if (actorId !== undefined) query = query.where('actor_id', '=', actorId);
  if (action !== undefined) query = query.where('action', '=', action);
  if (from !== undefined) query = query.where('created_at', '>=', from);
  if (to !== undefined) query = query.where('created_at', '<=', to);
  if (beforeId !== undefined) query = query.where('id', '<', beforeId);
  const rows = await query.orderBy('id', 'desc').limit(filter.limit).execute();
  return rows.map(entryOf);
}

function entryOf(row: Selectable<AuditLogTable>): StoredAuditEntry {
  return {
    id: row.id,
    userId: row.user_id,
    actorId: row.actor_id,
    action: row.action,
    subjectType: row.subject_type,
    subjectId: row.subject_id,
    details: JSON.parse(row.details_json) as Record<string, unknown>,
    at: row.created_at,
    ip: row.ip,
    requestId: row.request_id,
  };
}

/** Every row with its hash, a page at a time, oldest first. */
export function listAuditRows(
  db: Reader,
  { after, limit }: { after: number; limit: number },
): Promise<Selectable<AuditLogTable>[]> {
  return db.selectFrom('audit_log').selectAll().where('id', '>', after).orderBy('id').limit(limit).execute();
}

/** What the chain must begin with: '' unless rows without a hash came before its first row. */
export async function hashBeforeChain(db: Reader, firstId: number): Promise<string> {
  const { rows } = await sql<{ hash: string | null }>`select ${beforeChain(firstId)} as hash`.execute(db);
  return rows[0]?.hash ?? '';
}
