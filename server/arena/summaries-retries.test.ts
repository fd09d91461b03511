import { expect, it } from 'vitest';
import { SummaryRetries } from './summaries-retries.ts';

const MINUTE = 60_000;

it('waits ten minutes, then twice as long each time up to six hours, for each bot', () => {
  let now = 0;
  const retries = new SummaryRetries(() => now);
  const waits = Array.from({ length: 8 }, () => {
    retries.postpone('a');
    const since = now;
    while (!retries.mayTry('a')) now += MINUTE;
    return (now - since) / MINUTE;
  });
  expect(waits).toEqual([10, 20, 40, 80, 160, 320, 360, 360]);
  expect(retries.mayTry('b')).toBe(true);
  retries.forget('a');
  retries.postpone('a');
  now += 10 * MINUTE;
  expect(retries.mayTry('a')).toBe(true);
});
