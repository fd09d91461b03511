import { LoginThrottle } from '../auth/login-throttle.ts';
import { createMailer } from '../auth/mailer.ts';
import { Passwords } from '../auth/passwords.ts';
import { newInvite } from '../auth/register.ts';
import { Revocations } from '../auth/revocations.ts';
import type { Config } from '../config/config.ts';
import type { AppContext, Auth } from '../context.ts';
import { forgetAdminInvites } from '../db/queries/recovery.ts';
import { countAdmins } from '../db/queries/users.ts';
import type { Basis } from './basis.ts';

const DAY_MS = 86_400_000;

/** What accounts are kept with. */
export async function createAuth(config: Config, { lifecycle, log }: Basis): Promise<Auth> {
  const mailer = await createMailer(config.accounts, log.child({ subsystem: 'mail' }));
  lifecycle.defer('mail', () => mailer?.idle());
  return {
    passwords: new Passwords(),
    throttle: new LoginThrottle(),
    revocations: new Revocations(),
    mailer,
  };
}

/** While there is no administrator, each start makes a new code with which one registers. @returns null otherwise. */
export async function inviteFirstAdmin(
  ctx: Pick<AppContext, 'db' | 'clock' | 'newId'>,
): Promise<{ code: string } | null> {
  if ((await countAdmins(ctx.db.read)) > 0) return null;
  const invite = newInvite(ctx, { role: 'admin', createdBy: null, lifeMs: DAY_MS });
  await ctx.db.commit([forgetAdminInvites(ctx.db.read), invite.write]);
  return { code: invite.code };
}
