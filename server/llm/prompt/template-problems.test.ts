import { describe, expect, it } from 'vitest';
import { templateProblems } from './template-problems.ts';

const problemsOf = (template: string) => templateProblems(template, { symbols: ['BTCUSDT', 'ETHUSDT'] });
const messagesOf = (template: string) => problemsOf(template).map(({ message }) => message);

describe('templateProblems', () => {
  it('has nothing against a good template', () => {
    expect(problemsOf('{{totalValue}} {{ rules }} {{candles:BTCUSDT:1h:200}} {x} {{')).toEqual([]);
  });

  it.each([
    ['{{openPosition}}', 'unknown placeholder {{openPosition}}: did you mean {{openPositions}}?'],
    ['{{ MARKETDATA }}', 'unknown placeholder {{MARKETDATA}}: did you mean {{marketData}}?'],
    ['{{candles:BTCUSD:1h:5}}', 'unknown symbol BTCUSD in {{candles:BTCUSD:1h:5}}: did you mean BTCUSDT?'],
    ['{{candles:X:1h:5}}', 'unknown symbol X in {{candles:X:1h:5}}'],
    [
      '{{candles:BTCUSDT:2h:5}}',
      'unknown interval in {{candles:BTCUSDT:2h:5}}: it is one of 1m, 5m, 15m, 1h, 4h, 1d',
    ],
    ['{{candles:BTCUSDT:1h:201}}', 'wrong number of candles in {{candles:BTCUSDT:1h:201}}: it is 1 to 200'],
    [
      '{{candles}}',
      'unknown placeholder {{candles}}: candles are placed as {{candles:SYMBOL:INTERVAL:N}}, such as {{candles:BTCUSDT:1h:50}}',
    ],
  ])('says of %s: %s', (template, message) => {
    expect(messagesOf(template)).toEqual([message]);
  });

  it('lists the placeholders when none is near', () => {
    expect(messagesOf('{{weather in Paris}}')[0]).toMatch(
      /^unknown placeholder \{\{weather in Paris\}\}: there are totalValue, .*candles:SYMBOL:INTERVAL:N$/,
    );
  });

  it('names each placeholder once, as the template has it', () => {
    expect(
      problemsOf('{{ historie }} {{nope!}} {{ historie }}').map(({ placeholder }) => placeholder),
    ).toEqual(['{{ historie }}', '{{nope!}}']);
  });

  it('says when a template places too much', () => {
    expect(messagesOf('{{history}}'.repeat(11))).toEqual(['{{history}} is placed too often']);
    expect(messagesOf('{{candles:BTCUSDT:1h:200}}'.repeat(11))[0]).toContain('at most 2000 rows');
  });

  it('stops at twenty', () => {
    const template = Array.from({ length: 500 }, (_, index) => `{{x${index}}}`).join('');
    expect(problemsOf(template)).toHaveLength(20);
  });

  it('repeats no control characters', () => {
    expect(messagesOf('{{a\u0000\u202Eb}}')[0]).toContain('{{a b}}');
  });
});
