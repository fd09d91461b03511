import { hash, verify } from '@node-rs/argon2';
import { verify as verifyBcrypt } from '@node-rs/bcrypt';
import pLimit from 'p-limit';
import { AppError, InvalidInputError } from '../errors.ts';

/** OWASP's least for Argon2id: 19 MiB, two passes, one lane. */
const ARGON2 = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 } as const;
const AT_ONCE = 2;
const MOST_WAITING = 400;

export const PASSWORD_LENGTH = { least: 8, most: 256 } as const;

/** What everybody would try here first; the user's own name besides. They count for nothing in a password. */
export const CONTEXT_WORDS = ['arena', 'trading', 'trader', 'moderator', 'admin'] as const;

export interface Verified {
  readonly isRight: boolean;
  /** The stored hash is of an older kind: store a new one. */
  readonly isOutdated: boolean;
}

/** Hashes and compares passwords off the event loop, two at a time. Beyond a long queue it refuses. */
export class Passwords {
  readonly #limit = pLimit(AT_ONCE);
  #decoy: Promise<string> | undefined;
  #common: Promise<ReadonlySet<string>> | undefined;

  /** @throws AppError `busy`. */
  async hash(password: string): Promise<string> {
    return await this.#queued(() => hash(password, ARGON2));
  }

  /**
   * Takes as long for a user who does not exist, or has no password, as for one who does.
   * @param stored null = nothing can be right. @throws AppError `busy`.
   */
  async verify(stored: string | null, password: string): Promise<Verified> {
    const kind = kindOf(stored);
    if (stored === null || kind === 'unknown') {
      this.#decoy ??= hash('no password of anyone', ARGON2);
      const decoy = await this.#decoy;
      await this.#queued(() => verify(decoy, password));
      return { isRight: false, isOutdated: false };
    }
    const isRight = await this.#queued(() =>
      kind === 'argon2' ? verify(stored, password) : verifyBcrypt(password, stored),
    );
    return { isRight, isOutdated: kind === 'bcrypt' };
  }

  /** @throws InvalidInputError for one that others use, or that is little more than a word everybody would try here. */
  async assertUncommon(password: string, username: string): Promise<void> {
    this.#common ??= loadCommon();
    if ((await this.#common).has(password.toLowerCase()))
      throw tooGuessable(
        'This password is one of the most used of all: choose another. Fifteen letters or more are best.',
        'among the most used passwords',
      );
    if (isOfContext(password, username))
      throw tooGuessable(
        `Besides your name and words such as "${CONTEXT_WORDS[0]}", a password needs ${PASSWORD_LENGTH.least} characters: choose another.`,
        'little more than a word that is easy to guess here',
      );
  }

  async #queued<T>(run: () => Promise<T>): Promise<T> {
    if (this.#limit.pendingCount >= MOST_WAITING)
      throw new AppError('busy', 'Too many people log in at once. Wait a few seconds and try again.');
    return await this.#limit(run);
  }
}

function kindOf(stored: string | null): 'argon2' | 'bcrypt' | 'unknown' {
  if (stored?.startsWith('$argon2id$')) return 'argon2';
  return stored !== null && /^\$2[aby]\$\d\d\$[./\w]{53}$/.test(stored) ? 'bcrypt' : 'unknown';
}

function tooGuessable(message: string, problem: string): InvalidInputError {
  return new InvalidInputError(message, [{ path: 'password', message: problem }]);
}

function isOfContext(password: string, username: string): boolean {
  const words = [username.toLowerCase(), ...CONTEXT_WORDS];
  const rest = words.reduce((left, word) => left.replaceAll(word, ''), password.toLowerCase());
  return rest.length < PASSWORD_LENGTH.least;
}

/** Some eighteen thousand, of passwords that leaked elsewhere. Only read when somebody chooses a password. */
async function loadCommon(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  const listed = dictionary['passwords-common'].filter(({ length }) => length >= PASSWORD_LENGTH.least);
  return new Set(listed.map((password) => password.toLowerCase()));
}
