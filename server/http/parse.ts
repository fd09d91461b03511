import { z } from 'zod';
import { InvalidInputError } from '../errors.ts';

/**
 * Reads a part of a request with its schema of the contract; what the schema does not know is a problem too.
 * @throws InvalidInputError whose details name the problems, the first twenty of them.
 */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  part: 'query' | 'body' | 'address',
): z.output<Schema> {
  const parsed = (part === 'body' ? schema : strictly(schema)).safeParse(input);
  if (parsed.success) return parsed.data as z.output<Schema>;
  const problems = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: [...issue.path, key].join('.'), message: `unknown ${NAMES[part]}` }))
      : [{ path: issue.path.join('.'), message: issue.message }],
  );
  const told = problems.slice(0, MOST_TOLD);
  const shown = told.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  if (problems.length > told.length) shown.push(`and ${problems.length - told.length} more`);
  throw new InvalidInputError(`The ${part} is not valid: ${shown.join('; ')}.`, told);
}

const strictSchemas = new WeakMap<z.ZodType, z.ZodType>();

/** A schema compiles itself at its first use: one for each request would be compiled for each request. */
function strictly(schema: z.ZodType): z.ZodType {
  const strict = strictSchemas.get(schema) ?? (schema instanceof z.ZodObject ? schema.strict() : schema);
  strictSchemas.set(schema, strict);
  return strict;
}

/** An answer is not to be many times as long as what was asked. */
const MOST_TOLD = 20;
const NAMES = { query: 'parameter', body: 'field', address: 'parameter' } as const;
