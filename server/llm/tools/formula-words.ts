import { ToolProblem } from './tool.ts';

export const CONSTANTS: ReadonlyMap<string, number> = new Map([
  ['pi', Math.PI],
  ['e', Math.E],
]);

/** By the operator and how many operands it has. */
export const OPERATORS: ReadonlyMap<string, (left: number, right: number) => number | boolean> = new Map<
  string,
  (left: number, right: number) => number | boolean
>([
  ['+1', (a) => a],
  ['-1', (a) => -a],
  ['+2', (a, b) => a + b],
  ['-2', (a, b) => a - b],
  ['*2', (a, b) => a * b],
  ['/2', (a, b) => a / b],
  ['^2', (a, b) => a ** b],
  ['%2', modulo],
  ['mod2', modulo],
  ['<2', (a, b) => a < b],
  ['<=2', (a, b) => a <= b],
  ['>2', (a, b) => a > b],
  ['>=2', (a, b) => a >= b],
  ['==2', (a, b) => a === b],
  ['!=2', (a, b) => a !== b],
]);

/** Takes the sign of the divisor. */
function modulo(a: number, b: number): number {
  return a - b * Math.floor(a / b);
}

interface KnownFunction {
  readonly arity: readonly number[];
  readonly compute: (...values: number[]) => number;
}

const one = (compute: (value: number) => number): KnownFunction => ({
  arity: [1],
  compute: (value = Number.NaN) => compute(value),
});

export const FUNCTIONS: ReadonlyMap<string, KnownFunction> = new Map<string, KnownFunction>([
  ['sqrt', one(Math.sqrt)],
  ['cbrt', one(Math.cbrt)],
  ['abs', one(Math.abs)],
  ['sign', one(Math.sign)],
  ['exp', one(Math.exp)],
  ['ln', one(Math.log)],
  ['log10', one(Math.log10)],
  ['log2', one(Math.log2)],
  ['floor', one(Math.floor)],
  ['ceil', one(Math.ceil)],
  ['log', { arity: [1, 2], compute: logarithm }],
  ['pow', { arity: [2], compute: (base = Number.NaN, exponent = Number.NaN) => base ** exponent }],
  ['round', { arity: [1, 2], compute: round }],
]);

/** Natural without a base. */
function logarithm(value = Number.NaN, base = Math.E): number {
  return base === Math.E ? Math.log(value) : Math.log(value) / Math.log(base);
}

function round(value = Number.NaN, digits = 0): number {
  if (!Number.isInteger(digits) || digits < 0 || digits > 15) {
    throw new ToolProblem(`round takes 0 to 15 digits, got ${digits}.`);
  }
  return Math.abs(value) < 1e21 ? Number(value.toFixed(digits)) : value;
}

/** Of a list, or of the numbers given one by one; never empty. */
export const AGGREGATES: ReadonlyMap<string, (values: readonly number[]) => number> = new Map<
  string,
  (values: readonly number[]) => number
>([
  ['min', (values) => (values.length === 0 ? Number.NaN : Math.min(...values))],
  ['max', (values) => (values.length === 0 ? Number.NaN : Math.max(...values))],
  ['sum', sum],
  ['mean', (values) => sum(values) / values.length],
  ['median', median],
  ['std', deviation],
]);

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.slice(Math.floor((sorted.length - 1) / 2), Math.floor(sorted.length / 2) + 1);
  return sum(middle) / middle.length;
}

/** Of a sample, n - 1. */
function deviation(values: readonly number[]): number {
  const mean = sum(values) / values.length;
  return Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / (values.length - 1));
}
