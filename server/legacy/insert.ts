import type { Insertable, Kysely } from 'kysely';
import { prepared, write, type Write } from '../db/prepared.ts';
import type { Database } from '../db/schema/index.ts';

/**
 * An insert of many rows.
 * @param key where it is taken already the row there stays, and no row changes; null = that is an error.
 * @param columns those every row has.
 */
export function inserter<
  Table extends keyof Database,
  Column extends keyof Insertable<Database[Table]> & string,
>(
  table: Table,
  key: readonly (keyof Database[Table] & string)[] | null,
  columns: readonly Column[],
): (row: Pick<Insertable<Database[Table]>, Column>) => Write {
  const statement = prepared<Record<string, unknown>>((db, param) => {
    // The columns are those of the table, which only the types of this function know.
    const insert = (db as unknown as Kysely<Record<string, Record<string, unknown>>>)
      .insertInto(table)
      .values(param.pick(...columns));
    return key ? insert.onConflict((conflict) => conflict.columns(key).doNothing()) : insert;
  });
  return (row) => write(statement, row as Record<string, unknown>);
}
