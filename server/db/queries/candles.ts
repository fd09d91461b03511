import { sql } from 'kysely';
import type { Db } from '../database.ts';
import { prepared } from '../prepared.ts';

export interface CandleSpan {
  readonly symbol: string;
  /** The first bucket's start and the end after the last, epoch ms. */
  readonly from: number;
  readonly to: number;
  /** Length of a bucket, ms. */
  readonly stepMs: number;
}

export interface CandleRow {
  opened_at: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
}

const aggregated = prepared<CandleSpan, CandleRow>((db, param) =>
  db
    .selectFrom(
      db
        .selectFrom('candles')
        .select(sql<number>`cast(opened_at / ${param('stepMs')} as bigint)`.as('bucket'))
        .select(({ fn }) => [
          fn.min('opened_at').as('first_at'),
          fn.max('opened_at').as('last_at'),
          fn.min('low').as('low'),
          fn.max('high').as('high'),
          fn.sum<number>('volume').as('volume'),
        ])
        .where('symbol', '=', param('symbol'))
        .where('opened_at', '>=', param('from'))
        .where('opened_at', '<', param('to'))
        .groupBy('bucket')
        .as('b'),
    )
    .innerJoin('candles as f', (on) =>
      on.on('f.symbol', '=', param('symbol')).onRef('f.opened_at', '=', 'b.first_at'),
    )
    .innerJoin('candles as l', (on) =>
      on.on('l.symbol', '=', param('symbol')).onRef('l.opened_at', '=', 'b.last_at'),
    )
    .select(sql<number>`b.bucket * ${param('stepMs')}`.as('opened_at'))
    .select(['f.open', 'b.high', 'b.low', 'l.close', 'b.volume'])
    .orderBy('b.bucket'),
);

/** Stored candles drawn together into buckets of `stepMs`, oldest first. Every stored candle of the span is read. */
export async function listCandles(db: Db, span: CandleSpan): Promise<CandleRow[]> {
  return await db.all(aggregated, span);
}

const first = prepared<{ symbol: string }, { opened_at: number }>((db, param) =>
  db
    .selectFrom('candles')
    .select('opened_at')
    .where('symbol', '=', param('symbol'))
    .orderBy('opened_at')
    .limit(1),
);

export async function findFirstCandleTime(db: Db, symbol: string): Promise<number | undefined> {
  return (await db.first(first, { symbol }))?.opened_at;
}

/** Every read of this file, for the query plan test. */
export const CANDLE_READS = { aggregated, first };
