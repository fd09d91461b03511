import { z } from 'zod';
import { InvalidInputError } from '../errors.ts';

/**
 * Reads a part of a request with its schema of the contract; what the schema does not know is a problem too.
 * @throws InvalidInputError whose details name every problem.
 */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  part: 'query' | 'body' | 'address',
): z.output<Schema> {
  const strict = schema instanceof z.ZodObject && part !== 'body' ? schema.strict() : schema;
  const parsed = strict.safeParse(input);
  if (parsed.success) return parsed.data as z.output<Schema>;
  const problems = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: [...issue.path, key].join('.'), message: `unknown ${NAMES[part]}` }))
      : [{ path: issue.path.join('.'), message: issue.message }],
  );
  const shown = problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  throw new InvalidInputError(`The ${part} is not valid: ${shown.join('; ')}.`, problems);
}

const NAMES = { query: 'parameter', body: 'field', address: 'parameter' } as const;
