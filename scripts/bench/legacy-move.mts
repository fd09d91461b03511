import BetterSqlite3 from 'better-sqlite3';
import { statSync } from 'node:fs';
import path from 'node:path';
import { migrateToLatest } from '../../server/db/migrator.ts';
import { EXAMPLE } from '../../server/test/support/legacy/example.ts';
import { makeLegacyArena } from '../../server/test/support/legacy/make-legacy-arena.ts';
import { migrate } from '../../server/test/support/legacy/migrate.ts';
import { writeLegacyDatabase } from '../../server/test/support/legacy/write-legacy-database.ts';
import { atLeast, number, within, type Measure } from './measure.mts';
import { interleave } from './rounds.mts';

/** The whole move of `arena.db.example`, copy and checks included, against its rows inserted bare. */
export const legacyMove: Measure = {
  name: 'legacy-move',
  async run(bench) {
    const source = path.join(bench.folder, 'legacy.db');
    writeLegacyDatabase(source, makeLegacyArena(EXAMPLE));
    const moved = path.join(bench.folder, 'moved.db');
    await migrate(source, { to: moved });
    const tables = readTables(moved);
    const rows = tables.reduce((sum, table) => sum + table.rows.length, 0);
    let files = 0;
    const newFile = () => path.join(bench.folder, `move-${(files += 1)}.db`);
    const samples = await interleave(
      {
        ours: async () => {
          const startedAt = performance.now();
          await migrate(source, { to: newFile() });
          return performance.now() - startedAt;
        },
        raw: async () => {
          const file = newFile();
          await migrateToLatest(file, 'bench');
          return insertAll(file, tables);
        },
      },
      { rounds: bench.isQuick ? 7 : 15, warmUps: 2 },
    );
    const rate = (name: 'ours' | 'raw') => `${number((rows * 1000) / samples.median(name))} rows/s`;
    const size = `${number(rows)} rows from ${number(statSync(source).size / 1e6)} MB`;
    return [
      atLeast(
        { measure: 'legacy move / its rows raw', ours: rate('ours'), baseline: `${rate('raw')} raw` },
        samples.ratio('raw', 'ours'),
        0.5,
      ),
      within({ measure: 'legacy move of the example', detail: size }, samples.median('ours') / 1000, {
        most: 0.5,
        unit: 's',
      }),
    ];
  },
};

interface TableRows {
  readonly insert: string;
  readonly rows: readonly unknown[][];
}

function readTables(file: string): TableRows[] {
  const db = new BetterSqlite3(file, { readonly: true });
  const names = db
    .prepare<[], { name: string }>(
      "select name from sqlite_master where type = 'table' and name not like 'sqlite%' and name not like 'kysely%'",
    )
    .all();
  const tables = names.map(({ name }) => {
    const rows = db.prepare(`select * from ${name}`).raw().all() as unknown[][];
    const marks = (rows[0] ?? []).map(() => '?').join(', ');
    return { insert: `insert into ${name} values (${marks})`, rows };
  });
  db.close();
  return tables.filter(({ rows }) => rows.length > 0);
}

/** All rows in one transaction; what they refer to is not looked at, as in the move. @returns ms */
function insertAll(file: string, tables: readonly TableRows[]): number {
  const db = new BetterSqlite3(file);
  db.pragma('synchronous = FULL');
  db.pragma('foreign_keys = OFF');
  const startedAt = performance.now();
  db.exec('begin immediate');
  for (const { insert, rows } of tables) {
    const statement = db.prepare(insert);
    for (const row of rows) statement.run(...row);
  }
  db.exec('commit');
  const took = performance.now() - startedAt;
  db.close();
  return took;
}
