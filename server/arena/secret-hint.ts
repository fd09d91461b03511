import type { AppContext, Vault } from '../context.ts';
import { AppError } from '../errors.ts';

/** Of a shorter secret four characters would be too large a part. */
const LEAST_LENGTH = 16;

export interface SecretHint {
  readonly isSet: boolean;
  readonly last4: string | null;
}

/** What may be told of a stored secret: that it is there, and its end when it is long. */
export function hintOf(
  vault: AppContext['vault'],
  place: Parameters<Vault['open']>[0],
  sealed: string | null,
): SecretHint {
  if (sealed === null) return { isSet: false, last4: null };
  const secret = openOrNull(vault, place, sealed);
  return { isSet: true, last4: secret !== null && secret.length >= LEAST_LENGTH ? secret.slice(-4) : null };
}

/** One that does not open is there all the same: its owner can put another in its place. */
function openOrNull(vault: Vault, place: Parameters<Vault['open']>[0], sealed: string): string | null {
  try {
    return vault.open(place, sealed);
  } catch (error) {
    if (error instanceof AppError && error.code === 'unreadable-secret') return null;
    throw error;
  }
}
