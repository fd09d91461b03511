import type BetterSqlite3 from 'better-sqlite3';

export type Row = Readonly<Record<string, string | number | null>>;

/** Times of the samples, epoch ms of the arena's clock. */
export function minute(minutes: number): number {
  return 1_700_000_000_000 + minutes * 60_000;
}

export interface Owner {
  readonly user_id: string;
  readonly bot_id: string;
}

/** Of every bot the only one. */
function versionOf({ bot_id: botId }: Owner): string {
  return `${botId}:1`;
}

/** Writes rows as they are told, with the columns that never matter filled in. Nothing is computed. */
export class SampleWriter {
  readonly #db: BetterSqlite3.Database;

  constructor(db: BetterSqlite3.Database) {
    this.#db = db;
  }

  insert(table: string, row: Row): void {
    const names = Object.keys(row);
    const values = names.map((name) => `@${name}`).join(', ');
    this.#db.prepare(`insert into ${table} (${names.join(', ')}) values (${values})`).run(row);
  }

  user(id: string): void {
    const times = { created_at: minute(0), updated_at: minute(0) };
    this.insert('users', { id, username: id, role: 'user', created_at: minute(0) });
    this.insert('llm_providers', {
      id: `provider-${id}`,
      user_id: id,
      name: 'house',
      provider_type: 'house',
      model_name: 'momentum',
      ...times,
    });
  }

  bot(owner: Owner, account: Row): void {
    const made = { prompt: 'trade well', provider_id: `provider-${owner.user_id}` };
    this.insert('bots', {
      ...made,
      id: owner.bot_id,
      user_id: owner.user_id,
      name: owner.bot_id,
      trading_mode: 'paper',
      version_id: versionOf(owner),
      created_at: minute(0),
      updated_at: minute(0),
    });
    this.insert('bot_versions', {
      ...owner,
      ...made,
      id: versionOf(owner),
      version_no: 1,
      provider_type: 'house',
      model_name: 'momentum',
      settings_json: '{}',
      created_at: minute(0),
    });
    this.insert('bot_accounts', { ...owner, initial_balance_micros: 10_000_000_000, ...account });
  }

  /** An applied turn and its decisions row `decision-<bot>-<no>`. */
  turn(owner: Owner, no: number, at: number): void {
    const turnId = `turn-${owner.bot_id}-${no}`;
    this.insert('bot_turns', {
      ...owner,
      id: turnId,
      epoch: 1,
      turn_no: no,
      cause: 'timer',
      status: 'applied',
      due_at: at,
      prompt: 'prompt',
      prompt_hash: 'hash',
      raw_answer: '{}',
      claimed_at: at,
      answered_at: at,
      ended_at: at,
      version_id: versionOf(owner),
    });
    const decision = { id: `decision-${owner.bot_id}-${no}`, turn_id: turnId, timestamp: at };
    this.decision(owner, { ...decision, version_id: versionOf(owner) });
  }

  decision(owner: Owner, row: Row): void {
    this.insert('bot_decisions', {
      ...owner,
      epoch: 1,
      prompt_sent: 'prompt',
      raw_answer: '{}',
      decisions_json: '[]',
      notes_json: '[]',
      execution_success: 1,
      ...row,
    });
  }

  position(owner: Owner, row: Row): void {
    this.insert('positions', {
      ...owner,
      epoch: 1,
      maintenance_rate: 0.005,
      unrealized_pnl: 0,
      quantity: 0,
      cost_micros: 0,
      margin_micros: 0,
      levels_set_at: row['opened_at'] ?? null,
      ...row,
    });
  }

  trade(owner: Owner, row: Row): void {
    this.insert('trades', { ...owner, epoch: 1, insurance: 0, slippage: 0, ...row });
  }

  /** One ledger group; `row` says cause, time and what it belongs to. */
  postings(owner: Owner, row: Row, amounts: Readonly<Record<string, number>>): void {
    for (const [account, amount] of Object.entries(amounts))
      this.insert('ledger_entries', { ...owner, epoch: 1, ...row, account, amount_micros: amount });
  }

  snapshot(owner: Owner, row: Row): void {
    this.insert('bot_state_snapshots', { ...owner, epoch: 1, ...row });
  }
}
