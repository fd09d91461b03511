import { updateUser } from '../../../db/queries/users.ts';
import type { RoutePolicy } from '../../../http/policy.ts';
import { addApiKey, addSession, switchOff, type Credential, type User } from './people-of-all-kinds.ts';
import type { Sample } from './samples.ts';
import type { World } from './world.ts';

/** Everybody who may send a request. */
export const PRINCIPALS = [
  'anonymous',
  'other user',
  'owner',
  'viewer',
  'moderator',
  'admin',
  'expired session',
  'idle session',
  'revoked session',
  'disabled user',
  'read key',
  'trade key',
  'expired key',
  'revoked key',
  'key of a disabled user',
] as const;
export type PrincipalKind = (typeof PRINCIPALS)[number];

export interface Minted {
  /** Whom a request comes from, were its credential good. */
  readonly user: User | null;
  readonly credential: Credential;
  /** Makes the credential what it says, once all is ready; what comes back undoes it. */
  readonly enter: () => Promise<() => Promise<void>>;
}

const NOBODY: Credential = { headers: {}, id: null, secret: null };
const entered = async () => async () => {};

/** Where the path names something of the owner's, all but strangers and officials come as the owner. */
export async function mint(world: World, kind: PrincipalKind, sample: Sample): Promise<Minted> {
  const { t, owner } = world;
  const user = sample.whose === 'owner' ? owner : await world.addUser();
  const as = async (credential: Promise<Credential>): Promise<Minted> => ({
    user,
    credential: await credential,
    enter: entered,
  });
  const official = async (who: Promise<User>): Promise<Minted> => {
    const known = await who;
    return { user: known, credential: await addSession(t, known.userId), enter: entered };
  };
  const disabled = async (credential: Promise<Credential>): Promise<Minted> => ({
    ...(await as(credential)),
    enter: async () => {
      await switchOff(t, user.userId);
      return () => t.db.commit([updateUser(t.db.read, user.userId, { is_active: 1 })]);
    },
  });
  switch (kind) {
    case 'anonymous':
      return { user: null, credential: NOBODY, enter: entered };
    case 'other user':
      return await official(world.addUser());
    case 'owner':
      return await as(addSession(t, user.userId));
    case 'viewer':
    case 'moderator':
    case 'admin':
      return await official(world.addUser(kind));
    case 'expired session':
      return await as(addSession(t, user.userId, 'expired'));
    case 'idle session':
      return await as(addSession(t, user.userId, 'idle'));
    case 'revoked session':
      return await as(addSession(t, user.userId, 'revoked'));
    case 'disabled user':
      return await disabled(addSession(t, user.userId));
    case 'read key':
      return await as(addApiKey(t, user.userId, { scope: 'read' }));
    case 'trade key':
      return await as(addApiKey(t, user.userId, { scope: 'trade' }));
    case 'expired key':
      return await as(addApiKey(t, user.userId, { over: 'expired' }));
    case 'revoked key':
      return await as(addApiKey(t, user.userId, { over: 'revoked' }));
    case 'key of a disabled user':
      return await disabled(addApiKey(t, user.userId));
    default:
      return kind satisfies never;
  }
}

const RANKS = { viewer: 1, user: 2, moderator: 3, admin: 4 } as const;

/**
 * What must come of a request that is otherwise in order: `done`, or the status of the refusal. Written anew here, from
 * what the words of a policy row mean.
 */
export function verdictOn(
  kind: PrincipalKind,
  policy: RoutePolicy,
  sample: Sample,
): 'done' | 401 | 403 | 404 {
  const isKey = kind === 'read key' || kind === 'trade key';
  if (kind === 'expired key' || kind === 'revoked key' || kind === 'key of a disabled user') return 401;
  if (isKey && policy.via === 'session') return 403;
  if (kind === 'read key' && policy.scope === 'trade') return 403;
  if (policy.access === 'public') return 'done';
  const role = roleOf(kind);
  if (role === null) return 401;
  const least = policy.access === 'signed-in' ? 'viewer' : policy.access;
  if (RANKS[role] < RANKS[least]) return 403;
  return sample.whose === 'anyone' || kind === 'owner' || isKey ? 'done' : 404;
}

/** null = nobody known. */
function roleOf(kind: PrincipalKind): keyof typeof RANKS | null {
  if (kind === 'viewer' || kind === 'moderator' || kind === 'admin') return kind;
  return kind === 'owner' || kind === 'other user' || kind === 'read key' || kind === 'trade key'
    ? 'user'
    : null;
}
