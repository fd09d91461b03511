import type { Reader } from '../database.ts';
import type { Findings } from './findings.ts';
import type { LedgerWalk } from './ledger-walk.ts';
import { microsOf, quantityFromUnits, quantityUnits } from './numbers.ts';
import { comparePosition, type OpenPosition } from './open-position.ts';
import type { TradeWalk } from './trade-walk.ts';

/** Both walks at the end of their tables. */
export interface Books {
  readonly ledger: LedgerWalk;
  readonly trades: TradeWalk;
}

/**
 * Puts the positions of the old server into the trade walk: what is open of them now, plus what trades of the present
 * kind have closed since.
 */
export async function seedLegacyPositions(db: Reader, trades: TradeWalk): Promise<void> {
  const run = await db.selectFrom('migration_runs').select('id').limit(1).executeTakeFirst();
  if (run) {
    const moved = await db
      .selectFrom('ledger_entries')
      .select('bot_id')
      .distinct()
      .where('cause', '=', 'legacy')
      .execute();
    for (const { bot_id } of moved) trades.legacyBots.add(bot_id);
  }
  const rows = await db.selectFrom('positions').selectAll().where('legacy', '=', 1).execute();
  if (rows.length === 0) return;
  const fills = await db
    .selectFrom('trades as t')
    .innerJoin('positions as p', 'p.id', 't.position_id')
    .select(['t.position_id', 't.trade_type', 't.quantity', 't.cost'])
    .where('t.legacy', '=', 0)
    .where('p.legacy', '=', 1)
    .execute();
  for (const row of rows) {
    const own = fills.filter((fill) => fill.position_id === row.id);
    if (row.status === 'closed' && own.length === 0) continue;
    const position: OpenPosition = {
      id: row.id,
      botId: row.bot_id,
      symbol: row.symbol,
      side: row.position_type,
      isLegacy: true,
      units: quantityUnits(row.quantity),
      entryUnits: 0n,
      cost: row.cost_micros,
      entryMargin: 0,
      releasedMargin: 0,
      entryFees: 0,
      fees: 0,
      pnl: 0,
      realized: 0,
      insurance: 0,
    };
    for (const fill of own) {
      const sign = fill.trade_type === 'exit' ? 1 : -1;
      position.units += BigInt(sign) * quantityUnits(fill.quantity);
      position.cost += sign * microsOf(fill.cost);
    }
    trades.seed(position);
  }
}

/** What is open now, and what is missing: I2, I4, I7 and I8. */
export async function checkBooks(db: Reader, books: Books, findings: Findings): Promise<void> {
  await checkOpenPositions(db, books, findings);
  await checkEveryTradeIsPosted(db, books, findings);
  await checkEveryPositionHasTrades(db, findings);
}

async function checkOpenPositions(db: Reader, books: Books, findings: Findings): Promise<void> {
  const rows = await db.selectFrom('positions').selectAll().where('status', '=', 'open').execute();
  const margins = new Map(books.ledger.margins);
  const left = new Map([...books.trades.bots.values()].flatMap(({ open }) => [...open]));
  for (const row of rows) {
    if ((margins.get(row.id) ?? 0) !== row.margin_micros)
      findings.add('I2', "a position's margin is not the sum of its margin postings", {
        ...row,
        posted: margins.get(row.id) ?? 0,
      });
    margins.delete(row.id);
    const position = left.get(row.id);
    left.delete(row.id);
    if (!position || position.units !== quantityUnits(row.quantity) || position.cost !== row.cost_micros)
      findings.add('I4', 'quantity or cost of an open position is not entries - exits', {
        ...row,
        expectedQuantity: position ? quantityFromUnits(position.units) : 0,
        expectedCostMicros: position?.cost ?? 0,
      });
    if (position) comparePosition(position, row, findings);
  }
  for (const [positionId, margin] of margins)
    findings.add('I2', 'margin is locked without an open position', { position_id: positionId, margin });
  for (const position of left.values())
    findings.add('I4', 'trades leave a quantity open that no open position has', { ...position });
}

async function checkEveryTradeIsPosted(db: Reader, books: Books, findings: Findings): Promise<void> {
  const missing = [...books.trades.booked.minus(books.ledger.postedTrades)];
  for (let i = 0; i < missing.length; i += 1000) {
    const rows = await db
      .selectFrom('trades')
      .selectAll()
      .where('seq', 'in', missing.slice(i, i + 1000))
      .orderBy('seq')
      .execute();
    findings.addAll('I7', 'a trade has no ledger group', rows);
  }
}

/** Positions no trade ever touched. */
async function checkEveryPositionHasTrades(db: Reader, findings: Findings): Promise<void> {
  const rows = await db
    .selectFrom('positions as p')
    .selectAll()
    .where('p.legacy', '=', 0)
    .where('p.id', 'not in', (eb) =>
      eb
        .selectFrom('trades as t')
        .select((e) => e.ref('t.position_id').$notNull().as('position_id'))
        .where('t.position_id', 'is not', null),
    )
    .execute();
  findings.addAll('I4', 'a position has no trades', rows);
}
