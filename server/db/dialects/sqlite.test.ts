import BetterSqlite3 from 'better-sqlite3';
import { sql } from 'kysely';
import { describe, expect, it, onTestFinished } from 'vitest';
import { StaleWriteError, StartupError } from '../../errors.ts';
import { tempDatabase } from '../../test/support/temp-database.ts';
import { isBusy, isUniqueViolation, type Db } from '../database.ts';
import { prepared, write, writeOnce, type Write } from '../prepared.ts';
import { openSqlite } from './sqlite.ts';

const insertSetting = prepared<{ key: string; value: string }>((db, param) =>
  db.insertInto('system_settings').values({
    ...param.pick('key', 'value'),
    data_type: 'text',
    description: '',
    updated_at: 0,
  }),
);
const countUp = prepared<{ key: string }>((db, param) =>
  db
    .updateTable('system_settings')
    .set((eb) => ({ updated_at: eb('updated_at', '+', 1) }))
    .where('key', '=', param('key')),
);
const findSetting = prepared<{ key: string }, { value: string; updated_at: number }>((db, param) =>
  db.selectFrom('system_settings').select(['value', 'updated_at']).where('key', '=', param('key')),
);
const listKeys = prepared<object, { key: string }>((db) =>
  db.selectFrom('system_settings').select('key').orderBy('key'),
);

function put(key: string, value = ''): Write {
  return write(insertSetting, { key, value });
}

/** Counts up a row that must exist. */
function touch(key: string): Write {
  return write(countUp, { key }, { rows: 1, orElse: () => new StaleWriteError(key) });
}

async function keysOf(db: Db): Promise<string[]> {
  return (await db.all(listKeys, {})).map(({ key }) => key);
}

/** Another program that holds the write lock until told to let go. */
function holdWriteLock(path: string): () => void {
  const other = new BetterSqlite3(path, { timeout: 0 });
  onTestFinished(() => {
    other.close();
  });
  other.exec('begin immediate');
  return () => other.exec('rollback');
}

describe('opening', () => {
  it('holds the pragmas on both connections', async () => {
    const db = await tempDatabase();
    const pragmas = sql<{
      journal_mode: string;
      synchronous: number;
      foreign_keys: number;
    }>`select journal_mode, synchronous, foreign_keys from pragma_journal_mode, pragma_synchronous, pragma_foreign_keys`;
    const expected = [{ journal_mode: 'wal', synchronous: 2, foreign_keys: 1 }];
    expect((await pragmas.execute(db.read)).rows).toEqual(expected);
    expect((await db.transaction((trx) => pragmas.execute(trx))).rows).toEqual(expected);
  });

  it('refuses a database that cannot hold them', () => {
    expect(() => openSqlite(':memory:')).toThrow(
      new StartupError('The database has journal_mode=memory; it must be wal.'),
    );
  });

  it('lets no replacement past the append-only triggers', async () => {
    const db = await tempDatabase();
    const log = (action: string) =>
      db.transaction((trx) =>
        sql`insert or replace into audit_log (id, action, subject_type, subject_id, details_json, created_at)
          values (1, ${action}, 'bot', 'b', '{}', 1)`.execute(trx),
      );
    await log('created');
    await expect(log('forged')).rejects.toThrow('audit_log is append-only');
  });

  it('reads on a connection that cannot write', async () => {
    const db = await tempDatabase();
    await expect(db.read.deleteFrom('system_settings').execute()).rejects.toThrow(
      'attempt to write a readonly database',
    );
  });
});

describe('commit', () => {
  it('is there for every reader once it resolves', async () => {
    const db = await tempDatabase();
    await db.commit([put('a', 'one')]);
    expect(await db.first(findSetting, { key: 'a' })).toEqual({ value: 'one', updated_at: 0 });
    const other = new BetterSqlite3(db.path, { readonly: true });
    expect(other.prepare('select value from system_settings').pluck().get()).toBe('one');
    other.close();
  });

  it('writes all of its statements or none', async () => {
    const db = await tempDatabase();
    await db.commit([put('a')]);
    const failed = db.commit([put('b'), touch('a'), put('a')]);
    await expect(failed).rejects.toSatisfy(isUniqueViolation);
    expect(await keysOf(db)).toEqual(['a']);
    expect(await db.first(findSetting, { key: 'a' })).toMatchObject({ updated_at: 0 });
  });

  it('fails with the caller’s error when rows do not change as they must', async () => {
    const db = await tempDatabase();
    await expect(db.commit([put('a'), touch('gone')])).rejects.toThrow(StaleWriteError);
    expect(await keysOf(db)).toEqual([]);
  });

  it('takes statements that are compiled for one use', async () => {
    const db = await tempDatabase();
    await db.commit([put('a'), put('b')]);
    const remove = db.read.deleteFrom('system_settings').where('key', '=', 'a');
    await db.commit([writeOnce(remove, { rows: 1, orElse: () => new StaleWriteError('a') })]);
    expect(await keysOf(db)).toEqual(['b']);
  });

  it('lets a hundred writers at once each succeed or fail alone, in one group', async () => {
    const db = await tempDatabase();
    await db.commit([put('taken')]);
    let groups = 0;
    db.onCommit(() => {
      groups += 1;
    });
    const keys = Array.from({ length: 100 }, (_, i) => `w${String(i).padStart(2, '0')}`);
    const settled = await Promise.allSettled(
      keys.map((key, i) => {
        if (i === 40) return db.commit([put(key), put('taken')]);
        if (i === 60) return db.commit([put(key), touch('gone')]);
        return db.commit([put(key)]);
      }),
    );
    const failed = settled.flatMap((result, i) =>
      result.status === 'rejected' ? [{ i, reason: result.reason as unknown }] : [],
    );
    expect(failed.map(({ i }) => i)).toEqual([40, 60]);
    expect(isUniqueViolation(failed[0]?.reason)).toBe(true);
    expect(failed[1]?.reason).toBeInstanceOf(StaleWriteError);
    expect(await keysOf(db)).toEqual(['taken', ...keys.filter((_, i) => i !== 40 && i !== 60)]);
    expect(groups).toBe(1);
  });

  it('keeps the order of its callers', async () => {
    const db = await tempDatabase();
    const order: number[] = [];
    await Promise.all(
      [0, 1, 2].map(async (i) => {
        await db.commit([put(`k${i}`)]);
        order.push(i);
      }),
    );
    expect(order).toEqual([0, 1, 2]);
    expect(await keysOf(db)).toEqual(['k0', 'k1', 'k2']);
  });

  it('tells listeners until they leave', async () => {
    const db = await tempDatabase();
    let calls = 0;
    const leave = db.onCommit(() => {
      calls += 1;
    });
    await db.commit([put('a')]);
    await db.transaction((trx) => trx.deleteFrom('system_settings').execute());
    leave();
    await db.commit([put('b')]);
    expect(calls).toBe(2);
  });
});

