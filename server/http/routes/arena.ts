import type { Response } from 'express';
import { z } from 'zod';
import { readArenaJson } from '../../arena/arena-view.ts';
import { readLeaderboard } from '../../arena/leaderboard-read.ts';
import type { AppContext } from '../../context.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { Api } from '../endpoint.ts';

export function arenaRoutes(api: Api, ctx: AppContext): void {
  api.shared('getArena', async ({ query, res }) => sendShared(res, await readArenaJson(ctx, query.range)));
  api.on('getLeaderboard', async ({ query: { cursor, ...query } }) => {
    const after = decodeCursor(cursor, z.int());
    const { next, ...board } = await readLeaderboard(ctx, { ...query, after });
    return { ...board, nextCursor: encodeCursor(next) };
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
