import { z } from 'zod';
import { hold } from '../book.ts';
import { defineStrategy } from '../strategy.ts';

export const flat = defineStrategy({
  name: 'flat',
  description: 'Never trades: the line at zero the others are measured against.',
  isReference: true,
  params: z.strictObject({}),
  decide: () => [hold('Stays in cash whatever the market does')],
});
