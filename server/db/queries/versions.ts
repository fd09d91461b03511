import { sql, type Kysely, type Selectable } from 'kysely';
import type { Db } from '../database.ts';
import { prepared, write, type Params, type PreparedQuery, type Write } from '../prepared.ts';
import type { BotVersionsTable } from '../schema/bot-versions.ts';
import type { Database } from '../schema/index.ts';

export type VersionRow = Selectable<BotVersionsTable>;

interface OfBot {
  readonly botId: string;
  /** Wall clock, epoch ms. */
  readonly at: number;
}
interface OfProvider {
  readonly providerId: string;
  readonly userId: string;
  readonly at: number;
}

const COLUMNS = [
  'user_id',
  'bot_id',
  'prompt',
  'provider_id',
  'provider_type',
  'model_name',
  'api_endpoint',
  'settings_json',
  'trading_symbols',
  'version_no',
  'id',
  'created_at',
] as const;

/** What bots and their providers say now, as new versions, but for those whose version says just that. */
const changedBots = (db: Kysely<Database>, param: Params<{ at: number }>) => {
  const next = sql<number>`(coalesce((select max(version_no) from bot_versions where bot_id = b.id), 0) + 1)`;
  return db
    .selectFrom('bots as b')
    .innerJoin('llm_providers as p', (on) =>
      on.onRef('p.id', '=', 'b.provider_id').onRef('p.user_id', '=', 'b.user_id'),
    )
    .select(['b.user_id', 'b.id as bot_id', 'b.prompt', 'b.provider_id', 'p.provider_type'])
    .select(['p.model_name', 'p.api_endpoint', 'b.settings_json', 'b.trading_symbols'])
    .select((eb) => [
      next.as('version_no'),
      sql<string>`b.id || ':' || ${next}`.as('id'),
      eb.cast<number>(eb.val(param('at')), 'bigint').as('created_at'),
    ])
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('bot_versions as v')
            .select('v.id')
            .whereRef('v.id', '=', 'b.version_id')
            .whereRef('v.prompt', '=', 'b.prompt')
            .whereRef('v.provider_id', '=', 'b.provider_id')
            .whereRef('v.model_name', '=', 'p.model_name')
            .whereRef('v.api_endpoint', 'is not distinct from', 'p.api_endpoint')
            .whereRef('v.settings_json', '=', 'b.settings_json')
            .whereRef('v.trading_symbols', 'is not distinct from', 'b.trading_symbols'),
        ),
      ),
    );
};

const newest = (db: Kysely<Database>) =>
  db.updateTable('bots').set((eb) => ({
    version_id: eb
      .selectFrom('bot_versions as v')
      .select('v.id')
      .whereRef('v.bot_id', '=', 'bots.id')
      .orderBy('v.version_no', 'desc')
      .limit(1),
  }));

const insertOfBot = prepared<OfBot>((db, param) =>
  db
    .insertInto('bot_versions')
    .columns([...COLUMNS])
    .expression(changedBots(db, param).where('b.id', '=', param('botId'))),
);
const pointOfBot = prepared<OfBot>((db, param) => newest(db).where('id', '=', param('botId')));

const insertOfProvider = prepared<OfProvider>((db, param) =>
  db
    .insertInto('bot_versions')
    .columns([...COLUMNS])
    .expression(
      changedBots(db, param)
        .where('b.user_id', '=', param('userId'))
        .where('b.provider_id', '=', param('providerId'))
        .where('b.deleted_at', 'is', null),
    ),
);
const pointOfProvider = prepared<OfProvider>((db, param) =>
  newest(db)
    .where('user_id', '=', param('userId'))
    .where('provider_id', '=', param('providerId'))
    .where('deleted_at', 'is', null),
);

/**
 * Gives a bot its next version when prompt, provider, settings or symbols are no longer what its version says; belongs
 * behind what changes them, in the same transaction. A new bot gets version 1.
 */
export function versionWrites(bot: OfBot): Write[] {
  return [write(insertOfBot, bot), write(pointOfBot, bot)];
}

/** The same for every bot of a provider, behind what changes its model or address. */
export function providerVersionWrites(provider: OfProvider): Write[] {
  return [write(insertOfProvider, provider), write(pointOfProvider, provider)];
}

