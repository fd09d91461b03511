import type { PastDecisionRow } from '../db/queries/memory.ts';
import type { PastDecision, PastTurn } from '../llm/provider.ts';
import { cutText } from './summaries-stored.ts';

/** A bot reads its own reasons again: the first of them say it. */
const REASONING_LENGTH = 600;
const NOTE_LENGTH = 300;
const SYMBOL = /^[A-Z0-9]{2,30}$/;
const ACTIONS: ReadonlySet<string> = new Set(['LONG', 'SHORT', 'CLOSE', 'ADJUST', 'HOLD']);

/** A decision of the past before it is known what came of it. */
export interface KeptDecision extends Omit<PastDecision, 'result'> {
  /** The position it opened. */
  readonly opened: string | null;
}

/** A turn of the past as it is kept in memory: its rows never change. */
export interface KeptTurn extends Omit<PastTurn, 'decisions'> {
  readonly decisions: readonly KeptDecision[];
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * A stored decision as its bot reads it again. What a model wrote is untrusted: only known actions, symbol-shaped symbols,
 * numbers and cut texts pass. Notes of a legacy decision are no outcomes: those say what the whole turn came to.
 */
export function keptTurnOf(row: PastDecisionRow): KeptTurn {
  const outcomes = listOf(row.notes_json);
  const isSuccess = row.execution_success === 1;
  return {
    decisionId: row.id,
    at: row.timestamp,
    decisions: listOf(row.decisions_json).map((decision, i) => ({
      ...saidIn(fieldsOf(decision)),
      ...becameOf(outcomes[i], isSuccess),
    })),
  };
}

/** Why each decision of a stored turn was made, in their order. */
export function reasoningsOf(decisionsJson: string): (string | null)[] {
  return listOf(decisionsJson).map((decision) => saidIn(fieldsOf(decision)).reasoning);
}

function saidIn(
  decision: Fields,
): Pick<KeptDecision, 'action' | 'symbol' | 'size' | 'leverage' | 'reasoning'> {
  const { action, symbol, size, leverage, reasoning } = decision;
  return {
    action: typeof action === 'string' && ACTIONS.has(action) ? action : 'INVALID',
    symbol: typeof symbol === 'string' && SYMBOL.test(symbol) ? symbol : null,
    size: finite(size),
    leverage: finite(leverage),
    reasoning: text(reasoning, REASONING_LENGTH),
  };
}

function becameOf(
  outcome: unknown,
  isSuccess: boolean,
): Pick<KeptDecision, 'code' | 'accepted' | 'note' | 'opened'> {
  const { code, accepted, message, notes, positionId } = fieldsOf(outcome);
  if (typeof code !== 'string' || typeof accepted !== 'boolean')
    return {
      code: isSuccess ? 'done' : 'failed',
      accepted: isSuccess,
      note: text(outcome, NOTE_LENGTH),
      opened: null,
    };
  const said = accepted ? (Array.isArray(notes) ? notes : []).join('; ') : message;
  return {
    code,
    accepted,
    note: text(said, NOTE_LENGTH),
    opened: code === 'opened' && typeof positionId === 'string' ? positionId : null,
  };
}

function listOf(json: string): readonly unknown[] {
  const list: unknown = JSON.parse(json);
  return Array.isArray(list) ? list : [];
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function finite(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function text(value: unknown, length: number): string | null {
  return typeof value === 'string' && value !== '' ? cutText(value.toWellFormed(), length) : null;
}
