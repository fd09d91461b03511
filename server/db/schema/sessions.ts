/** Who is logged in. Tokens are kept as SHA-256 only. */
export interface SessionsTable {
  id: string;
  user_id: string;
  token_hash: string;
  /** The token before the last rotation; whoever shows it late has stolen it or was robbed. */
  previous_hash: string | null;
  rotated_at: number;
  created_at: number;
  last_used_at: number;
  expires_at: number;
  ip: string;
  user_agent: string;
}
