import { copyFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Db } from '../db/database.ts';
import { openSqlite } from '../db/dialects/sqlite.ts';
import { insertRow } from '../db/queries/bots-write.ts';
import { listVaultKeys } from '../db/queries/vault.ts';
import type { VaultKeysTable } from '../db/schema/vault-keys.ts';
import { StaleWriteError } from '../errors.ts';
import { NOON } from '../test/support/factories.ts';
import { tempDatabasePath } from '../test/support/temp-database.ts';
import { keyBeside, writeSecrets } from '../test/support/vault-world.ts';
import {
  openVault,
  readVaultRows,
  type CredentialVault,
  type SealedSecret,
  type SecretPlace,
} from './credential-vault.ts';
import { keyFileHolder } from './key-holder.ts';
import { rotateKey } from './rotate-key.ts';

interface Pending extends SealedSecret {
  readonly place: SecretPlace;
  /** How many versions the vault knew to be retired when it sealed. */
  readonly retired: number;
}

type Act =
  | { readonly do: 'seal'; readonly user: number }
  /** Stores a secret that was sealed some time ago. */
  | { readonly do: 'store'; readonly which: number }
  | { readonly do: 'look' }
  /** A rotation that is cut off after so many steps; few have that many. */
  | { readonly do: 'rotate'; readonly steps: number };

const acts: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('seal' as const), user: fc.nat(3) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('store' as const), which: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('look' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('rotate' as const), steps: fc.nat(8) }) },
);

const retiredAmong = (keys: readonly VaultKeysTable[]) =>
  keys.filter((row) => row.retired_at !== null).length;

/** A server's vault, and rotations beside it. */
class World {
  readonly #db: Db;
  readonly #file: string;
  readonly #vault: CredentialVault;
  #pending: Pending[] = [];
  readonly #stored: { readonly place: SecretPlace; readonly sealed: string }[] = [];
  readonly #refused: Pending[] = [];
  #count = 0;

  constructor(file: string, db: Db, vault: CredentialVault) {
    this.#file = file;
    this.#db = db;
    this.#vault = vault;
  }

  async run(act: Act): Promise<void> {
    switch (act.do) {
      case 'seal':
        return this.#seal(act.user);
      case 'store':
        return await this.#store(act.which);
      case 'look':
        return this.#vault.take({ ...(await readVaultRows(this.#db)), masterKey: keyBeside(this.#file) });
      case 'rotate':
        return await this.#rotate(act.steps);
    }
  }

  #seal(user: number): void {
    this.#count += 1;
    const place = { table: 'wallets', rowId: `w${this.#count}`, userId: `u${user}`, column: 'c' } as const;
    const retired = retiredAmong(this.#vault.keys);
    this.#pending.push({ place, retired, ...this.#vault.seal(place, place.rowId) });
  }

  async #store(which: number): Promise<void> {
    const secret = this.#pending[which % Math.max(1, this.#pending.length)];
    if (!secret) return;
    this.#pending = this.#pending.filter((other) => other !== secret);
    const retired = retiredAmong(await listVaultKeys(this.#db.read));
    // What was sealed before a version was retired may come too late, and is then not stored at all.
    if (await this.#commit(secret)) this.#stored.push(secret);
    else if (retired === secret.retired) this.#refused.push(secret);
  }

  async #commit({ place, sealed, writes }: Pending): Promise<boolean> {
    const { rowId: id, userId: user_id } = place;
    const secrets = { api_key_encrypted: sealed, api_secret_encrypted: null };
    const row = { id, user_id, name: id, exchange: 'x', ...secrets, created_at: 0, updated_at: 0 };
    try {
      await this.#db.commit([...writes, insertRow(this.#db.read, 'wallets', row)]);
      return true;
    } catch (error) {
      if (!(error instanceof StaleWriteError)) throw error;
      return false;
    }
  }

  async #rotate(steps: number): Promise<void> {
    let left = steps;
    const onStep = () => {
      left -= 1;
      if (left < 0) throw new Error('cut off');
    };
    const holder = keyFileHolder(`${this.#file}.key`);
    const run = rotateKey({ db: this.#db, holder, waitMs: 0, now: () => NOON, onStep });
    await run.catch((error: unknown) => {
      if (left >= 0) throw error;
    });
  }

  /** @returns what does not open, in the vault or in one that starts now, and what was not stored without need. */
  async judge(): Promise<string[]> {
    const fresh = await openVault(this.#db, keyBeside(this.#file), () => NOON);
    const lost = [this.#vault, fresh].flatMap((vault) =>
      this.#stored.filter(({ place, sealed }) => vault.open(place, sealed) !== place.rowId),
    );
    await this.run({ do: 'look' });
    for (const user of [0, 1, 2, 3]) this.#seal(user);
    for (const secret of this.#pending.slice(-4))
      if (!(await this.#commit(secret))) this.#refused.push(secret);
    return [...lost, ...this.#refused].map(({ place }) => `${place.rowId} of ${place.userId}`);
  }
}

/** Four users without a secret, and a master key. */
async function emptyVault(): Promise<string> {
  const file = tempDatabasePath();
  await writeSecrets(file, 4);
  const db = openSqlite(file);
  await db.transaction(async (trx) => {
    await trx.deleteFrom('llm_providers').execute();
    await trx.deleteFrom('vault_user_keys').execute();
  });
  await db.close();
  return file;
}

it('a vault in use keeps and stores everything, whatever a rotation does and when', async () => {
  const empty = await emptyVault();
  const property = fc.asyncProperty(fc.array(acts, { minLength: 4, maxLength: 30 }), async (history) => {
    const file = tempDatabasePath();
    for (const suffix of ['', '.key']) copyFileSync(`${empty}${suffix}`, `${file}${suffix}`);
    const db = openSqlite(file);
    try {
      const world = new World(file, db, await openVault(db, keyBeside(file), () => NOON));
      for (const act of history) await world.run(act);
      expect(await world.judge()).toEqual([]);
    } finally {
      await db.close();
    }
  });
  const seed = process.env['SEED'];
  await fc.assert(property, { numRuns: 100, ...(seed ? { seed: Number(seed) } : {}) });
}, 120_000);
