/** The versions of the master key; the newest that is not retired seals. */
export interface VaultKeysTable {
  version: number;
  /** A known text sealed with the key: tells whether a key given at boot is the right one. */
  check_value: string;
  created_at: number;
  retired_at: number | null;
}
