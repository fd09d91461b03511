/** Credentials of an exchange. */
export interface WalletsTable {
  id: string;
  user_id: string;
  name: string;
  exchange: string;
  api_key_encrypted: string | null;
  api_secret_encrypted: string | null;
  created_at: number;
  updated_at: number;
}
