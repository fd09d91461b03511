import { describe, expect, it } from 'vitest';
import type { Account } from './model.ts';
import { onPrice } from './on-price.ts';
import { BTC, decide, opened, RULES } from '../test/support/engine-world.ts';

const CLOSED_AT = 2_000_000;
const LONG = { action: 'LONG', symbol: 'BTCUSDT', size: 100 } as const;

function afterPrice(price: number): Account {
  const { account } = opened({ action: 'LONG', stopLoss: 49_000, takeProfit: 51_000 });
  const tick = { symbol: 'BTCUSDT', price, at: CLOSED_AT, path: 'jump' } as const;
  return onPrice(account, tick, { spec: BTC, rules: RULES }).account;
}

function afterClose(closeFraction?: number): Account {
  const { account } = opened({ action: 'LONG' });
  return decide(account, { action: 'CLOSE', symbol: 'BTCUSDT', closeFraction }, { at: CLOSED_AT }).account;
}

describe('cooldown', () => {
  it.each([
    ['stop', afterPrice(48_000)],
    ['target', afterPrice(51_000)],
    ['liquidation', afterPrice(40_000)],
    ['decision', afterClose()],
  ])('holds after a %s and is over at exactly its end', (_, account) => {
    expect(account.positions).toEqual([]);
    const end = CLOSED_AT + RULES.cooldownMs;
    expect(decide(account, LONG, { at: CLOSED_AT }).outcome.code).toBe('cooldown');
    expect(decide(account, { ...LONG, action: 'SHORT' }, { at: end - 1 }).outcome.message).toBe(
      'rejected: symbol is cooling down: BTCUSDT may be opened again in 1 min',
    );
    expect(decide(account, LONG, { at: end }).outcome.code).toBe('opened');
  });

  it('starts when a partial close turns into a whole one', () => {
    const { account } = opened({ action: 'LONG', size: 60 });
    const close = { action: 'CLOSE', symbol: 'BTCUSDT', closeFraction: 0.5 } as const;
    const closed = decide(account, close, { at: CLOSED_AT }).account;
    expect(decide(closed, LONG, { at: CLOSED_AT }).outcome.code).toBe('cooldown');
  });

  it('does not start with a partial close', () => {
    expect(afterClose(0.5).cooldowns).toEqual({});
  });

  it('blocks its own symbol only', () => {
    const order = { ...LONG, symbol: 'ETHUSDT' };
    expect(decide(afterClose(), order, { at: CLOSED_AT }).outcome.code).toBe('opened');
  });

  it('of no length blocks nothing', () => {
    const { account } = opened({ action: 'LONG' });
    const world = { at: CLOSED_AT, rules: { cooldownMs: 0 } };
    const closed = decide(account, { action: 'CLOSE', symbol: 'BTCUSDT' }, world).account;
    expect(decide(closed, LONG, world).outcome.code).toBe('opened');
  });

  it('is forgotten once another starts after its end', () => {
    const at = CLOSED_AT + RULES.cooldownMs;
    const second = decide(afterClose(), { ...LONG, symbol: 'ETHUSDT' }, { at }).account;
    const closed = decide(second, { action: 'CLOSE', symbol: 'ETHUSDT' }, { at }).account;
    expect(closed.cooldowns).toEqual({ ETHUSDT: at + RULES.cooldownMs });
  });
});
