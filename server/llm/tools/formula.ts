import type {
  ArrayNode,
  ConstantNode,
  FunctionNode,
  MathNode,
  OperatorNode,
  ParenthesisNode,
  SymbolNode,
} from 'mathjs';
import { AGGREGATES, CONSTANTS, FUNCTIONS, OPERATORS } from './formula-words.ts';
import { quoted, ToolProblem } from './tool.ts';

const MAX_LENGTH = 500;
const MAX_NODES = 300;
const MAX_DEPTH = 100;

/** What a formula may be written with. */
const ALPHABET = /^[\w\s.,+\-*/^%()[\]<>=!]*$/;

type Value = number | boolean | readonly number[];

/**
 * The value of a formula of numbers, operators and known functions. The text is parsed by a library and its tree computed
 * here, word by word from fixed tables: nothing of it is ever run as code, and no name leads anywhere else.
 * Throws ToolProblem for what is no such formula, is too large, or has no finite value.
 */
export async function evaluateFormula(formula: string): Promise<number | boolean> {
  if (formula.length > MAX_LENGTH) {
    throw new ToolProblem(
      `The formula has ${formula.length} characters, and at most ${MAX_LENGTH} are read.`,
    );
  }
  if (!ALPHABET.test(formula)) {
    throw new ToolProblem('A formula holds only numbers, names of functions, operators and brackets.');
  }
  if (formula.trim() === '') throw new ToolProblem('The formula is empty.');
  const value = new Evaluation().valueOf(await parse(formula), 0);
  if (isList(value)) throw new ToolProblem('The formula gives a list; reduce it with mean, sum, min or max.');
  return value;
}

/** The parser is large: it is loaded when the first formula comes. */
async function parse(formula: string): Promise<MathNode> {
  const { parse } = await import('mathjs/number');
  try {
    return parse(formula);
  } catch (error) {
    // The parser looks at nothing but the text, and throws more kinds of errors than it names.
    const reason = error instanceof SyntaxError ? `: ${error.message}` : '';
    throw new ToolProblem(`The formula ${quoted(formula)} cannot be read${reason}.`);
  }
}

/** One walk over one tree; counts what it has seen. */
class Evaluation {
  #nodes = 0;

  valueOf(node: MathNode, depth: number): Value {
    this.#nodes += 1;
    if (this.#nodes > MAX_NODES || depth > MAX_DEPTH) throw new ToolProblem('The formula is too large.');
    switch (node.type) {
      case 'ConstantNode':
        return constant((node as ConstantNode<number | string | boolean | null>).value);
      case 'SymbolNode':
        return named(nameOf(node));
      case 'ParenthesisNode':
        return this.valueOf((node as ParenthesisNode).content, depth + 1);
      case 'ArrayNode':
        return this.#numbers((node as ArrayNode).items, depth + 1);
      case 'OperatorNode':
        return this.#operate(node as OperatorNode, depth + 1);
      case 'FunctionNode':
        return this.#call(node as FunctionNode, depth + 1);
      default:
        throw new ToolProblem(
          'A formula may hold numbers, + - * / ^ %, comparisons, brackets and functions, nothing else.',
        );
    }
  }

  #numbers(nodes: readonly MathNode[], depth: number): number[] {
    return nodes.map((node) => number(this.valueOf(node, depth)));
  }

  #operate(node: OperatorNode, depth: number): Value {
    const word: string = node.op;
    const operator = OPERATORS.get(`${word}${node.args.length}`);
    if (!operator) throw new ToolProblem(`The operator ${quoted(word)} is not known here.`);
    const [left = 0, right = 0] = this.#numbers(node.args, depth);
    return finite(operator(left, right), word);
  }

  #call(node: FunctionNode, depth: number): Value {
    const name = nameOf(node.fn);
    const aggregate = AGGREGATES.get(name);
    if (aggregate) return finite(aggregate(this.#list(node.args, depth)), name);
    const known = FUNCTIONS.get(name);
    if (!known) throw new ToolProblem(unknownName(name));
    if (!known.arity.includes(node.args.length)) {
      throw new ToolProblem(`${name} takes ${known.arity.join(' or ')} numbers, got ${node.args.length}.`);
    }
    return finite(known.compute(...this.#numbers(node.args, depth)), name);
  }

  /** `mean([1, 2])` and `mean(1, 2)` are the same. */
  #list(nodes: readonly MathNode[], depth: number): number[] {
    const [only] = nodes;
    const value = nodes.length === 1 && only ? this.valueOf(only, depth) : this.#numbers(nodes, depth);
    return isList(value) ? [...value] : [number(value)];
  }
}

function constant(value: unknown): Value {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'number') throw new ToolProblem('A formula may hold numbers and no texts.');
  return finite(value, 'a number');
}

function named(name: string): number {
  const value = CONSTANTS.get(name);
  if (value === undefined) throw new ToolProblem(unknownName(name));
  return value;
}

/** Of a plain symbol: an access such as `x.sqrt` has a name as well, and is none. */
function nameOf(node: MathNode): string {
  if (node.type === 'SymbolNode') return (node as SymbolNode).name;
  throw new ToolProblem('Only functions that are known here can be called.');
}

function unknownName(name: string): string {
  const words = [...CONSTANTS.keys(), ...FUNCTIONS.keys(), ...AGGREGATES.keys()].join(', ');
  return `The name ${quoted(name)} is not known here. Known are: ${words}.`;
}

function number(value: Value): number {
  if (typeof value === 'number') return value;
  const got = typeof value === 'boolean' ? `the truth value ${value}` : 'a list';
  throw new ToolProblem(`A number was expected in the formula, got ${got}.`);
}

function finite<T extends number | boolean>(value: T, where: string): T {
  if (typeof value === 'boolean' || Number.isFinite(value)) return value;
  throw new ToolProblem(`The formula has no finite value: see ${quoted(where)}.`);
}

function isList(value: Value): value is readonly number[] {
  return Array.isArray(value);
}
