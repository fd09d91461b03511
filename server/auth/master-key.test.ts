import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { Secret } from '../config/secrets.ts';
import { StartupError } from '../errors.ts';
import { silentLogger } from '../log.ts';
import { tempDatabasePath } from '../test/support/temp-database.ts';
import { loadMasterKey } from './master-key.ts';

const HEX = 'c0ffee'.padEnd(64, '1');
const BYTES = Buffer.from(HEX, 'hex');
const isWindows = process.platform === 'win32';

function tempKeyFile(text?: string): string {
  const file = `${tempDatabasePath()}.key`;
  if (text !== undefined) writeFileSync(file, text, { mode: 0o600 });
  return file;
}

function load(keyFile: string, { isVaultNew = true, log = silentLogger() } = {}) {
  const { keys, origin } = loadMasterKey({ masterKey: null, keyFile }, { isVaultNew, log });
  return { keys, origin, bytes: keys[0]?.export() ?? Buffer.alloc(0) };
}

describe('the variable', () => {
  it.each([HEX, HEX.toUpperCase(), BYTES.toString('base64'), BYTES.toString('base64url')])(
    'holds the key: %s',
    (text) => {
      const keyFile = tempKeyFile();
      const loaded = loadMasterKey(
        { masterKey: new Secret(text), keyFile },
        { isVaultNew: true, log: silentLogger() },
      );
      expect(loaded.keys.map((key) => key.export())).toEqual([BYTES]);
      expect(loaded.origin).toBe('the variable MASTER_KEY');
      expect(existsSync(keyFile)).toBe(false);
    },
  );
});

describe('the file', () => {
  it('is made for a new vault, and is said to be there', () => {
    const keyFile = tempKeyFile();
    const lines: string[] = [];
    const log = pino({}, { write: (line) => lines.push(line) });
    const made = load(keyFile, { log });
    expect(made.origin).toBe(`the file ${keyFile}`);
    expect(readFileSync(keyFile, 'utf8')).toBe(`${made.bytes.toString('base64')}\n`);
    expect(readdirSync(path.dirname(keyFile))).toEqual([path.basename(keyFile)]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`made a new master key in ${keyFile}`);
    expect(lines[0]).not.toContain(made.bytes.toString('base64'));
    expect(load(keyFile, { log }).bytes).toEqual(made.bytes);
    expect(lines).toHaveLength(1);
  });

  it.skipIf(isWindows)('is made so that only its owner reads it', () => {
    const keyFile = tempKeyFile();
    load(keyFile);
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
  });

  it('is another one each time', () => {
    expect(load(tempKeyFile()).bytes).not.toEqual(load(tempKeyFile()).bytes);
  });

  it.each([HEX, `${BYTES.toString('base64')}\n`, `  ${HEX}\r\n`])('may hold %j', (text) => {
    expect(load(tempKeyFile(text), { isVaultNew: false }).bytes).toEqual(BYTES);
  });

  it('is never made for a vault that is in use', () => {
    const keyFile = tempKeyFile();
    expect(() => load(keyFile, { isVaultNew: false })).toThrow(StartupError);
    expect(() => load(keyFile, { isVaultNew: false })).toThrow(
      `${keyFile} does not exist. Put that file back`,
    );
    expect(existsSync(keyFile)).toBe(false);
  });

  it.each(['', 'hunter2', HEX.slice(2), `${HEX}00`, 'g'.repeat(64)])(
    'without a key is refused, not repeated and left as it is: %j',
    (text) => {
      const keyFile = tempKeyFile(text);
      expect(() => load(keyFile)).toThrow(
        new StartupError(
          `There is no master key in the file ${keyFile}: it must hold 32 bytes as base64 or hex.`,
        ),
      );
      expect(readFileSync(keyFile, 'utf8')).toBe(text);
    },
  );

  it.skipIf(isWindows).each([0o640, 0o604, 0o620])('of mode %o is refused, with what to type', (mode) => {
    const keyFile = tempKeyFile(HEX);
    chmodSync(keyFile, mode);
    expect(() => load(keyFile)).toThrow(`Run: chmod 600 '${keyFile}'`);
    chmodSync(keyFile, 0o600);
    expect(load(keyFile).bytes).toEqual(BYTES);
  });

  it('that cannot be read or made says so, and what else would do', () => {
    const folder = tempKeyFile();
    mkdirSync(folder, { mode: 0o700 });
    expect(() => load(folder)).toThrow(StartupError);
    expect(() => load(path.join(folder, 'missing', 'key'))).toThrow(
      /could not be made .*Set MASTER_KEY_FILE/,
    );
    expect(readdirSync(folder)).toEqual([]);
  });
});
