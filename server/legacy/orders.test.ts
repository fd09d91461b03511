import { describe, expect, it } from 'vitest';
import { readOrder } from './orders.ts';

const AT = Date.UTC(2025, 10, 6, 17);
const running = {
  id: 'o1',
  symbol: 'XRPUSDT',
  type: 'LONG',
  size: 100,
  leverage: 3,
  pnl: -3,
  fee: 3,
  timestamp: AT,
  entryPrice: 2.45,
  exitPrice: 0,
};
const audit = {
  id: 'o1',
  symbol: 'XRPUSDT',
  action: 'SHORT',
  side: 'exit',
  price: 2.5,
  size: 100,
  leverage: 3,
  timestamp: AT,
  pnl: 5.23,
};
const read = (value: unknown) => readOrder({ path: 'p', value }, AT);

describe('readOrder', () => {
  it('reads the running server’s shape: no exit price means an entry', () => {
    const entry = { kind: 'entry', side: 'LONG', entryPrice: 2.45, exitPrice: null, marginMicros: 100e6 };
    expect(read(running)).toMatchObject({ ok: true, value: { ...entry, pnlMicros: -3e6, feeMicros: 3e6 } });
    expect(read({ ...running, exitPrice: null })).toMatchObject({ ok: true, value: entry });
    expect(read({ ...running, exitPrice: 2.6 })).toMatchObject({
      ok: true,
      value: { kind: 'exit', entryPrice: 2.45, exitPrice: 2.6 },
    });
  });

  it('reads the audit’s shape: its exits do not say where they were opened', () => {
    expect(read(audit)).toMatchObject({
      ok: true,
      value: { kind: 'exit', side: 'SHORT', entryPrice: null, exitPrice: 2.5, feeMicros: 0 },
    });
    expect(read({ ...audit, side: 'entry' })).toMatchObject({
      ok: true,
      value: { kind: 'entry', entryPrice: 2.5, exitPrice: null },
    });
  });

  it('reads rows of the table, whichever way round it names them', () => {
    const row = {
      id: 7,
      symbol: 'XRPUSDT',
      entry_price: 2.45,
      exit_price: 2.5,
      size: 100,
      leverage: 3,
      pnl: 1,
    };
    const time = { executed_at: '2025-11-06 17:00:00', position_id: 'p1' };
    const value = { id: '7', kind: 'exit', side: 'LONG', at: AT, positionId: 'p1' };
    expect(read({ ...row, ...time, trade_type: 'exit', action: 'LONG' })).toMatchObject({ ok: true, value });
    expect(read({ ...row, ...time, trade_type: 'LONG', action: 'CLOSE' })).toMatchObject({ ok: true, value });
  });

  it.each([
    ['no object', [running], 'no object'],
    ['no id', { ...running, id: undefined }, 'without an id'],
    ['no symbol', { ...running, symbol: null }, 'without a symbol'],
    ['a size below 0', { ...running, size: -1 }, 'without a size'],
    ['a size as text', { ...running, size: '100' }, 'without a size'],
    ['a result that is no number', { ...running, exitPrice: 2.5, pnl: 'NaN' }, 'without a result'],
    ['an exit without a result', { ...running, exitPrice: 2.5, pnl: null }, 'without a result'],
    ['a leverage of 0', { ...running, leverage: 0 }, 'without a leverage'],
    ['a fee below 0', { ...running, fee: -1 }, 'fee is no amount'],
    ['no time', { ...running, timestamp: 'yesterday' }, 'without a time'],
    ['a time before there were markets', { ...running, timestamp: 12 }, 'without a time'],
    ['a time to come', { ...running, timestamp: AT + 1 }, 'without a time'],
    ['no price', { ...running, entryPrice: 0 }, 'an entry without a price'],
    ['an exit without a price', { ...audit, price: -2 }, 'an exit without a price'],
    ['an exit price that is no number', { ...running, exitPrice: 'NaN' }, 'exit price is no number'],
    ['no direction', { ...audit, action: 'BUY' }, 'neither long nor short'],
    ['neither shape', { ...running, type: 'HOLD' }, 'neither shape'],
  ])('sets aside an order with %s', (_what, value, reason) => {
    expect(read(value)).toEqual({ ok: false, reason: expect.stringContaining(reason) as string });
  });
});
