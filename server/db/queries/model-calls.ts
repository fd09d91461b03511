import type { Insertable } from 'kysely';
import type { Reader } from '../database.ts';
import { prepared, write, type Write } from '../prepared.ts';
import type { LlmCallsTable } from '../schema/llm-calls.ts';

export type ModelCallRow = Insertable<LlmCallsTable>;

const insert = prepared<Required<ModelCallRow>>((db, param) =>
  db
    .insertInto('llm_calls')
    .values(
      param.pick(
        'id',
        'user_id',
        'bot_id',
        'turn_id',
        'provider_id',
        'provider_type',
        'model',
        'purpose',
        'started_at',
        'latency_ms',
        'tokens_in',
        'tokens_cached',
        'tokens_out',
        'cost_micros',
        'failure',
        'finish_reason',
      ),
    ),
);

export const insertModelCall = (row: Required<ModelCallRow>): Write => write(insert, row);

/** Of some calls together. */
export interface CallSums {
  /** What they have in common; null = no bot. */
  readonly key: string | null;
  readonly calls: number;
  readonly tokens_in: number;
  readonly tokens_cached: number;
  readonly tokens_out: number;
  /** Of the calls whose price is known. */
  readonly cost_micros: number;
  readonly priced_calls: number;
}

interface CallRange {
  readonly user_id: string;
  /** Wall clock, epoch ms. */
  readonly from: number;
  /** Not itself. */
  readonly to: number;
}

const sumsBy = (key: 'c.user_id' | 'c.bot_id' | 'c.model' | 'c.purpose') =>
  prepared<CallRange, CallSums>((db, param) =>
    db
      .selectFrom('llm_calls as c')
      .select((eb) => [
        eb.ref(key).as('key'),
        eb.fn.countAll<number>().as('calls'),
        eb.fn.sum<number>('c.tokens_in').as('tokens_in'),
        eb.fn.sum<number>('c.tokens_cached').as('tokens_cached'),
        eb.fn.sum<number>('c.tokens_out').as('tokens_out'),
        eb.fn.coalesce(eb.fn.sum<number>('c.cost_micros'), eb.lit(0)).as('cost_micros'),
        eb.fn.count<number>('c.cost_micros').as('priced_calls'),
      ])
      .where('c.user_id', '=', param('user_id'))
      .where('c.started_at', '>=', param('from'))
      .where('c.started_at', '<', param('to'))
      .groupBy(key),
  );

/** What a user's calls took, by what they have in common. */
export const callSums = {
  user: sumsBy('c.user_id'),
  bot: sumsBy('c.bot_id'),
  model: sumsBy('c.model'),
  purpose: sumsBy('c.purpose'),
} as const;

/** A user's bots by name, those that are deleted among them: their calls were paid all the same. */
export async function listNamesOfBots(db: Reader, userId: string): Promise<{ id: string; name: string }[]> {
  return await db.selectFrom('bots').select(['id', 'name']).where('user_id', '=', userId).execute();
}

/** How long the newest answers to bots took that a model has given since a time of the wall clock. */
export const answerLatencies = prepared<
  { provider_type: string; model: string; since: number; limit: number },
  { latency_ms: number }
>((db, param) =>
  db
    .selectFrom('llm_calls as c')
    .select('c.latency_ms')
    .where('c.provider_type', '=', param('provider_type'))
    .where('c.model', '=', param('model'))
    .where('c.failure', 'is', null)
    .where('c.bot_id', 'is not', null)
    .where('c.started_at', '>=', param('since'))
    .orderBy('c.started_at', 'desc')
    .limit(param('limit')),
);

/** Every read of this file, for the query plan test. */
export const MODEL_CALL_READS = { ...callSums, answerLatencies };
