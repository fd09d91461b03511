import * as fc from 'fast-check';
import type { JsonSchema } from './api-document.ts';

type Resolve = (schema: JsonSchema) => JsonSchema;

/** JSON that a schema allows, as far as it says what it allows in words that are understood here. */
export function valuesOf(schema: JsonSchema, resolve: Resolve): fc.Arbitrary<unknown> {
  const { type, anyOf, oneOf, enum: listed, const: only } = resolve(schema);
  if (only !== undefined) return fc.constant(only);
  if (Array.isArray(listed)) return fc.constantFrom(...(listed as unknown[]));
  const branches = (anyOf ?? oneOf) as readonly JsonSchema[] | undefined;
  if (branches) return fc.oneof(...branches.map((branch) => valuesOf(branch, resolve)));
  const types = (Array.isArray(type) ? type : [type]) as readonly unknown[];
  return fc.oneof(...types.map((one) => ofType(one, resolve(schema), resolve)));
}

function ofType(type: unknown, schema: JsonSchema, resolve: Resolve): fc.Arbitrary<unknown> {
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer(bounds(schema, 1));
    case 'number':
      return numbers(schema);
    case 'string':
      return strings(schema);
    case 'array':
      return arrays(schema, resolve);
    case 'object':
      return objects(schema, resolve);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function bounds({ minimum = -1e9, maximum = 1e9 }: JsonSchema, step: number) {
  return { min: Math.max(Number(minimum), -1e9) + (step - 1), max: Math.min(Number(maximum), 1e9) };
}

function numbers(schema: JsonSchema): fc.Arbitrary<number> {
  const { exclusiveMinimum } = schema;
  const { min, max } = bounds(schema, 1);
  const from = typeof exclusiveMinimum === 'number' ? Math.max(min, exclusiveMinimum + 1e-9) : min;
  return fc.double({ min: from, max, noNaN: true });
}

/** Texts that are short, that are long, and that hold what texts seldom hold. */
function strings({ minLength = 0, maxLength = 300, pattern, format }: JsonSchema): fc.Arbitrary<string> {
  const [least, most] = [Number(minLength), Math.min(Number(maxLength), 300)];
  if (format === 'email') return fc.emailAddress();
  if (format === 'date-time')
    return fc
      .date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') })
      .map((at) => at.toISOString());
  if (typeof pattern !== 'string')
    return fc
      .string({ minLength: least, maxLength: most, unit: 'grapheme' })
      .map((text) => text.slice(0, most));
  const regexp = new RegExp(pattern, 'u');
  const made = pattern.includes('\\p')
    ? fc.string({ minLength: least, maxLength: most, unit: 'grapheme' })
    : fc.stringMatching(regexp, { maxLength: 64 });
  return made.filter((text) => regexp.test(text) && text.length >= least && text.length <= most);
}

function arrays(
  { items, minItems = 0, maxItems = 5 }: JsonSchema,
  resolve: Resolve,
): fc.Arbitrary<unknown[]> {
  const lengths = { minLength: Number(minItems), maxLength: Math.min(Number(maxItems), 5) };
  return fc.array(valuesOf((items ?? {}) as JsonSchema, resolve), lengths);
}

function objects({ properties, required }: JsonSchema, resolve: Resolve): fc.Arbitrary<unknown> {
  const known = Object.entries((properties ?? {}) as Record<string, JsonSchema>);
  return fc.record(Object.fromEntries(known.map(([name, schema]) => [name, valuesOf(schema, resolve)])), {
    requiredKeys: (required ?? []) as string[],
  });
}

const ODD_STRINGS = [
  '',
  ' ',
  '\0',
  '\ud800',
  '🤖'.repeat(40),
  '%',
  "'",
  '"',
  '../..',
  '\r\n',
  'null',
  '__proto__',
  '-1',
];
const ODD_NUMBERS = [-1, 0, -0, 0.1, 1e-320, 1e308, 2 ** 53, -(2 ** 53), 4_294_967_296];
const odd = fc.oneof(
  fc.constantFrom(...ODD_STRINGS),
  fc.constantFrom(...ODD_NUMBERS),
  fc.constantFrom(null, true, false),
  fc.jsonValue({ maxDepth: 3 }),
);

/** JSON that is nearly what the schema allows: one thing is missing, of another kind, or too much. */
export function nearMisses(schema: JsonSchema, resolve: Resolve): fc.Arbitrary<unknown> {
  const spoilt = fc
    .tuple(valuesOf(schema, resolve), fc.nat(), odd, fc.nat(2))
    .map(([value, at, other, how]) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return other;
      const names = Object.keys(value);
      const name = names[at % Math.max(1, names.length)] ?? 'more';
      if (how === 0) return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
      return how === 1 ? { ...value, [name]: other } : { ...value, [`more${at}`]: other };
    });
  return fc.oneof({ weight: 8, arbitrary: spoilt }, { weight: 1, arbitrary: odd });
}

/** Texts for where a number, an id or a word of a list is expected. */
export const oddTexts: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...ODD_STRINGS.filter((text) => text !== '\ud800')),
  fc.string({ maxLength: 80, unit: 'grapheme' }),
  fc.integer().map(String),
  fc.double().map(String),
);
