import { z } from 'zod';
import type { Response } from 'express';
import { previewBot } from '../../arena/preview.ts';
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
  api.own('previewBot', ({ by, params: { botId }, body: { dryRun, ...draft }, res }) =>
    previewBot(ctx, { botId, userId: by.userId }, { draft, isDryRun: dryRun, signal: untilGone(res) }),
  );
}

/** Whoever goes does not keep a model thinking. */
function untilGone(res: Response): AbortSignal {
  const gone = new AbortController();
  res.once('close', () => gone.abort());
  return gone.signal;
}
