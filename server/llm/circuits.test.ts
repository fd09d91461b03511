import { expect, it } from 'vitest';
import { ModelError } from './chat.ts';
import { CIRCUIT_LIMITS, createCircuits } from './circuits.ts';

const fine = () => Promise.resolve('fine');
const broken = () => Promise.reject(new ModelError('x', 'no', { failure: 'broken', isRetryable: true }));
const never = () => false;

it('keeps no more circuits than it may, those used last', async () => {
  const circuits = createCircuits(() => 0, { ...CIRCUIT_LIMITS, failures: 1, most: 3 });
  for (const name of ['a', 'b', 'c']) await circuits.run(name, broken, never).catch(() => {});
  await circuits.run('d', broken, never).catch(() => {});
  expect(circuits.size).toBe(3);
  expect(['a', 'b', 'c', 'd'].map((name) => circuits.pausedMs(name) > 0)).toEqual([false, true, true, true]);
});

it('forgets what nobody has used for long, though not before its pause is over', async () => {
  let now = 0;
  const circuits = createCircuits(() => now);
  for (let name = 0; name < 100; name += 1) await circuits.run(`idle-${name}`, fine, never);
  expect(circuits.size).toBe(100);
  now = CIRCUIT_LIMITS.idleMs + 1;
  await circuits.run('new', fine, never);
  expect(circuits.size).toBe(1);
  expect(CIRCUIT_LIMITS.idleMs).toBeGreaterThan(CIRCUIT_LIMITS.longestPauseMs);
});

it('is not moved by a wall clock that is set', async () => {
  const real = Date.now;
  let now = 0;
  const circuits = createCircuits(() => now, { ...CIRCUIT_LIMITS, failures: 1 });
  await circuits.run('a', broken, never).catch(() => {});
  try {
    Date.now = () => real() + 86_400_000;
    await expect(circuits.run('a', fine, never)).rejects.toThrow('Execution prevented');
    Date.now = () => real() - 86_400_000;
    now = CIRCUIT_LIMITS.firstPauseMs;
    expect(circuits.pausedMs('a')).toBe(0);
    expect(await circuits.run('a', fine, never)).toBe('fine');
  } finally {
    Date.now = real;
  }
});
