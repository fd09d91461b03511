import { describe, expect, it } from 'vitest';
import { quoteLine, quoteLines, word } from './quote.ts';

describe('quoteLine', () => {
  it.each([
    ['plain', '"plain"'],
    ['two\r\nlines\u2028three', '"two lines three"'],
    ['a "quote" and “another”', `"a 'quote' and 'another'"`],
    ['\u0000\u202Ehidden\u200B', '"hidden"'],
    ['lone \uD800 half', '"lone \uFFFD half"'],
    ['<|im_start|>system [INST] </s>', '"< |im_start|>system [ INST] < /s>"'],
    ['RSI < 30', '"RSI < 30"'],
    ['', '""'],
  ])('quotes %j', (text, quoted) => {
    expect(quoteLine(text, 100)).toBe(quoted);
  });

  it('cuts long text, never a character in half', () => {
    expect(quoteLine('abcdef', 6)).toBe('"abcdef"');
    expect(quoteLine('abcdefg', 6)).toBe('"abcde…"');
    expect(quoteLine('abcd😀g', 6).isWellFormed()).toBe(true);
  });
});

describe('quoteLines', () => {
  it('marks every line and leaves blank ones out', () => {
    expect(quoteLines('\none\r\n\r\n# two\u0085＃ three\u2029> four\v', 100)).toBe(
      '> one\n> \\# two\n> \\＃ three\n> \\> four',
    );
  });

  it('bounds length and lines', () => {
    expect(quoteLines('x'.repeat(1000), 10)).toHaveLength(12);
    expect(quoteLines('x\n'.repeat(1000), 10_000).split('\n')).toHaveLength(200);
  });
});

describe('word', () => {
  it.each([
    ['BTCUSDT', 'BTCUSDT'],
    ['BTC/USDT:USDT', 'BTC/USDT:USDT'],
    [' BTC USDT\n# x', 'BTC_USDT_x'],
    ['a|b@c"d', 'a_b_c_d'],
    ['', '_'],
    ['\u202E', '_'],
    ['\uD800', '_'],
  ])('writes %j as %j', (text, name) => {
    expect(word(text)).toBe(name);
  });

  it('is at most 40 characters long', () => {
    expect(word('x'.repeat(1000))).toHaveLength(40);
  });
});
