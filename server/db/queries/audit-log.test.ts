import BetterSqlite3 from 'better-sqlite3';
import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { StaleWriteError } from '../../errors.ts';
import { expectCleanDatabase } from '../../test/support/check.ts';
import { tempDatabase } from '../../test/support/temp-database.ts';
import { isUniqueViolation, type Db } from '../database.ts';
import { writeOnce, type Write } from '../prepared.ts';
import {
  auditDigest,
  insertAuditEntry,
  listAuditEntries,
  type AuditEntry,
  type AuditFilter,
} from './audit-log.ts';

const ENTRY: AuditEntry = {
  userId: 'u1',
  actorId: null,
  action: 'bot.paused',
  subjectType: 'bot',
  subjectId: 'b1',
  details: {},
  at: 1,
  ip: null,
  requestId: null,
};
const tell = (changes: Partial<AuditEntry> = {}) => insertAuditEntry({ ...ENTRY, ...changes });
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const rowsOf = (db: Db) => db.read.selectFrom('audit_log').selectAll().orderBy('id').execute();

/** A change of nothing, which fails alone whatever shares its transaction. */
function missing(db: Db): Write {
  return writeOnce(db.read.updateTable('system_settings').set({ value: '' }).where('key', '=', 'none'), {
    rows: 1,
    orElse: () => new StaleWriteError('a setting'),
  });
}

function put(db: Db, key: string): Write {
  return writeOnce(
    db.read
      .insertInto('system_settings')
      .values({ key, value: '', data_type: 'text', description: '', updated_at: 0 }),
  );
}

/** As a database was before it had a chain. */
function writeUnchained(db: Db, subjects: readonly string[]): void {
  const handle = new BetterSqlite3(db.path);
  const insert = handle.prepare(
    `insert into audit_log (action, subject_type, subject_id, details_json, created_at) values ('old', 'bot', ?, '{}', 1)`,
  );
  for (const subject of subjects) insert.run(subject);
  handle.close();
}

describe('the chain', () => {
  it('is SHA-256 over the hash before and what the row says', async () => {
    const db = await tempDatabase();
    await db.commit([tell({ details: { from: 1, to: 'ä' }, ip: '::1', requestId: 'r1' })]);
    await db.commit([tell({ userId: null, actorId: 'admin' })]);
    const [first, second] = (await rowsOf(db)).map((row) => row.hash);
    const said = ['u1', null, 'bot.paused', 'bot', 'b1', '{"from":1,"to":"ä"}', 1, '::1', 'r1'];
    expect(first).toBe(sha256(`:${sha256(JSON.stringify(said))}`));
    const next = [null, 'admin', 'bot.paused', 'bot', 'b1', '{}', 1, null, null];
    expect(second).toBe(sha256(`${first}:${sha256(JSON.stringify(next))}`));
    await expectCleanDatabase(db.path);
  });

  it('begins with the rows from before it', async () => {
    const db = await tempDatabase();
    writeUnchained(db, ['a', 'b']);
    await expectCleanDatabase(db.path);
    await db.commit([tell(), tell()]);
    await db.commit([tell()]);
    const hashes = (await rowsOf(db)).map((row) => row.hash);
    expect(hashes.map((value) => value?.length)).toEqual([undefined, undefined, 64, 64, 64]);
    expect(hashes[2]).not.toBe(
      sha256(`:${auditDigest({ ...(await rowsOf(db))[2] } as Parameters<typeof auditDigest>[0])}`),
    );
    await expectCleanDatabase(db.path);
  });

  it('holds whatever text it is given', async () => {
    const db = await tempDatabase();
    const texts = ['', '\0', 'a\0b', '\ud800', '😀', "'); drop table audit_log; --", '\u2028', ':', '-'];
    for (const text of texts)
      await db.commit([
        tell({ subjectId: text, action: text, userId: text, ip: text, details: { [text]: text } }),
      ]);
    await expectCleanDatabase(db.path);
    expect((await listAuditEntries(db.read, { limit: 2, action: 'a\0b' })).map((e) => e.subjectId)).toEqual([
      'a\0b',
    ]);
  });

  it('goes on in transactions of every kind', async () => {
    const db = await tempDatabase();
    await db.commit([tell()]);
    const failed = db.transaction(async (trx) => {
      await trx
        .insertInto('audit_log')
        .values({ action: 'x', subject_type: 's', subject_id: 'i', details_json: '{}', created_at: 1 })
        .execute();
      throw new Error('undone');
    });
    await expect(failed).rejects.toThrow('undone');
    await db.commit([tell()]);
    await expectCleanDatabase(db.path);
  });

  it('fails the change that it cannot tell of', async () => {
    const db = await tempDatabase();
    await expect(db.commit([put(db, 'a'), tell({ at: 0.5 })])).rejects.toThrow('cannot store REAL value');
    expect(await db.read.selectFrom('system_settings').selectAll().execute()).toEqual([]);
  });

  it('cannot be changed or shortened', async () => {
    const db = await tempDatabase();
    await db.commit([tell()]);
    const update = writeOnce(db.read.updateTable('audit_log').set({ hash: null }));
    const remove = writeOnce(db.read.deleteFrom('audit_log'));
    await expect(db.commit([update])).rejects.toThrow('audit_log is append-only');
    await expect(db.commit([remove])).rejects.toThrow('audit_log is append-only');
    await expectCleanDatabase(db.path);
  });

  it('stays whole through commits of which some fail, together or apart', async () => {
    const kinds = fc.constantFrom('told', 'told twice', 'fails after', 'fails before', 'taken');
    const db = await tempDatabase();
    let told = 0;
    let failures = 0;
    const writesOf = (kind: string, i: number): Write[] => {
      if (kind === 'told') return [tell({ details: { i } })];
      if (kind === 'told twice') return [tell({ details: { i } }), put(db, `k${i}`), tell({ actorId: 'a' })];
      if (kind === 'fails after') return [tell({ details: { i } }), missing(db)];
      if (kind === 'fails before') return [missing(db), tell({ details: { i } })];
      return [tell({ details: { i } }), put(db, 'taken')];
    };
    await db.commit([put(db, 'taken')]);
    const [groups = []] = fc.sample(
      fc.array(fc.array(kinds, { minLength: 1, maxLength: 8 }), { minLength: 300, maxLength: 300 }),
      { numRuns: 1, seed: Number(process.env['SEED'] ?? 42) },
    );
    let i = 0;
    for (const group of groups)
      await Promise.all(
        group.map(async (kind) => {
          i += 1;
          const isSound = kind.startsWith('told');
          if (isSound) told += kind === 'told' ? 1 : 2;
          else failures += 1;
          await db.commit(writesOf(kind, i)).then(
            () => expect(isSound).toBe(true),
            (error: unknown) =>
              expect([isSound, error instanceof StaleWriteError || isUniqueViolation(error)]).toEqual([
                false,
                true,
              ]),
          );
        }),
      );
    expect(i).toBeGreaterThanOrEqual(1000);
    expect(failures).toBeGreaterThan(300);
    expect((await rowsOf(db)).map((row) => row.id)).toEqual(Array.from({ length: told }, (_, n) => n + 1));
    await expectCleanDatabase(db.path);
  });
});

