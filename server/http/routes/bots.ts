import { z } from 'zod';
import { readBotAnalytics } from '../../arena/analytics.ts';
import { assertPositionsVisible, getBot, readBots } from '../../arena/bots-read.ts';
import { readBotSnapshots, readDecisions, readPositions, readTrades } from '../../arena/history.ts';
import type { AppContext } from '../../context.ts';
import { NotSignedInError } from '../../errors.ts';
import { decodeCursor, toPage } from '../cursor.ts';
import type { Api } from '../endpoint.ts';

export function botRoutes(api: Api, ctx: AppContext): void {
  api.on('listBots', async ({ query: { cursor, owner, ...query }, viewerId }) => {
    if (owner === 'me' && viewerId === null) throw new NotSignedInError();
    const after = decodeCursor(cursor, z.string());
    return toPage(await readBots(ctx, { ...query, after, ownerId: owner === 'me' ? viewerId : null }));
  });
  api.on('getBot', ({ params, viewerId }) => getBot(ctx, params.botId, viewerId));
  api.on('listTrades', async ({ params, query: { cursor, ...query }, viewerId }) => {
    const after = decodeCursor(cursor, z.int());
    return toPage(await readTrades(ctx, params.botId, { ...query, after, viewerId }));
  });
  api.on('listPositions', async ({ params, query: { cursor, ...query }, viewerId }) => {
    const after = decodeCursor(cursor, z.string());
    return toPage(await readPositions(ctx, params.botId, { ...query, after, viewerId }));
  });
  api.on('listDecisions', async ({ params, query: { cursor, ...query }, viewerId }) => {
    const after = decodeCursor(cursor, z.string());
    return toPage(await readDecisions(ctx, params.botId, { ...query, after, viewerId }));
  });
  api.on('getAnalytics', async ({ params, query, viewerId }) => {
    await assertPositionsVisible(ctx, params.botId, viewerId);
    return await readBotAnalytics(ctx, params.botId, query);
  });
  api.on('listSnapshots', async ({ params, query }) => ({
    items: await readBotSnapshots(ctx, params.botId, query),
    nextCursor: null,
  }));
}
