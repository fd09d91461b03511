import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import {
  chownSync,
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { platform } from 'node:os';
import path from 'node:path';
import { StartupError } from '../errors.ts';

const KEY_BYTES = 32;
const OPEN_TO_OTHERS = 0o077;
const IS_WINDOWS = platform() === 'win32';

export function randomKey(): KeyObject {
  return createSecretKey(randomBytes(KEY_BYTES));
}

/** @throws StartupError when it is not 32 bytes as base64 or hex; `origin` says where it stood. */
export function parseKey(text: string, origin: string): KeyObject {
  const bytes = Buffer.from(text, text.length === KEY_BYTES * 2 ? 'hex' : 'base64');
  if (bytes.length !== KEY_BYTES)
    throw new StartupError(`There is no master key in ${origin}: it must hold 32 bytes as base64 or hex.`);
  return createSecretKey(bytes);
}

/**
 * The keys of a file, one a line; null when there is no such file.
 * @throws StartupError when a line is no key, or others than its owner may read it.
 */
export function readKeyFile(file: string): readonly KeyObject[] | null {
  const found = readWithMode(file);
  if (!found) return null;
  if (!IS_WINDOWS && (found.mode & OPEN_TO_OTHERS) !== 0)
    throw new StartupError(`The master key in ${file} is open to other users. Run: chmod 600 '${file}'`);
  return found.text
    .trim()
    .split(/\s*\n\s*/)
    .map((line) => parseKey(line, `the file ${file}`));
}

/**
 * Makes a file with a new key, whole or not at all, and on disk: what is sealed with a key that is then lost is lost too.
 * @throws StartupError when it cannot, or when the file is there.
 */
export function makeKeyFile(file: string): void {
  try {
    // Unlike a rename it never replaces a key that another start has made.
    viaDraft(file, [randomKey()], (draft) => linkSync(draft, file));
  } catch (cause) {
    throw unusable(file, 'made', cause);
  }
}

/**
 * Puts other keys into a file that is there: at any moment, and after a power loss, it holds the old ones or the new
 * ones. It stays its owner's. @throws StartupError when it cannot.
 */
export function replaceKeyFile(file: string, keys: readonly KeyObject[]): void {
  try {
    const real = realpathSync(file);
    viaDraft(real, keys, (draft) => {
      keepOwner(real, draft);
      renameSync(draft, real);
    });
  } catch (cause) {
    throw unusable(file, 'written', cause);
  }
}

/** Writes a file beside `file`, has `put` bring it there, and syncs. */
function viaDraft(file: string, keys: readonly KeyObject[], put: (draft: string) => void): void {
  const draft = `${file}.${randomBytes(6).toString('hex')}.key`;
  const text = keys.map((key) => `${key.export().toString('base64')}\n`).join('');
  writeFileSync(draft, text, { flag: 'wx', mode: 0o600, flush: true });
  try {
    put(draft);
  } finally {
    rmSync(draft, { force: true });
  }
  if (!IS_WINDOWS) withFile(path.dirname(file), fsyncSync);
}

/** Whoever may write any file could otherwise take the key away from the server. */
function keepOwner(file: string, draft: string): void {
  const { uid, gid } = statSync(file);
  if (statSync(draft).uid === uid) return;
  chownSync(draft, uid, gid);
  withFile(draft, fsyncSync);
}

function readWithMode(file: string): { mode: number; text: string } | null {
  try {
    return withFile(file, (handle) => ({
      mode: fstatSync(handle).mode,
      text: readFileSync(handle, 'utf8'),
    }));
  } catch (cause) {
    if (isMissing(cause)) return null;
    throw unusable(file, 'read', cause);
  }
}

function withFile<T>(file: string, use: (handle: number) => T): T {
  const handle = openSync(file, 'r');
  try {
    return use(handle);
  } finally {
    closeSync(handle);
  }
}

function unusable(file: string, what: 'read' | 'made' | 'written', cause: unknown): StartupError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new StartupError(
    `The master key's file ${file} could not be ${what} (${why}). Set MASTER_KEY_FILE to another path, or MASTER_KEY to the key.`,
    { cause },
  );
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