describe('listAuditEntries', () => {
  it('gives what was told, newest first', async () => {
    const db = await tempDatabase();
    const entry = { ...ENTRY, actorId: 'admin', details: { a: [1] }, ip: '::1', requestId: 'r' };
    await db.commit([tell(), insertAuditEntry(entry)]);
    expect(await listAuditEntries(db.read, { limit: 10 })).toEqual([
      { ...entry, id: 2 },
      { ...ENTRY, id: 1 },
    ]);
  });

  it.each<[Omit<AuditFilter, 'limit'>, number[]]>([
    [{ userId: 'u2' }, [4, 2]],
    [{ actorId: 'admin' }, [3, 2]],
    [{ action: 'login' }, [4]],
    [{ from: 20 }, [4, 3, 2]],
    [{ from: 20, to: 30 }, [3, 2]],
    [{ beforeId: 3 }, [2, 1]],
    [{ userId: 'u2', actorId: 'admin', action: 'bot.paused', from: 0, to: 99, beforeId: 9 }, [2]],
  ])('of %o', async (filter, ids) => {
    const db = await tempDatabase();
    await db.commit([
      tell({ at: 10 }),
      tell({ at: 20, userId: 'u2', actorId: 'admin' }),
      tell({ at: 30, actorId: 'admin' }),
      tell({ at: 40, userId: 'u2', action: 'login' }),
    ]);
    const found = await listAuditEntries(db.read, { ...filter, limit: 10 });
    expect(found.map(({ id }) => id)).toEqual(ids);
    expect(await listAuditEntries(db.read, { ...filter, limit: 1 })).toHaveLength(1);
  });
});

it('hashes text as UTF-8, and nothing as nothing', async () => {
  const db = await tempDatabase();
  const call = (value: unknown) =>
    sql<{ hash: string | null }>`select arena_sha256(${value}) as hash`.execute(db.read);
  expect((await call('ä\0b')).rows).toEqual([{ hash: sha256('ä\0b') }]);
  expect((await call(null)).rows).toEqual([{ hash: null }]);
  await expect(call(1)).rejects.toThrow('arena_sha256 takes text');
});
