/** Who may call a route. */
export type Access = 'public';

export interface RoutePolicy {
  readonly method: 'GET';
  readonly path: string;
  readonly access: Access;
}

/** Every route of the API. One that is mounted without a row here, or stands here without being mounted, fails a test. */
export const ROUTE_POLICY: readonly RoutePolicy[] = [
  { method: 'GET', path: '/api/v2/arena', access: 'public' },
  { method: 'GET', path: '/api/v2/bots', access: 'public' },
  { method: 'GET', path: '/api/v2/bots/:botId', access: 'public' },
  { method: 'GET', path: '/api/v2/bots/:botId/trades', access: 'public' },
  { method: 'GET', path: '/api/v2/bots/:botId/positions', access: 'public' },
  { method: 'GET', path: '/api/v2/bots/:botId/decisions', access: 'public' },
  { method: 'GET', path: '/api/v2/bots/:botId/snapshots', access: 'public' },
  { method: 'GET', path: '/api/v2/leaderboard', access: 'public' },
  { method: 'GET', path: '/api/v2/markets', access: 'public' },
  { method: 'GET', path: '/api/v2/markets/:symbol/candles', access: 'public' },
  { method: 'GET', path: '/api/v2/health', access: 'public' },
];
