import type { AppContext, Trace } from '../context.ts';
import type { Write } from '../db/prepared.ts';
import { findPicture } from '../db/queries/bots-read.ts';
import { NotFoundError } from '../errors.ts';
import { avatarFromColumn, avatarToColumn, type StoredAvatar } from './avatar/avatar-column.ts';
import { reencodeAvatar } from './avatar/reencode-avatar.ts';
import { setAvatar, type BotKey } from './bots.ts';
import { getOwnBot } from './own-bots.ts';

/** A bot's picture, unless a moderator has hidden it. @throws NotFoundError */
export async function readPicture({ db }: AppContext, botId: string): Promise<StoredAvatar> {
  const picture = avatarFromColumn((await findPicture(db.read, botId)) ?? null);
  if (!picture) throw new NotFoundError('picture of a bot', botId);
  return picture;
}

/**
 * Draws the picture anew and stores it; null takes it away.
 * @throws NotFoundError for a bot that is not one's own, InvalidInputError for what is no picture, AppError `busy`.
 */
export async function storePicture(
  ctx: AppContext,
  bot: BotKey,
  {
    bytes,
    trace,
    remember = () => [],
  }: { bytes: Uint8Array | null; trace: Trace; remember?: (result: unknown) => readonly Write[] },
): Promise<void> {
  await getOwnBot(ctx, bot);
  const image = bytes && avatarToColumn(await reencodeAvatar(bytes));
  await setAvatar({ ctx, ...ctx.control }, { ...bot, by: { trace, remember } }, image);
}
