import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DECISION_ANSWER } from './answer-schema.ts';
import { decisionSchema, parseDecisions } from './parse-decisions.ts';

const objectSchema = z.object({
  type: z.literal('object'),
  properties: z.record(z.string(), z.record(z.string(), z.unknown())),
  required: z.array(z.string()),
  additionalProperties: z.literal(false),
});
const answer = objectSchema.parse(DECISION_ANSWER.schema);
const form = objectSchema.parse(answer.properties['decisions']?.['items']);
const read = z.toJSONSchema(decisionSchema, { io: 'input' });
const isAnswer = new Ajv({ allowUnionTypes: true }).compile(DECISION_ANSWER.schema);

const EMPTY = Object.fromEntries(Object.keys(form.properties).map((key) => [key, null]));

function typesOf(schema: Readonly<Record<string, unknown>> | boolean | undefined): string[] {
  if (typeof schema !== 'object') return [];
  const { type, anyOf } = schema;
  if (Array.isArray(anyOf)) return anyOf.flatMap((branch) => typesOf(branch)).toSorted();
  return z
    .array(z.string())
    .parse(Array.isArray(type) ? type : [type])
    .toSorted();
}

interface Sayable {
  readonly decision: Readonly<Record<string, unknown>>;
  /** What the strict form makes it say besides. */
  readonly more?: Readonly<Record<string, unknown>>;
  readonly adjusts?: string;
}

const SAYABLE: readonly Sayable[] = [
  {
    decision: { action: 'LONG', symbol: 'BTCUSDT', size: 250, leverage: 3, stopLoss: 5 },
    more: { takeProfit: null },
  },
  {
    decision: { action: 'SHORT', symbol: 'BTCUSDT', size: 250, confidence: 0.5, reasoning: 'r' },
    more: { stopLoss: null, takeProfit: null },
  },
  { decision: { action: 'CLOSE', closePositionId: 'p', closeFraction: 0.5 } },
  { decision: { action: 'HOLD' } },
  { decision: { action: 'ADJUST', positionId: 'p', stopLoss: 5, takeProfit: null }, adjusts: 'both' },
  { decision: { action: 'ADJUST', positionId: 'p', stopLoss: 5 }, adjusts: 'stopLoss' },
  { decision: { action: 'ADJUST', positionId: 'p', takeProfit: null }, adjusts: 'takeProfit' },
];

describe('the strict form of an answer', () => {
  it('asks for every key and allows no other', () => {
    expect(answer.required).toEqual(['decisions']);
    expect(form.required.toSorted()).toEqual(Object.keys(form.properties).toSorted());
  });

  it('uses only words that OpenAI and Gemini both know', () => {
    const words = new Set(Object.values(form.properties).flatMap((schema) => Object.keys(schema)));
    expect([...words].toSorted()).toEqual(['anyOf', 'description', 'enum', 'type']);
  });

  it('has the keys and types that are read, null for what may be absent', () => {
    expect(form.required.toSorted()).toEqual(Object.keys(read.properties ?? {}).toSorted());
    for (const [key, schema] of Object.entries(read.properties ?? {})) {
      const types = new Set([...typesOf(schema), ...(read.required?.includes(key) ? [] : ['null'])]);
      expect([key, typesOf(form.properties[key])]).toEqual([key, [...types].toSorted()]);
    }
  });

  it('has the words that are read', () => {
    expect(form.properties['action']?.['enum']).toEqual(decisionSchema.shape.action.options);
    expect(form.properties['adjusts']?.['anyOf']).toEqual([
      { type: 'string', enum: decisionSchema.shape.adjusts.unwrap().options },
      { type: 'null' },
    ]);
  });

  it.each(SAYABLE)('can say $decision', ({ decision, more, adjusts }) => {
    const sent = { decisions: [{ ...EMPTY, ...decision, adjusts: adjusts ?? null }] };
    expect(isAnswer(sent)).toBe(true);
    expect(parseDecisions(JSON.stringify(sent))).toStrictEqual({
      ok: true,
      isRepaired: false,
      decisions: [{ ok: true, decision: { ...decision, ...more } }],
    });
  });
});
