import { sql, type Selectable } from 'kysely';
import type { Reader } from '../database.ts';
import type { BotAccountsTable } from '../schema/bot-accounts.ts';
import type { PositionsTable } from '../schema/positions.ts';

export interface BookRows {
  readonly account: Selectable<BotAccountsTable>;
  readonly positions: readonly Selectable<PositionsTable>[];
}

/** The figures and open positions of every bot that is not deleted, or of one. */
export async function listBookRows(db: Reader, botId?: string): Promise<BookRows[]> {
  let accounts = db
    .selectFrom('bot_accounts')
    .innerJoin('bots', 'bots.id', 'bot_accounts.bot_id')
    .selectAll('bot_accounts')
    .where('bots.deleted_at', 'is', null)
    .orderBy('bots.id');
  let positions = db
    .selectFrom('positions')
    .selectAll()
    .where('status', '=', sql.lit('open'))
    .orderBy('opened_at')
    .orderBy('id');
  if (botId !== undefined) {
    accounts = accounts.where('bot_accounts.bot_id', '=', botId);
    positions = positions.where('bot_id', '=', botId);
  }
  const [accountRows, positionRows] = [await accounts.execute(), await positions.execute()];
  const byBot = Map.groupBy(positionRows, (row) => row.bot_id);
  return accountRows.map((account) => ({ account, positions: byBot.get(account.bot_id) ?? [] }));
}
