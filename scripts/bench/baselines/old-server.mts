import BetterSqlite3 from 'better-sqlite3';

const BOTS = 4;
const SYMBOLS = 218;

interface OldBot {
  readonly id: string;
  readonly portfolio: { readonly balance: number; readonly positions: readonly object[] };
  readonly orders: object[];
  readonly botLogs: object[];
}

/**
 * How the old server ended a turn: each row in a commit of its own, every connection opened anew, and then the whole
 * state of the arena, with all orders and logs ever made, as one JSON text.
 */
export class OldServer {
  readonly #path: string;
  readonly #state: { readonly bots: readonly OldBot[]; readonly marketData: readonly object[] };
  #turn = 0;

  /** @param history 1 gives about 2.8 MB of state, 10 ten times as much. */
  constructor(path: string, history: number) {
    this.#path = path;
    this.#state = { bots: makeBots(history), marketData: makeMarkets() };
    const db = new BetterSqlite3(path);
    db.pragma('journal_mode = WAL');
    db.exec(`create table if not exists arena_state (id integer primary key, state text not null, updated_at text);
      create table if not exists trades (id text primary key, bot_id text, symbol text, trade_type text, action text,
        entry_price real, exit_price real, size real, leverage real, pnl real, fee real, executed_at text);
      create index if not exists trades_bot on trades (bot_id);
      create table if not exists positions (id text primary key, bot_id text, symbol text, position_type text,
        entry_price real, size real, leverage real, status text, opened_at text, closed_at text);
      create table if not exists bot_decisions (id text primary key, bot_id text, prompt_sent text,
        decisions_json text, notes_json text, timestamp text)`);
    db.close();
  }

  get stateBytes(): number {
    return JSON.stringify(this.#state).length;
  }

  /** One turn of four bots, each with a position closed, one opened, two trades and a decision. */
  runTurn(): void {
    this.#turn += 1;
    for (const bot of this.#state.bots) this.#saveBot(bot);
    this.#withDatabase((db) => {
      const state = JSON.stringify(this.#state);
      db.prepare('delete from arena_state').run();
      db.prepare('insert into arena_state (id, state, updated_at) values (1, ?, ?)').run(state, now());
    });
  }

  #saveBot({ id }: OldBot): void {
    const key = `${id}-${this.#turn}`;
    this.#withDatabase((db) => {
      db.prepare(`update positions set status = 'closed', closed_at = ? where id = ?`).run(now(), key);
      for (const type of ['exit', 'entry'])
        db.prepare('insert into trades values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').run(
          `${key}-${type}`,
          id,
          'BTCUSDT',
          type,
          'LONG',
          50_000,
          50_100,
          200,
          3,
          1.2,
          0.3,
          now(),
        );
      db.prepare('insert into positions values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').run(
        key,
        id,
        'BTCUSDT',
        'LONG',
        50_000,
        200,
        3,
        'open',
        now(),
        null,
      );
      db.prepare('insert into bot_decisions values (?, ?, ?, ?, ?, ?)').run(
        key,
        id,
        'x'.repeat(2000),
        'y'.repeat(600),
        '[]',
        now(),
      );
    });
  }

  #withDatabase(run: (db: BetterSqlite3.Database) => void): void {
    const db = new BetterSqlite3(this.#path);
    run(db);
    db.close();
  }
}

function now(): string {
  return new Date().toISOString();
}

function makeBots(history: number): OldBot[] {
  return Array.from({ length: BOTS }, (_, bot) => ({
    id: `bot_${bot}`,
    portfolio: { balance: 10_000, positions: [position(0), position(1)] },
    orders: Array.from({ length: 108 * history }, (_, i) => ({
      ...position(i),
      exitPrice: 50_100,
      pnl: 1.2,
    })),
    botLogs: Array.from({ length: 40 * history }, (_, i) => ({
      timestamp: i,
      prompt: 'p'.repeat(14_800),
      decisions: [{ action: 'LONG', symbol: 'BTCUSDT', reasoning: 'r'.repeat(900) }],
      notes: ['n'.repeat(200)],
    })),
  }));
}

function position(i: number) {
  return {
    id: `pos-${i}`,
    symbol: 'BTCUSDT',
    type: 'LONG',
    entryPrice: 50_000 + i,
    size: 200,
    leverage: 3,
    liquidationPrice: 30_000,
    stopLoss: 48_000,
    takeProfit: 55_000,
    openTime: i,
  };
}

function makeMarkets(): object[] {
  return Array.from({ length: SYMBOLS }, (_, i) => ({ symbol: `S${i}USDT`, price: 100 + i, change: 0.01 }));
}
