export interface UserRecoveryTable {
  user_id: string;
  /** As the old server stored it; accepted once. */
  legacy_phrase_hash: string;
}
