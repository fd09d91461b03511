import { describe, expect, it } from 'vitest';
import { candlesKey, candlesNeeded, parseTemplate, PLACEHOLDERS } from './template.ts';

const kindsOf = (template: string) => parseTemplate(template).parts.map((part) => part.kind);
const textOf = (part: ReturnType<typeof parseTemplate>['parts'][number]) =>
  part.kind === 'text' || part.kind === 'unknown' ? part.text : '';

describe('parseTemplate', () => {
  it('splits text, values, candles and what it does not know', () => {
    const template = 'a {{totalValue}}{{ history\n}} {{candles:BTC/USD:1h:50}} b {{nope}}{{';
    expect(parseTemplate(template).parts).toEqual([
      { kind: 'text', text: 'a ' },
      { kind: 'value', name: 'totalValue' },
      { kind: 'value', name: 'history' },
      { kind: 'text', text: ' ' },
      { kind: 'candles', table: { symbol: 'BTC/USD', interval: '1h', count: 50 } },
      { kind: 'text', text: ' b ' },
      { kind: 'unknown', text: '{{nope}}', because: 'name' },
      { kind: 'text', text: '{{' },
    ]);
    expect(parseTemplate('').parts).toEqual([]);
  });

  it('finds the inner braces of three, as ever', () => {
    expect(kindsOf('{{{totalValue}}}')).toEqual(['text', 'value', 'text']);
  });

  it('keeps text as it is', () => {
    for (const text of ['{totalValue}', '{{}}', '{{ {{x} }}', `{{${'x'.repeat(101)}}}`, '$& {{constructor}}'])
      expect(parseTemplate(text).parts.map(textOf).join('')).toBe(text);
  });

  it.each([
    ['{{candles:BTCUSDT:2h:5}}', 'interval'],
    ['{{candles:BTCUSDT:1h:0}}', 'count'],
    ['{{candles:BTCUSDT:1h:201}}', 'count'],
    ['{{candles:BTCUSDT:1h:-1}}', 'name'],
    ['{{candles:BTCUSDT:1h:1e2}}', 'name'],
    ['{{candles:BTCUSDT:1h}}', 'name'],
    ['{{Candles:BTCUSDT:1h:5}}', 'name'],
    ['{{toString}}', 'name'],
  ])('does not know %s because of its %s', (text, because) => {
    expect(parseTemplate(text).parts).toEqual([{ kind: 'unknown', text, because }]);
  });

  it('keeps a short template from making a prompt of any length', () => {
    expect(kindsOf('{{history}}'.repeat(12))).toEqual([
      ...Array.from({ length: 10 }, () => 'value'),
      'unknown',
      'unknown',
    ]);
    expect(kindsOf('{{candles:A:1h:200}}'.repeat(11)).at(-1)).toBe('unknown');
    expect(new Set(kindsOf('{{totalValue}}'.repeat(1400)))).toEqual(new Set(['value']));
  });

  it.each(['{{', '{{ ', '}}{{', '{{a', `{{${' '.repeat(99)}`])('reads a megabyte of %j at once', (unit) => {
    const template = unit.repeat(1_000_000 / unit.length);
    expect(parseTemplate(template).parts.map(textOf).join('')).toBe(template);
  });

  it('knows the six placeholders of old and seven more', () => {
    expect([...PLACEHOLDERS.keys()].join(' ')).toBe(
      'totalValue availableBalance unrealizedPnl currentDate openPositions marketData cooldowns rules performance ' +
        'recentTrades indicators summary history',
    );
  });
});

describe('candlesNeeded', () => {
  it('names each table once', () => {
    const template =
      '{{candles:A:1h:5}} {{ candles:A:1h:5 }} {{candles:A:1h:6}} {{candles:B:9h:6}} {{history}}';
    expect(candlesNeeded(template).map(candlesKey)).toEqual(['A:1h:5', 'A:1h:6']);
  });
});
