import type { Db, Reader } from '../database.ts';
import { RequestRepeatedError } from '../../errors.ts';
import { prepared, write, writeOnce, type Write } from '../prepared.ts';
import type { IdempotencyKeysTable } from '../schema/idempotency-keys.ts';

const one = prepared<{ userId: string; key: string }, IdempotencyKeysTable>((db, param) =>
  db
    .selectFrom('idempotency_keys')
    .selectAll()
    .where('user_id', '=', param('userId'))
    .where('key', '=', param('key')),
);

export async function findRequest(
  db: Db,
  userId: string,
  key: string,
): Promise<IdempotencyKeysTable | undefined> {
  return await db.first(one, { userId, key });
}

const insertion = prepared<IdempotencyKeysTable>((db, param) =>
  db
    .insertInto('idempotency_keys')
    .values(param.pick('user_id', 'key', 'request_hash', 'result_json', 'created_at'))
    .onConflict((conflict) => conflict.columns(['user_id', 'key']).doNothing()),
);

/** Belongs into the transaction of the request's effect: so it is done once, or not at all. */
export function rememberRequest(row: IdempotencyKeysTable): Write {
  return write(insertion, row, { rows: 1, orElse: () => new RequestRepeatedError() });
}

export function forgetRequests(db: Reader, before: number): Write {
  return writeOnce(db.deleteFrom('idempotency_keys').where('created_at', '<', before));
}

export const IDEMPOTENCY_READS = { one };
