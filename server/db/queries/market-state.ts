import type { Insertable, Selectable } from 'kysely';
import { z } from 'zod';
import type { Candle } from '../../engine/model.ts';
import type { Db, Reader } from '../database.ts';
import { prepared, write, writeOnce, type Write } from '../prepared.ts';
import type { MarketStateTable } from '../schema/market-state.ts';

export type MarketStateRow = Selectable<MarketStateTable>;

export async function findMarketState(db: Reader): Promise<MarketStateRow | undefined> {
  return db.selectFrom('market_state').selectAll().where('id', '=', 1).executeTakeFirst();
}

const stateSchema = z.object({ startPrices: z.record(z.string(), z.number()) });

/** The prices at which positions of the old server go on, by symbol; none where nothing was moved. */
export async function findStartPrices(db: Reader): Promise<Readonly<Record<string, number>>> {
  const row = await db.selectFrom('arena_state').select('state').executeTakeFirst();
  return row ? stateSchema.parse(JSON.parse(row.state)).startPrices : {};
}

/** Binds the database to a market, or to another one. */
export function replaceMarketState(db: Reader, row: Insertable<MarketStateTable>): Write {
  return writeOnce(
    db
      .insertInto('market_state')
      .values(row)
      .onConflict((conflict) => conflict.column('id').doUpdateSet(row)),
  );
}

interface Progress {
  readonly clock_at: number;
  readonly state_json: string;
  readonly marks_json: string;
}

const progressUpdate = prepared<Progress>((db, param) =>
  db
    .updateTable('market_state')
    .set(param.pick('clock_at', 'state_json', 'marks_json'))
    .where('id', '=', 1)
    .where('clock_at', '<=', param('clock_at')),
);
/** Moves the stored clock on; it never runs backwards. */
export const saveProgress = (progress: Progress): Write => write(progressUpdate, progress);

const clockUpdate = prepared<{ clock_at: number; marks_json: string }>((db, param) =>
  db
    .updateTable('market_state')
    .set(param.pick('clock_at', 'marks_json'))
    .where('id', '=', 1)
    .where('clock_at', '<=', param('clock_at')),
);
/** The clock and marks alone, between two states of the source. */
export const saveClock = (clock: { clock_at: number; marks_json: string }): Write =>
  write(clockUpdate, clock);

export function markFinished(db: Reader, finishedAt: number): Write {
  return writeOnce(db.updateTable('market_state').set({ finished_at: finishedAt }).where('id', '=', 1));
}

const candleInsert = prepared<{
  symbol: string;
  opened_at: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
}>((db, param) =>
  db
    .insertInto('candles')
    .values(param.pick('symbol', 'opened_at', 'open', 'high', 'low', 'close', 'volume'))
    .onConflict((conflict) => conflict.columns(['symbol', 'opened_at']).doNothing()),
);

/** A candle that is stored already stays as it is. */
export function insertCandle({ openedAt, ...candle }: Candle): Write {
  return write(candleInsert, { ...candle, opened_at: openedAt });
}

export function deleteCandles(db: Reader): Write {
  return writeOnce(db.deleteFrom('candles'));
}

const newestCandles = prepared<{ symbol: string; since: number }, Candle>((db, param) =>
  db
    .selectFrom('candles')
    .select(['symbol', 'opened_at as openedAt', 'open', 'high', 'low', 'close', 'volume'])
    .where('symbol', '=', param('symbol'))
    .where('opened_at', '>=', param('since'))
    .orderBy('opened_at'),
);

/** A symbol's candles from `since` on, oldest first. */
export async function listNewestCandles(db: Db, symbol: string, since: number): Promise<Candle[]> {
  return db.all(newestCandles, { symbol, since });
}
