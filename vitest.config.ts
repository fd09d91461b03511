import { defineConfig } from 'vitest/config';

/** Tests that measure time, or fill the machine by themselves: nothing runs beside them. */
const ALONE = [
  'client/e2e/**/*.test.ts',
  'server/test/integration/{crash,legacy-kills,rotate-key,shutdown,logins,live}.test.ts',
];
const ALL = ['server/**/*.test.ts', 'client/**/*.test.ts', 'client/**/*.test.tsx'];

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // `.ci/run` sums up from the file.
    reporters: process.env.CI
      ? ['default', ['json', { outputFile: 'test-results/vitest.json' }]]
      : ['default'],
    projects: [
      {
        extends: true,
        test: { name: 'together', include: ALL, exclude: ALONE, maxWorkers: 2, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: { name: 'alone', include: ALONE, maxWorkers: 1, sequence: { groupOrder: 2 } },
      },
    ],
  },
});
