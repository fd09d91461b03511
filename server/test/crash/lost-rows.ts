import type BetterSqlite3 from 'better-sqlite3';
import type { TurnStatus } from '../../db/schema/bot-turns.ts';
import { shrink, type WrittenRow } from './written-row.ts';

type StoredRow = Readonly<Record<string, unknown>>;

/** Rows that never change, by the columns an index finds them with: found means equal in every column written. */
const FROZEN = {
  trades: ['id'],
  bot_decisions: ['id'],
  ledger_entries: ['group_id'],
  price_sets: ['id'],
  bot_state_snapshots: ['bot_id', 'timestamp'],
  candles: ['symbol', 'opened_at'],
  users: ['id'],
  llm_providers: ['id'],
} as const satisfies Record<string, readonly string[]>;

/** Rows that change later: they are still there. */
const LASTING = {
  bots: ['id'],
  bot_accounts: ['bot_id'],
  bot_turns: ['id'],
  positions: ['id'],
} as const satisfies Record<string, readonly string[]>;

/** How far a turn is; the last three are ends. */
const STEPS = ['claimed', 'asked', 'answered'];

/** Says which acknowledged rows the database does not have, or has otherwise. */
export function findLostRows(
  db: BetterSqlite3.Database,
  acknowledged: readonly (readonly WrittenRow[])[],
): string[] {
  const rows = withoutReplaced(acknowledged.flat());
  return [
    ...rows.flatMap((row) => (row.op === 'insert' && row.table in FROZEN ? findFrozen(db, row) : [])),
    ...rows.flatMap((row) => (row.op === 'insert' && row.table in LASTING ? findLasting(db, row) : [])),
    ...rows.flatMap((row) => (row.op === 'update' && row.table === 'bot_turns' ? findTurn(db, row) : [])),
    ...rows.flatMap((row) => (row.op === 'update' && row.table === 'bot_accounts' ? findBook(db, row) : [])),
    ...rows.flatMap((row) => (row.op === 'update' && row.table === 'positions' ? findClose(db, row) : [])),
    ...findEvents(
      db,
      rows.filter((row) => row.op === 'insert' && row.table === 'arena_events'),
    ),
  ];
}

/** A first start that was killed begins its candles anew. */
function withoutReplaced(rows: readonly WrittenRow[]): WrittenRow[] {
  const replacedAt = rows.findLastIndex(({ op, table }) => op === 'delete' && table === 'candles');
  return rows.filter(({ table }, index) => table !== 'candles' || index > replacedAt);
}

function lost(row: WrittenRow, how = 'is not in the database'): string {
  return `an acknowledged row of ${row.table} ${how}: ${JSON.stringify(row.values)}`;
}

function select(db: BetterSqlite3.Database, row: WrittenRow, keys: readonly string[]): StoredRow[] {
  const where = keys.map((key) => `"${key}" is ?`).join(' and ');
  return db
    .prepare<unknown[], StoredRow>(`select * from "${row.table}" where ${where}`)
    .all(...keys.map((key) => row.values[key]));
}

function findFrozen(db: BetterSqlite3.Database, row: WrittenRow): string[] {
  const found = select(db, row, FROZEN[row.table as keyof typeof FROZEN]);
  const isSame = (stored: StoredRow) =>
    Object.entries(row.values).every(([column, value]) => shrink(stored[column]) === value);
  return found.some(isSame) ? [] : [lost(row)];
}

function findLasting(db: BetterSqlite3.Database, row: WrittenRow): string[] {
  return select(db, row, LASTING[row.table as keyof typeof LASTING]).length === 1 ? [] : [lost(row)];
}

/** A turn never goes back, and an answer stays the answer. */
function findTurn(db: BetterSqlite3.Database, row: WrittenRow): string[] {
  const [stored] = select(db, row, ['id']);
  if (!stored) return [lost(row)];
  const [is, was] = [stored['status'] as TurnStatus, row.values['status'] as TurnStatus];
  const hasEnded = !STEPS.includes(is);
  const isKept = STEPS.includes(was) ? hasEnded || STEPS.indexOf(is) >= STEPS.indexOf(was) : is === was;
  if (!isKept) return [lost(row, `has gone back to ${is}`)];
  const isAnswerKept = was !== 'answered' || shrink(stored['raw_answer']) === row.values['raw_answer'];
  return isAnswerKept ? [] : [lost(row, 'has lost its answer')];
}

/** Each change of a book raises its version above the one it was made from. */
function findBook(db: BetterSqlite3.Database, row: WrittenRow): string[] {
  if (row.values['version'] === undefined) return [];
  const [stored] = select(db, row, ['bot_id']);
  return Number(stored?.['version']) > Number(row.values['version']) ? [] : [lost(row)];
}

function findClose(db: BetterSqlite3.Database, row: WrittenRow): string[] {
  if (row.values['status'] !== 'closed') return [];
  const [stored] = select(db, row, ['id']);
  return stored?.['status'] === 'closed' && stored['closed_at'] === row.values['closed_at']
    ? []
    : [lost(row)];
}

/** The events of each room stand in the order in which they were acknowledged. */
function findEvents(db: BetterSqlite3.Database, rows: readonly WrittenRow[]): string[] {
  const stored = db.prepare<[unknown], StoredRow>(
    'select type, at, payload_json from arena_events where room = ? order by seq',
  );
  return [...Map.groupBy(rows, ({ values }) => values['room'])].flatMap(([room, events]) => {
    const rest = stored.all(room).values();
    for (const event of events) if (!skipTo(rest, event)) return [lost(event)];
    return [];
  });
}

function skipTo(rest: IterableIterator<StoredRow>, { values }: WrittenRow): boolean {
  for (const { type, at, payload_json: payload } of rest)
    if (type === values['type'] && at === values['at'] && shrink(payload) === values['payload_json'])
      return true;
  return false;
}
