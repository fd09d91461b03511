/** The words the server speaks, as types only: zod stays out of the bundle. */
export type { ENDPOINTS, EndpointName } from '../../../server/contract/endpoints/index.ts';
export type { AuditEntryView, SettingView, UserView } from '../../../server/contract/http/admin.ts';
export type { Me, Role } from '../../../server/contract/http/auth.ts';
export type { BotSettings } from '../../../server/contract/http/bot-settings.ts';
export type { BotFile } from '../../../server/contract/http/own-bots.ts';
export type {
  PresetView,
  ProviderOptions,
  ProviderTest,
  ProviderView,
  WalletView,
} from '../../../server/contract/http/providers.ts';
export type {
  Budget,
  ModelReliability,
  ModelUsage,
  Spending,
} from '../../../server/contract/http/thinking.ts';
export type { Publishing, Visibility } from '../../../server/contract/publishing.ts';
export type { ArenaResponse, Range } from '../../../server/contract/http/arena.ts';
export type {
  BotDetail,
  BotIdentity,
  BotSummary,
  Decided,
  DecisionView,
  PositionView,
  TradeView,
} from '../../../server/contract/http/bots.ts';
export type { ApiError, Page } from '../../../server/contract/http/common.ts';
export type {
  LeaderboardResponse,
  LeaderboardRow,
  Period,
} from '../../../server/contract/http/leaderboard.ts';
export type {
  CandleInterval,
  CandlesResponse,
  Market,
  MarketsResponse,
  MarketStatus,
} from '../../../server/contract/http/markets.ts';
export type {
  BotRoomState,
  ClientToServerEvents,
  EventPayload,
  FeedItem,
  JoinAnswer,
  LiveEvent,
  Prices,
  RoomSnapshot,
  ServerToClientEvents,
} from '../../../server/contract/live-events.ts';

/** [epoch ms, total value in USD]. */
export type EquityPoint = [number, number];
