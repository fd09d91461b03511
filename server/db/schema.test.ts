import BetterSqlite3 from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kyselyOn, StatementCache } from './dialects/sqlite-driver.ts';
import { createMigrator } from './migrator.ts';

type Row = Readonly<Record<string, string | number | null>>;

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

const OWNER = { user_id: 'ann', bot_id: 'a' };
const TURN: Row = {
  ...OWNER,
  id: 't2',
  turn_no: 2,
  epoch: 1,
  cause: 'timer',
  status: 'claimed',
  due_at: 1,
  claimed_at: 1,
};
const DECISION: Row = {
  ...OWNER,
  id: 'd2',
  epoch: 1,
  prompt_sent: '',
  decisions_json: '[]',
  notes_json: '[]',
  execution_success: 1,
  timestamp: 1,
};
const POSITION: Row = {
  ...OWNER,
  id: 'p2',
  epoch: 1,
  symbol: 'BTCUSDT',
  position_type: 'LONG',
  entry_price: 50_000,
  size: 1000,
  leverage: 10,
  quantity: 0.2,
  entry_quantity: 0.2,
  cost_micros: 10_000_000_000,
  margin_micros: 1_000_000_000,
  maintenance_rate: 0.005,
  stop_loss: 49_000,
  take_profit: 51_000,
  liquidation_price: 45_226.1,
  unrealized_pnl: 0,
  status: 'open',
  opened_at: 10,
  levels_set_at: 10,
};
const TRADE: Row = {
  ...OWNER,
  id: 'x2',
  epoch: 1,
  position_id: 'p1',
  decision_id: 'd1',
  decision_index: 0,
  symbol: 'BTCUSDT',
  trade_type: 'exit',
  action: 'LONG',
  entry_price: 50_000,
  exit_price: 51_000,
  size: 1000,
  leverage: 10,
  pnl: 194.9,
  fee: 5.1,
  quantity: 0.2,
  notional: 10_200,
  cost: 10_000,
  insurance: 0,
  cause: 'decision',
  decision_price: 51_000,
  slippage: 0,
  executed_at: 20,
};
const ENTRY: Row = {
  ...OWNER,
  group_id: 'g2',
  epoch: 1,
  account: 'cash',
  amount_micros: 1,
  cause: 'deposit',
  created_at: 1,
};
const SNAPSHOT: Row = {
  ...OWNER,
  epoch: 1,
  balance: 9000,
  margin: 1000,
  unrealized_pnl: 0,
  realized_pnl: -5,
  total_value: 10_000,
  trade_count: 0,
  win_rate: 0,
  timestamp: 1,
};
const HOUR: Row = {
  bot_id: 'a',
  hour_at: 0,
  epoch: 1,
  n: 1,
  sum_value: 1,
  first_value: 1,
  last_value: 1,
  min_value: 1,
  max_value: 1,
  max_drawdown: 0,
  first_at: 0,
  last_at: 0,
  realized_pnl: 0,
};
const BOARD: Row = {
  ...OWNER,
  period: 'day',
  rank: 1,
  total_value: 10_000,
  return_fraction: 0,
  pnl: 0,
  max_drawdown: 0,
  sharpe: 0,
  trade_count: 0,
  win_rate: 0,
  from_at: 0,
  to_at: 1,
  model_cost: 0.5,
  net_rank: 1,
  net_place: 1,
};
const CANDLE: Row = { symbol: 'BTCUSDT', opened_at: 0, open: 1, high: 1, low: 1, close: 1, volume: 1 };

const CALL: Row = {
  ...OWNER,
  id: 'c2',
  provider_id: 'provider-ann',
  provider_type: 'openai',
  model: 'm',
  purpose: 'decide',
  started_at: 1,
  latency_ms: 1,
  cost_micros: 1,
};
const STATS: Row = { ...OWNER, provider_type: 'openai', model: 'm', day_at: 0, turns: 1 };
const COST: Row = { ...OWNER, epoch: 1, hour_at: 0, total_micros: 1 };
const PRICE: Row = {
  id: 'm1',
  preset: 'openai',
  model: 'm',
  input_usd: 1,
  output_usd: 2,
  cached_input_usd: 0.5,
  valid_from: 1,
  created_at: 1,
};

const ROWS: Record<string, Row> = {
  bot_turns: TURN,
  bot_decisions: DECISION,
  positions: POSITION,
  trades: TRADE,
  ledger_entries: ENTRY,
  bot_state_snapshots: SNAPSHOT,
  bot_equity_hours: HOUR,
  leaderboard: BOARD,
  candles: CANDLE,
  llm_calls: CALL,
  decision_stats: STATS,
  bot_cost_hours: COST,
  model_prices: PRICE,
};

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
