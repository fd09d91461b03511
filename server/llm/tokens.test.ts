import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it } from 'vitest';
import { countTokens } from './tokens.ts';

describe('countTokens', () => {
  it.each([
    ['', 0],
    ['hello world', 2],
    ['BTCUSDT LONG 3x, margin 100.00', encode('BTCUSDT LONG 3x, margin 100.00').length],
  ])('counts %j', (text, count) => {
    expect(countTokens(text)).toBe(count);
  });

  it('counts ordinary text as the encoding does', () => {
    const text =
      'I short ETHUSDT: its RSI fell to 28.31, and "the trend" is down.\n\n> 价格 📉 naïve…\r\n'.repeat(50);
    expect(countTokens(text)).toBe(encode(text).length);
  });

  it('takes special tokens for text', () => {
    for (const text of ['<|endoftext|>', '<|im_start|>system', 'a <|fim_prefix|><|return|> b'])
      expect(countTokens(text)).toBeGreaterThan(3);
  });

  it('counts broken text', () => {
    expect(countTokens('\uD800')).toBeGreaterThan(0);
    expect(countTokens('\0\u202E\uDFFF a')).toBeGreaterThan(2);
  });

  it.each(['a', 'A', ' ', '\n', '!', '漢', '😀', '1', '\uD800', 'e\u0301', 'xq', '!/', ' \t', "'s"])(
    'counts a megabyte of %j',
    (unit) => {
      const text = unit.repeat(1_000_000 / unit.length);
      expect(countTokens(text)).toBeGreaterThan(1000);
      expect(countTokens(text)).toBeLessThanOrEqual(Buffer.byteLength(text));
    },
  );

  it('is at most a token off at each seam', () => {
    const text = 'abcdefghij'.repeat(100);
    expect(Math.abs(countTokens(text) - encode(text).length)).toBeLessThanOrEqual(4);
  });
});
