import { describe, expect, it } from 'vitest';
import { argumentLine, readableJson } from './tool-arguments.ts';

describe('the arguments of a tool', () => {
  it('read as a line of their values, in their order', () => {
    expect(argumentLine('{"symbol":"BTCUSDT","period":14,"isLong":false}')).toBe('BTCUSDT, 14, false');
    expect(argumentLine('{"symbols":["A","B"],"levels":{"stop":1},"note":null}')).toBe('[…], {…}, null');
  });

  it('that are no JSON stand as they came', () => {
    expect(argumentLine('{"symbol":')).toBe('{"symbol":');
    expect(argumentLine('"BTC"')).toBe('"BTC"');
    expect(readableJson('rsi: 14')).toBe('rsi: 14');
  });

  it('are indented to be read whole', () => {
    expect(readableJson('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}');
  });
});
