import type { Selectable } from 'kysely';
import { NotFoundError } from '../../errors.ts';
import type { Reader } from '../database.ts';
import { writeOnce, type Write } from '../prepared.ts';
import type { ModelPricesTable } from '../schema/model-prices.ts';

export type ModelPriceRow = Selectable<ModelPricesTable>;

/** Every price that was set here, the one that holds from the latest time on first. */
export async function listModelPrices(db: Reader): Promise<ModelPriceRow[]> {
  return await db
    .selectFrom('model_prices')
    .selectAll()
    .orderBy('valid_from', 'desc')
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
}

export async function findModelPrice(db: Reader, id: string): Promise<ModelPriceRow | undefined> {
  return await db.selectFrom('model_prices').selectAll().where('id', '=', id).executeTakeFirst();
}

export function insertModelPrice(db: Reader, row: ModelPriceRow): Write {
  return writeOnce(db.insertInto('model_prices').values(row));
}

export function deleteModelPrice(db: Reader, id: string): Write {
  return writeOnce(db.deleteFrom('model_prices').where('id', '=', id), {
    rows: 1,
    orElse: () => new NotFoundError('price', id),
  });
}
