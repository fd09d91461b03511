import type { Response, Router } from 'express';
import { z } from 'zod';
import { readArenaJson } from '../../arena/arena-view.ts';
import { readLeaderboard } from '../../arena/leaderboard-read.ts';
import type { AppContext } from '../../context.ts';
import { arenaQuerySchema } from '../../contract/http/arena.ts';
import { leaderboardQuerySchema, type LeaderboardResponse } from '../../contract/http/leaderboard.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { parseQuery } from '../parse.ts';

export function arenaRoutes(router: Router, ctx: AppContext): void {
  router.get('/api/v2/arena', async (req, res) => {
    const { range } = parseQuery(arenaQuerySchema, req.query);
    sendShared(res, await readArenaJson(ctx, range));
  });
  router.get('/api/v2/leaderboard', async (req, res) => {
    const { cursor, ...query } = parseQuery(leaderboardQuerySchema, req.query);
    const after = decodeCursor(cursor, z.int());
    const { next, ...board } = await readLeaderboard(ctx, { ...query, after });
    res.json({ ...board, nextCursor: encodeCursor(next) } satisfies LeaderboardResponse);
  });
}

const etags = new WeakMap<Buffer, string>();

/** Sends JSON that many ask for at once: its ETag is made once. */
function sendShared(res: Response, json: Buffer): void {
  const makeEtag = res.app.get('etag fn') as (body: Buffer) => string;
  const etag = etags.get(json) ?? makeEtag(json);
  etags.set(json, etag);
  res.type('json').set('ETag', etag).send(json);
}