describe('transaction', () => {
  it('keeps nothing when it fails, and the next one goes on', async () => {
    const db = await tempDatabase();
    const failing = db.transaction(async (trx) => {
      await trx
        .insertInto('system_settings')
        .values({ key: 'a', value: '', data_type: 'text', description: '', updated_at: 0 })
        .execute();
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    await db.commit([put('b')]);
    expect(await keysOf(db)).toEqual(['b']);
  });

  it('holds the writer: a commit waits for its end', async () => {
    const db = await tempDatabase();
    await db.commit([put('a')]);
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const order: string[] = [];
    const slow = db.transaction(async (trx) => {
      const query = trx.selectFrom('system_settings').select('key');
      const before = await query.execute();
      await gate;
      expect(await query.execute()).toEqual(before);
      order.push('transaction');
    });
    const quick = db.commit([put('b')]).then(() => order.push('commit'));
    setImmediate(() => setImmediate(open));
    await Promise.all([slow, quick]);
    expect(order).toEqual(['transaction', 'commit']);
  });

  it('loses no update between commits', async () => {
    const db = await tempDatabase();
    await db.commit([put('n')]);
    const readAndWrite = () =>
      db.transaction(async (trx) => {
        const { updated_at } = await trx
          .selectFrom('system_settings')
          .select('updated_at')
          .executeTakeFirstOrThrow();
        await trx
          .updateTable('system_settings')
          .set({ updated_at: updated_at + 1 })
          .execute();
      });
    await Promise.all(
      Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? readAndWrite() : db.commit([touch('n')]))),
    );
    expect(await db.first(findSetting, { key: 'n' })).toMatchObject({ updated_at: 40 });
  });
});

describe('a write lock held by another process', () => {
  const WRITES = {
    commit: (db: Db) => db.commit([put('a')]),
    transaction: (db: Db) =>
      db.transaction((trx) =>
        trx
          .insertInto('system_settings')
          .values({ key: 'a', value: '', data_type: 'text', description: '', updated_at: 0 })
          .execute(),
      ),
  };

  it.each(Object.entries(WRITES))('is waited for by a %s without stopping the event loop', async (_, run) => {
    const db = await tempDatabase();
    const release = holdWriteLock(db.path);
    let ticks = 0;
    const ticking = setInterval(() => {
      ticks += 1;
    }, 10);
    // A blocked event loop would never get to let go.
    setTimeout(release, 300);
    await run(db);
    clearInterval(ticking);
    expect(ticks).toBeGreaterThan(0);
    expect(await keysOf(db)).toEqual(['a']);
  });

  it.each(Object.entries(WRITES))('fails a %s after the limit, and the next one works', async (_, run) => {
    const db = await tempDatabase({ busyLimitMs: 20 });
    const release = holdWriteLock(db.path);
    await expect(run(db)).rejects.toSatisfy(isBusy);
    expect(await keysOf(db)).toEqual([]);
    release();
    await run(db);
    expect(await keysOf(db)).toEqual(['a']);
  });
});

describe('backup', () => {
  it('copies what is committed, not what is being written', async () => {
    const db = await tempDatabase();
    await db.commit([put('a')]);
    const copy = `${db.path}.copy`;
    const abandoned = db.transaction(async (trx) => {
      await trx.deleteFrom('system_settings').execute();
      await db.backup(copy);
      throw new Error('abandoned');
    });
    await expect(abandoned).rejects.toThrow('abandoned');
    const opened = new BetterSqlite3(copy, { readonly: true });
    expect(opened.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(opened.prepare('select key from system_settings').pluck().all()).toEqual(['a']);
    opened.close();
  });

  it('ends although commits go on', async () => {
    const db = await tempDatabase();
    // Many times the pages that one step of the copy takes.
    await db.commit(Array.from({ length: 2000 }, (_, i) => put(`k${i}`, 'x'.repeat(1000))));
    const copy = { isDone: false };
    const copying = db.backup(`${db.path}.copy`).finally(() => {
      copy.isDone = true;
    });
    for (let i = 0; !copy.isDone && i < 5000; i += 1) await db.commit([touch('k0')]);
    expect(copy.isDone).toBe(true);
    await copying;
  });
});

it('finishes what was asked before it closes', async () => {
  const db = await tempDatabase();
  const last = db.commit([put('last')]);
  await Promise.all([db.close(), last]);
  const reopened = openSqlite(db.path);
  expect(await keysOf(reopened)).toEqual(['last']);
  await reopened.close();
});
