import type { AppContext } from '../../context.ts';
import type { Api } from '../endpoint.ts';

/** Always 200 while the server answers; `status` says whether it is well. */
export function healthRoutes(api: Api, ctx: AppContext, socketCount: () => number): void {
  const startedAt = ctx.clock.wallNow();
  api.on('getHealth', () => {
    const market = ctx.market.status();
    const database = ctx.databaseHealth();
    const isWell = market.status !== 'stale' && database.status !== 'violations';
    return {
      status: isWell ? ('ok' as const) : ('degraded' as const),
      version: ctx.version,
      uptimeMs: Math.max(0, ctx.clock.wallNow() - startedAt),
      market,
      database: { ...database },
      turns: ctx.turns.counts(),
      sockets: socketCount(),
    };
  });
}
