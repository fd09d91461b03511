import { describe, expect, it } from 'vitest';
import { botOf } from '../../live/fixtures.ts';
import { inOrder, withNewcomers } from './still-order.ts';

const [poor, rich] = [
  botOf({ id: 'poor', returnFraction: -0.1 }),
  botOf({ id: 'rich', returnFraction: 0.1 }),
];

describe('the still order', () => {
  it('begins with the best', () => {
    expect(withNewcomers([], [poor, rich])).toEqual(['rich', 'poor']);
  });

  it('does not change with returns, and takes newcomers at its end', () => {
    const order = withNewcomers([], [poor, rich]);
    const turned = [botOf({ id: 'poor', returnFraction: 0.5 }), rich];
    expect(withNewcomers(order, turned)).toBe(order);
    const next = withNewcomers(order, [botOf({ id: 'new', returnFraction: 0.9 }), ...turned]);
    expect(next).toEqual(['rich', 'poor', 'new']);
    expect(inOrder(turned, next).map(({ id }) => id)).toEqual(['rich', 'poor']);
  });
});
