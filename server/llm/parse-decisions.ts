import { z } from 'zod';
import type { Decision, OutcomeCode } from '../engine/model.ts';
import { ADJUSTABLE } from './answer-schema.ts';
import { extractJson } from './extract-json.ts';

/** One element of an answer: either a decision of the right shape, or why it is none. */
export type ParsedDecision =
  | { readonly ok: true; readonly decision: Decision }
  | {
      readonly ok: false;
      readonly code: OutcomeCode;
      /** The element as JSON text, cut at 500 characters. */
      readonly raw: string;
      /** A sentence such as `rejected: size must be a number above 0 in USD, got the text "250"`. */
      readonly message: string;
    };

/**
 * Why a whole answer is refused, for counting. `unparseable`: it holds no JSON that can be read. `ambiguous`: it can be read
 * in more than one way. `too-large`: too many bytes or decisions. `no-decisions`: JSON, but neither a list nor a decision.
 */
export type RefusalCode = 'unparseable' | 'ambiguous' | 'too-large' | 'no-decisions';

export type ParsedAnswer =
  | {
      readonly ok: true;
      readonly decisions: readonly ParsedDecision[];
      /** Its JSON was not strict, and could be read in one way only. */
      readonly isRepaired: boolean;
    }
  | {
      readonly ok: false;
      readonly code: RefusalCode;
      /** A sentence such as `the answer was refused: its JSON breaks off before the end`. */
      readonly reason: string;
    };

export interface AnswerLimits {
  /** UTF-8 bytes of the whole answer. */
  readonly maxBytes: number;
  /** Decisions read; later ones are rejected one by one, more than five times as many refuse the answer. */
  readonly maxDecisions: number;
}

const DEFAULT_LIMITS: AnswerLimits = { maxBytes: 262_144, maxDecisions: 20 };
const MAX_REASONING = 4000;
const MAX_RAW = 500;
/** Beyond this no amount or price means anything, and micros would leave the safe integers. */
const MAX_NUMBER = 1_000_000_000;

const positive = z.number().gt(0).max(MAX_NUMBER);
const level = positive.nullable();
const id = z.string().min(1).max(100);

const fields = {
  action: z.enum(['LONG', 'SHORT', 'CLOSE', 'ADJUST', 'HOLD']),
  symbol: z
    .string()
    .regex(/^[A-Z0-9][A-Z0-9._:/-]{0,39}$/)
    .optional(),
  size: positive.optional(),
  leverage: z.int().min(1).optional(),
  stopLoss: level.optional(),
  takeProfit: level.optional(),
  closePositionId: id.optional(),
  positionId: id.optional(),
  closeFraction: z.number().gt(0).max(1).optional(),
  confidence: z
    .number()
    .min(0)
    .max(1)
    .refine((value) => !Object.is(value, -0))
    .optional(),
  reasoning: z.string().transform(tidyText).optional(),
  /** Which levels an ADJUST is about, where every key has to be there. */
  adjusts: z.enum(ADJUSTABLE).optional(),
};
type Field = keyof typeof fields;

const EXPECTED: Readonly<Record<Field, string>> = {
  action: 'LONG, SHORT, CLOSE, ADJUST or HOLD',
  symbol: 'a symbol in upper case such as BTCUSDT',
  size: 'a number above 0 in USD',
  leverage: 'a whole number of at least 1',
  stopLoss: 'a price above 0, or null for none',
  takeProfit: 'a price above 0, or null for none',
  closePositionId: 'the id of a position',
  positionId: 'the id of a position',
  closeFraction: 'a number above 0 and at most 1',
  confidence: 'a number from 0 to 1',
  reasoning: 'a text',
  adjusts: '"stopLoss", "takeProfit" or "both"',
};

/** Keys it does not know are ignored; the result is built from the known ones alone. */
export const decisionSchema = z.object(fields);

/**
 * Reads a decider's raw answer: `{"decisions": [...]}`, a bare list, or a single decision.
 * Whether a decision says enough for its action is the engine's to judge, as everything that is not shape.
 * Nothing is coerced: a wrong field rejects its decision and the others are judged on their own.
 * An answer that is too large, ambiguous or no JSON is refused as a whole. Never throws.
 */
export function parseDecisions(answer: string, limits: AnswerLimits = DEFAULT_LIMITS): ParsedAnswer {
  if (Buffer.byteLength(answer) > limits.maxBytes) {
    return refuse('too-large', `it is larger than ${limits.maxBytes.toLocaleString('en-US')} bytes`);
  }
  const extracted = extractJson(answer);
  if (!extracted.ok) return refuse(extracted.code, extracted.reason);
  const elements = elementsOf(extracted.value);
  if (!elements) return refuse('no-decisions', 'its JSON has neither a list of decisions nor an action');
  if (elements.length > limits.maxDecisions * 5) {
    return refuse(
      'too-large',
      `it holds ${elements.length} decisions, and at most ${limits.maxDecisions} are read`,
    );
  }
  return {
    ok: true,
    isRepaired: extracted.isRepaired,
    decisions: elements.map((element, index) =>
      index < limits.maxDecisions ? parseDecision(element) : tooMany(element, limits.maxDecisions),
    ),
  };
}

