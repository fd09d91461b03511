import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { openBrowser, ServerProcess, type Environment } from './support.ts';

interface Arena {
  readonly server: ServerProcess;
  readonly browser: Browser;
}

/**
 * A started arena and a browser for the tests of the `describe` that calls it; both end with them, or with the start
 * that failed.
 */
export function arenaOfSuite(env: Environment = {}): Arena {
  const ends = new AsyncDisposableStack();
  let arena: Arena | undefined;
  beforeAll(async () => {
    const server = ends.use(await ServerProcess.create(env));
    await server.start();
    arena = { server, browser: ends.use(await openBrowser()) };
  }, 120_000);
  afterAll(() => ends.disposeAsync(), 30_000);
  const started = (): Arena => {
    if (!arena) throw new Error('the arena starts with the first test');
    return arena;
  };
  return {
    get server() {
      return started().server;
    },
    get browser() {
      return started().browser;
    },
  };
}
