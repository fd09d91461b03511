import type { Reader } from '../database.ts';
import { RateLimitedError } from '../../errors.ts';
import { prepared, write, writeOnce, type Write } from '../prepared.ts';
import type { UsageCountersTable } from '../schema/usage-counters.ts';

export interface Quota {
  /** `user:<id>` or `bot:<id>`. */
  readonly subject: string;
  readonly kind: string;
  readonly limit: number;
  /** Length of the stretch of wall time, which begins at a whole multiple of it. */
  readonly windowMs: number;
  /** What to say when it is used up: `30 forced turns an hour`. */
  readonly what: string;
}

const count = prepared<UsageCountersTable & { limit: number }>((db, param) =>
  db
    .insertInto('usage_counters')
    .values(param.pick('subject', 'kind', 'window_at', 'used'))
    .onConflict((conflict) =>
      conflict
        .columns(['subject', 'kind', 'window_at'])
        .doUpdateSet((eb) => ({ used: eb('usage_counters.used', '+', eb.ref('excluded.used')) }))
        .where((eb) => eb(eb('usage_counters.used', '+', eb.ref('excluded.used')), '<=', param('limit'))),
    ),
);

/** Counts a use, in the transaction of what is used; the rows survive a restart. */
export function useQuota({ subject, kind, limit, windowMs, what }: Quota, now: number, used = 1): Write {
  const windowAt = now - (now % windowMs);
  const refused = () => new RateLimitedError(`The limit is ${what}.`, windowAt + windowMs - now);
  if (limit < used) throw refused();
  return write(count, { subject, kind, window_at: windowAt, used, limit }, { rows: 1, orElse: refused });
}

const addition = prepared<UsageCountersTable>((db, param) =>
  db
    .insertInto('usage_counters')
    .values(param.pick('subject', 'kind', 'window_at', 'used'))
    .onConflict((conflict) =>
      conflict
        .columns(['subject', 'kind', 'window_at'])
        .doUpdateSet((eb) => ({ used: eb('usage_counters.used', '+', eb.ref('excluded.used')) })),
    ),
);

/** Counts what was used already, beyond any limit. */
export function addUsage(
  { subject, kind, windowMs }: Pick<Quota, 'subject' | 'kind' | 'windowMs'>,
  used: number,
  now: number,
): Write {
  return write(addition, { subject, kind, window_at: now - (now % windowMs), used });
}

/** How much of a quota is used in its present window. */
export async function findUsage(db: Reader, quota: Quota, now: number): Promise<number> {
  const row = await db
    .selectFrom('usage_counters')
    .select('used')
    .where('subject', '=', quota.subject)
    .where('kind', '=', quota.kind)
    .where('window_at', '=', now - (now % quota.windowMs))
    .executeTakeFirst();
  return row?.used ?? 0;
}

/** The most that is used of any of these quotas, which are of one kind; 0 without one. */
export async function findMostUsed(db: Reader, quotas: readonly Quota[], now: number): Promise<number> {
  const [quota] = quotas;
  if (!quota) return 0;
  const row = await db
    .selectFrom('usage_counters')
    .select((eb) => eb.fn.max('used').as('used'))
    .where(
      'subject',
      'in',
      quotas.map(({ subject }) => subject),
    )
    .where('kind', '=', quota.kind)
    .where('window_at', '=', now - (now % quota.windowMs))
    .executeTakeFirst();
  return row?.used ?? 0;
}

export function forgetUsage(db: Reader, before: number): Write {
  return writeOnce(db.deleteFrom('usage_counters').where('window_at', '<', before));
}
