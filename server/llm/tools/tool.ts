import { z } from 'zod';
import { AppError } from '../../errors.ts';
import type { ToolWorld } from './world.ts';

/** What a tool found: names say what and in which unit; no number in it is NaN or infinite. */
export type Findings = Readonly<Record<string, unknown>>;

/** One analysis a model may ask for. Tools read public prices and figures of the bot's own book, and change nothing. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  /** JSON schema of its arguments, an object. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** `args` is parsed JSON of any shape. Throws ToolProblem when it cannot answer. */
  run(args: unknown, world: ToolWorld): Promise<Findings>;
}

/** Why a tool has no answer, in a sentence that the model can act on. */
export class ToolProblem extends AppError {
  override name = 'ToolProblem';
  constructor(message: string) {
    super('tool', message);
  }
}

interface ToolDefinition<Schema extends z.ZodObject> {
  readonly name: string;
  readonly description: string;
  readonly schema: Schema;
  readonly run: (args: z.output<Schema>, world: ToolWorld) => Findings | Promise<Findings>;
}

export function defineTool<Schema extends z.ZodObject>(definition: ToolDefinition<Schema>): Tool {
  const { name, description, schema, run } = definition;
  return {
    name,
    description,
    parameters: parametersOf(schema),
    async run(args, world) {
      const parsed = schema.safeParse(args);
      if (!parsed.success) throw new ToolProblem(describeProblems(parsed.error, { name, schema, args }));
      return run(parsed.data, world);
    },
  };
}

function parametersOf(schema: z.ZodObject): Readonly<Record<string, unknown>> {
  const { $schema: _dialect, ...parameters } = z.toJSONSchema(schema, { io: 'input' });
  return parameters;
}

const MAX_PROBLEMS = 3;

function describeProblems(
  error: z.ZodError,
  call: { readonly name: string; readonly schema: z.ZodObject; readonly args: unknown },
): string {
  const valid = Object.keys(call.schema.shape).join(', ') || 'none';
  const problems = error.issues.slice(0, MAX_PROBLEMS).map((issue) => describeIssue(issue, call.args));
  return `${call.name}: ${problems.join('; ')}. Its arguments are: ${valid}.`;
}

function describeIssue(issue: z.core.$ZodIssue, args: unknown): string {
  if (issue.code === 'unrecognized_keys') {
    return `there is no argument ${issue.keys.slice(0, MAX_PROBLEMS).map(quoted).join(', ')}`;
  }
  if (issue.path.length === 0) return `the arguments must be an object, got ${describeValue(args)}`;
  const got = issue.path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    args,
  );
  return `argument "${issue.path.join('.')}": ${issue.message} (got ${describeValue(got)})`;
}

/** What a model wrote, short enough and clean enough to be repeated. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' && value !== null ? 'an object' : JSON.stringify(value);
}

export function quoted(text: string): string {
  const clean = text.toWellFormed().replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ');
  return `"${clean.length > 40 ? `${clean.slice(0, 40).toWellFormed()}…` : clean}"`;
}
