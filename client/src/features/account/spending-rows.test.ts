import { describe, expect, it } from 'vitest';
import { costOf, daysOf, measureOf, rowsOf } from './spending-rows.ts';

const spent = (part: object = {}) => ({
  calls: 2,
  tokensIn: 100,
  tokensCached: 0,
  tokensOut: 10,
  cost: 0.5,
  unpricedCalls: 0,
  ...part,
});
const item = (key: string, part: object = {}) => ({ ...spent(part), key, label: key });
const usage = {
  from: Date.UTC(2026, 1, 27),
  to: Date.UTC(2026, 2, 2, 14),
  items: [item('2026-02-27'), item('2026-03-02')],
  total: spent(),
};

describe('spending', () => {
  it('costs something unknown when no call has a price', () => {
    expect(costOf(spent({ cost: 0, unpricedCalls: 2 }))).toBeNull();
    expect(costOf(spent({ cost: 0.1, unpricedCalls: 1 }))).toBe(0.1);
    expect(costOf(spent({ calls: 0, cost: 0 }))).toBe(0);
  });

  it('is measured by tokens where no price is known', () => {
    expect(measureOf(spent())(spent({ cost: 3 }))).toBe(3);
    expect(measureOf(spent({ cost: 0 }))(spent())).toBe(110);
  });

  it('has every day, today’s part included', () => {
    const days = daysOf(usage).map(({ at, item: found }) => [new Date(at).getUTCDate(), found?.key]);
    expect(days).toEqual([
      [27, '2026-02-27'],
      [28, undefined],
      [1, undefined],
      [2, '2026-03-02'],
    ]);
  });

  it('tells days newest first', () => {
    expect(rowsOf(usage, true).map(({ key }) => key)).toEqual(['2026-03-02', '2026-02-27']);
    expect(rowsOf(usage, false)).toBe(usage.items);
  });
});
