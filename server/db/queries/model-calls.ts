import type { Insertable } from 'kysely';
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
