import { sql } from 'kysely';
import { NotFoundError } from '../../errors.ts';
import type { Reader } from '../database.ts';
import { writeOnce, type Write } from '../prepared.ts';
import { deleteApiKeys } from './api-keys.ts';
import { deleteRecovery } from './recovery.ts';
import { deleteSessions } from './sessions.ts';

export interface Erasure {
  readonly userId: string;
  /** What stands in the place of the name. */
  readonly username: string;
  /** Wall clock, epoch ms. */
  readonly at: number;
  /** The arena's clock, epoch ms: the end of turns that are running. */
  readonly arenaNow: number;
}

/**
 * Takes away what is known of a person, in one transaction: name, mail, password, sessions, keys, credentials and the
 * key that sealed them, prompts, pictures, what models were asked and answered. The user and the bots stay as tombstones
 * under neutral names, with their books, positions, trades and audit lines.
 */
export function eraseUser(db: Reader, erasure: Erasure): Write[] {
  const { userId } = erasure;
  return [
    tombstone(db, erasure),
    ...eraseBots(db, erasure),
    ...eraseTexts(db, erasure),
    ...eraseCredentials(db, erasure),
    ...deleteRecovery(db, userId),
    deleteSessions(db, userId),
    deleteApiKeys(db, userId),
    writeOnce(db.deleteFrom('idempotency_keys').where('user_id', '=', userId)),
    writeOnce(db.deleteFrom('usage_counters').where('subject', '=', `user:${userId}`)),
    writeOnce(db.deleteFrom('invites').where('created_by', '=', userId).where('used_at', 'is', null)),
  ];
}

/** First of all: only then may decisions be blanked. */
function tombstone(db: Reader, { userId, username, at }: Erasure): Write {
  const gone = {
    username,
    password_hash: null,
    email: null,
    is_active: 0,
    is_name_hidden: 0,
    deleted_at: at,
  };
  return writeOnce(
    db.updateTable('users').set(gone).where('id', '=', userId).where('deleted_at', 'is', null),
    { rows: 1, orElse: () => new NotFoundError('user', userId) },
  );
}

/** Those that were deleted before, too. A turn that is running ends here: what comes of it finds nothing to change. */
function eraseBots(db: Reader, { userId, at, arenaNow }: Erasure): Write[] {
  return [
    writeOnce(
      db
        .updateTable('bots')
        .set((eb) => ({
          name: 'deleted',
          prompt: '',
          pause_reason: null,
          history_summary: null,
          avatar_image: null,
          is_active: 0,
          is_name_hidden: 0,
          updated_at: at,
          deleted_at: eb.fn.coalesce('deleted_at', eb.val(at)),
        }))
        .where('user_id', '=', userId),
    ),
    writeOnce(
      db
        .updateTable('bot_turns')
        .set({
          status: 'abandoned',
          ended_at: sql<number>`case when claimed_at > ${arenaNow} then claimed_at else ${arenaNow} end`,
        })
        .where('bot_id', 'in', ofUser(db, userId))
        .where('status', 'in', ['claimed', 'asked', 'answered']),
    ),
  ];
}

/** Turns and decisions are indexed by bot. */
function ofUser(db: Reader, userId: string) {
  return db.selectFrom('bots').select('bots.id').where('bots.user_id', '=', userId);
}

/** An applied turn must have an answer, so it is left an empty one; the hash of a prompt tells nothing without it. */
function eraseTexts(db: Reader, { userId }: Erasure): Write[] {
  const thought = { steps_json: null, mended_from: null };
  return [
    writeOnce(
      db
        .updateTable('bot_turns')
        .set({
          ...thought,
          prompt: null,
          raw_answer: sql<string | null>`case when raw_answer is null then null else '' end`,
          reason: null,
        })
        .where('bot_id', 'in', ofUser(db, userId)),
    ),
    writeOnce(
      db
        .updateTable('bot_decisions')
        .set({ ...thought, prompt_sent: '', raw_answer: null, decisions_json: '[]', notes_json: '[]' })
        .where('bot_id', 'in', ofUser(db, userId)),
    ),
    writeOnce(
      db
        .updateTable('bot_versions')
        .set({ prompt: '', api_endpoint: null, settings_json: '{}' })
        .where('bot_id', 'in', ofUser(db, userId)),
    ),
    writeOnce(
      db.updateTable('history_summaries').set({ summary: '' }).where('bot_id', 'in', ofUser(db, userId)),
    ),
  ];
}

function eraseCredentials(db: Reader, { userId, at }: Erasure): Write[] {
  return [
    writeOnce(
      db
        .updateTable('llm_providers')
        .set((eb) => ({
          name: eb.ref('provider_type'),
          api_endpoint: null,
          api_key_encrypted: null,
          is_active: 0,
          updated_at: at,
          deleted_at: eb.fn.coalesce('deleted_at', eb.val(at)),
        }))
        .where('user_id', '=', userId),
    ),
    writeOnce(db.deleteFrom('wallets').where('user_id', '=', userId)),
    writeOnce(db.deleteFrom('vault_user_keys').where('user_id', '=', userId)),
  ];
}

/** Empties a room of all but its newest event, which keeps the count: a room that is never entered again. */
export function emptyRoom(db: Reader, room: string): Write {
  return writeOnce(
    db
      .deleteFrom('arena_events')
      .where('room', '=', room)
      .where('seq', '<', (eb) =>
        eb.selectFrom('arena_events').select(eb.fn.max('seq').as('seq')).where('room', '=', room),
      ),
  );
}

/** Puts another event in the place of one, under the same number. */
export function redactEvent(db: Reader, id: number, payload: { readonly type: string }): Write {
  return writeOnce(
    db
      .updateTable('arena_events')
      .set({ type: payload.type, payload_json: JSON.stringify(payload) })
      .where('id', '=', id),
  );
}

/** The bots of users who were deleted after `since`, wall clock, epoch ms. */
export async function listErasedBotIds(db: Reader, since: number): Promise<string[]> {
  const rows = await db
    .selectFrom('bots as b')
    .innerJoin('users as u', 'u.id', 'b.user_id')
    .select('b.id')
    .where('u.deleted_at', '>=', since)
    .where('u.is_house', '=', 0)
    .execute();
  return rows.map((row) => row.id);
}

/** The ids of all of a user's bots that are not deleted yet, or of all. */
export async function listBotIds(
  db: Reader,
  userId: string,
  { withDeleted }: { withDeleted: boolean },
): Promise<string[]> {
  const rows = await db
    .selectFrom('bots')
    .select('id')
    .where('user_id', '=', userId)
    .$if(!withDeleted, (query) => query.where('deleted_at', 'is', null))
    .orderBy('id')
    .execute();
  return rows.map((row) => row.id);
}
