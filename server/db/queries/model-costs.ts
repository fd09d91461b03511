import { prepared, write, type Write } from '../prepared.ts';
import type { BotCostHoursTable } from '../schema/bot-cost-hours.ts';

/** After every hour there is. */
export const FOREVER = Number.MAX_SAFE_INTEGER;

interface Cost {
  readonly bot_id: string;
  /** Of the arena's clock. */
  readonly hour_at: number;
  readonly cost_micros: number;
}

const addition = prepared<Cost>((db, param) =>
  db
    .insertInto('bot_cost_hours')
    .columns(['user_id', 'bot_id', 'epoch', 'hour_at', 'total_micros'])
    .expression((eb) =>
      eb
        .selectFrom('bot_accounts as a')
        .leftJoin('bot_cost_hours as h', (join) =>
          join
            .onRef('h.bot_id', '=', 'a.bot_id')
            .onRef('h.epoch', '=', 'a.epoch')
            .on('h.hour_at', '=', (on) =>
              on
                .selectFrom('bot_cost_hours as last')
                .select((last) => last.fn.max('last.hour_at').as('hour_at'))
                .whereRef('last.bot_id', '=', 'a.bot_id')
                .whereRef('last.epoch', '=', 'a.epoch'),
            ),
        )
        .select((row) => [
          'a.user_id',
          'a.bot_id',
          'a.epoch',
          // After a restart in real time the clock begins at the last price: totals never go back.
          row
            .case()
            .when('h.hour_at', '>', param('hour_at'))
            .then(row.ref('h.hour_at'))
            .else(param('hour_at'))
            .end()
            .as('hour_at'),
          row(row.fn.coalesce('h.total_micros', row.lit(0)), '+', param('cost_micros')).as('total_micros'),
        ])
        .where('a.bot_id', '=', param('bot_id')),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['bot_id', 'epoch', 'hour_at'])
        .doUpdateSet((eb) => ({ total_micros: eb.ref('excluded.total_micros') })),
    ),
);

/** Counts what was paid for a bot, in the epoch it is in. */
export const addModelCost = (cost: Cost): Write => write(addition, cost);

/** The last hour of a bot's epoch before a time that has its total. */
export const costBefore = prepared<
  { bot_id: string; epoch: number; before: number },
  Pick<BotCostHoursTable, 'total_micros'>
>((db, param) =>
  db
    .selectFrom('bot_cost_hours as h')
    .select('h.total_micros')
    .where('h.bot_id', '=', param('bot_id'))
    .where('h.epoch', '=', param('epoch'))
    .where('h.hour_at', '<', param('before'))
    .orderBy('h.hour_at', 'desc')
    .limit(1),
);

/** Every read of this file, for the query plan test. */
export const MODEL_COST_READS = { costBefore };
