import { z } from 'zod';
import { changeUser, hideUserName, readUser, readUsers } from '../../arena/admin-users.ts';
import { readAudit } from '../../arena/audit-read.ts';
import { getBot } from '../../arena/bots-read.ts';
import { deleteUser } from '../../arena/erase-user.ts';
import { hideBotName, moderatePause, moderateResume } from '../../arena/moderation.ts';
import { readOrphans } from '../../arena/orphans.ts';
import { removeDemo } from '../../arena/remove-demo.ts';
import { createInvite, readInvites, voidInvite } from '../../auth/invites.ts';
import type { AppContext } from '../../context.ts';
import { NotFoundError } from '../../errors.ts';
import { decodeCursor, toPage } from '../cursor.ts';
import type { Api } from '../endpoint.ts';

/** What moderators and administrators do. */
export function adminRoutes(api: Api, ctx: AppContext): void {
  userRoutes(api, ctx);
  moderationRoutes(api, ctx);
  inviteRoutes(api, ctx);
  settingRoutes(api, ctx);
  houseRoutes(api, ctx);
}

function userRoutes(api: Api, ctx: AppContext): void {
  api.own('listUsers', async ({ query: { q, cursor, limit } }) => {
    const after = decodeCursor(cursor, z.string());
    return toPage(await readUsers(ctx, { q, limit, afterId: after?.key ?? '' }));
  });
  api.act('updateUser', ({ by, params, body }) => ({
    run: () => changeUser(ctx, by, { ...body, userId: params.id }),
    answer: () => readUser(ctx, params.id),
  }));
  api.act('deleteUser', ({ by, params, body }) => ({
    run: () => deleteUser(ctx, by, { userId: params.id, confirm: body.confirm }),
    answer: () => undefined,
  }));
}

function moderationRoutes(api: Api, ctx: AppContext): void {
  api.act('hideUserName', ({ by, params, body }) => ({
    run: () => hideUserName(ctx, by, { ...body, userId: params.id }),
    answer: () => readUser(ctx, params.id),
  }));
  api.act('hideBotName', ({ by, params: { botId }, body, viewerId }) => ({
    run: () => hideBotName(ctx, by, { ...body, botId }),
    answer: () => getBot(ctx, botId, viewerId),
  }));
  api.act('moderatePause', ({ by, params: { botId }, body, viewerId }) => ({
    run: () => moderatePause(ctx, by, { ...body, botId }),
    answer: () => getBot(ctx, botId, viewerId),
  }));
  api.act('moderateResume', ({ by, params: { botId }, viewerId }) => ({
    run: () => moderateResume(ctx, by, botId),
    answer: () => getBot(ctx, botId, viewerId),
  }));
}

function inviteRoutes(api: Api, ctx: AppContext): void {
  api.own('listInvites', async () => ({ items: await readInvites(ctx) }));
  api.act('createInvite', ({ by, body }) => {
    let told: string | null = null;
    return {
      run: async () => {
        const { id, code } = await createInvite(ctx, by, body.role);
        told = code;
        return { id };
      },
      answer: async ({ id }: { id: string }) => {
        const view = (await readInvites(ctx)).find((invite) => invite.id === id);
        if (!view) throw new NotFoundError('invitation', id);
        return { ...view, code: told };
      },
    };
  });
  api.act('deleteInvite', ({ by, params }) => ({
    run: () => voidInvite(ctx, by, params.id),
    answer: () => undefined,
  }));
}

function settingRoutes(api: Api, ctx: AppContext): void {
  api.own('listSettings', async () => ({ items: await ctx.settings.list() }));
  api.act('updateSetting', ({ by, params, body }) => ({
    run: () => ctx.settings.change(by, params.key, body.value),
    answer: async () => {
      const view = (await ctx.settings.list()).find((setting) => setting.key === params.key);
      if (!view) throw new NotFoundError('setting', params.key);
      return view;
    },
  }));
}

function houseRoutes(api: Api, ctx: AppContext): void {
  api.own('listAudit', async ({ query: { cursor, ...filter } }) => {
    const before = decodeCursor(cursor, z.int());
    return toPage(await readAudit(ctx, { ...filter, beforeId: before?.key }));
  });
  api.own('listOrphans', async () => ({ items: await readOrphans(ctx) }));
  api.act('removeDemo', ({ by }) => ({
    run: () => removeDemo(ctx, by),
    answer: (removed: { users: number; bots: number }) => removed,
  }));
}
