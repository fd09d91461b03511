import type { AppContext } from '../context.ts';
import type { AuditEntryView } from '../contract/http/admin.ts';
import { listAuditEntries, type AuditFilter, type StoredAuditEntry } from '../db/queries/audit-log.ts';
import { pageOf, type ListPage } from './paging.ts';

type Filter = { readonly [Key in keyof AuditFilter]: AuditFilter[Key] | undefined } & {
  readonly limit: number;
};

/** What was done by whom, newest first. */
export async function readAudit(
  { db }: Pick<AppContext, 'db'>,
  filter: Filter,
): Promise<ListPage<AuditEntryView, number>> {
  const given = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
  const rows = await listAuditEntries(db.read, { ...given, limit: filter.limit + 1 });
  const { items, next } = pageOf(rows, filter.limit, (row) => ({ at: row.at, key: row.id }));
  return { items: items.map(entryView), next };
}

/** What concerns a user, for that very user: where others did it from is theirs. */
export async function readOwnAudit(
  ctx: Pick<AppContext, 'db'>,
  userId: string,
  filter: Omit<Filter, 'userId' | 'actorId'>,
): Promise<ListPage<AuditEntryView, number>> {
  const { items, next } = await readAudit(ctx, { ...filter, userId });
  return { items: items.map((entry) => withoutOthersPlace(entry, userId)), next };
}

export function withoutOthersPlace<Entry extends Pick<AuditEntryView, 'actorId'>>(
  entry: Entry,
  userId: string,
): Entry {
  const isOthers = entry.actorId !== null && entry.actorId !== userId;
  return isOthers ? { ...entry, ip: null, requestId: null } : entry;
}

function entryView({ at, ...entry }: StoredAuditEntry): AuditEntryView {
  return { ...entry, details: { ...entry.details }, createdAt: at };
}
