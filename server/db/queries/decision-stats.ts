import { prepared, write, type Write } from '../prepared.ts';

/** What is counted of a bot's model on a day. */
const COUNTS = [
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
type Counts = Record<(typeof COUNTS)[number], number>;

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

const NONE = Object.fromEntries(COUNTS.map((name) => [name, 0])) as Counts;

/** Adds to what is counted of a bot's model; what is not named stays. @param counted.day_at begin of the day (UTC, wall clock). */
export function addDecisionStats(
  counted: Pick<Counted, 'bot_id' | 'provider_id' | 'day_at'> & Partial<Counts>,
): Write {
  return write(addition, { ...NONE, ...counted });
}

export interface ModelCounts extends Readonly<Counts> {
  readonly provider_type: string;
  readonly model: string;
  readonly bots: number;
}

/** What was counted of every model since a day, over all bots; the busiest first. */
export const modelCounts = prepared<{ since: number; limit: number }, ModelCounts>((db, param) =>
  db
    .selectFrom('decision_stats as s')
    .select((eb) => [
      's.provider_type',
      's.model',
      eb.fn.count<number>('s.bot_id').distinct().as('bots'),
      ...COUNTS.map((name) => eb.fn.sum<number>(`s.${name}`).as(name)),
    ])
    .where('s.day_at', '>=', param('since'))
    .groupBy(['s.provider_type', 's.model'])
    .orderBy('calls', 'desc')
    .orderBy('s.provider_type')
    .orderBy('s.model')
    .limit(param('limit')),
);

/** Every read of this file, for the query plan test. */
export const DECISION_STAT_READS = { modelCounts };
