import type { Reader } from '../database.ts';
import type { Findings } from './findings.ts';

const DOLLAR_COLUMNS = ['size', 'unrealized_pnl'] as const;

/**
 * I16, I17 and I19 of positions. Whether an entry kept its cooldown, its size minimum or its daily limits depends on the
 * settings of that moment, which no row records: those rules are proven on the engine instead.
 */
export async function checkPositions(db: Reader, findings: Findings): Promise<number> {
  const ranges = await db
    .selectFrom('positions')
    .selectAll()
    .where('legacy', '=', 0)
    .where((eb) => eb.or([eb('leverage', '<', 1), eb('leverage', '>', 1000)]))
    .execute();
  findings.addAll('I17', 'leverage is not in 1..1000', ranges);

  const doubled = await db
    .selectFrom('positions')
    .select((eb) => ['bot_id', 'symbol', eb.fn.countAll().as('open_positions')])
    .where('status', '=', 'open')
    .where('legacy', '=', 0)
    .groupBy(['bot_id', 'symbol'])
    .having((eb) => eb.fn.countAll(), '>', 1)
    .execute();
  findings.addAll('I17', 'a bot has two open positions on one symbol', doubled);

  const backwards = await db
    .selectFrom('positions')
    .selectAll()
    .where('closed_at', 'is not', null)
    .whereRef('closed_at', '<', 'opened_at')
    .execute();
  findings.addAll('I19', 'a position closed before it opened', backwards);

  for (const column of DOLLAR_COLUMNS) {
    const rows = await db
      .selectFrom('positions')
      .select(['id', 'bot_id', column])
      .where((eb) =>
        eb.or([
          eb(column, '<>', eb.fn<number>('round', [column, eb.lit(6)])),
          eb(eb.fn<number>('abs', [column]), '>=', 1e12),
        ]),
      )
      .execute();
    findings.addAll('I16', 'a dollar column of a position is not whole micros', rows);
  }
  const { count } = await db
    .selectFrom('positions')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}
