import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitState } from './split-state.ts';

/** The state cut into chunks of `size` bytes, so that anything may lie across two of them. */
function split(text: string, size = 7) {
  const bytes = Buffer.from(text);
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
  const { bots, others } = splitState(chunks);
  const parse = ({ from, to }: { from: number; to: number }): unknown =>
    JSON.parse(bytes.subarray(from, to).toString());
  return {
    bots: bots?.map(parse) ?? null,
    others: Object.fromEntries([...others].map(([key, slice]) => [key, parse(slice)])),
  };
}

describe('splitState', () => {
  it('finds the bots and the other values of any state', () => {
    const state = fc.record({
      bots: fc.array(fc.jsonValue()),
      marketData: fc.jsonValue(),
      x: fc.jsonValue(),
    });
    fc.assert(
      fc.property(
        state,
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom(undefined, 2),
        (value, size, indent) => {
          const text = JSON.stringify(value, null, indent);
          const { bots, ...others } = JSON.parse(text) as { bots: unknown };
          expect(split(text, size)).toEqual({ bots, others });
        },
      ),
      { numRuns: 500 },
    );
  });

  it('tells an empty list from none, and keeps bots that are no list aside', () => {
    expect(split('{"bots":[]}')).toEqual({ bots: [], others: {} });
    expect(split('{}')).toEqual({ bots: null, others: {} });
    expect(split('{"bots":{"a":[1,2]}}')).toEqual({ bots: null, others: { bots: { a: [1, 2] } } });
    expect(split('{"bots":"none","y":1}')).toEqual({ bots: null, others: { bots: 'none', y: 1 } });
  });

  it.each([
    ['{"bots":[{"id":"a"},{"id":"b', 'byte 28'],
    ['{"bots":[{"id":"a"}', 'byte 19'],
    ['[1,2]', 'byte 0'],
    ['{"bots":[]}}', 'byte 11'],
    ['{"bots":[{"id":"a"}}}', 'byte 19'],
    ['', 'byte 0'],
  ])('refuses %j, naming %s', (text, byte) => {
    expect(() => split(text)).toThrow(byte);
  });
});
