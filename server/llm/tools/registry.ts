import { UpstreamError } from '../../errors.ts';
import type { ToolSpec } from '../chat.ts';
import { unlessAborted } from '../unless-aborted.ts';
import { CALCULATE_TOOLS } from './calculate.ts';
import { INDICATOR_TOOLS } from './indicators.ts';
import { MONTE_CARLO_TOOLS } from './monte-carlo.ts';
import { POSITION_SIZE_TOOLS } from './position-size.ts';
import { PRICE_TOOLS } from './prices.ts';
import { RISK_REWARD_TOOLS } from './risk-reward.ts';
import { STATISTICS_TOOLS } from './statistics.ts';
import { STRUCTURE_TOOLS } from './structure.ts';
import { quoted, ToolProblem, type Findings, type Tool } from './tool.ts';
import type { ToolWorld } from './world.ts';

/** Every analysis a model may ask for, by name; a new one is a file and a line here. */
export const TOOLS: ReadonlyMap<string, Tool> = new Map(
  [
    ...PRICE_TOOLS,
    ...STATISTICS_TOOLS,
    ...INDICATOR_TOOLS,
    ...STRUCTURE_TOOLS,
    ...POSITION_SIZE_TOOLS,
    ...RISK_REWARD_TOOLS,
    ...MONTE_CARLO_TOOLS,
    ...CALCULATE_TOOLS,
  ].map((tool) => [tool.name, tool]),
);

export const MAX_ARGUMENTS_LENGTH = 4000;
export const MAX_RESULT_BYTES = 8192;
const MAX_LISTED_SYMBOLS = 20;

export interface ToolResult {
  /** The findings as JSON, or a sentence that says what was wrong. At most `MAX_RESULT_BYTES`. */
  readonly text: string;
  readonly isError: boolean;
}

export interface ToolCallOptions {
  readonly world: ToolWorld;
  readonly signal: AbortSignal;
}

/** The tools as a model is told of them, with the symbols of this world. */
export function toolSpecs(world: ToolWorld): ToolSpec[] {
  return [...TOOLS.values()].map(({ name, description, parameters }) => ({
    name,
    description,
    parameters: withSymbols(parameters, world.symbols),
  }));
}

function withSymbols(
  parameters: Tool['parameters'],
  symbols: readonly string[],
): Readonly<Record<string, unknown>> {
  const properties: unknown = parameters.properties;
  if (typeof properties !== 'object' || properties === null) return parameters;
  if (symbols.length === 0 || symbols.length > MAX_LISTED_SYMBOLS) return parameters;
  const named = Object.entries(properties).map(([key, schema]: [string, object]) => {
    if (key === 'symbol') return [key, { ...schema, enum: symbols }];
    if (key === 'symbols') return [key, { ...schema, items: { type: 'string', enum: symbols } }];
    return [key, schema];
  });
  return { ...parameters, properties: Object.fromEntries(named) };
}

/**
 * Runs one call of a model. What is wrong with the call, and market data that cannot be read, is told in the result.
 * Throws the signal's reason once it is aborted.
 */
export async function runTool(
  name: string,
  argumentsJson: string,
  { world, signal }: ToolCallOptions,
): Promise<ToolResult> {
  signal.throwIfAborted();
  try {
    const tool = TOOLS.get(name);
    if (!tool) {
      throw new ToolProblem(
        `There is no tool ${quoted(name)}. The tools are: ${[...TOOLS.keys()].join(', ')}.`,
      );
    }
    const findings = await unlessAborted(tool.run(readArguments(argumentsJson), world), signal);
    return { text: write(findings), isError: false };
  } catch (error) {
    if (error instanceof ToolProblem) return { text: error.message, isError: true };
    if (error instanceof UpstreamError && !signal.aborted) {
      return { text: 'The market data could not be read now.', isError: true };
    }
    throw error;
  }
}

function readArguments(argumentsJson: string): unknown {
  if (argumentsJson.trim() === '') return {};
  if (argumentsJson.length > MAX_ARGUMENTS_LENGTH) {
    throw new ToolProblem(`The arguments are longer than ${MAX_ARGUMENTS_LENGTH} characters.`);
  }
  try {
    return JSON.parse(argumentsJson) as unknown;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ToolProblem('The arguments are not JSON: they must be one JSON object.');
  }
}

function write(findings: Findings): string {
  const text = JSON.stringify(findings, (key, value: unknown) => {
    if (typeof value !== 'number' || Number.isFinite(value)) return value;
    throw new ToolProblem(`There is no finite figure for ${key} in these candles.`);
  });
  if (Buffer.byteLength(text) <= MAX_RESULT_BYTES) return text;
  throw new ToolProblem('The result is too long. Ask for fewer candles or symbols.');
}