interface VersionPage {
  readonly botId: string;
  readonly userId: string;
  readonly before: number;
  readonly limit: number;
}

const page: PreparedQuery<VersionPage, VersionRow> = prepared((db, param) =>
  db
    .selectFrom('bot_versions')
    .selectAll()
    .where('bot_id', '=', param('botId'))
    .where('user_id', '=', param('userId'))
    .where('version_no', '<', param('before'))
    .orderBy('version_no', 'desc')
    .limit(param('limit')),
);

/** A user's bot's versions with a number below `before`, newest first. */
export async function listVersions(db: Db, query: VersionPage): Promise<VersionRow[]> {
  return await db.all(page, query);
}

export interface VersionTurns {
  turns: number;
  /** Arena's clock, epoch ms; null without turns. */
  first_at: number | null;
  last_at: number | null;
  cost_micros: number;
}

const turns: PreparedQuery<{ versionId: string }, VersionTurns> = prepared((db, param) =>
  db
    .selectFrom('bot_decisions')
    .select(({ fn }) => [
      fn.countAll<number>().as('turns'),
      fn.min('timestamp').as('first_at'),
      fn.max('timestamp').as('last_at'),
      fn.coalesce(fn.sum<number>('cost_micros'), sql.lit(0)).as('cost_micros'),
    ])
    .where('version_id', '=', param('versionId')),
);

/** The applied turns of a version, and what their models cost. */
export async function getVersionTurns(db: Db, versionId: string): Promise<VersionTurns> {
  const row = await db.first(turns, { versionId });
  return row ?? { turns: 0, first_at: null, last_at: null, cost_micros: 0 };
}

export interface VersionPositions {
  closed: number;
  wins: number;
  net_micros: number;
}
interface OpenedBy {
  readonly botId: string;
  readonly versionId: string;
  readonly firstAt: number;
  readonly lastAt: number;
}

/** A position opens at the moment of the decision that made its first entry: both lead to each other by index. */
const positions: PreparedQuery<OpenedBy, VersionPositions> = prepared((db, param) => {
  const net = sql<number>`(p.realized_micros + p.funding_micros - p.fees_micros)`;
  return db
    .selectFrom('positions as p')
    .select(({ fn }) => [
      fn.countAll<number>().as('closed'),
      sql<number>`coalesce(sum(case when ${net} > 0 then 1 else 0 end), 0)`.as('wins'),
      sql<number>`coalesce(sum(${net}), 0)`.as('net_micros'),
    ])
    .where('p.bot_id', '=', param('botId'))
    .where('p.opened_at', '>=', param('firstAt'))
    .where('p.opened_at', '<=', param('lastAt'))
    .where('p.status', '=', sql.lit('closed'))
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('trades as t')
          .innerJoin('bot_decisions as d', 'd.id', 't.decision_id')
          .select('t.seq')
          .whereRef('t.bot_id', '=', 'p.bot_id')
          .whereRef('t.symbol', '=', 'p.symbol')
          .whereRef('t.executed_at', '=', 'p.opened_at')
          .whereRef('t.position_id', '=', 'p.id')
          .whereRef('d.timestamp', '=', 't.executed_at')
          .where('d.version_id', '=', param('versionId')),
      ),
    );
});

/** The closed positions that decisions of a version opened, within the time of its turns. */
export async function getVersionPositions(db: Db, opened: OpenedBy): Promise<VersionPositions> {
  const row = await db.first(positions, opened);
  return row ?? { closed: 0, wins: 0, net_micros: 0 };
}

const answers: PreparedQuery<{ botId: string; limit: number }, { tokens_out: number | null }> = prepared(
  (db, param) =>
    db
      .selectFrom('bot_decisions')
      .select('tokens_out')
      .where('bot_id', '=', param('botId'))
      .orderBy('timestamp', 'desc')
      .orderBy('id', 'desc')
      .limit(param('limit')),
);

/** How long a bot's last answers were, newest first; those that nobody counted left out. */
export async function listAnswerTokens(db: Db, botId: string, limit: number): Promise<number[]> {
  const rows = await db.all(answers, { botId, limit });
  return rows.flatMap(({ tokens_out: tokens }) => (tokens ? [tokens] : []));
}

/** Every read of this file, for the query plan test. */
export const VERSION_READS = { page, turns, positions, answers };
