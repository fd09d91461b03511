/** Keys of programs, as SHA-256 only. */
export interface ApiKeysTable {
  id: string;
  user_id: string;
  name: string;
  /** The key's first characters, to know it by. */
  prefix: string;
  key_hash: string;
  scope: 'read' | 'trade';
  created_at: number;
  last_used_at: number | null;
  expires_at: number | null;
}
