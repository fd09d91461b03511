import type { z } from 'zod';
import { InvalidInputError } from '../errors.ts';

/**
 * Reads a query with its schema of the contract; a parameter the schema does not know is a problem too.
 * @throws InvalidInputError whose details name every problem.
 */
export function parseQuery<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  query: unknown,
): z.output<z.ZodObject<Shape>> {
  const parsed = schema.strict().safeParse(query);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: key, message: 'unknown parameter' }))
      : [{ path: issue.path.join('.'), message: issue.message }],
  );
  throw new InvalidInputError(
    `The query is not valid: ${problems.map(({ path, message }) => `${path}: ${message}`).join('; ')}.`,
    problems,
  );
}
