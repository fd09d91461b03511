import { describe, expect, it } from 'vitest';
import {
  compactMoney,
  count,
  decimalsOf,
  direction,
  duration,
  fall,
  leverage,
  money,
  percent,
  price,
  quantity,
  ratio,
  share,
  signedMoney,
  smallMoney,
} from './format.ts';
import { relativeTime } from './time.ts';

describe('money', () => {
  it('groups thousands and keeps two decimals', () => {
    expect(money(1234567.5)).toBe('$1,234,567.50');
    expect(money(-41.2)).toBe('−$41.20');
  });

  it('has no sign when it rounds to nothing', () => {
    expect(money(-0.001)).toBe('$0.00');
    expect(signedMoney(0.004)).toBe('$0.00');
    expect(signedMoney(0.005)).toBe('+$0.01');
  });

  it('shows what is not known as a dash, never as 0', () => {
    for (const format of [
      money,
      signedMoney,
      smallMoney,
      percent,
      share,
      fall,
      ratio,
      count,
      quantity,
      leverage,
      duration,
    ]) {
      expect(format(null)).toBe('—');
      expect(format(undefined)).toBe('—');
      expect(format(Number.NaN)).toBe('—');
    }
  });

  it('does not show a fee below a cent as nothing', () => {
    expect(smallMoney(0.00123)).toBe('$0.0012');
    expect(smallMoney(0)).toBe('$0.00');
    expect(smallMoney(4.2)).toBe('$4.20');
  });

  it('shortens for axes', () => {
    expect(compactMoney(10_250.4)).toBe('$10,250');
    expect(compactMoney(1_234_567)).toBe('$1.23M');
    expect(compactMoney(-250_000)).toBe('−$250k');
  });
});

describe('percent', () => {
  it('carries a sign in both directions and none at zero', () => {
    expect(percent(0.124)).toBe('+12.40%');
    expect(percent(-0.004)).toBe('−0.40%');
    expect(percent(-0.00001)).toBe('0.00%');
  });

  it('shows drawdowns as falls and shares without a sign', () => {
    expect(fall(0.0312)).toBe('−3.12%');
    expect(fall(0)).toBe('0.00%');
    expect(share(0.5)).toBe('50%');
    expect(share(1 / 3)).toBe('33.33%');
  });
});

describe('price', () => {
  it.each([
    [0.01, 2],
    [0.1, 1],
    [5, 0],
    [1e-7, 7],
    [0.0005, 4],
    [0, 2],
  ])('a tick of %d needs %d decimals', (tick, decimals) => {
    expect(decimalsOf(tick)).toBe(decimals);
  });

  it('stands at the tick of its symbol', () => {
    expect(price(67201, 0.1)).toBe('67,201.0');
    expect(price(0.59212345, 0.0001)).toBe('0.5921');
    expect(price(67201.456, null)).toBe('67,201.46');
    expect(price(null, 0.1)).toBe('—');
  });
});

describe('small words', () => {
  it('tells durations in the unit people use', () => {
    expect(duration(3)).toBe('3 ms');
    expect(duration(12_340)).toBe('12.3 s');
    expect(duration(200_000)).toBe('3 min 20 s');
    expect(duration(7_200_000)).toBe('2 h');
  });

  it('tells directions only for what rounds to something', () => {
    expect(direction(0.00001)).toBe('flat');
    expect(direction(-1)).toBe('down');
    expect(direction(null)).toBe('flat');
  });

  it('tells times from now in both directions', () => {
    expect(relativeTime(1_000, 1_500)).toBe('now');
    expect(relativeTime(0, 12_000)).toBe('12 s ago');
    expect(relativeTime(180_000, 0)).toBe('in 3 min');
    expect(relativeTime(0, 3 * 86_400_000)).toBe('3 d ago');
  });

  it('writes leverage with a cross', () => {
    expect(leverage(3)).toBe('3×');
    expect(leverage(2.5)).toBe('2.5×');
  });
});
