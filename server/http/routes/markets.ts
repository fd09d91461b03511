import { listMarkets, readCandles } from '../../arena/markets-read.ts';
import type { AppContext } from '../../context.ts';
import { CANDLE_INTERVALS } from '../../contract/http/markets.ts';
import type { Api } from '../endpoint.ts';

export function marketRoutes(api: Api, ctx: AppContext): void {
  api.on('listMarkets', () => ({ status: ctx.market.status(), items: listMarkets(ctx) }));
  api.on('listCandles', async ({ params: { symbol }, query: { interval, ...query } }) => {
    const items = await readCandles(ctx, symbol, { ...query, intervalMs: CANDLE_INTERVALS[interval] });
    return { symbol, interval, items };
  });
}
