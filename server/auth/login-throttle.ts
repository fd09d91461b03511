import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { AppError, RateLimitedError } from '../errors.ts';

const QUARTER_HOUR_S = 15 * 60;

/** How often somebody may try to log in. */
export const LOGIN_LIMITS = {
  /** For one account from one address. */
  pair: { points: 10, duration: QUARTER_HOUR_S },
  /** From one address, whatever the account. */
  address: { points: 100, duration: 60 * 60 },
  /** Of everybody together; beyond it passwords are no longer tried at all. */
  everyone: { points: 3000, duration: QUARTER_HOUR_S },
} as const;

/**
 * Counts attempts to guess a password, a recovery code or a one-time code. An account is only ever closed to the
 * addresses that tried too often: a stranger cannot lock its owner out.
 */
export class LoginThrottle {
  readonly #pair = new RateLimiterMemory(LOGIN_LIMITS.pair);
  readonly #address = new RateLimiterMemory(LOGIN_LIMITS.address);
  readonly #everyone = new RateLimiterMemory(LOGIN_LIMITS.everyone);

  /** @throws RateLimitedError, or AppError `busy` when the whole arena is under attack. */
  async attempt(account: string, address: string): Promise<void> {
    await consume(this.#address, address, (ms) => new RateLimitedError('Too many attempts from here.', ms));
    await consume(
      this.#pair,
      `${address} ${account.toLowerCase()}`,
      (ms) => new RateLimitedError('Too many attempts for this account.', ms),
    );
    await consume(
      this.#everyone,
      'all',
      () => new AppError('busy', 'Too many people log in at once. Wait a few minutes and try again.'),
    );
  }

  /** Whoever got in has not guessed. */
  async succeeded(account: string, address: string): Promise<void> {
    await this.#pair.delete(`${address} ${account.toLowerCase()}`);
  }
}

async function consume(
  limiter: RateLimiterMemory,
  key: string,
  refused: (waitMs: number) => Error,
): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    throw refused(error.msBeforeNext);
  }
}
