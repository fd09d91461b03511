export interface IdempotencyKeysTable {
  user_id: string;
  key: string;
  /** SHA-256 of method, path and body. */
  request_hash: string;
  /** What the answer is made from; never a secret. */
  result_json: string;
  created_at: number;
}
