import type { ArenaEventsTable } from './arena-events.ts';
import type { AuditLogTable } from './audit-log.ts';
import type { BotAccountsTable } from './bot-accounts.ts';
import type { BotDecisionsTable } from './bot-decisions.ts';
import type { BotEquityHoursTable } from './bot-equity-hours.ts';
import type { BotStateSnapshotsTable } from './bot-state-snapshots.ts';
import type { BotTurnsTable } from './bot-turns.ts';
import type { BotsTable } from './bots.ts';
import type { CandlesTable } from './candles.ts';
import type { LeaderboardTable } from './leaderboard.ts';
import type { LedgerEntriesTable } from './ledger-entries.ts';
import type { LlmProvidersTable } from './llm-providers.ts';
import type { MarketStateTable } from './market-state.ts';
import type { PositionsTable } from './positions.ts';
import type { PriceSetsTable } from './price-sets.ts';
import type { RiskEventsTable } from './risk-events.ts';
import type { SystemSettingsTable } from './system-settings.ts';
import type { TradesTable } from './trades.ts';
import type { UsersTable } from './users.ts';

/** Every table, as `migrations/` leaves it. */
export interface Database {
  arena_events: ArenaEventsTable;
  audit_log: AuditLogTable;
  bot_accounts: BotAccountsTable;
  bot_decisions: BotDecisionsTable;
  bot_equity_hours: BotEquityHoursTable;
  bot_state_snapshots: BotStateSnapshotsTable;
  bot_turns: BotTurnsTable;
  bots: BotsTable;
  candles: CandlesTable;
  leaderboard: LeaderboardTable;
  ledger_entries: LedgerEntriesTable;
  llm_providers: LlmProvidersTable;
  market_state: MarketStateTable;
  positions: PositionsTable;
  price_sets: PriceSetsTable;
  risk_events: RiskEventsTable;
  system_settings: SystemSettingsTable;
  trades: TradesTable;
  users: UsersTable;
}
