import type { Selectable } from 'kysely';
import type { LedgerAccount } from '../../engine/model.ts';
import type { Reader } from '../database.ts';
import type { BotAccountsTable } from '../schema/bot-accounts.ts';
import type { Books } from './books.ts';
import type { Findings } from './findings.ts';

type AccountRow = Selectable<BotAccountsTable>;

/** I1, I7, I8 and I9 of every bot: its stored figures against its postings and trades. */
export async function checkAccounts(db: Reader, books: Books, findings: Findings): Promise<number> {
  const rows = await db.selectFrom('bot_accounts').selectAll().execute();
  for (const row of rows) {
    checkBalances(row, books, findings);
    checkCounters(row, books, findings);
  }
  const known = new Set(rows.map((row) => row.bot_id));
  for (const botId of new Set([...books.ledger.bots.keys(), ...books.trades.bots.keys()]))
    if (!known.has(botId))
      findings.add('I1', 'a bot with postings or trades has no account', { bot_id: botId });
  for (const [botId, { epochs }] of books.ledger.bots)
    for (const [epoch, balances] of epochs) checkIdentity({ botId, epoch, balances }, books, findings);
  return rows.length;
}

function checkBalances(row: AccountRow, { ledger }: Books, findings: Findings): void {
  const bot = ledger.bots.get(row.bot_id);
  const current = bot?.epochs.get(row.epoch);
  const cash = current?.cash ?? 0;
  if (cash !== row.cash_micros)
    findings.add('I1', 'cash is not the sum of the cash postings', { ...row, postedCashMicros: cash });
  const deposits = 0 - (current?.deposits ?? 0);
  if (deposits !== row.initial_balance_micros)
    findings.add('I7', 'the initial balance is not what was deposited', {
      ...row,
      depositedMicros: deposits,
    });
  for (const [epoch, balances] of bot?.epochs ?? []) {
    if (epoch > row.epoch)
      findings.add('I9', "a ledger entry is ahead of its bot's epoch", { bot_id: row.bot_id, epoch });
    if (epoch < row.epoch && (balances.cash !== 0 || balances.margin !== 0))
      findings.add('I9', 'an epoch that has ended still holds cash or margin', {
        bot_id: row.bot_id,
        epoch,
        ...balances,
      });
  }
}

/** I8. The old server's counters include trades that have no rows of the present kind: there they are a lower bound. */
function checkCounters(row: AccountRow, { ledger, trades }: Books, findings: Findings): void {
  const totals = trades.totals(row.bot_id, row.epoch);
  const funding = 0 - (ledger.bots.get(row.bot_id)?.epochs.get(row.epoch)?.funding ?? 0);
  const expected = {
    trade_count: totals.closed,
    win_count: totals.won,
    realized_micros: totals.pnl,
    fees_micros: totals.fees,
    funding_micros: funding,
  };
  const isLegacy = trades.legacyBots.has(row.bot_id);
  const holds = isLegacy
    ? row.trade_count >= totals.closed && row.win_count >= totals.won && row.fees_micros >= totals.fees
    : row.trade_count === totals.closed &&
      row.win_count === totals.won &&
      row.realized_micros === totals.pnl &&
      row.fees_micros === totals.fees;
  if (!holds || row.funding_micros !== funding)
    findings.add('I8', "a bot's counters are not what its trades and postings add up to", {
      ...row,
      expected,
    });
}

/** cash + margin = deposits + legacy + sum of trades' pnl + sum of funding. */
function checkIdentity(
  book: { botId: string; epoch: number; balances: Record<LedgerAccount, number> },
  { trades }: Books,
  findings: Findings,
): void {
  const { botId, epoch, balances } = book;
  const held = balances.cash + balances.margin;
  const earned = trades.totals(botId, epoch).pnl - balances.funding;
  const expected = earned - balances.deposits - balances.legacy;
  if (held !== expected)
    findings.add('I7', 'cash + margin is not deposits + pnl + funding', {
      bot_id: botId,
      epoch,
      ...balances,
      heldMicros: held,
      expectedMicros: expected,
    });
}
