import { describe, expect, it } from 'vitest';
import { cleanSummary, cutText, storedSummaryOf } from './summaries-stored.ts';

const read = (column: string | null) => storedSummaryOf({ history_summary: column, created_at: 7 });
const OURS = {
  version: 3,
  summary: 'I waited.',
  summarizedCount: 40,
  summarizedFrom: 100,
  summarizedTo: 200,
  generatedAt: 300,
  tokenCount: 5,
};
const UNKNOWN = {
  version: 1,
  summarizedCount: 0,
  summarizedFrom: null,
  summarizedTo: null,
  generatedAt: 7,
  tokenCount: 0,
};

describe('storedSummaryOf', () => {
  it('reads what is stored here as it is', () => {
    expect(read(JSON.stringify(OURS))).toEqual(OURS);
  });

  it.each([[null], [''], [' \n']])('finds nothing in %j', (column) => {
    expect(read(column)).toBeNull();
  });

  it.each([
    ['Short days.', 'Short days.'],
    ['{"summary": "Short days."}', 'Short days.'],
    ['{"summary": "Short days.", "version": "x", "tokenCount": -1, "summarizedTo": "soon"}', 'Short days.'],
    ['{"summary": {"a": 1}}', '{"summary": {"a": 1}}'],
    ['{"text": "Short days."}', '{"text": "Short days."}'],
    ['["Short days."]', '["Short days."]'],
    ['null', 'null'],
    ['{"summary": ', '{"summary": '],
  ])('takes %j of an old server for a first version of unknown extent', (column, summary) => {
    expect(read(column)).toEqual({ ...UNKNOWN, summary });
  });

  it('reads times as an old server wrote them', () => {
    const column = JSON.stringify({
      summary: 'Short days.',
      summarizedFrom: '1970-01-01T00:00:01.000Z',
      summarizedTo: '1970-01-01T01:00:02+01:00',
      updatedAt: 3000,
    });
    expect(read(column)).toMatchObject({ summarizedFrom: 1000, summarizedTo: 2000, generatedAt: 3000 });
  });
});

describe('cleanSummary', () => {
  it.each(['', '   ', 'OK.', '\n\n\n\n\n\n\n\n\n\n\n\n', '\u0000'.repeat(20), '\u202E'.repeat(20)])(
    'says that %j says nothing',
    (answer) => {
      expect(cleanSummary(answer)).toBeNull();
    },
  );

  it.each([
    [' I waited.\r\nIt paid. ', 'I waited.\nIt paid.'],
    ['I\twaited.\u2028It paid.', 'I waited.\nIt paid.'],
    ['I waited.\n\n\n\n\nIt paid.', 'I waited.\n\nIt paid.'],
    ['<b>I</b> waited &amp; it paid.', '<b>I</b> waited &amp; it paid.'],
    ['I \u001B[31mwaited\u0007, it\u202E paid.', 'I [31mwaited, it paid.'],
    ['I waited \uD800 it paid.', 'I waited \uFFFD it paid.'],
    ['👨‍👩‍👧 waited, it paid.', '👨‍👩‍👧 waited, it paid.'],
  ])('makes text of %j', (answer, text) => {
    expect(cleanSummary(answer)).toBe(text);
  });

  it.each(['x', '🚀', 'x\n', '\n\n\nx'])('cuts a hundred thousand of %j', (unit) => {
    const text = cleanSummary(`I waited.${unit.repeat(100_000)}`) ?? '';
    expect(text.length).toBeLessThanOrEqual(8000);
    expect(text.length).toBeGreaterThan(7990);
    expect(text.isWellFormed()).toBe(true);
    expect(text.endsWith('…')).toBe(true);
  });

  it('leaves a text of the most characters whole', () => {
    expect(cleanSummary('x'.repeat(8000))).toBe('x'.repeat(8000));
  });
});

describe('cutText', () => {
  it('leaves no half of a character', () => {
    expect(cutText('a🚀b', 2)).toBe('a');
    expect(cutText('a🚀b', 3)).toBe('a🚀');
    expect(cutText('a🚀b', 9)).toBe('a🚀b');
  });
});
