import { existsSync, renameSync, rmSync } from 'node:fs';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import type { SecretPlace } from '../../auth/credential-vault.ts';
import { testApp, type TestApp } from '../support/test-app.ts';

const [ONE_KEY, OTHER_KEY] = ['1'.repeat(64), '2'.repeat(64)];
const PLACE: SecretPlace = {
  table: 'llm_providers',
  rowId: 'provider-1',
  userId: 'user-ann',
  column: 'api_key_encrypted',
};

async function sealOne(t: TestApp): Promise<string> {
  await t.addUser('ann');
  const { sealed, writes } = t.app.ctx.vault.seal(PLACE, 'sk-of-ann');
  await t.db.commit(writes);
  return sealed;
}

it('a first start makes a key, says where, and later starts open with it', async () => {
  const lines: string[] = [];
  const log = pino({}, { write: (line) => lines.push(line) });
  await using t = await testApp({ log });
  const keyFile = `${t.path}.key`;
  expect(lines.filter((line) => line.includes(keyFile))).toHaveLength(1);
  const sealed = await sealOne(t);
  await t.restart();
  expect(t.app.ctx.vault.open(PLACE, sealed)).toBe('sk-of-ann');
  expect(lines.filter((line) => line.includes(keyFile))).toHaveLength(1);
});

it('a start with another key or none is refused, and changes nothing', async () => {
  await using t = await testApp();
  const keyFile = `${t.path}.key`;
  const sealed = await sealOne(t);
  await t.stop();
  await expect(t.start({ env: { MASTER_KEY: OTHER_KEY } })).rejects.toThrow(
    'The master key in the variable MASTER_KEY is not the one',
  );
  renameSync(keyFile, `${keyFile}.away`);
  await expect(t.start()).rejects.toThrow(`${keyFile} does not exist`);
  expect(existsSync(keyFile)).toBe(false);
  renameSync(`${keyFile}.away`, keyFile);
  await t.start();
  expect(t.app.ctx.vault.open(PLACE, sealed)).toBe('sk-of-ann');
});

it('a key from the environment needs no file', async () => {
  await using t = await testApp({ env: { MASTER_KEY: ONE_KEY } });
  const sealed = await sealOne(t);
  expect(existsSync(`${t.path}.key`)).toBe(false);
  await t.restart();
  expect(t.app.ctx.vault.open(PLACE, sealed)).toBe('sk-of-ann');
});

it('a start that ends between the file and the row goes on with the file', async () => {
  await using t = await testApp();
  await t.db.transaction((trx) => trx.deleteFrom('vault_keys').execute());
  await t.restart();
  await t.stop();
  rmSync(`${t.path}.key`);
  await expect(t.start()).rejects.toThrow('does not exist');
});
