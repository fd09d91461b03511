import { z } from 'zod';
import { readVersions } from '../../arena/versions.ts';
import type { AppContext } from '../../context.ts';
import { decodeCursor, toPage } from '../cursor.ts';
import type { Api } from '../endpoint.ts';

/** What one's bots were made of, and what they would be asked next. */
export function versionRoutes(api: Api, ctx: AppContext): void {
  api.own('listVersions', async ({ by, params: { botId }, query: { cursor, limit } }) => {
    const after = decodeCursor(cursor, z.int());
    return toPage(await readVersions(ctx, { botId, userId: by.userId }, { after, limit }));
  });
}
