import { sql, type Insertable, type Selectable } from 'kysely';
import { ConflictError, StaleWriteError } from '../../errors.ts';
import type { Reader } from '../database.ts';
import { prepared, write, type Write } from '../prepared.ts';
import type { BotDecisionsTable } from '../schema/bot-decisions.ts';
import type { BotTurnsTable, TurnStatus } from '../schema/bot-turns.ts';

export type TurnRow = Selectable<BotTurnsTable>;

export interface Claim {
  readonly id: string;
  readonly user_id: string;
  readonly bot_id: string;
  readonly turn_no: number;
  readonly epoch: number;
  readonly cause: 'timer' | 'forced';
  readonly due_at: number;
  readonly claimed_at: number;
  /** Slots that passed while the last turn was still running. */
  readonly skipped: number;
}

const claimInsert = prepared<Claim>((db, param) =>
  db.insertInto('bot_turns').values({
    status: 'claimed' as const,
    ...param.pick('id', 'user_id', 'bot_id', 'turn_no', 'epoch', 'cause', 'due_at', 'claimed_at'),
  }),
);

const claimCount = prepared<Claim>((db, param) =>
  db
    .updateTable('bot_accounts')
    .set((eb) => ({
      last_turn_no: param('turn_no'),
      last_turn_at: param('due_at'),
      skipped_turns: eb('skipped_turns', '+', param('skipped')),
    }))
    .where('bot_id', '=', param('bot_id'))
    .where((eb) => eb('last_turn_no', '=', eb(eb.val(param('turn_no')), '-', 1)))
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('bots')
          .innerJoin('users', 'users.id', 'bots.user_id')
          .select('bots.id')
          .where('bots.id', '=', param('bot_id'))
          .where('bots.deleted_at', 'is', null)
          .where('bots.is_active', '=', 1)
          .where('users.is_active', '=', 1)
          .where((or) => or.or([or('is_paused', '=', 0), or(or.val(param('cause')), '=', 'forced')])),
      ),
    ),
);

/**
 * Takes the next turn of a bot. Fails with a unique violation while another turn of it runs, and with ConflictError
 * when the bot is gone, paused or already further, or its owner is switched off.
 */
export function claimTurn(claim: Claim): Write[] {
  return [
    write(claimInsert, claim),
    write(claimCount, claim, {
      rows: 1,
      orElse: () =>
        new ConflictError('turn-not-possible', `Bot ${claim.bot_id} cannot take turn ${claim.turn_no} now.`),
    }),
  ];
}

type Step<P> = (params: P & { id: string }) => Write;

function step<P extends object>(statement: ReturnType<typeof prepared<P & { id: string }>>): Step<P> {
  return (params) =>
    write(statement, params, { rows: 1, orElse: () => new StaleWriteError(`Turn ${params.id}`) });
}

/** Stores what is about to be asked: once this is committed, the question may have left. */
export const markAsked = step(
  prepared<{
    id: string;
    prompt: string;
    prompt_hash: string;
    decision_prices_json: string;
    version_id: string | null;
  }>((db, param) =>
    db
      .updateTable('bot_turns')
      .set({ status: 'asked', ...param.pick('prompt', 'prompt_hash', 'decision_prices_json', 'version_id') })
      .where('id', '=', param('id'))
      .where('status', '=', 'claimed'),
  ),
);

export interface Answer {
  readonly raw_answer: string;
  readonly model: string;
  readonly tokens_in: number;
  readonly tokens_out: number;
  readonly tokens_cached: number;
  readonly cost_micros: number | null;
  readonly latency_ms: number;
  readonly answered_at: number;
  readonly finish_reason: string | null;
  readonly steps_json: string | null;
  readonly mended_from: string | null;
}

export const storeAnswer = step(
  prepared<Answer & { id: string }>((db, param) =>
    db
      .updateTable('bot_turns')
      .set({
        status: 'answered',
        ...param.pick(
          'raw_answer',
          'model',
          'tokens_in',
          'tokens_out',
          'tokens_cached',
          'cost_micros',
          'latency_ms',
          'answered_at',
          'finish_reason',
          'steps_json',
          'mended_from',
        ),
      })
      .where('id', '=', param('id'))
      .where('status', '=', 'asked'),
  ),
);

export const markApplied = step(
  prepared<{ id: string; ended_at: number }>((db, param) =>
    db
      .updateTable('bot_turns')
      // The decisions' row holds the prompt from here on; no turn needs it twice.
      .set({
        status: 'applied',
        prompt: null,
        steps_json: null,
        mended_from: null,
        ...param.pick('ended_at'),
      })
      .where('id', '=', param('id'))
      .where('status', '=', 'answered'),
  ),
);

interface TurnEnd {
  readonly id: string;
  readonly status: 'failed' | 'abandoned';
  readonly reason: string;
  readonly ended_at: number;
  /** As `ModelFailure`; null where no model failed. */
  readonly failure: string | null;
}

const turnEnd = prepared<TurnEnd>((db, param) =>
  db
    .updateTable('bot_turns')
    .set(param.pick('status', 'reason', 'ended_at', 'failure'))
    .where('id', '=', param('id'))
    .where('status', 'in', ['claimed', 'asked', 'answered']),
);

export const endTurn = step(turnEnd);

export type DecisionRow = Required<Insertable<BotDecisionsTable>>;

const decisionInsert = prepared<DecisionRow>((db, param) =>
  db
    .insertInto('bot_decisions')
    .values(
      param.pick(
        'id',
        'user_id',
        'bot_id',
        'turn_id',
        'epoch',
        'prompt_sent',
        'raw_answer',
        'decisions_json',
        'notes_json',
        'execution_success',
        'model',
        'tokens_in',
        'tokens_out',
        'cost_micros',
        'latency_ms',
        'timestamp',
        'version_id',
        'tokens_cached',
        'finish_reason',
        'steps_json',
        'mended_from',
      ),
    ),
);
export const insertDecision = (row: DecisionRow): Write => write(decisionInsert, row);

const RUNNING = ['claimed', 'asked', 'answered'] as const;

/** Turns that have not ended, of every bot or of one. Written out, as only so SQLite takes their partial index. */
export async function listUnfinishedTurns(db: Reader, botId?: string): Promise<TurnRow[]> {
  let query = db
    .selectFrom('bot_turns')
    .selectAll()
    .where(
      'status',
      'in',
      RUNNING.map((status) => sql.lit<TurnStatus>(status)),
    )
    .orderBy('bot_id');
  if (botId !== undefined) query = query.where('bot_id', '=', botId);
  return query.execute();
}
