import * as fc from 'fast-check';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Db } from '../db/database.ts';
import { insertRow } from '../db/queries/bots-write.ts';
import { StaleWriteError, StartupError } from '../errors.ts';
import { expectCleanDatabase } from '../test/support/check.ts';
import { insertUser, NOON } from '../test/support/factories.ts';
import { masterKeyOf } from '../test/support/master-key.ts';
import { tempDatabase } from '../test/support/temp-database.ts';
import { createVault, openVault, type SealedSecret, type SecretPlace } from './credential-vault.ts';
import { UnreadableSecretError } from './sealed-text.ts';

const PLACE = { table: 'llm_providers', rowId: 'p', userId: 'u', column: 'api_key_encrypted' } as const;
const CANARY = 'sk-canary-3fb1';
const now = () => NOON;

function newVault() {
  return createVault({ masterKey: masterKeyOf(1), keys: [], userKeys: [], now }).vault;
}

async function databaseWithUsers(): Promise<Db> {
  const db = await tempDatabase();
  await insertUser(db, { id: 'u' });
  await insertUser(db, { id: 'v' });
  return db;
}

/** The row of a provider with its sealed key. */
function providerRow(db: Db, { sealed, writes }: SealedSecret, { rowId, userId }: SecretPlace) {
  return [
    ...writes,
    insertRow(db.read, 'llm_providers', {
      id: rowId,
      user_id: userId,
      name: rowId,
      provider_type: 'openai',
      api_endpoint: null,
      model_name: 'm',
      api_key_encrypted: sealed,
      created_at: NOON,
      updated_at: NOON,
    }),
  ];
}

function failureOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('it was opened');
}

describe('a sealed secret', () => {
  it('opens as it was sealed, whatever its text and ids are', () => {
    const vault = newVault();
    const text = fc.string({ unit: 'binary' });
    const places = fc.record({
      table: fc.constantFrom('llm_providers', 'wallets'),
      rowId: text,
      userId: text,
      column: text,
    });
    fc.assert(
      fc.property(places, text, (place, plaintext) => {
        const { sealed } = vault.seal(place, plaintext);
        expect(vault.open(place, sealed)).toBe(plaintext);
      }),
    );
  });

  it.each<[string, Partial<SecretPlace>]>([
    ['table', { table: 'wallets' }],
    ['row', { rowId: 'q' }],
    ['user', { userId: 'v' }],
    ['user without a key', { userId: 'w' }],
    ['column', { column: 'api_secret_encrypted' }],
  ])('does not open in another %s', (_, other) => {
    const vault = newVault();
    vault.seal({ ...PLACE, userId: 'v' }, 'of v');
    const { sealed } = vault.seal(PLACE, CANARY);
    const error = failureOf(() => vault.open({ ...PLACE, ...other }, sealed));
    expect(error).toBeInstanceOf(UnreadableSecretError);
    expect(error).toMatchObject({ code: 'unreadable-secret' });
  });

  it('looks different each time', () => {
    const vault = newVault();
    expect(vault.seal(PLACE, CANARY).sealed).not.toBe(vault.seal(PLACE, CANARY).sealed);
  });

  it('shows in nothing but itself', () => {
    const vault = newVault();
    const secret = vault.seal(PLACE, CANARY);
    const errors = [secret.sealed.slice(0, -2), CANARY, `v1.a.b.${CANARY}`].map((text) =>
      failureOf(() => vault.open(PLACE, text)),
    );
    const shown = inspect([vault, secret, errors], { depth: 9, showHidden: true }) + JSON.stringify(errors);
    expect(shown).not.toContain(CANARY);
    expect(shown).not.toContain(Buffer.from(CANARY).toString('base64url').slice(0, 16));
  });
});

