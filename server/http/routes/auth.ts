import { readAccount } from '../../auth/account.ts';
import { logIn, logOut } from '../../auth/login.ts';
import { mailResetLink, resetWithCode, resetWithLink } from '../../auth/recover.ts';
import { registerUser } from '../../auth/register.ts';
import { rotateToken, SESSION_LIFE } from '../../auth/sessions.ts';
import type { AppContext } from '../../context.ts';
import { clearSessionCookie, setSessionCookie } from '../caller.ts';
import type { Api } from '../endpoint.ts';

export function authRoutes(api: Api, ctx: AppContext): void {
  api.on('register', async ({ body, visitor, trace, res }) => {
    const { userId, sessionToken, recoveryCode } = await registerUser(ctx, body, { visitor, trace });
    setSessionCookie(ctx, res, sessionToken);
    return { user: { id: userId, username: body.username }, recoveryCode };
  });
  api.on('logIn', async ({ body, visitor, trace, res }) => {
    const { user, sessionToken } = await logIn(ctx, body, { visitor, trace });
    setSessionCookie(ctx, res, sessionToken);
    return { user };
  });
  api.act('logOut', ({ by, principal, res }) => ({
    run: () => logOut(ctx, by, principal.credential.id),
    answer: () => clearSessionCookie(ctx, res),
  }));
  api.on('getMe', async ({ principal }) => ({
    user: principal && (await readAccount(ctx, principal.userId)),
    registration: ctx.config.accounts.registration,
    hasMail: ctx.auth.mailer !== null,
  }));
  api.own('refreshSession', async ({ principal, caller, res }) => {
    const { credential } = principal;
    if (credential.kind !== 'session' || caller.token === null) return;
    if (ctx.clock.wallNow() - credential.rotatedAt < SESSION_LIFE.rotateAfterMs) return;
    const next = await rotateToken(ctx, credential.id, caller.token);
    if (next !== null) setSessionCookie(ctx, res, next);
  });
  recoveryRoutes(api, ctx);
}

function recoveryRoutes(api: Api, ctx: AppContext): void {
  api.on('recover', async ({ body, visitor, trace }) => {
    await mailResetLink(ctx, body.username, { visitor, trace });
    return {
      message: ctx.auth.mailer
        ? 'If this account has a mail address, a link is on its way.'
        : 'This arena sends no mail: use your recovery code.',
    };
  });
  api.on('resetPassword', async ({ body, visitor, trace, res }) => {
    const origin = { visitor, trace };
    const { user, sessionToken, recoveryCode } =
      'token' in body
        ? await resetWithLink(ctx, body, origin)
        : await resetWithCode(ctx, { ...body, code: body.recoveryCode }, origin);
    setSessionCookie(ctx, res, sessionToken);
    return { user, recoveryCode };
  });
}
