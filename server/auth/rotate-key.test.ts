import BetterSqlite3 from 'better-sqlite3';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Secret } from '../config/secrets.ts';
import type { Db } from '../db/database.ts';
import { openSqlite } from '../db/dialects/sqlite.ts';
import { insertRow } from '../db/queries/bots-write.ts';
import { listAuditEntries } from '../db/queries/audit-log.ts';
import { listVaultKeys } from '../db/queries/vault.ts';
import { StaleWriteError } from '../errors.ts';
import { silentLogger } from '../log.ts';
import { expectCleanDatabase } from '../test/support/check.ts';
import { insertUser, NOON } from '../test/support/factories.ts';
import { tempDatabasePath } from '../test/support/temp-database.ts';
import {
  keyBeside,
  keyCount,
  placeOf,
  providerRow,
  secretOf,
  unreadable,
  unreadableIn,
  writeSecrets,
} from '../test/support/vault-world.ts';
import { openVault, readVaultRows, type CredentialVault } from './credential-vault.ts';
import { followRotation } from './follow-rotation.ts';
import { environmentHolder, keyFileHolder } from './key-holder.ts';
import { rotateKey, type Rotation, type RotationStep } from './rotate-key.ts';

const USERS = 250;
const isWindows = process.platform === 'win32';
const now = () => NOON;

async function world(users = USERS): Promise<{ db: Db; file: string; rotation: Rotation }> {
  const file = tempDatabasePath();
  await writeSecrets(file, users);
  const db = openSqlite(file);
  onTestFinished(() => db.close());
  return { db, file, rotation: { db, holder: keyFileHolder(`${file}.key`), waitMs: 0, now } };
}

/** Seals for a user who may be new, and stores it. */
async function store(db: Db, vault: CredentialVault, no: number): Promise<void> {
  const { sealed, writes } = vault.seal(placeOf(no), secretOf(no));
  await db.commit([...writes, insertRow(db.read, 'llm_providers', providerRow(no, sealed))]);
}

const versionsOf = async (db: Db) =>
  (await listVaultKeys(db.read)).map(({ version, retired_at }) => [version, retired_at === null]);
const wrapsOf = async (db: Db) => {
  const rows = await db.read.selectFrom('vault_user_keys').select('key_version').distinct().execute();
  return rows.map(({ key_version }) => key_version);
};

