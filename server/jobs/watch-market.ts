import { publishToArena } from '../arena/publish.ts';
import type { MarketData } from '../context.ts';
import type { Job } from './scheduler.ts';

/** Tells spectators when prices stop coming and when they are back. */
export function watchMarket(): Job {
  let last: ReturnType<MarketData['status']>['status'] = 'running';
  return {
    name: 'watch-market',
    everyMs: () => 5000,
    async run(ctx, now) {
      const status = ctx.market.status();
      if (status.status === last) return;
      last = status.status;
      await ctx.db.commit([publishToArena(now, { type: 'market', status })]);
    },
  };
}
