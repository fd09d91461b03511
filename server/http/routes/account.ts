import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { z } from 'zod';
import { readOwnAudit } from '../../arena/audit-read.ts';
import { deleteOwnAccount } from '../../arena/erase-user.ts';
import { exportAccount, noteExport } from '../../arena/export-account.ts';
import { readUsage } from '../../arena/usage.ts';
import { changeEmail, readApiKeys, readSessions } from '../../auth/account.ts';
import { createApiKey, removeApiKey } from '../../auth/api-keys.ts';
import { confirmPassword, endOtherSessions, endSession } from '../../auth/login.ts';
import { changePassword, renewRecoveryCode } from '../../auth/recover.ts';
import { confirmSecondFactor, prepareSecondFactor, removeSecondFactor } from '../../auth/second-factor.ts';
import type { AppContext } from '../../context.ts';
import { NotFoundError, NotSignedInError } from '../../errors.ts';
import { clearSessionCookie } from '../caller.ts';
import { decodeCursor, toPage } from '../cursor.ts';
import type { Api } from '../endpoint.ts';

/** What one does with one's own account, logged in on the page. */
export function accountRoutes(api: Api, ctx: AppContext): void {
  sessionRoutes(api, ctx);
  keyRoutes(api, ctx);
  passwordRoutes(api, ctx);
  secondFactorRoutes(api, ctx);
  dataRoutes(api, ctx);
}

function sessionRoutes(api: Api, ctx: AppContext): void {
  api.own('listSessions', async ({ principal }) => ({
    items: await readSessions(ctx, principal.userId, principal.credential.id),
  }));
  api.act('endSession', ({ by, params }) => ({
    run: () => endSession(ctx, by, { sessionId: params.id }),
    answer: () => undefined,
  }));
  api.act('endOtherSessions', ({ by, principal }) => ({
    run: () => endOtherSessions(ctx, by, principal.credential.id),
    answer: () => undefined,
  }));
}

function keyRoutes(api: Api, ctx: AppContext): void {
  api.own('listApiKeys', async ({ principal }) => ({ items: await readApiKeys(ctx, principal.userId) }));
  api.act('createApiKey', ({ by, body }) => {
    let told: string | null = null;
    return {
      run: async () => {
        const { id, key } = await createApiKey(ctx, by, body);
        told = key;
        return { id };
      },
      answer: async ({ id }: { id: string }) => {
        const view = (await readApiKeys(ctx, by.userId)).find((key) => key.id === id);
        if (!view) throw new NotFoundError('API key', id);
        return { ...view, key: told };
      },
    };
  });
  api.act('deleteApiKey', ({ by, params }) => ({
    run: () => removeApiKey(ctx, by, params.id),
    answer: () => undefined,
  }));
}

function passwordRoutes(api: Api, ctx: AppContext): void {
  api.act('changePassword', ({ by, principal, body, visitor }) => ({
    run: async () => {
      await confirmPassword(ctx, principal, { password: body.currentPassword, ip: visitor.ip });
      const { username, credential } = principal;
      await changePassword(ctx, by, { password: body.password, username, sessionId: credential.id });
    },
    answer: () => undefined,
  }));
  api.act('updateAccount', ({ by, principal, body, visitor }) => ({
    run: async () => {
      await confirmPassword(ctx, principal, { password: body.password, ip: visitor.ip });
      await changeEmail(ctx, by, body.email);
    },
    answer: () => undefined,
  }));
  api.act('renewRecoveryCode', ({ by, principal, body, visitor }) => {
    let told: string | null = null;
    return {
      run: async () => {
        await confirmPassword(ctx, principal, { password: body.password, ip: visitor.ip });
        told = await renewRecoveryCode(ctx, by);
      },
      answer: () => ({ recoveryCode: told }),
    };
  });
}

function secondFactorRoutes(api: Api, ctx: AppContext): void {
  // Not repeated by key: it stores nothing but an offer, and its answer is the secret.
  api.own('prepareSecondFactor', async ({ by, principal, body, visitor }) => {
    await confirmPassword(ctx, principal, { password: body.password, ip: visitor.ip });
    return await prepareSecondFactor(ctx, by, principal.username);
  });
  api.act('confirmSecondFactor', ({ by, principal, body, visitor }) => ({
    run: async () => {
      await ctx.auth.throttle.attempt(principal.username, visitor.ip);
      await confirmSecondFactor(ctx, by, body.code);
    },
    answer: () => undefined,
  }));
  api.act('removeSecondFactor', ({ by, principal, body, visitor }) => ({
    run: async () => {
      await confirmPassword(ctx, principal, { password: body.password, ip: visitor.ip });
      await removeSecondFactor(ctx, by);
    },
    answer: () => undefined,
  }));
}

function dataRoutes(api: Api, ctx: AppContext): void {
  api.own('getUsage', async ({ by }) => ({ items: await readUsage(ctx, by.userId) }));
  api.own('listOwnAudit', async ({ by, query: { cursor, ...filter } }) => {
    const before = decodeCursor(cursor, z.int());
    return toPage(await readOwnAudit(ctx, by.userId, { ...filter, beforeId: before?.key }));
  });
  // In pieces: somebody's prompts and answers may be gigabytes.
  api.shared('exportAccount', async ({ principal, trace, res }) => {
    if (!principal) throw new NotSignedInError();
    await noteExport(ctx, { userId: principal.userId, trace });
    res.type('json').attachment('arena-account.json').set('Cache-Control', 'no-store');
    await sendPieces(res, exportAccount(ctx, principal.userId));
  });
  api.act('deleteAccount', ({ by, principal, body, visitor, res }) => ({
    run: async () => {
      const user = await confirmPassword(ctx, principal, { password: body.password, ip: visitor.ip });
      await deleteOwnAccount(ctx, by, { user, confirm: body.confirm });
    },
    answer: () => clearSessionCookie(ctx, res),
  }));
}

/** Nobody is told when the reader hangs up. */
async function sendPieces(res: Response, pieces: AsyncIterable<string>): Promise<void> {
  try {
    await pipeline(Readable.from(pieces), res);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE'))
      throw error;
  }
}