describe('the data keys', () => {
  it('are stored with the secret, and open it after a restart', async () => {
    const db = await databaseWithUsers();
    const vault = await openVault(db, masterKeyOf(1), now);
    const secret = vault.seal(PLACE, CANARY);
    await db.commit(providerRow(db, secret, PLACE));
    const [stored] = await db.read.selectFrom('vault_user_keys').selectAll().execute();
    expect(stored).toMatchObject({ user_id: 'u', key_version: 1, created_at: NOON });
    const again = await openVault(db, masterKeyOf(1), now);
    expect(again.open(PLACE, secret.sealed)).toBe(CANARY);
    await expectCleanDatabase(db.path);
  });

  it('are the same for two secrets sealed before either is committed, in any order', async () => {
    const db = await databaseWithUsers();
    const vault = await openVault(db, masterKeyOf(1), now);
    const other = { ...PLACE, rowId: 'q' };
    const [first, second] = [vault.seal(PLACE, 'one'), vault.seal(other, 'two')];
    await db.commit(providerRow(db, second, other));
    await db.commit(providerRow(db, first, PLACE));
    const again = await openVault(db, masterKeyOf(1), now);
    expect([again.open(PLACE, first.sealed), again.open(other, second.sealed)]).toEqual(['one', 'two']);
  });

  it('survive that the first transaction with one fails', async () => {
    const db = await databaseWithUsers();
    const vault = await openVault(db, masterKeyOf(1), now);
    const nobody = providerRow(db, vault.seal(PLACE, 'lost'), { ...PLACE, userId: 'nobody' });
    await expect(db.commit(nobody)).rejects.toThrow('FOREIGN KEY');
    expect(await db.read.selectFrom('vault_user_keys').selectAll().execute()).toEqual([]);
    const secret = vault.seal(PLACE, CANARY);
    await db.commit(providerRow(db, secret, PLACE));
    expect((await openVault(db, masterKeyOf(1), now)).open(PLACE, secret.sealed)).toBe(CANARY);
  });

  it('are never replaced: what a strange key sealed is not stored', async () => {
    const db = await databaseWithUsers();
    const [vault, stranger] = [
      await openVault(db, masterKeyOf(1), now),
      await openVault(db, masterKeyOf(1), now),
    ];
    await db.commit(providerRow(db, vault.seal(PLACE, CANARY), PLACE));
    const other = { ...PLACE, rowId: 'q' };
    await expect(db.commit(providerRow(db, stranger.seal(other, 'two'), other))).rejects.toThrow(
      StaleWriteError,
    );
    expect(await db.read.selectFrom('llm_providers').select('id').execute()).toEqual([{ id: 'p' }]);
  });

  it('do not open under another user or another version of the master key', async () => {
    const db = await databaseWithUsers();
    const vault = await openVault(db, masterKeyOf(1), now);
    const { sealed, writes } = vault.seal(PLACE, CANARY);
    await db.commit(writes);
    const rows = {
      masterKey: masterKeyOf(1),
      keys: await db.read.selectFrom('vault_keys').selectAll().execute(),
      userKeys: await db.read.selectFrom('vault_user_keys').selectAll().execute(),
      now,
    };
    for (const change of [{ user_id: 'v' }, { key_version: 2 }]) {
      const userKeys = rows.userKeys.map((row) => ({ ...row, ...change }));
      const place = { ...PLACE, userId: userKeys[0]?.user_id ?? '' };
      expect(() => createVault({ ...rows, userKeys }).vault.open(place, sealed)).toThrow(
        /^The data key of user "[uv]" cannot be opened/,
      );
    }
    expect(createVault(rows).vault.open(PLACE, sealed)).toBe(CANARY);
  });
});

describe('the master key', () => {
  it('is proved by a check value that the first opening stores', async () => {
    const db = await tempDatabase();
    await openVault(db, masterKeyOf(1), now);
    const keys = await db.read.selectFrom('vault_keys').selectAll().execute();
    expect(keys).toMatchObject([{ version: 1, created_at: NOON, retired_at: null }]);
    await openVault(db, masterKeyOf(1), now);
    expect(await db.read.selectFrom('vault_keys').selectAll().execute()).toEqual(keys);
  });

  it('is refused when it is not the one, and the message says where it came from', async () => {
    const db = await tempDatabase();
    await openVault(db, masterKeyOf(1), now);
    const error: unknown = await openVault(db, masterKeyOf(2), now).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StartupError);
    expect(String(error)).toContain("The master key in the test's key 2 is not the one");
    await openVault(db, masterKeyOf(1), now);
  });
});
