import { prepared, write, type Write } from '../prepared.ts';

/** What is counted of a bot's model on a day. */
export const COUNTS = [
  'turns',
  'decisions',
  'accepted',
  'rejected',
  'unparseable',
  'unknown_symbol',
  'clamped',
  'mended',
  'calls',
  'failed_calls',
  'refused',
  'timed_out',
] as const;
export type Counts = Record<(typeof COUNTS)[number], number>;

interface Counted extends Counts {
  readonly bot_id: string;
  readonly provider_id: string;
  readonly day_at: number;
}

/** A model is known by the name its users give it, not by the more exact one that each answer may come with. */
const addition = prepared<Counted>((db, param) =>
  db
    .insertInto('decision_stats')
    .columns(['user_id', 'bot_id', 'provider_type', 'model', 'day_at', ...COUNTS])
    .expression((eb) =>
      eb
        .selectFrom('llm_providers as p')
        .select((row) => [
          'p.user_id',
          row.val(param('bot_id')).as('bot_id'),
          'p.provider_type',
          'p.model_name',
          row.val(param('day_at')).as('day_at'),
          ...COUNTS.map((name) => row.val(param(name)).as(name)),
        ])
        .where('p.id', '=', param('provider_id')),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['bot_id', 'provider_type', 'model', 'day_at'])
        .doUpdateSet((eb) =>
          Object.fromEntries(
            COUNTS.map((name) => [name, eb(`decision_stats.${name}`, '+', eb.ref(`excluded.${name}`))]),
          ),
        ),
    ),
);

export const NO_COUNTS = Object.fromEntries(COUNTS.map((name) => [name, 0])) as Counts;

/** Adds to what is counted of a bot's model; what is not named stays. @param counted.day_at begin of the day (UTC, wall clock). */
export function addDecisionStats(
  counted: Pick<Counted, 'bot_id' | 'provider_id' | 'day_at'> & Partial<Counts>,
): Write {
  return write(addition, { ...NO_COUNTS, ...counted });
}

export interface ModelName {
  readonly provider_type: string;
  readonly model: string;
}

/** What was counted of every model on a day, over all bots. */
export const countsOfDay = prepared<{ day_at: number }, ModelName & Readonly<Counts>>((db, param) =>
  db
    .selectFrom('decision_stats as s')
    .select((eb) => [
      's.provider_type',
      's.model',
      ...COUNTS.map((name) => eb.fn.sum<number>(`s.${name}`).as(name)),
    ])
    .where('s.day_at', '=', param('day_at'))
    .groupBy(['s.provider_type', 's.model']),
);

/** Which bots used which model on a day. */
export const botsOfDay = prepared<{ day_at: number }, ModelName & { readonly bot_id: string }>((db, param) =>
  db
    .selectFrom('decision_stats as s')
    .select(['s.provider_type', 's.model', 's.bot_id'])
    .where('s.day_at', '=', param('day_at')),
);

/** Every read of this file, for the query plan test. */
export const DECISION_STAT_READS = { countsOfDay, botsOfDay };
