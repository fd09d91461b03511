import { readAccount } from '../../auth/account.ts';
import { endReplaced, logIn, logOut } from '../../auth/login.ts';
import { mailResetLink, resetWithCode, resetWithLink } from '../../auth/recover.ts';
import { registerUser } from '../../auth/register.ts';
import { rotateToken, SESSION_LIFE } from '../../auth/sessions.ts';
import type { AppContext } from '../../context.ts';
import { clearSessionCookie, setSessionCookie } from '../caller.ts';
import type { Api, Call } from '../endpoint.ts';

export function authRoutes(api: Api, ctx: AppContext): void {
  api.on('register', async (call) => {
    const { body, visitor, trace } = call;
    const { userId, sessionToken, recoveryCode } = await registerUser(ctx, body, { visitor, trace });
    await enter(ctx, call, sessionToken);
    return { user: { id: userId, username: body.username }, recoveryCode };
  });
  api.on('logIn', async (call) => {
    const { body, visitor, trace } = call;
    const { user, sessionToken } = await logIn(ctx, body, { visitor, trace });
    await enter(ctx, call, sessionToken);
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
  api.on('resetPassword', async (call) => {
    const { body, visitor, trace } = call;
    const origin = { visitor, trace };
    const { user, sessionToken, recoveryCode } =
      'token' in body
        ? await resetWithLink(ctx, body, origin)
        : await resetWithCode(ctx, { ...body, code: body.recoveryCode }, origin);
    await enter(ctx, call, sessionToken);
    return { user, recoveryCode };
  });
}

type Entrance = Pick<Call<'logIn' | 'register' | 'resetPassword'>, 'principal' | 'trace' | 'res'>;

/** Hands over a new session; the one that the browser had ends. */
async function enter(ctx: AppContext, { principal, trace, res }: Entrance, token: string): Promise<void> {
  await endReplaced(ctx, principal, trace);
  setSessionCookie(ctx, res, token);
}
