import BetterSqlite3 from 'better-sqlite3';
import { BulkWriter } from '../../db/dialects/bulk-writer.ts';
import { migrateToLatest } from '../../db/migrator.ts';
import { insertAuditEntry } from '../../db/queries/audit-log.ts';
import { ALICE, BOB, writeAlice, writeAliceShort, writeBob } from './sample-traders.ts';
import { minute, SampleWriter, type Owner } from './sample-writer.ts';

const MIGRATED: Owner = { user_id: 'u1', bot_id: 'migrated' };

/**
 * A small arena of plain inserts, every number worked out by hand; each bot starts with 10,000 USD:
 *
 * - `alice` (user u1): a long with funding, a partial close and a stop; then a short that is still open.
 * - `bob` (user u2): a long liquidated in a gap, so that insurance pays; a short that meets its target; then a reset.
 * - `migrated` (user u1): brought over from the old server with an open position, closed by hand since.
 *
 * Prices are remembered twice: during Alice's long and at the end. The audit log has rows 1 and 2 from before its chain,
 * and 3 to 7 in it.
 */
export async function writeSampleDatabase(path: string): Promise<void> {
  await migrateToLatest(path, 'sample');
  const db = new BetterSqlite3(path);
  db.pragma('foreign_keys = ON');
  db.transaction(() => {
    const writer = new SampleWriter(db);
    writer.user('u1');
    writer.user('u2');
    writeAlice(writer);
    writeAliceShort(writer);
    writeBob(writer);
    writeMigrated(writer);
    writeSnapshots(writer);
    writeAuditLog(writer, db);
    writeVault(writer);
  })();
  db.close();
}

/**
 * The old server left 9,700 and a long of 2 BNBUSDT at 500 with 200 margin: X = 9,900, 100 below the 10,000 it began
 * with. Closed by hand at 510: notional 1,020, gross 20, fee 0.51, pnl 19.49; cash 9,919.49.
 */
function writeMigrated(writer: SampleWriter): void {
  const legacy = {
    legacy: 1,
    cause: 'legacy',
    symbol: 'XRPUSDT',
    action: 'LONG',
    leverage: 1,
    quantity: 100,
  };
  writer.bot(MIGRATED, {
    cash_micros: 9_919_490_000,
    trade_count: 2,
    win_count: 1,
    realized_micros: -80_510_000,
    fees_micros: 510_000,
  });
  writer.decision(MIGRATED, { id: 'old-decision', turn_id: null, raw_answer: null, timestamp: minute(-60) });
  writer.position(MIGRATED, {
    id: 'm-long',
    symbol: 'BNBUSDT',
    position_type: 'LONG',
    legacy: 1,
    entry_quantity: 2,
    status: 'closed',
    close_cause: 'manual',
    opened_at: minute(-30),
    closed_at: minute(30),
    entry_price: 500,
    size: 200,
    leverage: 5,
    realized_micros: 20_000_000,
    fees_micros: 510_000,
  });
  const old = { ...legacy, notional: 0, cost: 0, size: 1000, fee: 0 };
  writer.trade(MIGRATED, {
    ...old,
    id: 'm-old-1',
    trade_type: 'entry',
    entry_price: 10,
    pnl: 0,
    executed_at: minute(-60),
  });
  writer.trade(MIGRATED, {
    ...old,
    id: 'm-old-2',
    trade_type: 'exit',
    exit_price: 9,
    pnl: -100,
    executed_at: minute(-50),
  });
  writer.trade(MIGRATED, {
    id: 'm1',
    position_id: 'm-long',
    symbol: 'BNBUSDT',
    action: 'LONG',
    leverage: 5,
    trade_type: 'exit',
    cause: 'manual',
    executed_at: minute(30),
    exit_price: 510,
    quantity: 2,
    notional: 1020,
    cost: 1000,
    size: 200,
    fee: 0.51,
    pnl: 19.49,
  });
  const moved = { cause: 'legacy', created_at: minute(0) };
  writer.postings(
    MIGRATED,
    { ...moved, group_id: 'm0' },
    { deposits: -10_000_000_000, legacy: 100_000_000, cash: 9_900_000_000 },
  );
  writer.postings(
    MIGRATED,
    { ...moved, group_id: 'm-margin', position_id: 'm-long' },
    { cash: -200_000_000, margin: 200_000_000 },
  );
  writer.postings(
    MIGRATED,
    { group_id: 'm1', trade_id: 'm1', position_id: 'm-long', cause: 'manual', created_at: minute(30) },
    { cash: 219_490_000, margin: -200_000_000, market: -20_000_000, fees: 510_000 },
  );
}

