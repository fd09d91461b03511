export interface RecoveryCodesTable {
  user_id: string;
  code_hash: string;
  created_at: number;
}