describe('a rotation', () => {
  it('wraps every data key by a new master key, and forgets the old one', async () => {
    const { db, file, rotation } = await world();
    const before = keyBeside(file);
    expect(await rotateKey(rotation)).toEqual({ version: 2, rewrapped: USERS, isResumed: false });
    expect(await versionsOf(db)).toEqual([
      [1, false],
      [2, true],
    ]);
    expect(await wrapsOf(db)).toEqual([2]);
    const after = keyBeside(file);
    expect(after.keys).toHaveLength(1);
    expect(after.keys[0]?.equals(before.keys[0] as never)).toBe(false);
    expect(await unreadable(file)).toEqual([]);
    await expect(unreadable(file, before)).rejects.toThrow('is not the one this database');
    await expectCleanDatabase(file);
  });

  it('changes no secret, and is told in the audit log', async () => {
    const { db, rotation } = await world(3);
    const secrets = () => db.read.selectFrom('llm_providers').selectAll().execute();
    const before = await secrets();
    await rotateKey(rotation);
    expect(await secrets()).toEqual(before);
    const told = await listAuditEntries(db.read, { limit: 9 });
    expect(told.map(({ action, subjectId, actorId }) => [action, subjectId, actorId])).toEqual([
      ['master-key.retired', '1', null],
      ['master-key.added', '2', null],
    ]);
  });

  it('can follow another one', async () => {
    const { db, file, rotation } = await world(3);
    await rotateKey(rotation);
    expect(await rotateKey(rotation)).toEqual({ version: 3, rewrapped: 3, isResumed: false });
    expect(await versionsOf(db)).toEqual([
      [1, false],
      [2, false],
      [3, true],
    ]);
    expect(await unreadable(file)).toEqual([]);
  });

  it('of a vault without users is as good', async () => {
    const { db, file, rotation } = await world(0);
    expect(await rotateKey(rotation)).toEqual({ version: 2, rewrapped: 0, isResumed: false });
    expect([await versionsOf(db), keyCount(file)]).toEqual([
      [
        [1, false],
        [2, true],
      ],
      1,
    ]);
  });

  it('beside another one ends with one key that opens everything', async () => {
    const { file, rotation } = await world();
    const second = openSqlite(file);
    onTestFinished(() => second.close());
    const reports = await Promise.all([rotateKey(rotation), rotateKey({ ...rotation, db: second })]);
    expect(reports.map(({ version }) => version)).toEqual([2, 2]);
    expect(keyCount(file)).toBe(1);
    expect(await unreadable(file)).toEqual([]);
    await expectCleanDatabase(file);
  });

  it('leaves the old version in use for a data key that does not open, and nothing else', async () => {
    const { db, file, rotation } = await world(5);
    await db.transaction((trx) =>
      trx
        .updateTable('vault_user_keys')
        .set((eb) => ({ wrapped_key: eb.fn('replace', ['wrapped_key', eb.val('v1.'), eb.val('v2.')]) }))
        .where('user_id', '=', 'u2')
        .execute(),
    );
    await expect(rotateKey(rotation)).rejects.toThrow('The data keys of 1 users cannot be opened (u2)');
    expect(await versionsOf(db)).toEqual([
      [1, true],
      [2, true],
    ]);
    expect(keyCount(file)).toBe(2);
    await db.transaction((trx) => trx.deleteFrom('vault_user_keys').where('user_id', '=', 'u2').execute());
    await db.transaction((trx) => trx.deleteFrom('llm_providers').where('user_id', '=', 'u2').execute());
    expect(await rotateKey(rotation)).toEqual({ version: 2, rewrapped: 0, isResumed: true });
    expect(await unreadable(file)).toEqual([]);
  });

  it('refuses another key, and a vault that has none, and then changes nothing', async () => {
    const { db, file, rotation } = await world(2);
    const key = readFileSync(`${file}.key`);
    writeFileSync(`${file}.key`, `${'7'.repeat(64)}\n`);
    await expect(rotateKey(rotation)).rejects.toThrow('is not the one this database');
    expect(await versionsOf(db)).toEqual([[1, true]]);
    expect(keyCount(file)).toBe(1);
    writeFileSync(`${file}.key`, key);
    await db.transaction(async (trx) => {
      await trx.deleteFrom('vault_user_keys').execute();
      await trx.deleteFrom('vault_keys').execute();
    });
    await expect(rotateKey(rotation)).rejects.toThrow('There is no master key to rotate');
    expect(readFileSync(`${file}.key`)).toEqual(key);
  });
});

describe('the key file', () => {
  it.skipIf(isWindows)('is its owner’s at every step, and alone in its folder', async () => {
    const { file, rotation } = await world();
    const seen = new Set<string>();
    const onStep = (step: RotationStep) => {
      const keys = readdirSync(path.dirname(file)).filter((name) => name.endsWith('.key'));
      seen.add(
        `${step} ${(statSync(`${file}.key`).mode & 0o777).toString(8)} ${keys.join()} ${keyCount(file)}`,
      );
    };
    await rotateKey({ ...rotation, onStep });
    const steps = ['key-kept', 'announced', 'batch-rewrapped', 'rewrapped', 'retired', 'removed'];
    expect([...seen]).toEqual(steps.map((step) => `${step} 600 arena.db.key ${step === 'removed' ? 1 : 2}`));
  });

  it('may hold a key that its owner has put there, in any spelling', async () => {
    const { file, rotation } = await world(2);
    const own = 'c0ffee'.padEnd(64, '1');
    writeFileSync(`${file}.key`, `${readFileSync(`${file}.key`, 'utf8')}\n  ${own}\r\n`);
    expect(await unreadable(file)).toEqual([]);
    await rotateKey(rotation);
    expect(keyBeside(file).keys.map((key) => key.export().toString('hex'))).toEqual([own]);
    expect(await unreadable(file)).toEqual([]);
  });
});

/** Every step of a rotation, as often as it comes. */
async function stepsOf(): Promise<RotationStep[]> {
  const { rotation } = await world();
  const steps: RotationStep[] = [];
  await rotateKey({ ...rotation, onStep: (step) => steps.push(step) });
  return steps;
}

