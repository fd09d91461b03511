import type { AppContext } from '../context.ts';
import { listErasedBotIds } from '../db/queries/erase.ts';
import { forgetRequests } from '../db/queries/idempotency.ts';
import {
  listPrunableSnapshots,
  deleteSnapshots,
  hasPrunableEvents,
  pruneEvents,
  listRoomsWithEvents,
} from '../db/queries/prune.ts';
import { forgetExpiredOffers } from '../db/queries/recovery.ts';
import { deleteExpiredSessions } from '../db/queries/sessions.ts';
import { forgetUsage } from '../db/queries/usage.ts';
import { redactEvents } from './redact-events.ts';

const DAY_MS = 86_400_000;
/** How far behind the limit is looked at; what is older was thinned when it came of age. */
const WINDOW_DAYS = 7;
const SNAPSHOTS_A_STEP = 2000;
const EVENTS_A_STEP = 2000;

/** A session that nobody used for so long is over, and a repeated request is new again. */
const SESSION_IDLE_MS = 7 * DAY_MS;
const REQUEST_LIFE_MS = DAY_MS;
/** How long after a deletion its events are looked for, in case it was cut off in the middle. */
const REDACTION_MS = DAY_MS;
/** The longest quota is of a day. */
const USAGE_LIFE_MS = 2 * DAY_MS;

/**
 * Deletes what is over: sessions, what requests came to, counters of quotas, invitations and links nobody used, and
 * what is left in live events of people who are erased.
 * @param now wall clock, epoch ms.
 */
export async function pruneAccounts(
  { db }: Pick<AppContext, 'db'>,
  now: number,
  signal?: AbortSignal,
): Promise<void> {
  await redactEvents({ db }, new Set(await listErasedBotIds(db.read, now - REDACTION_MS)), signal);
  await db.commit([
    deleteExpiredSessions(db.read, { expired: now, unused: now - SESSION_IDLE_MS }),
    forgetRequests(db.read, now - REQUEST_LIFE_MS),
    forgetUsage(db.read, now - USAGE_LIFE_MS),
    ...forgetExpiredOffers(db.read, now),
  ]);
}

/**
 * Thins what is older than the retention settings, in short transactions: of each bot's snapshots an hour keeps its
 * first, last, lowest and highest; of each room's events the newest always stays, so that `seq` never starts over.
 */
export async function pruneHistory(
  ctx: Pick<AppContext, 'db' | 'config'>,
  now: number,
  signal: AbortSignal,
): Promise<void> {
  const snapshotsBefore = now - ctx.config.snapshots.retentionDays * DAY_MS;
  const eventsBefore = now - ctx.config.events.retentionDays * DAY_MS;
  await pruneSnapshots(ctx, snapshotsBefore, signal);
  for (const room of await listRoomsWithEvents(ctx.db.read)) {
    const old = { room, before: eventsBefore };
    while (!signal.aborted && (await hasPrunableEvents(ctx.db.read, old)))
      await ctx.db.commit([pruneEvents(ctx.db.read, { ...old, limit: EVENTS_A_STEP })]);
  }
}

async function pruneSnapshots(
  { db }: Pick<AppContext, 'db'>,
  before: number,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const ids = await listPrunableSnapshots(db.read, {
      from: before - WINDOW_DAYS * DAY_MS,
      before,
      limit: SNAPSHOTS_A_STEP,
    });
    if (ids.length === 0) return;
    await db.commit([deleteSnapshots(db.read, ids)]);
  }
}
