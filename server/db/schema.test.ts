import BetterSqlite3 from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  DECISION,
  ENTRY,
  OWNER,
  POSITION,
  ROWS,
  TRADE,
  TURN,
  type Row,
} from '../test/support/schema-rows.ts';
import { kyselyOn, StatementCache } from './dialects/sqlite-driver.ts';
import { createMigrator } from './migrator.ts';

const handle = new BetterSqlite3(':memory:');
const db = kyselyOn(new StatementCache(handle));

function insert(table: string, row: Row): void {
  const names = Object.keys(row);
  handle
    .prepare(
      `insert into ${table} (${names.join(', ')}) values (${names.map((name) => `@${name}`).join(', ')})`,
    )
    .run(row);
}

/** Whether the row is accepted; it is taken back at once. */
function attempt(table: string, row: Row): () => void {
  return () => {
    handle.exec('savepoint attempt');
    try {
      insert(table, row);
    } finally {
      handle.exec('rollback to attempt; release attempt');
    }
  };
}

function isTaken(table: string, row: Row): boolean {
  try {
    attempt(table, row)();
    return true;
  } catch (error) {
    if (error instanceof Error && /CHECK|NOT NULL/.test(error.message)) return false;
    throw error;
  }
}

function addBot(userId: string, botId: string): void {
  const times = { created_at: 1, updated_at: 1 };
  insert('users', { id: userId, username: userId, role: 'user', created_at: 1 });
  insert('llm_providers', {
    id: `provider-${userId}`,
    user_id: userId,
    name: 'house',
    provider_type: 'house',
    model_name: 'flat',
    ...times,
  });
  insert('bots', {
    id: botId,
    user_id: userId,
    name: botId,
    prompt: '',
    provider_id: `provider-${userId}`,
    trading_mode: 'paper',
    ...times,
  });
}

beforeAll(async () => {
  handle.pragma('foreign_keys = ON');
  const { error } = await createMigrator(db).migrateToLatest();
  if (error !== undefined) throw error;
  addBot('ann', 'a');
  addBot('ben', 'b');
  insert('bot_turns', { ...TURN, id: 't1', turn_no: 1 });
  insert('bot_decisions', { ...DECISION, id: 'd1', turn_id: 't1' });
  insert('positions', { ...POSITION, id: 'p1' });
  insert('trades', { ...TRADE, id: 'x1' });
  insert('ledger_entries', ENTRY);
  insert('audit_log', { action: 'a', subject_type: 's', subject_id: 'i', details_json: '{}', created_at: 1 });
});
afterAll(() => db.destroy());

function realColumns(table: string): { name: string; notnull: number }[] {
  return (handle.pragma(`table_info(${table})`) as { name: string; type: string; notnull: number }[]).filter(
    ({ type }) => type.toLowerCase() === 'real',
  );
}

describe('tables', () => {
  const tables = () =>
    handle
      .prepare(
        "select name, strict from pragma_table_list where schema = 'main' and name not like 'sqlite_%'",
      )
      .all() as { name: string; strict: number }[];

  it('are all STRICT', () => {
    const loose = tables().filter(({ name, strict }) => strict === 0 && !name.startsWith('kysely_'));
    expect(loose).toEqual([]);
  });

  it('with doubles are all tried below', () => {
    const withDoubles = tables().filter(({ name }) => realColumns(name).length > 0);
    expect(Object.keys(ROWS)).toEqual(expect.arrayContaining(withDoubles.map(({ name }) => name)));
  });

  it.each(Object.entries(ROWS).filter(([table]) => table !== 'bot_turns'))(
    'take a good row of %s',
    (table, row) => {
      expect(attempt(table, row)).not.toThrow();
    },
  );
});

describe('doubles', () => {
  it.each(Object.entries(ROWS))('of %s are finite', (table, row) => {
    const infinities = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const taken = realColumns(table).filter(({ name }) =>
      infinities.some((bad) => isTaken(table, { ...row, [name]: bad })),
    );
    expect(taken).toEqual([]);
  });

  it.each(Object.entries(ROWS))(
    'of %s that must be there are no NaN, which SQLite takes for null',
    (table, row) => {
      const required = realColumns(table).filter(({ notnull }) => notnull === 1);
      const taken = required.filter(({ name }) => isTaken(table, { ...row, [name]: Number.NaN }));
      expect(taken).toEqual([]);
    },
  );
});

describe('dollars', () => {
  const DOLLARS: Record<string, readonly string[]> = {
    positions: ['size', 'unrealized_pnl'],
    trades: ['size', 'pnl', 'fee', 'notional', 'cost', 'insurance'],
    bot_state_snapshots: ['balance', 'margin', 'unrealized_pnl', 'realized_pnl', 'total_value'],
  };

  it.each(Object.entries(DOLLARS))('of %s are whole micros', (table, columns) => {
    const takes = (value: number) =>
      columns.filter((name) => isTaken(table, { ...ROWS[table], [name]: value }));
    expect(takes(0.000_000_1)).toEqual([]);
    expect(takes(12.345_678_9)).toEqual([]);
    expect(takes(123_456_789.123_457)).toEqual(columns);
  });

  it('take every sum of micros that a double can name', () => {
    const isWhole = handle.prepare('select round(@usd, 6) = @usd').pluck();
    const refused: number[] = [];
    for (let micros = 1; micros < Number.MAX_SAFE_INTEGER; micros = micros * 3 + 1)
      if (isWhole.get({ usd: micros / 1e6 }) !== 1) refused.push(micros);
    expect(refused).toEqual([]);
  });
});

