import { minute, type Owner, type SampleWriter } from './sample-writer.ts';

export const ALICE: Owner = { user_id: 'u1', bot_id: 'alice' };
export const BOB: Owner = { user_id: 'u2', bot_id: 'bob' };

/**
 * Entry 0.1 at 50,010, 10x: notional 5,001, margin 500.10, fee 2.5005; cash 9,497.3995. Funding -0.505.
 * Exit 0.04 at 50,400: notional 2,016, cost 2,000.40, margin 199.838, fee 1.008, pnl 14.592; cash 9,711.8295.
 * Stop 0.06 at 49,000: notional 2,940, cost 3,000.60, margin 299.757, fee 1.47, pnl -62.07; cash 9,949.5165.
 * Net -50.4835.
 */
export function writeAlice(writer: SampleWriter): void {
  writer.bot(ALICE, {
    cash_micros: 8_947_016_500,
    trade_count: 1,
    realized_micros: -52_478_500,
    fees_micros: 7_478_500,
    funding_micros: -505_000,
  });
  for (const no of [1, 2, 3]) writer.turn(ALICE, no, minute(no * 10));
  writer.postings(
    ALICE,
    { group_id: 'a0', cause: 'deposit', created_at: minute(0) },
    { deposits: -10_000_000_000, cash: 10_000_000_000 },
  );
  writer.position(ALICE, {
    id: 'a-long',
    symbol: 'BTCUSDT',
    position_type: 'LONG',
    entry_price: 50_010,
    size: 500.1,
    leverage: 10,
    entry_quantity: 0.1,
    realized_micros: -45_000_000,
    fees_micros: 4_978_500,
    funding_micros: -505_000,
    status: 'closed',
    close_cause: 'stop-loss',
    opened_at: minute(10),
    closed_at: minute(25),
  });
  const long = { position_id: 'a-long', symbol: 'BTCUSDT', action: 'LONG', leverage: 10 };
  const byDecision = { position_id: 'a-long', cause: 'decision' };
  writer.trade(ALICE, {
    ...long,
    id: 'a1',
    decision_id: 'decision-alice-1',
    decision_index: 0,
    trade_type: 'entry',
    cause: 'decision',
    executed_at: minute(10),
    entry_price: 50_010,
    quantity: 0.1,
    notional: 5001,
    cost: 5001,
    size: 500.1,
    fee: 2.5005,
    pnl: -2.5005,
  });
  writer.postings(
    ALICE,
    { ...byDecision, group_id: 'a1', trade_id: 'a1', created_at: minute(10) },
    { cash: -502_600_500, margin: 500_100_000, fees: 2_500_500 },
  );
  writer.postings(
    ALICE,
    { position_id: 'a-long', group_id: 'a-funding', cause: 'funding', created_at: minute(15) },
    { margin: -505_000, funding: 505_000 },
  );
  writer.trade(ALICE, {
    ...long,
    id: 'a2',
    decision_id: 'decision-alice-2',
    decision_index: 0,
    trade_type: 'exit',
    cause: 'decision',
    executed_at: minute(20),
    exit_price: 50_400,
    quantity: 0.04,
    notional: 2016,
    cost: 2000.4,
    size: 199.838,
    fee: 1.008,
    pnl: 14.592,
  });
  writer.postings(
    ALICE,
    { ...byDecision, group_id: 'a2', trade_id: 'a2', created_at: minute(20) },
    { cash: 214_430_000, margin: -199_838_000, market: -15_600_000, fees: 1_008_000 },
  );
  writer.trade(ALICE, {
    ...long,
    id: 'a3',
    trade_type: 'exit',
    cause: 'stop-loss',
    executed_at: minute(25),
    exit_price: 49_000,
    quantity: 0.06,
    notional: 2940,
    cost: 3000.6,
    size: 299.757,
    fee: 1.47,
    pnl: -62.07,
  });
  writer.postings(
    ALICE,
    { position_id: 'a-long', cause: 'stop-loss', group_id: 'a3', trade_id: 'a3', created_at: minute(25) },
    { cash: 237_687_000, margin: -299_757_000, market: 60_600_000, fees: 1_470_000 },
  );
}

/** Short 2 at 2,500, 5x: notional 5,000, margin 1,000, fee 2.50; cash 8,947.0165. */
export function writeAliceShort(writer: SampleWriter): void {
  writer.position(ALICE, {
    id: 'a-short',
    symbol: 'ETHUSDT',
    position_type: 'SHORT',
    entry_price: 2500,
    size: 1000,
    leverage: 5,
    quantity: 2,
    entry_quantity: 2,
    cost_micros: 5_000_000_000,
    margin_micros: 1_000_000_000,
    fees_micros: 2_500_000,
    status: 'open',
    opened_at: minute(30),
  });
  writer.trade(ALICE, {
    id: 'a4',
    position_id: 'a-short',
    symbol: 'ETHUSDT',
    action: 'SHORT',
    leverage: 5,
    decision_id: 'decision-alice-3',
    decision_index: 0,
    trade_type: 'entry',
    cause: 'decision',
    executed_at: minute(30),
    entry_price: 2500,
    quantity: 2,
    notional: 5000,
    cost: 5000,
    size: 1000,
    fee: 2.5,
    pnl: -2.5,
  });
  writer.postings(
    ALICE,
    { position_id: 'a-short', cause: 'decision', group_id: 'a4', trade_id: 'a4', created_at: minute(30) },
    { cash: -1_002_500_000, margin: 1_000_000_000, fees: 2_500_000 },
  );
}

