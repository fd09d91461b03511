import { insertLedgerEntry } from '../db/queries/book-writes.ts';
import { insertAccount, insertIfAbsent, insertPosition, insertTrade } from './book-inserts.ts';
import { matchOrders, type ClosedPair } from './match-orders.ts';
import type { Move } from './move.ts';
import { MAINTENANCE_RATE, readPosition, type LegacyPosition } from './open-positions.ts';
import { quantityOf, readOrder, type LegacyOrder } from './orders.ts';
import type { LegacyBook } from './portfolio.ts';
import type { SourceRow } from './source.ts';
import { timeOf } from './values.ts';

/** Legacy history belongs to a bot's first epoch. */
export const EPOCH = 1;
const usd = (micros: number) => micros / 1e6;

export interface MovedBot {
  readonly botId: string;
  readonly userId: string;
}

/** A bot's orders of the state and of the table `trades`, each once, oldest first. The table's rows win. */
export function readOrders(
  { tally, latest }: Move,
  lists: { rows: readonly SourceRow[]; state: unknown; path: string },
): LegacyOrder[] {
  const orders = new Map<string, LegacyOrder>();
  const ofTable = new Set<string>();
  const take = (path: string, value: unknown, isState: boolean) => {
    const read = readOrder({ path, value }, latest);
    if (!read.ok) return tally.quarantine('orders', { path, value }, read.reason);
    const order = read.value;
    if (isState && ofTable.has(order.id)) return tally.known('orders');
    if (orders.has(order.id))
      return tally.quarantine('orders', { path, value }, 'its id is taken by an order of the same bot');
    if (!isState) ofTable.add(order.id);
    orders.set(order.id, order);
  };
  for (const row of lists.rows) take(row.path, row.fields, false);
  const list = Array.isArray(lists.state) ? (lists.state as unknown[]) : [];
  if (!Array.isArray(lists.state))
    tally.setAside(`${lists.path}.orders`, lists.state, 'not a list of orders');
  for (const [i, order] of list.entries()) take(`${lists.path}.orders[${i}]`, order, true);
  // Newest first in the state: what shares an instant happened in the reverse order.
  const all = [...orders.values()];
  const isRow = ({ id }: LegacyOrder) => ofTable.has(id);
  return [...all.filter(isRow), ...all.filter((order) => !isRow(order)).toReversed()].sort(
    (a, b) =>
      a.at - b.at ||
      (a.positionId !== null && a.positionId === b.positionId ? kindOrder(a) - kindOrder(b) : 0),
  );
}

/** Within a second a position is opened before it is closed. */
const kindOrder = ({ kind }: LegacyOrder) => (kind === 'entry' ? 0 : 1);

/** Writes a bot's account, its postings, open positions, rebuilt closed ones and trades. @returns orders nobody could match. */
export function moveBook(
  move: Move,
  bot: MovedBot,
  given: {
    book: LegacyBook;
    orders: readonly LegacyOrder[];
    marks: ReadonlyMap<string, number>;
    /** Of the bot's logs; 0 = none. */
    newestLogAt: number;
  },
): number {
  const { book, orders, marks } = given;
  const { positionIds, closed, unmatched } = matchOrders(orders, book.positions);
  const claimed = new Map<string, string>();
  const claim = (id: string) => {
    const free = claimed.get(id) ?? move.ids.claim('positions', id, bot.botId);
    claimed.set(id, free);
    return free;
  };
  const openedAt = new Map(orders.map(({ id, at }) => [positionIds.get(id), at] as const).toReversed());
  const held = book.positions.map((position) => ({
    ...position,
    id: claim(position.id),
    openedAt: position.openedAt ?? openedAt.get(position.id) ?? move.at,
  }));
  insertBook(move, bot, { book, feesMicros: orders.reduce((sum, order) => sum + order.feeMicros, 0) });
  for (const position of held) insertOpen(move, bot, { position, mark: marks.get(position.symbol) });
  const newest = orders.reduce((at, order) => Math.max(at, order.at), Math.max(move.at, given.newestLogAt));
  postOpening(move, bot, { book: { ...book, positions: held }, at: newest });
  for (const pair of closed) insertClosed(move, bot, { ...pair, positionId: claim(pair.positionId) });
  for (const order of orders) {
    const id = positionIds.get(order.id);
    moveTrade(move, bot, { order, positionId: id === undefined ? null : claim(id) });
  }
  return unmatched;
}

function insertBook(
  { target }: Move,
  { botId, userId }: MovedBot,
  { book, feesMicros }: { book: LegacyBook; feesMicros: number },
): void {
  target.run(
    insertAccount({
      bot_id: botId,
      user_id: userId,
      cash_micros: book.cashMicros,
      initial_balance_micros: book.initialMicros,
      trade_count: book.tradeCount,
      win_count: book.winCount,
      realized_micros: book.realizedMicros,
      fees_micros: feesMicros,
      cooldowns_json: JSON.stringify(book.cooldowns),
      last_turn_at: null,
    }),
  );
}

function insertClosed({ target }: Move, bot: MovedBot, pair: ClosedPair): void {
  const { positionId, entry, exit, pnlMicros, feeMicros } = pair;
  target.run(
    insertPosition({
      ...blankPosition(bot, entry),
      id: positionId,
      entry_price: entry.entryPrice,
      entry_quantity: quantityOf(entry),
      quantity: 0,
      cost_micros: 0,
      margin_micros: 0,
      liquidation_price: null,
      // The exit's result is net of its own fee; the entry's fee was written, but never taken.
      realized_micros: pnlMicros + feeMicros,
      fees_micros: feeMicros,
      status: 'closed',
      close_cause: 'legacy',
      opened_at: entry.at,
      levels_set_at: entry.at,
      closed_at: exit.at,
    }),
  );
}

