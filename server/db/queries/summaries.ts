import type { Insertable, Selectable } from 'kysely';
import { ConflictError, NotFoundError } from '../../errors.ts';
import type { Db, Reader } from '../database.ts';
import { prepared, writeOnce, type Write } from '../prepared.ts';
import type { HistorySummariesTable } from '../schema/history-summaries.ts';

export type SummaryRow = Selectable<HistorySummariesTable>;

const newest = prepared<{ botId: string; limit: number }, SummaryRow>((db, param) =>
  db
    .selectFrom('history_summaries')
    .selectAll()
    .where('bot_id', '=', param('botId'))
    .orderBy('version_no', 'desc')
    .limit(param('limit')),
);
const ofVersion = prepared<{ botId: string; version: number }, SummaryRow>((db, param) =>
  db
    .selectFrom('history_summaries')
    .selectAll()
    .where('bot_id', '=', param('botId'))
    .where('version_no', '=', param('version')),
);

/** A bot's summaries, cleared ones among them, newest first. */
export async function listSummaries(db: Db, botId: string, limit: number): Promise<SummaryRow[]> {
  return await db.all(newest, { botId, limit });
}

export async function findSummary(
  db: Db,
  { botId, version }: { botId: string; version: number },
): Promise<SummaryRow | undefined> {
  return await db.first(ofVersion, { botId, version });
}

/** @throws a unique violation when the bot has this version already. */
export function insertSummary(db: Reader, row: Insertable<HistorySummariesTable>): Write {
  return writeOnce(db.insertInto('history_summaries').values(row));
}

/** Keeps a summary that came without a row of its own; one that has got one meanwhile stays as it is. */
export function keepSummary(db: Reader, row: Insertable<HistorySummariesTable>): Write {
  const conflict = ['bot_id', 'version_no'] as const;
  return writeOnce(
    db
      .insertInto('history_summaries')
      .values(row)
      .onConflict((on) => on.columns(conflict).doNothing()),
  );
}

/** What a summary was made from: it is stored only as long as all of it is so. */
export interface SummaryBasis {
  readonly botId: string;
  readonly userId: string;
  /** As the bot's row had them. */
  readonly column: string | null;
  readonly clearedAt: number | null;
  readonly epoch: number;
}

/** Puts a summary in the place of the one it was made from. Fails when that was replaced, cleared, reset or deleted. */
export function replaceSummary(db: Reader, basis: SummaryBasis, column: string): Write {
  return writeOnce(
    db
      .updateTable('bots')
      .set({ history_summary: column })
      .where('id', '=', basis.botId)
      .where('user_id', '=', basis.userId)
      .where('deleted_at', 'is', null)
      .where('history_summary', 'is not distinct from', basis.column)
      .where('learning_since', 'is not distinct from', basis.clearedAt)
      .where((eb) =>
        eb.exists(
          eb
            .selectFrom('bot_accounts')
            .select('bot_id')
            .where('bot_id', '=', basis.botId)
            .where('epoch', '=', basis.epoch),
        ),
      ),
    { rows: 1, orElse: () => new SummaryLostError() },
  );
}

/** Somebody else has changed what a summary was made from. */
export class SummaryLostError extends ConflictError {
  override name = 'SummaryLostError';
  constructor() {
    super(
      'summary-lost',
      'The bot was reset, cleared or summarised meanwhile: this summary was not stored. Ask for another one.',
    );
  }
}

/** Makes a bot forget: its summaries stay for its owner. @param at `arena` the arena's clock, `wall` the wall's. */
export function clearLearning(
  db: Reader,
  { botId, userId }: Pick<SummaryBasis, 'botId' | 'userId'>,
  at: { readonly arena: number; readonly wall: number },
): Write[] {
  return [
    writeOnce(
      db
        .updateTable('bots')
        .set({ history_summary: null, learning_since: at.arena })
        .where('id', '=', botId)
        .where('user_id', '=', userId)
        .where('deleted_at', 'is', null),
      { rows: 1, orElse: () => new NotFoundError('bot', botId) },
    ),
    writeOnce(
      db
        .updateTable('history_summaries')
        .set({ cleared_at: at.wall })
        .where('bot_id', '=', botId)
        .where('user_id', '=', userId)
        .where('cleared_at', 'is', null),
    ),
  ];
}

/** Every read of this file, for the query plan test. */
export const SUMMARY_READS = { newest, ofVersion };
