import type { Router } from 'express';
import { z } from 'zod';
import { listMarkets, readCandles } from '../../arena/markets-read.ts';
import type { AppContext } from '../../context.ts';
import {
  CANDLE_INTERVALS,
  candlesQuerySchema,
  type CandlesResponse,
  type MarketsResponse,
} from '../../contract/http/markets.ts';
import { parseQuery } from '../parse.ts';

export function marketRoutes(router: Router, ctx: AppContext): void {
  router.get('/api/v2/markets', (req, res) => {
    parseQuery(z.object({}), req.query);
    const answer: MarketsResponse = { status: ctx.market.status(), items: listMarkets(ctx) };
    res.json(answer);
  });
  router.get('/api/v2/markets/:symbol/candles', async (req, res) => {
    const { symbol } = req.params;
    const { interval, ...query } = parseQuery(candlesQuerySchema, req.query);
    const items = await readCandles(ctx, symbol, { ...query, intervalMs: CANDLE_INTERVALS[interval] });
    const answer: CandlesResponse = { symbol, interval, items };
    res.json(answer);
  });
}
