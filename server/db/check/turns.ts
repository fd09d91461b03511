import type { Reader } from '../database.ts';
import type { Findings } from './findings.ts';

/** I11, I12 and I18 of turns and decisions. */
export async function checkTurns(db: Reader, findings: Findings): Promise<void> {
  await checkDecisionsHaveTurns(db, findings);
  await checkAppliedTurns(db, findings);
  await checkUniqueness(db, findings);
}

/** A decision without a turn is the old server's: it must be older than the postings that brought its bot over. */
async function checkDecisionsHaveTurns(db: Reader, findings: Findings): Promise<void> {
  const orphans = await db
    .selectFrom('bot_decisions as d')
    .select(['d.id', 'd.bot_id', 'd.timestamp'])
    .where('d.turn_id', 'is', null)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('ledger_entries as l')
            .select('l.id')
            .whereRef('l.bot_id', '=', 'd.bot_id')
            .where('l.cause', '=', 'legacy')
            .whereRef('l.created_at', '>=', 'd.timestamp'),
        ),
      ),
    )
    .execute();
  findings.addAll('I11', 'a decision belongs to no turn', orphans);

  const rows = await db
    .selectFrom('bot_decisions as d')
    .innerJoin('bot_turns as t', 't.id', 'd.turn_id')
    .select(['d.id', 'd.bot_id', 'd.user_id', 'd.epoch', 't.id as turn_id', 't.status'])
    .select(['t.bot_id as turn_bot_id', 't.user_id as turn_user_id', 't.epoch as turn_epoch'])
    .where((eb) =>
      eb.or([
        eb('t.status', '<>', 'applied'),
        eb('d.bot_id', '<>', eb.ref('t.bot_id')),
        eb('d.user_id', '<>', eb.ref('t.user_id')),
        eb('d.epoch', '<>', eb.ref('t.epoch')),
      ]),
    )
    .execute();
  for (const row of rows) {
    if (row.status !== 'applied')
      findings.add('I11', 'a decision belongs to a turn that was not applied', row);
    if (row.bot_id !== row.turn_bot_id || row.user_id !== row.turn_user_id)
      findings.add('I18', 'a decision and its turn belong to different bots', row);
    if (row.epoch !== row.turn_epoch)
      findings.add('I9', 'a decision and its turn belong to different epochs', row);
  }
}

async function checkAppliedTurns(db: Reader, findings: Findings): Promise<void> {
  const rows = await db
    .selectFrom('bot_turns as t')
    .leftJoin('bot_decisions as d', 'd.turn_id', 't.id')
    .select((eb) => ['t.id', 't.bot_id', 't.turn_no', eb.fn.count('d.id').as('decisions')])
    .select((eb) => eb('t.raw_answer', 'is', null).as('lacks_answer'))
    .select((eb) => eb('t.prompt_hash', 'is', null).as('lacks_hash'))
    .where('t.status', '=', 'applied')
    .groupBy('t.id')
    .having((eb) =>
      eb.or([
        eb(eb.fn.count('d.id'), '<>', 1),
        eb('t.raw_answer', 'is', null),
        eb('t.prompt_hash', 'is', null),
      ]),
    )
    .execute();
  findings.addAll('I11', 'an applied turn lacks its decisions row, raw answer or prompt hash', rows);
}

async function checkUniqueness(db: Reader, findings: Findings): Promise<void> {
  const turns = await db
    .selectFrom('bot_turns')
    .select((eb) => ['bot_id', 'turn_no', eb.fn.countAll().as('turns')])
    .groupBy(['bot_id', 'turn_no'])
    .having((eb) => eb.fn.countAll(), '>', 1)
    .execute();
  findings.addAll('I12', 'two turns of a bot have the same number', turns);
  const entries = await db
    .selectFrom('trades')
    .select((eb) => ['decision_id', 'decision_index', eb.fn.countAll().as('entries')])
    .where('trade_type', '=', 'entry')
    .where('decision_id', 'is not', null)
    .where('legacy', '=', 0)
    .groupBy(['decision_id', 'decision_index'])
    .having((eb) => eb.fn.countAll(), '>', 1)
    .execute();
  findings.addAll('I12', 'one decision made two entries', entries);
}
