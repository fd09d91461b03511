import type { CredentialState } from '../auth/credential-state.ts';
import type { Principal } from '../auth/sessions.ts';
import type { ClientToServerEvents } from '../contract/live-events.ts';
import { AppError } from '../errors.ts';

/**
 * Who somebody is to a room: nobody known, its owner, or another user of some role. Or whose credential is not good any
 * more. An unknown API key counts as one that was taken back.
 */
export type Standing = 'anonymous' | 'owner' | 'other' | Elevated | Exclude<CredentialState, 'good'>;
type Elevated = Exclude<Principal['role'], 'user'>;

export type RoomKind = 'arena' | 'bot' | 'user';
export type LiveAction = 'connect' | keyof ClientToServerEvents | `room ${RoomKind}`;
export type Refusal = 'not-signed-in' | 'invalid-input';
type Row = Readonly<Record<Standing, 'allowed' | Refusal>>;

const ended = { expired: 'not-signed-in', revoked: 'not-signed-in', disabled: 'not-signed-in' } as const;
const known = { other: 'allowed', viewer: 'allowed', moderator: 'allowed', admin: 'allowed' } as const;
const everyone: Row = { anonymous: 'allowed', owner: 'allowed', ...known, ...ended };
/** Whoever may not enter hears what they would of a room that does not exist. No role opens somebody else's. */
const ownerOnly: Row = {
  anonymous: 'invalid-input',
  owner: 'allowed',
  other: 'invalid-input',
  viewer: 'invalid-input',
  moderator: 'invalid-input',
  admin: 'invalid-input',
  ...ended,
};

/**
 * One row for everything a socket can ask for and each kind of room; a test walks the handlers that are registered.
 * `connect` is for API keys: a page whose session has ended comes in as a stranger.
 */
export const LIVE_POLICY: Readonly<Record<LiveAction, Row>> = {
  connect: everyone,
  join: everyone,
  leave: everyone,
  'room arena': everyone,
  'room bot': everyone,
  'room user': ownerOnly,
};

export const REFUSALS: Readonly<Record<Refusal, string>> = {
  'not-signed-in': 'This login or API key is not valid any more, or never was. Connect again without it.',
  'invalid-input': 'There is no such room.',
};

/** @param ownerId whose the room is; null = nobody's. */
export function standingOf(
  principal: Principal | null,
  state: CredentialState,
  ownerId: string | null,
): Standing {
  if (principal === null) return 'anonymous';
  if (state !== 'good') return state;
  if (principal.userId === ownerId) return 'owner';
  return principal.role === 'user' ? 'other' : principal.role;
}

/** @throws AppError with the refusal as its code. */
export function assertMay(standing: Standing, action: LiveAction): void {
  const verdict = LIVE_POLICY[action][standing];
  if (verdict !== 'allowed') throw new AppError(verdict, REFUSALS[verdict]);
}
