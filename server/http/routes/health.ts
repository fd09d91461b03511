import type { Router } from 'express';
import { z } from 'zod';
import type { AppContext } from '../../context.ts';
import type { HealthResponse } from '../../contract/http/arena.ts';
import { parseQuery } from '../parse.ts';

/** Always 200 while the server answers; `status` says whether it is well. */
export function healthRoutes(router: Router, ctx: AppContext, socketCount: () => number): void {
  const startedAt = ctx.clock.wallNow();
  router.get('/api/v2/health', (req, res) => {
    parseQuery(z.object({}), req.query);
    const market = ctx.market.status();
    const database = ctx.databaseHealth();
    const isWell = market.status !== 'stale' && database.status !== 'violations';
    const answer: HealthResponse = {
      status: isWell ? 'ok' : 'degraded',
      version: ctx.version,
      uptimeMs: Math.max(0, ctx.clock.wallNow() - startedAt),
      market,
      database: { ...database },
      turns: ctx.turns.counts(),
      sockets: socketCount(),
    };
    res.json(answer);
  });
}
