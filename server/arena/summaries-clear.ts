import type { Actor, AppContext } from '../context.ts';
import { audited } from '../db/queries/audit-log.ts';
import { clearLearning as clearRows } from '../db/queries/summaries.ts';
import { NotFoundError } from '../errors.ts';
import { readLearning } from './memory.ts';
import { getOwnBot } from './own-bots.ts';
import { keepLegacy } from './summaries-basis.ts';
import { learningNews } from './summaries-news.ts';

type ClearContext = Pick<AppContext, 'db' | 'books' | 'clock' | 'newId'>;

/**
 * Makes one's bot forget its summary and what it decided so far. The summaries are kept for its owner, one of an old server
 * among them. A summary that is being made then is lost. @throws NotFoundError
 */
export async function clearLearning(ctx: ClearContext, by: Actor, botId: string): Promise<void> {
  const { db, clock } = ctx;
  const bot = { botId, userId: by.userId };
  await getOwnBot(ctx, bot);
  const book = ctx.books.get(botId);
  if (!book) throw new NotFoundError('bot', botId);
  const { summary } = await readLearning(ctx, bot);
  await db.commit([
    ...(await keepLegacy(ctx, book, summary)),
    ...clearRows(db.read, bot, { arena: clock.now(), wall: clock.wallNow() }),
    audited(ctx, by, {
      action: 'bot.learning-cleared',
      subjectType: 'bot',
      subjectId: botId,
      details: { version: summary?.version ?? null },
    }),
    ...learningNews(ctx, bot),
    ...by.remember({}),
  ]);
}
