import {
  copy,
  drop,
  editState,
  objectsAt,
  put,
  set,
  type Damage,
  type Json,
  type JsonObject,
} from './damage.ts';
import { imported, quarantined, type LegacyMutation } from './mutation.ts';

/** The first order is the bot's last exit. */
const ORDERS = 'bots/0/orders';
const ORDER = `${ORDERS}/0`;
const LOGS = 'bots/0/botLogs';
const LOG = `${LOGS}/0`;
const order = (name: string, key: string, value: Json) => quarantined(name, set(`${ORDER}/${key}`, value));

export const ORDER_MUTATIONS: readonly LegacyMutation[] = [
  imported('orders null', set(ORDERS, null)),
  imported('orders missing', drop(ORDERS)),
  quarantined('orders an object', set(ORDERS, { order_1: 'LONG' })),
  quarantined('an order null', set(ORDER, null)),
  quarantined('an order a text', set(ORDER, 'sold everything')),
  quarantined('an order without id', drop(`${ORDER}/id`)),
  imported('an order with a number as id', set(`${ORDER}/id`, 7001)),
  order('an order with a negative size', 'size', -50),
  order('an order with a size as text', 'size', '50'),
  order('an order with leverage 0', 'leverage', 0),
  order('an order with the text NaN as pnl', 'pnl', 'NaN'),
  order('an order with a pnl of 1e300', 'pnl', 1e300),
  order('an order with symbol null', 'symbol', null),
  order('an order dated in words', 'timestamp', 'last Tuesday'),
  quarantined('an order of the year 2099', set(`${ORDER}/timestamp`, Date.UTC(2099, 0, 1))),
  order('an order dated in microseconds', 'timestamp', 1_793_000_000_000_000),
  quarantined('an order without timestamp', drop(`${ORDER}/timestamp`)),
  imported('an order dated as SQL has it', set(`${ORDER}/timestamp`, '2026-10-31 23:50:00')),
  quarantined('an order of an unknown side', editFirst({ type: 'BUY', action: 'BUY' })),
  quarantined('an order without prices', editFirst({ price: null, entryPrice: null, exitPrice: null })),
  quarantined('two orders of one id in a bot', copy(ORDER, `${ORDERS}/-`, { size: 77.5 })),
  imported('one order id in two bots', copy(ORDER, 'bots/1/orders/-', { size: 77.5 })),
  imported('an exit without its entry', dropEntryOfFirst()),
  imported('both order shapes in one bot', reshapeEntries()),
  imported('entries with exitPrice null', nullExitPrices()),
  imported(
    'orders oldest first',
    editOrders((orders) => orders.toReversed()),
  ),
  imported(
    'only the newest orders left',
    editOrders((orders) => orders.slice(0, 5)),
  ),
];

export const LOG_MUTATIONS: readonly LegacyMutation[] = [
  imported('botLogs null', set(LOGS, null)),
  quarantined('botLogs a text', set(LOGS, 'nothing happened')),
  quarantined('a log a text', set(LOG, 'HOLD')),
  quarantined('a log without timestamp', drop(`${LOG}/timestamp`)),
  quarantined('a log dated in words', set(`${LOG}/timestamp`, 'just now')),
  quarantined('a log prompt a number', set(`${LOG}/prompt`, 12)),
  quarantined('a log prompt with a lone surrogate', set(`${LOG}/prompt`, 'Prices \ud800 follow')),
  imported('a log prompt of 10 MB', set(`${LOG}/prompt`, 'BTCUSDT 91000\n'.repeat(750_000))),
  imported('a NUL inside a log prompt', set(`${LOG}/prompt`, 'Prices follow.\0 Or not.')),
  imported('decisions an object', set(`${LOG}/decisions`, { action: 'HOLD' })),
  imported('decisions a text', set(`${LOG}/decisions`, 'I would rather not trade today.')),
  imported('decisions missing', drop(`${LOG}/decisions`)),
  imported('decisions of mixed kinds', set(`${LOG}/decisions`, [null, 4, 'SELL', ['LONG'], { action: [] }])),
  imported('decisions nested two thousand deep', set(`${LOG}/decisions`, nested(2000))),
  imported('decisions of 10 MB', set(`${LOG}/decisions`, [{ reasoning: 'because '.repeat(1_310_720) }])),
  imported('notes missing', drop(`${LOG}/notes`)),
  imported('notes null', set(`${LOG}/notes`, null)),
  imported('notes with a lone surrogate', set(`${LOG}/notes`, ['A moon \ud83c rises'])),
  imported('notes with NUL, emoji and right to left', set(`${LOG}/notes`, ['a\0b', '👨‍👩‍👧', 'שלום \u202eabc'])),
  imported('two logs of one moment', copy(LOG, `${LOGS}/-`, { notes: ['the same turn, told twice'] })),
];

function nested(levels: number): Json {
  let value: Json = 'HOLD';
  for (let i = 0; i < levels; i++) value = [value];
  return value;
}

function editOrders(change: (orders: JsonObject[]) => JsonObject[]): Damage {
  return editState((state) => put(state, ORDERS, change(objectsAt(state, ORDERS))));
}

/** Changes those of the keys that the first order has: the two shapes differ. */
function editFirst(changes: JsonObject): Damage {
  return editOrders(([first = {}, ...rest]) => {
    const known = Object.entries(changes).filter(([key]) => key in first);
    return [{ ...first, ...Object.fromEntries(known) }, ...rest];
  });
}

function isEntry(order: JsonObject): boolean {
  return order.side === 'entry' || order.exitPrice === 0;
}

function dropEntryOfFirst(): Damage {
  return editOrders((orders) => {
    const [first] = orders;
    const isItsEntry = (order: JsonObject) => isEntry(order) && order.symbol === first?.symbol;
    return orders.filter((order) => !isItsEntry(order) || order.size !== first?.size);
  });
}

function nullExitPrices(): Damage {
  return editOrders((orders) =>
    orders.map((order) => (order.exitPrice === 0 ? { ...order, exitPrice: null } : order)),
  );
}

/** Entries take the shape that the bot's orders do not have; exits lack what that would need. */
function reshapeEntries(): Damage {
  return editOrders((orders) => orders.map((order) => (isEntry(order) ? reshapeEntry(order) : order)));
}

function reshapeEntry(order: JsonObject): JsonObject {
  const { type, action, entryPrice, price, fee: _fee, exitPrice: _exitPrice, side, ...shared } = order;
  return side === undefined
    ? { ...shared, action: type ?? null, side: 'entry', price: entryPrice ?? null }
    : { ...shared, type: action ?? null, fee: -Number(order.pnl), entryPrice: price ?? null, exitPrice: 0 };
}