/**
 * Long 10 at 100, 20x: notional 1,000, margin 50, fee 0.50; cash 9,949.50. Gap to 90: notional 900, gross -100, fee 0.45,
 * margin 50, so insurance pays 50.45; pnl -50, cash as before.
 * Short 10 at 90, 10x: margin 90, fee 0.45; cash 9,859.05. Target 80: notional 800, gross 100, fee 0.40, pnl 99.60;
 * cash 10,048.65, which the reset pays back before the new deposit.
 */
export function writeBob(writer: SampleWriter): void {
  writer.bot(BOB, { epoch: 2, cash_micros: 10_000_000_000 });
  for (const no of [1, 2]) writer.turn(BOB, no, minute(no * 10));
  const deposit = { deposits: -10_000_000_000, cash: 10_000_000_000 };
  writer.postings(BOB, { group_id: 'b0', cause: 'deposit', created_at: minute(0) }, deposit);
  const sol = { symbol: 'SOLUSDT', entry_quantity: 10, status: 'closed' };
  writer.position(BOB, {
    ...sol,
    id: 'b-long',
    position_type: 'LONG',
    close_cause: 'liquidation',
    opened_at: minute(10),
    closed_at: minute(15),
    entry_price: 100,
    size: 50,
    leverage: 20,
    realized_micros: -49_550_000,
    fees_micros: 950_000,
    insurance_micros: 50_450_000,
  });
  writer.position(BOB, {
    ...sol,
    id: 'b-short',
    position_type: 'SHORT',
    close_cause: 'take-profit',
    opened_at: minute(20),
    closed_at: minute(30),
    entry_price: 90,
    size: 90,
    leverage: 10,
    realized_micros: 100_000_000,
    fees_micros: 850_000,
  });
  const long = { position_id: 'b-long', symbol: 'SOLUSDT', action: 'LONG', leverage: 20, quantity: 10 };
  const short = { position_id: 'b-short', symbol: 'SOLUSDT', action: 'SHORT', leverage: 10, quantity: 10 };
  writer.trade(BOB, {
    ...long,
    id: 'b1',
    decision_id: 'decision-bob-1',
    decision_index: 0,
    trade_type: 'entry',
    cause: 'decision',
    executed_at: minute(10),
    entry_price: 100,
    notional: 1000,
    cost: 1000,
    size: 50,
    fee: 0.5,
    pnl: -0.5,
  });
  writer.trade(BOB, {
    ...long,
    id: 'b2',
    trade_type: 'exit',
    cause: 'liquidation',
    executed_at: minute(15),
    exit_price: 90,
    notional: 900,
    cost: 1000,
    size: 50,
    fee: 0.45,
    insurance: 50.45,
    pnl: -50,
  });
  writer.trade(BOB, {
    ...short,
    id: 'b3',
    decision_id: 'decision-bob-2',
    decision_index: 0,
    trade_type: 'entry',
    cause: 'decision',
    executed_at: minute(20),
    entry_price: 90,
    notional: 900,
    cost: 900,
    size: 90,
    fee: 0.45,
    pnl: -0.45,
  });
  writer.trade(BOB, {
    ...short,
    id: 'b4',
    trade_type: 'exit',
    cause: 'take-profit',
    executed_at: minute(30),
    exit_price: 80,
    notional: 800,
    cost: 900,
    size: 90,
    fee: 0.4,
    pnl: 99.6,
  });
  const posted = (trade: string, at: number, row: { position_id: string; cause: string }) => ({
    ...row,
    group_id: trade,
    trade_id: trade,
    created_at: minute(at),
  });
  writer.postings(BOB, posted('b1', 10, { position_id: 'b-long', cause: 'decision' }), {
    cash: -50_500_000,
    margin: 50_000_000,
    fees: 500_000,
  });
  writer.postings(BOB, posted('b2', 15, { position_id: 'b-long', cause: 'liquidation' }), {
    margin: -50_000_000,
    market: 100_000_000,
    fees: 450_000,
    insurance: -50_450_000,
  });
  writer.postings(BOB, posted('b3', 20, { position_id: 'b-short', cause: 'decision' }), {
    cash: -90_450_000,
    margin: 90_000_000,
    fees: 450_000,
  });
  writer.postings(BOB, posted('b4', 30, { position_id: 'b-short', cause: 'take-profit' }), {
    cash: 189_600_000,
    margin: -90_000_000,
    market: -100_000_000,
    fees: 400_000,
  });
  const reset = { cause: 'reset', created_at: minute(40) };
  writer.postings(
    BOB,
    { ...reset, group_id: 'b-reset' },
    { cash: -10_048_650_000, deposits: 10_048_650_000 },
  );
  writer.postings(BOB, { group_id: 'b5', cause: 'deposit', created_at: minute(40), epoch: 2 }, deposit);
}
