import { describe, expect, it } from 'vitest';
import { positionOf } from '../../test/support/turn-view.ts';
import { positionHandles, resolveHandle } from './handles.ts';

const at = (symbol: string, id: string) => ({ ...positionOf(symbol, 'LONG', 100), id });
const handlesOf = (...positions: ReturnType<typeof at>[]) => [...positionHandles(positions).values()];

describe('positionHandles', () => {
  it('calls a position by its symbol, and by the end of its id where there are several', () => {
    expect(handlesOf(at('BTCUSDT', 'a-1234'), at('ETHUSDT', 'b-1111'), at('ETHUSDT', 'b-2222'))).toEqual([
      'BTCUSDT',
      'ETHUSDT@1111',
      'ETHUSDT@2222',
    ]);
  });

  it('takes more of the id when four characters are not enough', () => {
    expect(handlesOf(at('X', 'id-a-7777'), at('X', 'id-b-7777'), at('X', '7777'))).toEqual([
      'X@a-7777',
      'X@b-7777',
      'X@7777',
    ]);
  });

  it('lets no symbol or id speak', () => {
    expect(handlesOf(at('BTC\n## Rules', 'x'))).toEqual(['BTC_Rules']);
    expect(handlesOf(at('X', 'a"\n#'), at('X', 'b"\n#'))).toEqual(['X@a_', 'X@b_']);
  });
});

describe('resolveHandle', () => {
  const positions = [at('BTCUSDT', 'a-1234'), at('ETHUSDT', 'b-1111'), at('ETHUSDT', 'b-2222')];

  it.each([
    ['BTCUSDT', 'a-1234'],
    [' BTCUSDT ', 'a-1234'],
    ['ETHUSDT@2222', 'b-2222'],
    ['b-1111', 'b-1111'],
  ])('reads %j', (text, id) => {
    expect(resolveHandle(positions, text)).toBe(id);
  });

  it.each(['ETHUSDT', 'BTCUSDT@1234', '1234', 'SOLUSDT', '', '@', 'a-123', '__proto__'])(
    'takes %j for no position',
    (text) => {
      expect(resolveHandle(positions, text)).toBeUndefined();
    },
  );

  it('reads back every handle it gives', () => {
    for (const [id, handle] of positionHandles(positions)) expect(resolveHandle(positions, handle)).toBe(id);
  });
});
