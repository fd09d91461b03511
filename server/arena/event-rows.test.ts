import { describe, expect, it } from 'vitest';
import type { BotBook } from '../context.ts';
import type { Write } from '../db/prepared.ts';
import { accrueFunding } from '../engine/funding.ts';
import type { EngineEvent, Tick } from '../engine/model.ts';
import { onPrice } from '../engine/on-price.ts';
import { BTC, decide, opened, accountOf, RULES } from '../test/support/engine-world.ts';
import { eventToWrites } from './event-rows.ts';

const book: BotBook = {
  botId: 'bot',
  userId: 'user',
  version: 3,
  epoch: 2,
  initialBalanceMicros: 0,
  account: accountOf(),
};

function rowsOf(
  event: EngineEvent | undefined,
  decision: { id: string; index: number; delayMs: number } | null,
) {
  if (!event) throw new Error('nothing happened');
  let ids = 0;
  return eventToWrites(book, event, { newId: () => `id-${++ids}`, markOf: () => 50_000, decision });
}

/** The ledger lines among the writes. */
const postings = (writes: readonly Write[]) =>
  writes.flatMap(({ params }) => (params && 'amount_micros' in params ? [params] : []));

const BY_DECISION = { id: 'd1', index: 4, delayMs: 250 };

describe('the rows of an engine event', () => {
  it('of an entry: position, trade, and a group of postings under the id of the trade', () => {
    const entry = { action: 'LONG', symbol: 'BTCUSDT', size: 1000, leverage: 10 } as const;
    const { events } = decide(accountOf(), entry);
    const { writes, trade } = rowsOf(events[0], BY_DECISION);
    expect(trade).toMatchObject({
      id: 'id-1',
      user_id: 'user',
      bot_id: 'bot',
      epoch: 2,
      position_id: 'p1',
      decision_id: 'd1',
      decision_index: 4,
      delay_ms: 250,
      trade_type: 'entry',
      entry_price: 50_000,
      exit_price: null,
      size: 1000,
      notional: 10_000,
      fee: 5,
      pnl: -5,
      cause: 'decision',
    });
    expect(writes[0]?.params).toMatchObject({ id: 'p1', status: 'open', margin_micros: 1_000_000_000 });
    const lines = postings(writes);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.reduce((sum, line) => sum + Number(line.amount_micros), 0)).toBe(0);
    for (const line of lines)
      expect(line).toMatchObject({
        group_id: 'id-1',
        trade_id: 'id-1',
        position_id: 'p1',
        epoch: 2,
        cause: 'decision',
      });
  });

  it('of a stop: no decision behind it, the entry price beside the exit', () => {
    const { account } = opened({ action: 'LONG', stopLoss: 49_000 });
    const tick: Tick = { symbol: 'BTCUSDT', price: 48_000, at: 2_000_000, path: 'jump' };
    const { events } = onPrice(account, tick, { spec: BTC, rules: RULES });
    const { writes, trade } = rowsOf(events[0], null);
    expect(trade).toMatchObject({
      trade_type: 'exit',
      cause: 'stop-loss',
      decision_id: null,
      decision_index: null,
      delay_ms: null,
      entry_price: 50_000,
      exit_price: 48_000,
      decision_price: 49_000,
    });
    expect(writes[0]?.params).toMatchObject({
      status: 'closed',
      close_cause: 'stop-loss',
      closed_at: 2_000_000,
    });
    expect(writes[0]?.mustChange?.rows).toBe(1);
  });

  it('of a liquidation beyond the margin: a risk event each for it and for the insurance', () => {
    const { account } = opened({ action: 'LONG' });
    const tick: Tick = { symbol: 'BTCUSDT', price: 40_000, at: 2_000_000, path: 'jump' };
    const { events } = onPrice(account, tick, { spec: BTC, rules: RULES });
    const { writes, trade } = rowsOf(events[0], null);
    expect(trade?.insurance).toBeGreaterThan(0);
    const kinds = writes.flatMap(({ params }) => (params && 'kind' in params ? [params.kind] : []));
    expect(kinds).toEqual(['liquidation', 'insurance']);
  });

  it('of funding: the position and a group, no trade', () => {
    const { account } = opened({ action: 'SHORT' });
    const { events } = accrueFunding(account, { spec: BTC, rate: 0.0001, mark: 50_000, at: 2_000_000 });
    const { writes, trade } = rowsOf(events[0], null);
    expect(trade).toBeNull();
    const lines = postings(writes);
    expect(lines.map(({ account: name, cause, trade_id }) => [name, cause, trade_id])).toEqual([
      ['margin', 'funding', null],
      ['funding', 'funding', null],
    ]);
    expect(lines.reduce((sum, line) => sum + Number(line.amount_micros), 0)).toBe(0);
  });

  it('of new levels: the position alone', () => {
    const { account, position } = opened({ action: 'LONG' });
    const { events } = decide(account, { action: 'ADJUST', positionId: position.id, stopLoss: 49_000 });
    const { writes, trade } = rowsOf(events[0], BY_DECISION);
    expect(trade).toBeNull();
    expect(writes).toHaveLength(1);
    expect(writes[0]?.params).toMatchObject({ stop_loss: 49_000, status: 'open' });
  });
});
