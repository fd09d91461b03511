import { z } from 'zod';
import { endpoint } from '../api.ts';
import { analyticsQuerySchema, botAnalyticsSchema } from '../http/analytics.ts';
import { arenaQuerySchema, arenaResponseSchema, healthResponseSchema } from '../http/arena.ts';
import {
  botDetailSchema,
  botIdParamsSchema,
  botsResponseSchema,
  decisionsQuerySchema,
  decisionsResponseSchema,
  positionsQuerySchema,
  positionsResponseSchema,
  snapshotsQuerySchema,
  snapshotsResponseSchema,
  tradesQuerySchema,
  tradesResponseSchema,
} from '../http/bots.ts';
import { botListQuerySchema } from '../http/common.ts';
import { leaderboardQuerySchema, leaderboardResponseSchema } from '../http/leaderboard.ts';
import {
  candlesParamsSchema,
  candlesQuerySchema,
  candlesResponseSchema,
  marketsResponseSchema,
} from '../http/markets.ts';

const bot = { method: 'get', tag: 'Bots', params: botIdParamsSchema } as const;

/** What everyone may read. Owners see their own bots whole; others see what the owner publishes. */
export const PUBLIC_ENDPOINTS = {
  getArena: endpoint({
    method: 'get',
    path: '/api/v2/arena',
    tag: 'Arena',
    summary: 'The whole first screen',
    query: arenaQuerySchema,
    answer: arenaResponseSchema,
  }),
  getLeaderboard: endpoint({
    method: 'get',
    path: '/api/v2/leaderboard',
    tag: 'Arena',
    summary: 'The ranking of a period, page by page',
    query: leaderboardQuerySchema,
    answer: leaderboardResponseSchema,
  }),
  getHealth: endpoint({
    method: 'get',
    path: '/api/v2/health',
    tag: 'Arena',
    summary: 'Whether market, database and turns are well',
    answer: healthResponseSchema,
  }),
  listMarkets: endpoint({
    method: 'get',
    path: '/api/v2/markets',
    tag: 'Markets',
    summary: 'Every symbol with its last price',
    answer: marketsResponseSchema,
  }),
  listCandles: endpoint({
    method: 'get',
    path: '/api/v2/markets/:symbol/candles',
    tag: 'Markets',
    summary: 'Candles of a symbol, oldest first',
    params: candlesParamsSchema,
    query: candlesQuerySchema,
    answer: candlesResponseSchema,
  }),
  listBots: endpoint({
    method: 'get',
    path: '/api/v2/bots',
    tag: 'Bots',
    summary: 'Bots, best return first, page by page',
    query: botListQuerySchema.extend({
      owner: z.literal('me').optional().describe('only those of whoever asks'),
    }),
    answer: botsResponseSchema,
  }),
  getBot: endpoint({
    ...bot,
    path: '/api/v2/bots/:botId',
    summary: 'A bot with its figures and open positions',
    answer: botDetailSchema,
  }),
  listTrades: endpoint({
    ...bot,
    path: '/api/v2/bots/:botId/trades',
    summary: "A bot's trades, newest first",
    query: tradesQuerySchema,
    answer: tradesResponseSchema,
  }),
  listPositions: endpoint({
    ...bot,
    path: '/api/v2/bots/:botId/positions',
    summary: "A bot's positions, newest first",
    query: positionsQuerySchema,
    answer: positionsResponseSchema,
  }),
  listDecisions: endpoint({
    ...bot,
    path: '/api/v2/bots/:botId/decisions',
    summary: "A bot's decisions, newest first",
    query: decisionsQuerySchema,
    answer: decisionsResponseSchema,
  }),
  listSnapshots: endpoint({
    ...bot,
    path: '/api/v2/bots/:botId/snapshots',
    summary: "A bot's figures over time, newest first",
    query: snapshotsQuerySchema,
    answer: snapshotsResponseSchema,
  }),
  getAnalytics: endpoint({
    ...bot,
    path: '/api/v2/bots/:botId/analytics',
    summary: 'What the closed positions of a bot add up to; 403 where its owner keeps them private',
    query: analyticsQuerySchema,
    answer: botAnalyticsSchema,
  }),
} as const;
