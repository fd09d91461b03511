import { Router } from 'express';
import type { AppContext } from '../../context.ts';
import { Api } from '../endpoint.ts';
import { classLimits } from '../middleware/limits.ts';
import { accountRoutes } from './account.ts';
import { adminRoutes } from './admin.ts';
import { arenaRoutes } from './arena.ts';
import { authRoutes } from './auth.ts';
import { botRoutes } from './bots.ts';
import { docsRoutes } from './docs.ts';
import { healthRoutes } from './health.ts';
import { learningRoutes } from './learning.ts';
import { marketRoutes } from './markets.ts';
import { providerRoutes } from './providers.ts';
import { ownBotRoutes } from './own-bots.ts';
import { spendingRoutes } from './spending.ts';
import { versionRoutes } from './versions.ts';

/** Every route with its whole path, on one flat router, so that `policy.ts` can be held against it. */
export function apiRouter(ctx: AppContext, socketCount: () => number): Router {
  const router = Router({ caseSensitive: true });
  const api = new Api(router, ctx, classLimits(ctx.config.http.rateLimitPerMinute));
  docsRoutes(api, ctx);
  arenaRoutes(api, ctx);
  botRoutes(api, ctx);
  ownBotRoutes(api, ctx);
  versionRoutes(api, ctx);
  learningRoutes(api, ctx);
  marketRoutes(api, ctx);
  healthRoutes(api, ctx, socketCount);
  authRoutes(api, ctx);
  accountRoutes(api, ctx);
  providerRoutes(api, ctx);
  spendingRoutes(api, ctx);
  adminRoutes(api, ctx);
  return router;
}
