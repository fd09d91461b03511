import type { Outcome, OutcomeCode } from './model.ts';

const NAMES: Record<OutcomeCode, string> = {
  opened: 'opened',
  increased: 'increased',
  closed: 'closed',
  reduced: 'reduced',
  adjusted: 'adjusted',
  held: 'held',
  'invalid-decision': 'not a valid decision',
  'unknown-symbol': 'unknown symbol',
  'symbol-not-allowed': 'symbol not allowed',
  'no-price': 'no price',
  'stale-price': 'stale price',
  'unconfirmed-price': 'unconfirmed price',
  'market-closed': 'market closed',
  cooldown: 'symbol is cooling down',
  'position-open': 'position already open',
  'leverage-differs': 'leverage differs',
  'too-many-positions': 'too many positions',
  'size-too-small': 'size too small',
  'size-below-step': 'size below one step',
  'insufficient-margin': 'insufficient margin',
  'wrong-side-stop': 'stop on the wrong side',
  'wrong-side-target': 'target on the wrong side',
  'position-not-found': 'position not found',
  duplicate: 'duplicate decision',
  'too-many-decisions': 'too many decisions',
};

/** How the note begins that a position has less leverage than was asked for. */
export const LEVERAGE_LOWERED = 'leverage lowered';

/** Accepted with less leverage than was asked for. */
export function isClamped({ accepted, notes }: Pick<Outcome, 'accepted' | 'notes'>): boolean {
  return accepted && notes.some((note) => note.startsWith(LEVERAGE_LOWERED));
}

/** A refusal: `rejected: <what>: <why>`. */
export function rejected(code: OutcomeCode, why: string): Outcome {
  return { code, accepted: false, message: `rejected: ${NAMES[code]}: ${why}`, notes: [], positionId: null };
}
