import { createSecretKey, randomBytes } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { platform } from 'node:os';
import path from 'node:path';
import type { Config } from '../config/config.ts';
import { StartupError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { MasterKey } from './credential-vault.ts';

const KEY_BYTES = 32;
const OPEN_TO_OTHERS = 0o077;
const IS_WINDOWS = platform() === 'win32';

/**
 * The master key: the variable MASTER_KEY, else the key file. A vault that is still new may have the file made.
 * @throws StartupError with what to do about it.
 */
export function loadMasterKey(
  { masterKey, keyFile }: Config['vault'],
  { isVaultNew, log }: { isVaultNew: boolean; log: Logger },
): MasterKey {
  if (masterKey !== null) return parseKey(masterKey.reveal(), 'the variable MASTER_KEY');
  const stored = readKeyFile(keyFile);
  if (stored !== null) return parseKey(stored, `the file ${keyFile}`);
  if (!isVaultNew)
    throw new StartupError(
      `The credentials in this database are sealed with a master key, and there is none: ${keyFile} does not exist. ` +
        'Put that file back from a copy, or set MASTER_KEY to the key or MASTER_KEY_FILE to its file.',
    );
  makeKeyFile(keyFile);
  log.info(
    { keyFile },
    `made a new master key in ${keyFile}: without it stored credentials cannot be read, so keep a copy`,
  );
  return parseKey(readKeyFile(keyFile) ?? '', `the file ${keyFile}`);
}

function parseKey(text: string, origin: string): MasterKey {
  const bytes = Buffer.from(text, text.length === KEY_BYTES * 2 ? 'hex' : 'base64');
  if (bytes.length !== KEY_BYTES)
    throw new StartupError(`There is no master key in ${origin}: it must hold 32 bytes as base64 or hex.`);
  return { key: createSecretKey(bytes), origin };
}

/** null when there is no such file. */
function readKeyFile(file: string): string | null {
  const found = readWithMode(file);
  if (found && !IS_WINDOWS && (found.mode & OPEN_TO_OTHERS) !== 0)
    throw new StartupError(`The master key in ${file} is open to other users. Run: chmod 600 '${file}'`);
  return found?.text.trim() ?? null;
}

function readWithMode(file: string): { mode: number; text: string } | null {
  try {
    const handle = openSync(file, 'r');
    try {
      return { mode: fstatSync(handle).mode, text: readFileSync(handle, 'utf8') };
    } finally {
      closeSync(handle);
    }
  } catch (cause) {
    if (isMissing(cause)) return null;
    throw unusable(file, 'read', cause);
  }
}

/** Whole or not at all, and on disk: what is sealed with a key that is then lost is lost too. */
function makeKeyFile(file: string): void {
  const draft = `${file}.${randomBytes(6).toString('hex')}.key`;
  const text = `${randomBytes(KEY_BYTES).toString('base64')}\n`;
  try {
    writeFileSync(draft, text, { flag: 'wx', mode: 0o600, flush: true });
    // Unlike a rename it never replaces a key that another start has made.
    try {
      linkSync(draft, file);
    } finally {
      unlinkSync(draft);
    }
    if (!IS_WINDOWS) syncFolder(path.dirname(file));
  } catch (cause) {
    throw unusable(file, 'made', cause);
  }
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

function unusable(file: string, what: 'read' | 'made', cause: unknown): StartupError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new StartupError(
    `The master key's file ${file} could not be ${what} (${why}). Set MASTER_KEY_FILE to another path, or MASTER_KEY to the key.`,
    { cause },
  );
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
