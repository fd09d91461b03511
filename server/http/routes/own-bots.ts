import { readPicture, storePicture } from '../../arena/bot-picture.ts';
import { getBot } from '../../arena/bots-read.ts';
import { deleteBot } from '../../arena/bots.ts';
import { adjustByHand, closeByHand, readOwnPosition } from '../../arena/hand-orders.ts';
import { readBotSnapshots } from '../../arena/history.ts';
import {
  cloneBot,
  createOwnBot,
  exportBot,
  forceOwnTurn,
  getOwnBot,
  importBot,
  pauseOwnBot,
  resumeOwnBot,
  updateOwnBot,
} from '../../arena/own-bots.ts';
import { resetBot } from '../../arena/reset-bot.ts';
import { takeSnapshotNow } from '../../arena/take-snapshot-now.ts';
import type { AppContext } from '../../context.ts';
import { InvalidInputError } from '../../errors.ts';
import { callerOf } from '../caller.ts';
import type { Api } from '../endpoint.ts';
import { pictureBody } from '../middleware/limits.ts';

/** What owners do with their bots. */
export function ownBotRoutes(api: Api, ctx: AppContext): void {
  makingRoutes(api, ctx);
  runningRoutes(api, ctx);
  positionRoutes(api, ctx);
  pictureRoutes(api, ctx);
}

function makingRoutes(api: Api, ctx: AppContext): void {
  const bots = { ctx, ...ctx.control };
  api.act('createBot', ({ by, body, viewerId }) => ({
    run: () => createOwnBot(bots, by, body),
    answer: ({ botId }: { botId: string }) => getBot(ctx, botId, viewerId),
  }));
  api.act('importBot', ({ by, body, viewerId }) => ({
    run: () => importBot(bots, by, body),
    answer: ({ botId }: { botId: string }) => getBot(ctx, botId, viewerId),
  }));
  api.act('cloneBot', ({ by, params, body, viewerId }) => ({
    run: () => cloneBot(bots, by, { ...body, botId: params.botId }),
    answer: ({ botId }: { botId: string }) => getBot(ctx, botId, viewerId),
  }));
  api.act('updateBot', ({ by, params, body, viewerId }) => ({
    run: () => updateOwnBot(bots, by, { ...body, botId: params.botId }),
    answer: ({ botId }: { botId: string }) => getBot(ctx, botId, viewerId),
  }));
  api.act('deleteBot', ({ by, params }) => ({
    run: () => deleteBot(bots, { botId: params.botId, userId: by.userId, by }),
    answer: () => undefined,
  }));
  api.own('exportBot', ({ by, params }) => exportBot(ctx, { botId: params.botId, userId: by.userId }));
}

function runningRoutes(api: Api, ctx: AppContext): void {
  const bots = { ctx, ...ctx.control };
  api.act('pauseBot', ({ by, params: { botId }, body, viewerId }) => ({
    run: () => pauseOwnBot(bots, by, { botId, reason: body.reason }),
    answer: () => getBot(ctx, botId, viewerId),
  }));
  api.act('resumeBot', ({ by, params: { botId }, viewerId }) => ({
    run: () => resumeOwnBot(bots, by, botId),
    answer: () => getBot(ctx, botId, viewerId),
  }));
  api.act('forceTurn', ({ by, params }) => ({
    run: () => forceOwnTurn(bots, by, params.botId),
    answer: (turn: { turnId: string; turnNo: number }) => turn,
  }));
  api.act('resetBot', ({ by, params: { botId }, body, viewerId }) => ({
    run: async () => {
      const bot = { botId, userId: by.userId };
      const { name } = await getOwnBot(ctx, bot);
      if (body.confirm !== name)
        throw new InvalidInputError(`Type the bot's name, ${name}, to reset it.`, [
          { path: 'confirm', message: "not the bot's name" },
        ]);
      await resetBot(bots, bot, { initialBalanceUsd: ctx.settings.current.initial_balance_usd, by });
    },
    answer: () => getBot(ctx, botId, viewerId),
  }));
  api.act('takeSnapshot', ({ by, params: { botId } }) => ({
    run: () => takeSnapshotNow(ctx, { botId, userId: by.userId }, by),
    answer: async () => {
      const [snapshot = null] = await readBotSnapshots(ctx, botId, { limit: 1 });
      return { snapshot };
    },
  }));
}

function positionRoutes(api: Api, ctx: AppContext): void {
  const bots = { ctx, ...ctx.control };
  api.act('closePosition', ({ by, params: { botId, positionId }, body }) => {
    const bot = { botId, userId: by.userId };
    return {
      run: () => closeByHand(bots, { ...bot, positionId }, { fraction: body.fraction, by }),
      answer: async ({ message, notes, trade }: Awaited<ReturnType<typeof closeByHand>>) => ({
        message,
        notes: [...notes],
        trade,
        position: await readOwnPosition(bots, bot, positionId),
      }),
    };
  });
  api.act('adjustPosition', ({ by, params: { botId, positionId }, body }) => {
    const bot = { botId, userId: by.userId };
    return {
      run: () => adjustByHand(bots, { ...bot, positionId }, { levels: body, by }),
      answer: async ({ message, notes }: Awaited<ReturnType<typeof adjustByHand>>) => ({
        message,
        notes: [...notes],
        position: await readOwnPosition(bots, bot, positionId),
      }),
    };
  });
}

function pictureRoutes(api: Api, ctx: AppContext): void {
  api.raw('getAvatar', async (req, res) => {
    const { contentType, bytes } = await readPicture(ctx, String(req.params.botId));
    // Whatever it is, a browser takes it for nothing but a picture.
    res
      .set('Content-Security-Policy', "default-src 'none'; sandbox")
      .type(contentType)
      .send(Buffer.from(bytes));
  });
  api.raw('setAvatar', pictureBody, async (req, res) => {
    const { principal, ip, requestId } = callerOf(res);
    const body: unknown = req.body;
    if (!Buffer.isBuffer(body) || !principal)
      throw new InvalidInputError('Send the picture itself as image/png, image/jpeg or image/webp.');
    const bot = { botId: String(req.params.botId), userId: principal.userId };
    const trace = { actorId: principal.userId, ip, requestId };
    await storePicture(ctx, bot, { bytes: body, trace });
    res.status(204).end();
  });
  api.act('deleteAvatar', ({ by, params: { botId } }) => ({
    run: () => storePicture(ctx, { botId, userId: by.userId }, { bytes: null, ...by }),
    answer: () => undefined,
  }));
}
