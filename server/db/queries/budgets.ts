import { StaleWriteError } from '../../errors.ts';
import type { Reader } from '../database.ts';
import { prepared, writeOnce, type Write } from '../prepared.ts';

/** null = nothing, or nothing whose price is known. */
interface Spent {
  readonly cost_micros: number | null;
}

/** What a bot's calls have cost since a time of the wall clock. */
export const spentByBot = prepared<{ bot_id: string; since: number }, Spent>((db, param) =>
  db
    .selectFrom('llm_calls as c')
    .select((eb) => eb.fn.sum<number | null>('c.cost_micros').as('cost_micros'))
    .where('c.bot_id', '=', param('bot_id'))
    .where('c.started_at', '>=', param('since')),
);

/** What all of a user's calls have cost since a time of the wall clock. */
export const spentByUser = prepared<{ user_id: string; since: number }, Spent>((db, param) =>
  db
    .selectFrom('llm_calls as c')
    .select((eb) => eb.fn.sum<number | null>('c.cost_micros').as('cost_micros'))
    .where('c.user_id', '=', param('user_id'))
    .where('c.started_at', '>=', param('since')),
);

export interface ResumingBot {
  readonly botId: string;
  readonly userId: string;
}

/** Bots whose pause for a budget ends at or before `now`, wall clock, but for those that a moderator holds. */
export const botsToResume = prepared<{ now: number }, ResumingBot>((db, param) =>
  db
    .selectFrom('bots as b')
    .select(['b.id as botId', 'b.user_id as userId'])
    .where('b.resume_at', 'is not', null)
    .where('b.resume_at', '<=', param('now'))
    .where('b.is_paused', '=', 1)
    .where('b.is_held', '=', 0)
    .where('b.deleted_at', 'is', null),
);

/** Makes a commit fail when a bot's pause for a budget has been ended or replaced meanwhile. */
export function holdBudgetPause(db: Reader, { botId, userId }: ResumingBot): Write {
  return writeOnce(
    db
      .updateTable('bots')
      .set((eb) => ({ is_paused: eb.ref('is_paused') }))
      .where('id', '=', botId)
      .where('user_id', '=', userId)
      .where('is_paused', '=', 1)
      .where('is_held', '=', 0)
      .where('resume_at', 'is not', null)
      .where('deleted_at', 'is', null),
    { rows: 1, orElse: () => new StaleWriteError('The pause of the bot') },
  );
}

/** Lets the pauses of a user's bots, or of one, be looked at anew: what they were for has changed. @param review.at wall clock */
export function reviewBudgetPauses(
  db: Reader,
  review: { userId: string; at: number; botId?: string },
): Write {
  let query = db
    .updateTable('bots')
    .set({ resume_at: review.at })
    .where('user_id', '=', review.userId)
    .where('resume_at', 'is not', null)
    .where('deleted_at', 'is', null);
  if (review.botId !== undefined) query = query.where('id', '=', review.botId);
  return writeOnce(query);
}

/** Every read of this file, for the query plan test. */
export const BUDGET_READS = { spentByBot, spentByUser, botsToResume };
