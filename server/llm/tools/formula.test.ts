import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateFormula } from './formula.ts';
import { ToolProblem } from './tool.ts';

/** What a formula is made of, and what it must never lead to. */
const WORDS = [
  ...'1 2.5 1e308 0 - + * / ^ % ! ( ) [ ] , . < == = \' " ` { } : ; ? # => 0x1F $ ° 💥 \\u0063'.split(' '),
  ...'sqrt mean std min log round pow pi constructor __proto__ prototype this import eval Function'.split(
    ' ',
  ),
  ...'globalThis process require x end to in not null'.split(' '),
  ' ',
  '\n',
];

describe('a formula', () => {
  it.each([
    ['1 + 2 * 3 - 4 / 8', 6.5],
    ['-2^2', -4],
    ['2^3^2', 512],
    ['(1 + 2) * 3', 9],
    ['7 % 3 + 7 mod 4', 4],
    ['-7 % 3', 2],
    ['2 pi', 2 * Math.PI],
    ['1.5e3', 1500],
    ['sqrt(16) + cbrt(27) + abs(-3) + sign(-9)', 9],
    ['log(e) + log(8, 2) + log10(1000) + log2(4) + ln(1)', 9],
    ['exp(0) + pow(2, 10)', 1025],
    ['round(2.345, 2) + floor(2.9) + ceil(2.1) + round(2.5)', 2.35 + 2 + 3 + 3],
    ['min(3, 1, 2) + max([3, 1, 2])', 4],
    ['mean([1, 2, 6]) + median(5, 1, 3, 2) + sum(1, 2, 3)', 3 + 2.5 + 6],
    ['std([2, 4, 4, 4, 5, 5, 7, 9])', Math.sqrt(32 / 7)],
    ['mean(7)', 7],
    ['3 > 2', true],
    ['2 + 2 == 5', false],
    ['1 <= 1', true],
  ])('%s is %s', async (formula, value) => {
    const found = await evaluateFormula(formula);
    expect(typeof found).toBe(typeof value);
    expect(Number(found)).toBeCloseTo(Number(value), 9);
  });

  it.each([
    ['1 / 0', 'no finite value: see "/"'],
    ['9^9^9^9', 'no finite value: see "^"'],
    ['10^400', 'no finite value'],
    ['1e400', 'no finite value'],
    ['NaN', 'no finite value'],
    ['Infinity', 'no finite value'],
    ['sqrt(-1)', 'no finite value: see "sqrt"'],
    ['mean([])', 'no finite value: see "mean"'],
    ['std(1)', 'no finite value: see "std"'],
    ['1000000000!', 'The operator "!" is not known here'],
    ['factorial(1e9)', 'The name "factorial" is not known here. Known are: pi, e, sqrt'],
    ['constructor', 'The name "constructor" is not known here'],
    ['__proto__', 'The name "__proto__" is not known here'],
    ['toString()', 'The name "toString" is not known here'],
    ['hasOwnProperty(1)', 'The name "hasOwnProperty" is not known here'],
    ['eval(1)', 'The name "eval" is not known here'],
    ['process', 'The name "process" is not known here'],
    ['(1).constructor', 'nothing else'],
    ['sqrt.constructor', 'nothing else'],
    ['sqrt[1]', 'nothing else'],
    ['mean[1](2)', 'Only functions that are known here'],
    ['a = 1', 'nothing else'],
    ['f(x) = x', 'nothing else'],
    ['1 < 2 < 3', 'nothing else'],
    ['1\n2', 'nothing else'],
    ['import("fs")', 'holds only numbers'],
    ['{"a": 1}', 'holds only numbers'],
    ['`x`', 'holds only numbers'],
    ['1; 2', 'holds only numbers'],
    ['1 ? 2 : 3', 'holds only numbers'],
    ['1 +', 'cannot be read: Unexpected end of expression'],
    ['end = 1', 'cannot be read.'],
    ['end(x) = 1', 'cannot be read.'],
    ['', 'The formula is empty'],
    ['   ', 'The formula is empty'],
    ['x.sqrt(4)', 'Only functions that are known here'],
    ['pi.sqrt(4)', 'Only functions that are known here'],
    ['sqrt(4)(4).abs(1)', 'Only functions that are known here'],
    ['sqrt(1, 2)', 'sqrt takes 1 numbers, got 2'],
    ['round(1, 99)', 'round takes 0 to 15 digits, got 99'],
    ['[1, 2]', 'gives a list'],
    ['[1, 2] + 1', 'A number was expected in the formula, got a list'],
    ['mean([[1, 2], 3])', 'A number was expected in the formula, got a list'],
    ['(1 < 2) + 1', 'got the truth value true'],
    ['true + 1', 'got the truth value true'],
    ['1 inch', 'The name "inch" is not known here'],
    [`1${'+1'.repeat(250)}`, 'has 501 characters'],
    [`1${'+1'.repeat(249)}`, 'is too large'],
    [`sum(${'1+1,'.repeat(120)}1)`, 'is too large'],
    [`${'('.repeat(240)}1${')'.repeat(240)}`, 'is too large'],
    ['-'.repeat(400).concat('1'), 'is too large'],
  ])('%s is refused', async (formula, sentence) => {
    const refused = await evaluateFormula(formula).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ToolProblem);
    expect((refused as ToolProblem).message).toContain(sentence);
  });

  it('is a finite number, a truth value or a refusal, whatever is written', async () => {
    const word = fc.constantFrom(...WORDS);
    const formula = fc.oneof(
      fc.array(word, { maxLength: 25 }).map((words) => words.join('')),
      fc.array(word, { maxLength: 25 }).map((words) => words.join(' ')),
      fc.string({ maxLength: 80 }),
    );
    const before = Object.getOwnPropertyNames(Object.prototype).length;
    await fc.assert(
      fc.asyncProperty(formula, async (text) => {
        const value = await evaluateFormula(text).catch((error: unknown) => error);
        const isRefusal = value instanceof ToolProblem;
        expect(isRefusal || typeof value === 'boolean' || Number.isFinite(value)).toBe(true);
      }),
      { numRuns: 3000 },
    );
    expect(Object.getOwnPropertyNames(Object.prototype)).toHaveLength(before);
  });

  it('agrees with plain arithmetic on any tree of + - * and brackets', async () => {
    const leaf = fc.integer({ min: 0, max: 99 }).map((n): [string, number] => [String(n), n]);
    const { tree } = fc.letrec<{ tree: [string, number] }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc
          .tuple(fc.constantFrom('+', '-', '*'), tie('tree'), tie('tree'))
          .map(([sign, a, b]): [string, number] => {
            const value = sign === '+' ? a[1] + b[1] : sign === '-' ? a[1] - b[1] : a[1] * b[1];
            return [`(${a[0]} ${sign} ${b[0]})`, value];
          }),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(tree, async ([text, value]) => {
        fc.pre(text.length <= 500);
        const found = await evaluateFormula(text);
        // Not toBe: 0 and -0 are the same number here.
        expect(found === value).toBe(true);
      }),
    );
  });
});
