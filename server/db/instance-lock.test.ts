import BetterSqlite3 from 'better-sqlite3';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { StartupError } from '../errors.ts';
import { tempDatabasePath } from '../test/support/temp-database.ts';
import { takeInstanceLock } from './instance-lock.ts';

const MODULE = new URL('instance-lock.ts', import.meta.url).href;

/** A program that takes the lock and says so, or says why not. */
function lockingProgram(path: string, andThen: string): string[] {
  const take = `takeInstanceLock(${JSON.stringify(path)}, process.pid); process.stdout.write('held');`;
  const refuse = 'process.stdout.write(error.message);';
  return [
    '--input-type=module',
    '--eval',
    `import { takeInstanceLock } from ${JSON.stringify(MODULE)};
     try { ${take} ${andThen} } catch (error) { ${refuse} }`,
  ];
}

it('ends with the process that holds it, even killed, and names that process until then', async () => {
  const file = tempDatabasePath();
  const holder = spawn(process.execPath, lockingProgram(file, 'setInterval(() => {}, 1000);'));
  const [said] = await once(holder.stdout, 'data');
  expect(String(said)).toBe('held');
  expect(() => takeInstanceLock(file, process.pid)).toThrow(
    new StartupError(
      `Another arena server (pid ${holder.pid}) is using ${file}. Stop it, or set DATABASE_URL to another file.`,
    ),
  );
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  const release = takeInstanceLock(file, process.pid);
  release();
});

it('keeps a second process out until it is let go', () => {
  const file = tempDatabasePath();
  const attempt = () => spawnSync(process.execPath, lockingProgram(file, ''), { encoding: 'utf8' }).stdout;
  const release = takeInstanceLock(file, 4711);
  expect(attempt()).toContain('Another arena server (pid 4711) is using');
  release();
  expect(attempt()).toBe('held');
});

it('says so when the holder has not yet written its pid', () => {
  const file = tempDatabasePath();
  const holder = new BetterSqlite3(`${file}.lock-db`);
  holder.exec('begin exclusive');
  expect(() => takeInstanceLock(file, process.pid)).toThrow('Another arena server (pid unknown)');
  holder.close();
});

it('leaves the database itself free to others', () => {
  const file = tempDatabasePath();
  const release = takeInstanceLock(file, process.pid);
  const reader = new BetterSqlite3(file);
  expect(reader.prepare('select 1').pluck().get()).toBe(1);
  reader.close();
  release();
});

it('says that the folder is missing', () => {
  const file = join(dirname(tempDatabasePath()), 'missing', 'arena.db');
  expect(() => takeInstanceLock(file, 1)).toThrow(/folder is missing/);
});
