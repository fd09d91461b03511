export interface SettingMeaning {
  readonly category: 'trading' | 'timing' | 'quotas';
  readonly type: 'integer' | 'number';
  readonly least: number;
  readonly most: number;
  /** The value of a new arena. */
  readonly first: number;
  readonly unit: string;
  readonly description: string;
}

type Row = Omit<SettingMeaning, 'category' | 'type'>;

const trading = (row: Row): SettingMeaning => ({ category: 'trading', type: 'number', ...row });
const wholeTrading = (row: Row): SettingMeaning => ({ category: 'trading', type: 'integer', ...row });
const timing = (row: Row): SettingMeaning => ({ category: 'timing', type: 'integer', ...row });
const quota = (row: Row): SettingMeaning => ({ category: 'quotas', type: 'integer', ...row });

const DAY_MS = 86_400_000;

/** Every arena-wide setting: range, first value, meaning. Rows in `system_settings` hold the values. */
export const SETTINGS = {
  initial_balance_usd: trading({
    least: 50,
    most: 1e9,
    first: 10_000,
    unit: 'USD',
    description: 'What a new bot starts with, USD',
  }),
  taker_fee_bps: trading({
    least: 0,
    most: 1000,
    first: 5,
    unit: 'bps',
    description: 'Fee on notional, entry and exit, basis points',
  }),
  slippage_bps: trading({
    least: 0,
    most: 1000,
    first: 2,
    unit: 'bps',
    description: 'Slippage of market orders and stops, basis points',
  }),
  min_size_usd: trading({
    least: 1,
    most: 1e6,
    first: 50,
    unit: 'USD',
    description: 'Least margin of a position, USD',
  }),
  cooldown_ms: timing({
    least: 0,
    most: DAY_MS,
    first: 1_800_000,
    unit: 'ms',
    description: 'How long a symbol rests after a close, ms',
  }),
  max_open_positions: wholeTrading({
    least: 1,
    most: 100,
    first: 10,
    unit: 'positions',
    description: 'Open positions a bot may hold',
  }),
  max_decisions: wholeTrading({
    least: 1,
    most: 100,
    first: 20,
    unit: 'decisions',
    description: 'Decisions judged in one answer',
  }),
  turn_interval_ms: timing({
    least: 1000,
    most: DAY_MS,
    first: 200_000,
    unit: 'ms',
    description: "Turn interval, ms of the arena's clock; TURN_INTERVAL_MS overrides it",
  }),
  snapshot_interval_ms: timing({
    least: 1000,
    most: 3_600_000,
    first: 60_000,
    unit: 'ms',
    description:
      "Distance of snapshots, ms of the arena's clock; holds from the next start on, SNAPSHOT_INTERVAL_MS overrides it",
  }),
  max_bots_per_user: quota({
    least: 0,
    most: 10_000,
    first: 20,
    unit: 'bots',
    description: 'Bots a user may have',
  }),
  max_prompt_length: quota({
    least: 100,
    most: 20_000,
    first: 20_000,
    unit: 'characters',
    description: 'Length of a prompt, characters',
  }),
  max_providers_per_user: quota({
    least: 0,
    most: 1000,
    first: 50,
    unit: 'providers',
    description: 'Providers a user may have',
  }),
  force_turns_per_hour: quota({
    least: 0,
    most: 3600,
    first: 30,
    unit: 'turns',
    description: 'Forced turns of a bot an hour',
  }),
  force_summaries_per_hour: quota({
    least: 0,
    most: 3600,
    first: 10,
    unit: 'summaries',
    description: 'Forced summaries of a bot an hour',
  }),
  history_tokens: quota({
    least: 1000,
    most: 200_000,
    first: 25_000,
    unit: 'tokens',
    description: 'Tokens of history a bot is shown; beyond them its model summarises what lies back',
  }),
  history_kept_decisions: quota({
    least: 1,
    most: 100,
    first: 15,
    unit: 'decisions',
    description: 'Last decisions that a summary made by itself leaves as they are',
  }),
  llm_calls_per_day: quota({
    least: 0,
    most: 10_000_000,
    first: 5000,
    unit: 'calls',
    description: 'Calls of models a user may make a day (UTC)',
  }),
  llm_tokens_per_day: quota({
    least: 0,
    most: 1e12,
    first: 5_000_000,
    unit: 'tokens',
    description: "Tokens a user's models may read and write a day (UTC)",
  }),
  storage_mb_per_day: quota({
    least: 1,
    most: 1_000_000,
    first: 200,
    unit: 'MB',
    description: 'Prompts and answers stored for the bots of a user a day',
  }),
  sockets_per_user: quota({
    least: 1,
    most: 1000,
    first: 10,
    unit: 'connections',
    description: 'Live connections a user may hold at once',
  }),
} as const;

export type SettingKey = keyof typeof SETTINGS;
