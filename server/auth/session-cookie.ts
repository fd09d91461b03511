import type { AppContext } from '../context.ts';

/** `__Host-` binds a cookie to https and to this very host; plain http cannot have it. */
export function sessionCookieName({ config }: Pick<AppContext, 'config'>): string {
  return isHttps(config.http.publicUrl) ? '__Host-arena' : 'arena';
}

export function isHttps(publicUrl: string | null): boolean {
  return publicUrl?.startsWith('https:') ?? false;
}
