import type { Router } from 'express';
import { readArena } from '../../arena/arena-view.ts';
import { readLeaderboard } from '../../arena/leaderboard-read.ts';
import type { AppContext } from '../../context.ts';
import { arenaQuerySchema } from '../../contract/http/arena.ts';
import { leaderboardQuerySchema } from '../../contract/http/leaderboard.ts';
import { parseQuery } from '../parse.ts';

export function arenaRoutes(router: Router, ctx: AppContext): void {
  router.get('/api/v2/arena', async (req, res) => {
    const { range } = parseQuery(arenaQuerySchema, req.query);
    res.json(await readArena(ctx, range));
  });
  router.get('/api/v2/leaderboard', async (req, res) => {
    const { period } = parseQuery(leaderboardQuerySchema, req.query);
    res.json(await readLeaderboard(ctx, period));
  });
}
