import type { AppContext } from '../context.ts';
import { findRequest, rememberRequest } from '../db/queries/idempotency.ts';
import type { Write } from '../db/prepared.ts';
import { AppError } from '../errors.ts';

/** A request that may come again: who sends it, under which Idempotency-Key, and a hash of all it says. */
export interface KeyedRequest {
  readonly userId: string;
  readonly key: string;
  readonly hash: string;
}

/**
 * What came of the request when it came before; undefined when it is new.
 * @throws AppError `idempotency-mismatch` when the key was used for another request.
 */
export async function findResult(
  { db }: Pick<AppContext, 'db'>,
  { userId, key, hash }: KeyedRequest,
): Promise<{ result: unknown } | undefined> {
  const row = await findRequest(db, userId, key);
  if (!row) return undefined;
  if (row.request_hash !== hash)
    throw new AppError('idempotency-mismatch', 'This Idempotency-Key was used for another request.');
  return { result: JSON.parse(row.result_json) as unknown };
}

/**
 * The row that lets the request be answered again, for the transaction of its effect. `result` holds no secret. When the
 * same request was done meanwhile, the whole transaction fails with a RequestRepeatedError.
 */
export function rememberResult(
  { clock }: Pick<AppContext, 'clock'>,
  { userId, key, hash }: KeyedRequest,
  result: unknown,
): Write {
  return rememberRequest({
    user_id: userId,
    key,
    request_hash: hash,
    result_json: JSON.stringify(result ?? null),
    created_at: clock.wallNow(),
  });
}
