import type { DatabaseHealth } from '../context.ts';
import type { Logger } from '../log.ts';

interface CheckDeps {
  readonly now: () => number;
  readonly log: Logger;
  /** Aborted when the server stops before the verdict. */
  readonly signal: AbortSignal;
}

/** Runs the full check of the books in the background and remembers its verdict. */
export class DatabaseCheck {
  #health: DatabaseHealth = { status: 'checking', checkedAt: null, violations: 0 };
  #running: Promise<void> = Promise.resolve();

  get health(): DatabaseHealth {
    return this.#health;
  }

  start(check: () => Promise<readonly { invariant: string; message: string }[]>, deps: CheckDeps): void {
    this.#running = this.#run(check, deps);
  }

  /** Waits for the check; its signal must be aborted first. */
  async stop(): Promise<void> {
    await this.#running;
  }

  async #run(
    check: () => Promise<readonly { invariant: string; message: string }[]>,
    { now, log, signal }: CheckDeps,
  ): Promise<void> {
    try {
      const violations = await check();
      this.#health = {
        status: violations.length === 0 ? 'ok' : 'violations',
        checkedAt: now(),
        violations: violations.length,
      };
      for (const { invariant, message } of violations)
        log.error({ invariant }, `the books do not add up: ${message}`);
    } catch (error) {
      if (signal.aborted) return;
      this.#health = { status: 'unchecked', checkedAt: now(), violations: 0 };
      log.error({ err: error }, 'the check of the books could not be finished');
    }
  }
}