describe('cut off', () => {
  it('after any step it leaves everything readable, and the next run ends it', async () => {
    const steps = await stepsOf();
    expect(steps.filter((step) => step === 'batch-rewrapped')).toHaveLength(Math.ceil(USERS / 100));
    for (const [at, cut] of steps.entries()) {
      const { db, file, rotation } = await world();
      let passed = 0;
      const onStep = (step: RotationStep) => {
        passed += 1;
        if (passed > at) throw new Error(`cut off at ${step}`);
      };
      await expect(rotateKey({ ...rotation, onStep })).rejects.toThrow(`cut off at ${cut}`);
      expect([cut, await unreadable(file)]).toEqual([cut, []]);
      const kept = keyBeside(file).keys.at(-1);
      // With everything done the next run is a rotation of its own.
      const { version } = cut === 'removed' ? { version: 2 } : await rotateKey(rotation);
      expect(version).toBe(2);
      expect(kept?.equals(keyBeside(file).keys[0] as never)).toBe(true);
      expect([cut, keyCount(file), await wrapsOf(db)]).toEqual([cut, 1, [2]]);
      expect(await unreadable(file)).toEqual([]);
      await expectCleanDatabase(file);
    }
  });
});

describe('a vault that is in use meanwhile', () => {
  it('opens and seals for users it knows, and puts no old wrap back', async () => {
    const { db, file, rotation } = await world(3);
    const vault = await openVault(db, keyBeside(file), now);
    await rotateKey(rotation);
    const { sealed, writes } = vault.seal({ ...placeOf(1), column: 'other' }, 'later');
    await db.commit(writes);
    expect(await wrapsOf(db)).toEqual([2]);
    expect(vault.open(placeOf(0), vault.seal(placeOf(0), 'x').sealed)).toBe('x');
    const again = await openVault(db, keyBeside(file), now);
    expect(again.open({ ...placeOf(1), column: 'other' }, sealed)).toBe('later');
  });

  it('stores nothing for a new user under a version that is retired', async () => {
    const { db, file, rotation } = await world(1);
    await insertUser(db, { id: 'u7' });
    const vault = await openVault(db, keyBeside(file), now);
    await rotateKey(rotation);
    await expect(store(db, vault, 7)).rejects.toThrow(StaleWriteError);
    expect(await wrapsOf(db)).toEqual([2]);
    vault.take({ ...(await readVaultRows(db)), masterKey: keyBeside(file) });
    await store(db, vault, 7);
    expect(await wrapsOf(db)).toEqual([2]);
    expect(await unreadableIn(db, keyBeside(file))).toEqual([]);
  });

  const early = async () => {
    const { db, file, rotation } = await world(1);
    await insertUser(db, { id: 'u7' });
    const vault = await openVault(db, keyBeside(file), now);
    const { sealed, writes } = vault.seal(placeOf(7), secretOf(7));
    const commit = () => db.commit([...writes, insertRow(db.read, 'llm_providers', providerRow(7, sealed))]);
    const take = async () => vault.take({ ...(await readVaultRows(db)), masterKey: keyBeside(file) });
    /** Another secret of the user. */
    const again = () => db.commit(vault.seal({ ...placeOf(7), column: 'other' }, 'other').writes);
    return { db, file, rotation, commit, take, again };
  };

  it.each<[string, readonly ('commit' | 'take' | 'again')[], readonly ('commit' | 'take' | 'again')[]]>([
    ['is stored after the new version is known', ['take', 'commit'], ['again', 'take', 'again']],
    ['is stored once its user has another secret', ['take', 'again', 'commit'], ['again']],
    ['is stored before the new version is known', ['commit', 'take'], ['again', 'take', 'again']],
    ['is stored before and not looked after', ['commit'], ['again']],
  ])('keeps the data key of a new user that %s', async (_, announced, retired) => {
    const { db, file, rotation, ...acts } = await early();
    const cut = (step: RotationStep) => {
      if (step === 'announced') throw new Error('cut off');
    };
    await expect(rotateKey({ ...rotation, onStep: cut })).rejects.toThrow('cut off');
    for (const act of announced) await acts[act]();
    await rotateKey(rotation);
    for (const act of retired) await acts[act]();
    expect(await wrapsOf(db)).toEqual([2]);
    expect(await unreadableIn(db, keyBeside(file))).toEqual([]);
  });

  it('stores a data key of before in time, or once it has looked again', async () => {
    const { db, file, rotation, commit, take, again } = await early();
    await rotateKey(rotation);
    await expect(commit()).rejects.toThrow(StaleWriteError);
    await take();
    await again();
    await commit();
    expect(await wrapsOf(db)).toEqual([2]);
    expect(await unreadableIn(db, keyBeside(file))).toEqual([]);
  });

  it('takes the new key over in time', async () => {
    const { db, file, rotation } = await world(1);
    for (const no of [7, 8]) await insertUser(db, { id: `u${no}` });
    const vault = await openVault(db, keyBeside(file), now);
    const stop = followRotation({ db, vault, masterKey: () => keyBeside(file), log: silentLogger() }, 20);
    const rotating = rotateKey({ ...rotation, waitMs: 200 });
    await store(db, vault, 7);
    await rotating;
    expect(vault.keys.map((row) => row.version)).toEqual([1, 2]);
    await store(db, vault, 8);
    await stop();
    expect(await wrapsOf(db)).toEqual([2]);
    expect(await unreadable(file)).toEqual([]);
  });

  it('goes on with what it has when it cannot, and says so once', async () => {
    const { db, file, rotation } = await world(2);
    const old = keyBeside(file);
    const vault = await openVault(db, old, now);
    const errors: unknown[] = [];
    const log = Object.assign(silentLogger(), { error: (facts: unknown) => errors.push(facts) });
    await rotateKey(rotation);
    const stop = followRotation({ db, vault, masterKey: () => old, log }, 5);
    await sleep(100);
    await stop();
    expect([errors.length, vault.keys.length]).toEqual([1, 1]);
    expect(vault.open(placeOf(1), vault.seal(placeOf(1), 'x').sealed)).toBe('x');
  });
});