/** At 50,500 Alice's long is worth +49; at 2,450 her short +100. */
function writeSnapshots(writer: SampleWriter): void {
  const set = (
    id: number,
    minutes: number,
    row: { prices_json: string; ledger_seq: number; trade_seq: number },
  ) => writer.insert('price_sets', { id, at: minute(minutes), bucket_at: minute(minutes), ...row });
  set(1, 12, { prices_json: '{"BTCUSDT":50500,"ETHUSDT":2480}', ledger_seq: 5, trade_seq: 1 });
  set(2, 60, { prices_json: '{"BTCUSDT":49100,"ETHUSDT":2450}', ledger_seq: 47, trade_seq: 11 });
  const first = { price_set_id: 1, timestamp: minute(12) };
  const second = { price_set_id: 2, timestamp: minute(60) };
  const flat = { margin: 0, unrealized_pnl: 0 };
  writer.snapshot(MIGRATED, {
    ...flat,
    price_set_id: null,
    timestamp: minute(-60),
    balance: 9700,
    total_value: 9700,
    realized_pnl: -100,
    trade_count: 1,
    win_rate: 0,
  });
  writer.snapshot(ALICE, {
    ...first,
    balance: 9497.3995,
    margin: 500.1,
    unrealized_pnl: 49,
    total_value: 10_046.4995,
    realized_pnl: -2.5005,
    trade_count: 0,
    win_rate: 0,
  });
  writer.snapshot(ALICE, {
    ...second,
    balance: 8947.0165,
    margin: 1000,
    unrealized_pnl: 100,
    total_value: 10_047.0165,
    realized_pnl: -52.4785,
    trade_count: 1,
    win_rate: 0,
  });
  writer.snapshot(BOB, {
    ...second,
    ...flat,
    epoch: 2,
    balance: 10_000,
    total_value: 10_000,
    realized_pnl: 0,
    trade_count: 0,
    win_rate: 0,
  });
  writer.snapshot(MIGRATED, {
    ...second,
    ...flat,
    balance: 9919.49,
    total_value: 9919.49,
    realized_pnl: -80.51,
    trade_count: 2,
    win_rate: 0.5,
  });
}

function writeAuditLog(writer: SampleWriter, db: BetterSqlite3.Database): void {
  for (const subject_id of ['alice', 'bob'])
    writer.insert('audit_log', {
      user_id: subject_id === 'alice' ? 'u1' : null,
      action: 'bot.created',
      subject_type: 'bot',
      subject_id,
      details_json: '{}',
      created_at: minute(0),
    });
  const chained = new BulkWriter(db);
  for (const step of [1, 2, 3, 4, 5])
    chained.run(
      insertAuditEntry({
        userId: 'u1',
        actorId: step % 2 === 0 ? null : 'u1',
        action: 'bot.updated',
        subjectType: 'bot',
        subjectId: 'alice',
        details: { step },
        at: minute(step),
        ip: step % 2 === 0 ? null : '127.0.0.1',
        requestId: null,
      }),
    );
}

/** Version 1 of the master key is retired; version 2 wraps the data key of `u1`. */
function writeVault(writer: SampleWriter): void {
  const times = { created_at: minute(0), retired_at: null };
  writer.insert('vault_keys', { version: 1, check_value: 'v1.1', ...times, retired_at: minute(9) });
  writer.insert('vault_keys', { version: 2, check_value: 'v1.2', ...times });
  writer.insert('vault_user_keys', {
    user_id: 'u1',
    key_version: 2,
    wrapped_key: 'v1.u1',
    created_at: minute(1),
  });
}