describe('checks', () => {
  it.each<[string, string, Row]>([
    ['a price of 0', 'positions', { entry_price: 0 }],
    ['a negative stop', 'positions', { stop_loss: -1 }],
    ['leverage below 1', 'positions', { leverage: 0.5 }],
    ['negative margin', 'positions', { margin_micros: -1 }],
    ['a side of its own', 'positions', { position_type: 'UP' }],
    ['an open position without quantity', 'positions', { quantity: 0 }],
    ['a closed position with quantity', 'positions', { status: 'closed', closed_at: 20 }],
    [
      'a closed position that holds margin',
      'positions',
      { status: 'closed', closed_at: 20, quantity: 0, cost_micros: 0 },
    ],
    [
      'a close before the opening',
      'positions',
      { status: 'closed', closed_at: 9, quantity: 0, cost_micros: 0, margin_micros: 0 },
    ],
    ['a decision trade without its decision', 'trades', { decision_id: null }],
    ['an engine trade with a decision', 'trades', { cause: 'stop-loss' }],
    ['an account of its own', 'ledger_entries', { account: 'pocket' }],
    ['an amount past the safe integers', 'ledger_entries', { amount_micros: 2 ** 53 }],
    ['a turn before the first', 'bot_turns', { turn_no: 0 }],
    ['an answered turn without its answer', 'bot_turns', { turn_no: 3, status: 'answered' }],
    ['a win rate above 1', 'bot_state_snapshots', { win_rate: 1.01 }],
    ['a call that pays money back', 'llm_calls', { cost_micros: -1 }],
    ['a call for a purpose of its own', 'llm_calls', { purpose: 'fun' }],
    ['a negative count', 'decision_stats', { calls: -1 }],
    ['a negative price', 'model_prices', { output_usd: -1 }],
    ['a price nobody can pay', 'model_prices', { cached_input_usd: 1e6 }],
  ])('refuse %s', (_, table, change) => {
    expect(attempt(table, { ...ROWS[table], ...change })).toThrow(/CHECK constraint failed/);
  });

  it('refuse negative cash', () => {
    expect(attempt('bot_accounts', { ...OWNER, cash_micros: -1 })).toThrow(/CHECK constraint failed/);
  });
});

describe('uniqueness', () => {
  it.each<[string, string, Row]>([
    ['a second running turn of a bot', 'bot_turns', {}],
    ['the same turn number', 'bot_turns', { turn_no: 1, status: 'failed' }],
    ['a second decision of a turn', 'bot_decisions', { turn_id: 't1' }],
    ['a trade id again', 'trades', { id: 'x1' }],
  ])('refuses %s', (_, table, change) => {
    expect(attempt(table, { ...ROWS[table], ...change })).toThrow(/UNIQUE constraint failed/);
  });

  it('of user names is without case', () => {
    expect(attempt('users', { id: 'z', username: 'ANN', role: 'user', created_at: 1 })).toThrow(/UNIQUE/);
  });
});

describe('tenants', () => {
  const foreign = /FOREIGN KEY constraint failed/;

  it.each<[string, Row]>([
    ['bot_turns', { status: 'failed' }],
    ['bot_decisions', {}],
    ['positions', {}],
    ['trades', { position_id: null }],
    ['ledger_entries', {}],
    ['bot_state_snapshots', {}],
    ['leaderboard', {}],
    ['llm_calls', {}],
    ['decision_stats', {}],
    ['bot_cost_hours', {}],
  ])('a row of %s cannot be one user’s on another’s bot', (table, change) => {
    const row = { ...ROWS[table], ...change };
    expect(attempt(table, row)).not.toThrow();
    expect(attempt(table, { ...row, user_id: 'ben' })).toThrow(foreign);
  });

  it('a trade cannot name another bot’s position', () => {
    const benOwns = { user_id: 'ben', bot_id: 'b' };
    expect(attempt('trades', { ...TRADE, ...benOwns })).toThrow(foreign);
    expect(attempt('trades', { ...TRADE, ...benOwns, position_id: null })).not.toThrow();
  });

  it('a bot cannot use another user’s provider', () => {
    const bot = {
      id: 'c',
      user_id: 'ann',
      name: 'c',
      prompt: '',
      trading_mode: 'paper',
      created_at: 1,
      updated_at: 1,
    };
    expect(attempt('bots', { ...bot, provider_id: 'provider-ben' })).toThrow(foreign);
  });
});

describe('history', () => {
  it.each(['ledger_entries', 'trades', 'bot_decisions', 'audit_log'])('%s is append-only', (table) => {
    const [{ name: key } = { name: 'id' }] = handle.pragma(`table_info(${table})`) as { name: string }[];
    expect(() => handle.prepare(`update ${table} set ${key} = ${key}`).run()).toThrow(
      `${table} is append-only`,
    );
    expect(() => handle.prepare(`delete from ${table}`).run()).toThrow(`${table} is append-only`);
    expect(handle.prepare(`select count(*) from ${table}`).pluck().get()).toBe(1);
  });
});