describe('stored data keys', () => {
  it('that are swapped do not open', async () => {
    const { file } = await world(2);
    const handle = new BetterSqlite3(file);
    handle.exec(`create temp table t as select * from vault_user_keys;
      update vault_user_keys set wrapped_key = (select wrapped_key from t where t.user_id <> vault_user_keys.user_id)`);
    handle.close();
    await expect(unreadable(file)).rejects.toThrow(/^The data key of user "u[01]" cannot be opened/);
  });
});

describe('keys from the environment', () => {
  const [A, B, C] = ['a', 'b', 'c'].map((letter) => new Secret(letter.repeat(64))) as [
    Secret,
    Secret,
    Secret,
  ];

  async function worldOfA() {
    const { db, file, rotation } = await world(3);
    writeFileSync(`${file}.key`, `${A.reveal()}\n`);
    await db.transaction(async (trx) => {
      for (const table of ['llm_providers', 'vault_user_keys', 'vault_keys'] as const)
        await trx.deleteFrom(table).execute();
    });
    const vault = await openVault(db, keyBeside(file), now);
    for (const no of [0, 1, 2]) await store(db, vault, no);
    return {
      db,
      run: (current: Secret, next: Secret) =>
        rotateKey({ ...rotation, holder: environmentHolder(current, next) }),
    };
  }

  it('are rotated from one to the other, and once only', async () => {
    const { db, run } = await worldOfA();
    expect(await run(A, B)).toEqual({ version: 2, rewrapped: 3, isResumed: false });
    expect(await run(A, B)).toEqual({ version: 2, rewrapped: 0, isResumed: true });
    expect(await unreadableIn(db, environmentHolder(B, B).read())).toEqual([]);
    expect(await run(B, C)).toEqual({ version: 3, rewrapped: 3, isResumed: false });
  });

  it('that are not old and new are refused', async () => {
    const { run } = await worldOfA();
    await expect(run(A, A)).rejects.toThrow('NEW_MASTER_KEY is the key that is in use already');
    await expect(run(B, C)).rejects.toThrow('is not the one this database');
    await run(A, B);
    await expect(run(B, A)).rejects.toThrow('NEW_MASTER_KEY has been retired before');
    expect(() => environmentHolder(B, new Secret('short'))).toThrow(
      'no master key in the variable NEW_MASTER_KEY',
    );
  });
});
