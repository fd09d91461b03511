export interface UsageCountersTable {
  /** `bot:<id>`, `user:<id>`. */
  subject: string;
  kind: string;
  /** Where the counted stretch of wall time begins. */
  window_at: number;
  used: number;
}
