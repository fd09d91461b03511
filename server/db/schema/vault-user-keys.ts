/** One data key a user, wrapped by a version of the master key. */
export interface VaultUserKeysTable {
  user_id: string;
  key_version: number;
  wrapped_key: string;
  created_at: number;
}
