import type { Selectable } from 'kysely';
import { NotFoundError } from '../../errors.ts';
import type { Reader } from '../database.ts';
import { writeOnce, type Write } from '../prepared.ts';
import type { SystemSettingsTable } from '../schema/system-settings.ts';

export async function listSettingRows(db: Reader): Promise<Selectable<SystemSettingsTable>[]> {
  return await db.selectFrom('system_settings').selectAll().execute();
}

/** @param setting `at` is wall time, epoch ms. */
export function updateSettingRow(
  db: Reader,
  { key, value, at }: { key: string; value: string; at: number },
): Write {
  return writeOnce(db.updateTable('system_settings').set({ value, updated_at: at }).where('key', '=', key), {
    rows: 1,
    orElse: () => new NotFoundError('setting', key),
  });
}
