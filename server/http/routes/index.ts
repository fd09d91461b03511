import { Router } from 'express';
import type { AppContext } from '../../context.ts';
import { arenaRoutes } from './arena.ts';
import { botRoutes } from './bots.ts';
import { healthRoutes } from './health.ts';
import { marketRoutes } from './markets.ts';

/** Every route with its whole path, on one flat router, so that `policy.ts` can be held against it. */
export function apiRouter(ctx: AppContext, socketCount: () => number): Router {
  const router = Router({ caseSensitive: true });
  arenaRoutes(router, ctx);
  botRoutes(router, ctx);
  marketRoutes(router, ctx);
  healthRoutes(router, ctx, socketCount);
  return router;
}
