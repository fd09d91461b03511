import { sql, type Kysely, type Selectable } from 'kysely';
import type { Db } from '../database.ts';
import { prepared, type Params, type PreparedQuery } from '../prepared.ts';
import type { BotDecisionsTable } from '../schema/bot-decisions.ts';
import type { Database } from '../schema/index.ts';
import type { TimePage } from './time-page.ts';

export interface DecisionRow extends Omit<
  Selectable<BotDecisionsTable>,
  'user_id' | 'turn_id' | 'epoch' | 'prompt_sent' | 'version_id'
> {
  prompt_sent: string | null;
  turn_no: number | null;
  version_no: number | null;
}

interface OfBot extends TimePage<string> {
  readonly botId: string;
}

const page = (db: Kysely<Database>, param: Params<OfBot>) =>
  db
    .selectFrom('bot_decisions as d')
    .leftJoin('bot_turns as t', 't.id', 'd.turn_id')
    .leftJoin('bot_versions as v', 'v.id', 'd.version_id')
    .select(['d.id', 'd.bot_id', 'd.decisions_json', 'd.notes_json', 'd.execution_success', 'd.timestamp'])
    .select(['d.model', 'd.tokens_in', 'd.tokens_out', 'd.cost_micros', 'd.latency_ms', 't.turn_no'])
    .select(['d.tokens_cached', 'd.finish_reason', 'v.version_no'])
    .where('d.bot_id', '=', param('botId'))
    .where('d.timestamp', '>=', param('from'))
    .where((eb) =>
      eb(eb.refTuple('d.timestamp', 'd.id'), '<', eb.tuple(param('beforeAt'), param('beforeKey'))),
    )
    .orderBy('d.timestamp', 'desc')
    .orderBy('d.id', 'desc')
    .limit(param('limit'));

const withPrompt: PreparedQuery<OfBot, DecisionRow> = prepared((db, param) =>
  page(db, param).select(['d.prompt_sent', 'd.raw_answer', 'd.steps_json', 'd.mended_from']),
);
const WITHHELD = ['prompt_sent', 'raw_answer', 'steps_json', 'mended_from'] as const;
/** Prompts are long and lie on pages of their own: who may not see them does not read them either. */
const withoutPrompt: PreparedQuery<OfBot, DecisionRow> = prepared((db, param) =>
  page(db, param).select(WITHHELD.map((column) => sql<null>`null`.as(column))),
);

/** A bot's decisions, newest first; the id breaks ties of time. */
export async function listDecisions(
  db: Db,
  botId: string,
  { includePrompt, ...rest }: TimePage<string> & { includePrompt: boolean },
): Promise<DecisionRow[]> {
  return await db.all(includePrompt ? withPrompt : withoutPrompt, { botId, ...rest });
}

/** Every read of this file, for the query plan test. */
export const DECISION_READS = { withPrompt, withoutPrompt };
