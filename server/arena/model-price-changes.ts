import type { z } from 'zod';
import type { Actor, AppContext } from '../context.ts';
import type { arenaPriceSchema, setPriceBodySchema } from '../contract/http/providers.ts';
import { audited } from '../db/queries/audit-log.ts';
import { isUniqueViolation } from '../db/database.ts';
import {
  deleteModelPrice as deleteRow,
  findModelPrice,
  insertModelPrice,
  listModelPrices,
  type ModelPriceRow,
} from '../db/queries/model-prices.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../errors.ts';
import { PRESETS } from '../llm/presets.ts';
import { priceOfRow } from './model-prices.ts';

type Deps = Pick<AppContext, 'db' | 'clock' | 'newId' | 'prices'>;
type ArenaPrice = z.output<typeof arenaPriceSchema>;

/** Prices that were set here, the one that holds from the latest time on first. */
export async function readModelPrices({ db }: Pick<Deps, 'db'>): Promise<ArenaPrice[]> {
  return (await listModelPrices(db.read)).map(viewOf);
}

/** @throws NotFoundError */
export async function readModelPrice({ db }: Pick<Deps, 'db'>, id: string): Promise<ArenaPrice> {
  return viewOf(await getRow({ db }, id));
}

/**
 * Sets the price of a model from a time on; what was counted before keeps the price it had.
 * @throws InvalidInputError for an unknown preset, ConflictError `price-exists` for the same time again.
 */
export async function setModelPrice(
  ctx: Deps,
  by: Actor,
  { preset, model, price, validFrom }: z.output<typeof setPriceBodySchema>,
): Promise<{ id: string }> {
  const { db, clock, newId, prices } = ctx;
  assertPreset(preset);
  const [id, now] = [newId(), clock.wallNow()];
  const valid_from = validFrom ?? now;
  const { input: input_usd, output: output_usd, cachedInput: cached_input_usd } = price;
  const row = { id, preset, model, input_usd, output_usd, cached_input_usd, valid_from, created_at: now };
  try {
    await db.commit([
      insertModelPrice(db.read, row),
      audited(ctx, by, { ...subjectOf(id), action: 'model-price.set', details: detailsOf(row) }),
      ...by.remember({ id }),
    ]);
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new ConflictError('price-exists', `There is a price of ${model} from that very time on already.`);
  }
  await prices.reload();
  return { id };
}

/** Takes a price back: the one before it holds again. @throws NotFoundError */
export async function removeModelPrice(ctx: Deps, by: Actor, id: string): Promise<void> {
  const { db, prices } = ctx;
  const row = await getRow(ctx, id);
  await db.commit([
    deleteRow(db.read, id),
    audited(ctx, by, { ...subjectOf(id), action: 'model-price.deleted', details: detailsOf(row) }),
    ...by.remember({}),
  ]);
  await prices.reload();
}

async function getRow({ db }: Pick<Deps, 'db'>, id: string): Promise<ModelPriceRow> {
  const row = await findModelPrice(db.read, id);
  if (!row) throw new NotFoundError('price', id);
  return row;
}

function assertPreset(preset: string): void {
  const ids = PRESETS.map(({ id }) => id);
  if (ids.includes(preset)) return;
  const known = `the presets are ${ids.join(', ')}`;
  throw new InvalidInputError(`There is no preset "${preset}": ${known}.`, [
    { path: 'preset', message: known },
  ]);
}

function viewOf(row: ModelPriceRow): ArenaPrice {
  const { id, preset, model, valid_from: validFrom, created_at: createdAt } = row;
  return { id, preset, model, price: priceOfRow(row), validFrom, createdAt };
}

function detailsOf(row: ModelPriceRow) {
  const { preset, model, validFrom, price } = viewOf(row);
  return { preset, model, price, validFrom };
}

function subjectOf(subjectId: string) {
  return { subjectType: 'model-price', subjectId };
}
