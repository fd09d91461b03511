import { z } from 'zod';
import { evaluateFormula } from './formula.ts';
import { figure } from './market-data.ts';
import { defineTool } from './tool.ts';

const calculate = defineTool({
  name: 'calculate',
  description:
    'The value of a formula: numbers, + - * / ^ % (remainder), comparisons, brackets, pi, e, sqrt, cbrt, abs, sign, exp, ln, log(x, base), log10, log2, pow, round(x, digits), floor, ceil, min, max, sum, mean, median, std (sample). No names of your own. Example: 250 * 3 * (1 - 64000 / 65000).',
  schema: z.strictObject({
    expression: z.string().min(1).describe('The formula, at most 500 characters.'),
  }),
  async run({ expression }) {
    const value = await evaluateFormula(expression);
    return { expression, value: typeof value === 'number' ? figure(value, 12) : value };
  },
});

export const CALCULATE_TOOLS = [calculate];
