const WAYS_IN = /^\/(login|register|recover)\b/;

/**
 * Where to go back to after logging in: a path of this page, whatever an address says. The ways in themselves and
 * everything that could lead elsewhere are ''.
 */
export function pathOf(value: unknown): string {
  if (typeof value !== 'string' || !/^\/(?![/\\])/.test(value)) return '';
  return WAYS_IN.test(value) || value === '/' ? '' : value;
}