/** Closed rows of the table that its trades did not give: with what the row says, and no result. */
export function moveClosedRows(move: Move, bot: MovedBot, rows: readonly SourceRow[]): void {
  const { target, tally, latest } = move;
  for (const { path, fields } of rows) {
    const read = readPosition(path, fields, latest);
    if (!read.ok) {
      tally.quarantine('positions', { path, value: fields }, read.reason);
      continue;
    }
    const closedAt = timeOf(fields.closed_at, latest) ?? move.at;
    const openedAt = Math.min(read.value.openedAt ?? closedAt, closedAt);
    const changed = target.run(
      insertIfAbsent({
        ...blankPosition(bot, read.value),
        id: read.value.id,
        entry_price: read.value.entryPrice,
        entry_quantity: read.value.quantity,
        quantity: 0,
        cost_micros: 0,
        margin_micros: 0,
        liquidation_price: null,
        realized_micros: 0,
        status: 'closed',
        close_cause: 'legacy',
        opened_at: openedAt,
        levels_set_at: openedAt,
        closed_at: closedAt,
      }),
    );
    if (changed === 1) tally.imported('positions');
    else tally.archive('positions', { path, value: fields }, 'closed: rebuilt from its trades');
  }
}

function blankPosition(
  { botId, userId }: MovedBot,
  order: Pick<LegacyOrder, 'symbol' | 'side' | 'marginMicros' | 'leverage'>,
) {
  return {
    user_id: userId,
    bot_id: botId,
    epoch: EPOCH,
    symbol: order.symbol,
    position_type: order.side,
    size: usd(order.marginMicros),
    leverage: Math.min(1000, Math.max(1, order.leverage)),
    maintenance_rate: MAINTENANCE_RATE,
    stop_loss: null,
    take_profit: null,
    unrealized_pnl: 0,
    fees_micros: 0,
    funding_micros: 0,
    insurance_micros: 0,
    last_funding_at: null,
    legacy: 1,
  };
}

function insertOpen(
  { target, tally }: Move,
  bot: MovedBot,
  { position, mark }: { position: LegacyPosition & { openedAt: number }; mark: number | undefined },
): void {
  const gross = mark === undefined ? 0 : Math.round(position.quantity * mark * 1e6) - position.costMicros;
  target.run(
    insertPosition({
      ...blankPosition(bot, position),
      id: position.id,
      entry_price: position.entryPrice,
      quantity: position.quantity,
      entry_quantity: position.quantity,
      cost_micros: position.costMicros,
      margin_micros: position.marginMicros,
      stop_loss: position.stopLoss,
      take_profit: position.takeProfit,
      liquidation_price: position.liquidationPrice,
      unrealized_pnl: usd(position.side === 'LONG' ? gross : 0 - gross),
      realized_micros: 0,
      status: 'open',
      close_cause: null,
      opened_at: position.openedAt,
      levels_set_at: position.openedAt,
      closed_at: null,
    }),
  );
  tally.imported('positions');
}

/** What the old book held beyond the deposit comes from `legacy`; the margins then leave cash, one group a position. */
function postOpening(
  { target }: Move,
  { botId, userId }: MovedBot,
  { book, at }: { book: LegacyBook; at: number },
): void {
  const margins = book.positions.reduce((sum, position) => sum + position.marginMicros, 0);
  const held = book.cashMicros + margins;
  const post = (
    group: string,
    positionId: string | null,
    amounts: readonly (readonly [Account, number])[],
  ) => {
    for (const [account, amount] of amounts)
      target.run(
        insertLedgerEntry({
          group_id: group,
          user_id: userId,
          bot_id: botId,
          epoch: EPOCH,
          account,
          amount_micros: amount,
          cause: 'legacy',
          position_id: positionId,
          trade_id: null,
          created_at: at,
        }),
      );
  };
  post(`legacy-${botId}`, null, [
    ['deposits', 0 - book.initialMicros],
    ['legacy', book.initialMicros - held],
    ['cash', held],
  ]);
  for (const { id, marginMicros } of book.positions)
    post(`legacy-${botId}-${id}`, id, [
      ['cash', 0 - marginMicros],
      ['margin', marginMicros],
    ]);
}

type Account = 'deposits' | 'legacy' | 'cash' | 'margin';

function moveTrade(
  { target, tally, ids }: Move,
  { botId, userId }: MovedBot,
  { order, positionId }: { order: LegacyOrder; positionId: string | null },
): void {
  const notional = usd(Math.round(order.marginMicros * order.leverage));
  const row = {
    id: ids.claim('trades', order.id, botId),
    user_id: userId,
    bot_id: botId,
    epoch: EPOCH,
    position_id: positionId,
    decision_id: null,
    decision_index: null,
    symbol: order.symbol,
    trade_type: order.kind,
    action: order.side,
    entry_price: order.entryPrice,
    exit_price: order.exitPrice,
    size: usd(order.marginMicros),
    leverage: order.leverage,
    pnl: usd(order.pnlMicros),
    fee: usd(order.feeMicros),
    quantity: quantityOf(order),
    notional,
    cost: notional,
    insurance: 0,
    cause: 'legacy',
    decision_price: null,
    slippage: 0,
    delay_ms: null,
    executed_at: order.at,
    legacy: 1,
  };
  target.run(insertTrade(row));
  tally.imported('orders');
}
