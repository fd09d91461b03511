import type { Generated } from 'kysely';

export interface BotsTable {
  id: string;
  user_id: string;
  name: string;
  prompt: string;
  provider_id: string;
  trading_mode: 'paper' | 'live';
  is_active: Generated<number>;
  is_paused: Generated<number>;
  pause_reason: string | null;
  history_summary: string | null;
  /** JSON array of symbols; null = all. */
  trading_symbols: string | null;
  /** JSON: see `arena/bot-settings.ts`. */
  settings_json: Generated<string>;
  avatar_image: string | null;
  created_at: number;
  updated_at: number;
  deleted_at: number | null;
  /** JSON: see `contract/publishing.ts`. */
  publishing_json: Generated<string>;
  is_name_hidden: Generated<number>;
  /** A moderator has paused it: only one may let it go on. */
  is_held: Generated<number>;
  cloned_from: Generated<string | null>;
  /** Of `bot_versions`; null in a database that a test has filled by hand. */
  version_id: Generated<string | null>;
  /** Arena's clock: what it decided before was cleared from its memory. */
  learning_since: Generated<number | null>;
  /** Wall clock: when a pause for a used-up budget ends. */
  resume_at: Generated<number | null>;
}
