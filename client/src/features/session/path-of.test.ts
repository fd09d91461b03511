import { expect, it } from 'vitest';
import { pathOf } from './path-of.ts';

it.each([
  ['/me?tab=x', '/me?tab=x'],
  ['/', ''],
  ['/login?to=%2Fme', ''],
  ['/register', ''],
  ['//evil.example', ''],
  ['/\\evil.example', ''],
  ['https://evil.example', ''],
  ['javascript:alert(1)', ''],
  [7, ''],
])('goes back from %o to %o', (value, path) => {
  expect(pathOf(value)).toBe(path);
});
