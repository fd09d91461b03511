import { describe, expect, it } from 'vitest';
import { readGiven } from './given-decision.ts';

describe('a decision as a model gave it', () => {
  it('is read as far as it has the right form', () => {
    const given = { action: 'LONG', symbol: 'BTCUSDT', size: '250', leverage: 3, reasoning: 'trend' };
    expect(readGiven(given, null)).toMatchObject({
      action: 'LONG',
      symbol: 'BTCUSDT',
      size: null,
      leverage: 3,
      stopLoss: null,
      reasoning: 'trend',
    });
  });

  it.each([[null], ['BUY'], [[1]], [{ action: 7 }]])('is invalid where it has none: %j', (given) => {
    expect(readGiven(given, null)).toMatchObject({ action: 'INVALID', symbol: null, reasoning: null });
  });
});
