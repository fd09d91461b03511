import { describe, expect, it } from 'vitest';
import { PLACEHOLDERS as KNOWN } from '../../../../server/llm/prompt/template.ts';
import { templateProblems } from '../../../../server/llm/prompt/template-problems.ts';
import { mistakesIn, offeredFor, piecesOf, PLACEHOLDERS, typingAt } from './placeholders.ts';

const SYMBOLS = ['BTCUSDT', 'ETHUSDT'];

describe('the placeholders that are offered', () => {
  it('are those the server knows', () => {
    expect([...PLACEHOLDERS].toSorted()).toEqual([...KNOWN.keys()].toSorted());
  });

  it('mean something, candles included', () => {
    const all = offeredFor('ETHUSDT').map(({ code }) => code);
    expect(all).toContain('{{candles:ETHUSDT:1h:24}}');
    expect(templateProblems(all.join(' '), { symbols: SYMBOLS })).toEqual([]);
  });
});

describe('a placeholder that means nothing', () => {
  const PROMPTS = [
    '{{openPosition}} and {{ totalValue }}',
    '{{somethingElse}}',
    '{{candles:BTCUSD:1h:24}}',
    '{{candles:BTCUSDT:2h:24}}',
    '{{candles:BTCUSDT:1h:201}} {{candles:BTCUSDT:1h:0}}',
    '{{candles}} {{candles:BTCUSDT:1h}}',
    'JSON such as {"a": {"b": 1}} is no placeholder',
    '{{history}} {{candles:ETHUSDT:4h:200}}',
  ];

  it.each(PROMPTS)('is told where the server refuses it: %s', (prompt) => {
    const server = templateProblems(prompt, { symbols: SYMBOLS }).map(({ placeholder }) => placeholder);
    expect(mistakesIn(prompt, SYMBOLS).map(({ code }) => code)).toEqual(server);
  });

  it('is told with the nearest that does', () => {
    expect(mistakesIn('{{openPosition}} {{TotalValu}}', SYMBOLS)).toMatchObject([
      { code: '{{openPosition}}', nearest: '{{openPositions}}' },
      { nearest: '{{totalValue}}' },
    ]);
    expect(mistakesIn('{{candles:BTCUSD:1h:24}}', SYMBOLS)[0]?.nearest).toBe('{{candles:BTCUSDT:1h:24}}');
    expect(mistakesIn('{{weather}}', SYMBOLS)[0]?.nearest).toBeNull();
  });

  it('is marked at its place, each time it stands there', () => {
    expect(piecesOf('a {{x}} b {{rules}} {{x}}', SYMBOLS)).toEqual([
      { text: 'a ', isWrong: false },
      { text: '{{x}}', isWrong: true },
      { text: ' b {{rules}} ', isWrong: false },
      { text: '{{x}}', isWrong: true },
      { text: '', isWrong: false },
    ]);
  });

  it('is not made of a symbol while the symbols are unknown', () => {
    expect(mistakesIn('{{candles:BTCUSD:1h:24}}', [])).toEqual([]);
  });
});

describe('completion', () => {
  const offered = offeredFor('BTCUSDT');
  const codesAt = (prompt: string, caret = prompt.length) =>
    typingAt(prompt, caret, offered)?.matches.map(({ code }) => code);

  it('begins at two braces and narrows with what is typed', () => {
    expect(codesAt('Look: {{')).toHaveLength(offered.length);
    expect(codesAt('Look: {{tot')).toEqual(['{{totalValue}}']);
    expect(codesAt('Look: {{ POS')).toEqual(['{{openPositions}}']);
    expect(codesAt('{{value')).toEqual(['{{totalValue}}']);
  });

  it('is not there outside of braces, behind a finished one, or where nothing fits', () => {
    expect(codesAt('{ "a": 1 }')).toBeUndefined();
    expect(codesAt('{{rules}}')).toBeUndefined();
    expect(codesAt('{{zzz')).toBeUndefined();
  });

  it('takes the place of the whole placeholder around the caret', () => {
    const prompt = 'At {{tot}} now';
    expect(typingAt(prompt, 8, offered)).toMatchObject({ start: 3, end: 10 });
    expect(typingAt('{{tot and more', 5, offered)).toMatchObject({ start: 0, end: 5 });
  });
});
