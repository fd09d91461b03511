import { checkDatabase } from '../../db/check/index.ts';

/**
 * Every test that touches a database ends with this: all invariants hold, on every row.
 * @throws Error naming each violation with its first rows.
 */
export async function expectCleanDatabase(path: string): Promise<void> {
  const { violations } = await checkDatabase(path);
  if (violations.length === 0) return;
  const listed = violations.map(
    ({ invariant, message, count, rows }) =>
      `${invariant} ${message} (${count})\n${rows.map((row) => `  ${describeRow(row)}`).join('\n')}`,
  );
  throw new Error(`${path} breaks its invariants:\n${listed.join('\n')}`);
}

function describeRow(row: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}