function elementsOf(root: unknown): readonly unknown[] | undefined {
  if (Array.isArray(root)) return root;
  if (typeof root !== 'object' || root === null) return undefined;
  if (Object.hasOwn(root, 'decisions')) {
    const listed = Reflect.get(root, 'decisions') as unknown;
    return Array.isArray(listed) ? listed : undefined;
  }
  return Object.hasOwn(root, 'action') ? [root] : undefined;
}

function parseDecision(element: unknown): ParsedDecision {
  const parsed = decisionSchema.safeParse(withoutNulls(element));
  if (!parsed.success) return reject('invalid-decision', element, describeProblem(parsed.error, element));
  const { adjusts, ...decision } = parsed.data;
  const read = decision.action === 'ADJUST' ? namedLevels(decision, { adjusts, element }) : decision;
  return typeof read === 'string' ? reject('invalid-decision', element, read) : { ok: true, decision: read };
}

/** null is absent: strict forms ask for every key. As a level of an order or an ADJUST it means none. */
function withoutNulls(element: unknown): unknown {
  if (typeof element !== 'object' || element === null || Array.isArray(element)) return element;
  const action = valueOf(element, 'action');
  const hasLevels = action === 'LONG' || action === 'SHORT' || action === 'ADJUST';
  const isKept = (field: string) => hasLevels && (field === 'stopLoss' || field === 'takeProfit');
  return Object.fromEntries(
    Object.keys(fields)
      .map((field): [string, unknown] => [field, valueOf(element, field)])
      .filter(([field, value]) => value !== undefined && (value !== null || isKept(field))),
  );
}

/**
 * An ADJUST without the key `adjusts` is about the levels it has, null removing one. With the key it is about those that
 * `adjusts` names; the other stays, and is null or absent. What contradicts itself is a problem, told as a text.
 */
function namedLevels(
  decision: Decision,
  { adjusts, element }: { adjusts: (typeof ADJUSTABLE)[number] | undefined; element: unknown },
): Decision | string {
  const { stopLoss, takeProfit, ...rest } = decision;
  if (adjusts === undefined) {
    const isNamed = stopLoss !== null && takeProfit !== null;
    if (isNamed || !Object.hasOwn(Object(element), 'adjusts')) return decision;
    return `adjusts must be ${EXPECTED.adjusts} where a level is null, got null`;
  }
  const [hasStop, hasTarget] = [adjusts !== 'takeProfit', adjusts !== 'stopLoss'];
  if (hasStop && stopLoss === undefined) return `adjusts names stopLoss, which is not there`;
  if (hasTarget && takeProfit === undefined) return `adjusts names takeProfit, which is not there`;
  if (!hasStop && typeof stopLoss === 'number') return `adjusts does not name stopLoss, which has a price`;
  if (!hasTarget && typeof takeProfit === 'number')
    return `adjusts does not name takeProfit, which has a price`;
  return { ...rest, ...(hasStop ? { stopLoss } : {}), ...(hasTarget ? { takeProfit } : {}) };
}

function describeProblem(error: z.ZodError, element: unknown): string {
  const field = error.issues[0]?.path[0];
  if (typeof field !== 'string' || !isField(field))
    return `a decision must be an object, got ${describe(element)}`;
  return `${field} must be ${EXPECTED[field]}, got ${describe(valueOf(element, field))}`;
}

/** Own properties alone: what an object inherits was not sent. */
function valueOf(element: unknown, field: string): unknown {
  return Object.hasOwn(Object(element), field) ? Reflect.get(Object(element), field) : undefined;
}

function isField(name: string): name is Field {
  return Object.hasOwn(fields, name);
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string') return `the text "${tidyText(value).slice(0, 40)}"`;
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'boolean') return String(value);
  return Array.isArray(value) ? 'a list' : 'an object';
}

function tooMany(element: unknown, maxDecisions: number): ParsedDecision {
  return reject(
    'too-many-decisions',
    element,
    `only the first ${maxDecisions} decisions of an answer are read`,
  );
}

function reject(code: OutcomeCode, element: unknown, problem: string): ParsedDecision {
  const raw = JSON.stringify(element).slice(0, MAX_RAW).toWellFormed();
  return { ok: false, code, raw, message: `rejected: ${problem}` };
}

/** Text for people: control characters become spaces, lone surrogates are replaced, the length is bounded. */
function tidyText(text: string): string {
  const clean = text
    .toWellFormed()
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim();
  return clean.length <= MAX_REASONING ? clean : `${clean.slice(0, MAX_REASONING - 1).toWellFormed()}…`;
}

function refuse(code: RefusalCode, reason: string): ParsedAnswer {
  return { ok: false, code, reason: `the answer was refused: ${reason}` };
}
