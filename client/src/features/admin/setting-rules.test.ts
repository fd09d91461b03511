import { expect, it } from 'vitest';
import { settingLabel, settingName, settingProblem } from './setting-rules.ts';

const setting = { type: 'integer', least: 1, most: 1_000_000 } as const;

it.each([
  ['5', null],
  ['1000000', null],
  ['', 'From 1 to 1,000,000.'],
  ['x', 'From 1 to 1,000,000.'],
  ['0', 'From 1 to 1,000,000.'],
  ['1.5', 'A whole number.'],
])('judges %o: %o', (typed, problem) => {
  expect(settingProblem(setting, typed)).toBe(problem);
});

it('takes fractions where they have a meaning', () => {
  expect(settingProblem({ ...setting, type: 'number' }, '1.5')).toBeNull();
});

it('reads keys as words', () => {
  expect(settingName('max_open_positions')).toBe('Max open positions');
  expect(settingLabel('cooldown_ms', 'ms')).toBe('Cooldown, ms');
  expect(settingLabel('max_decisions', 'decisions')).toBe('Max decisions');
  expect(settingName('llm_calls_per_day')).toBe('LLM calls per day');
});
