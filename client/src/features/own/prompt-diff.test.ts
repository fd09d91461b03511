import { describe, expect, it } from 'vitest';
import { diffRows } from './prompt-diff.ts';

const lines = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}`);

describe('what changed in a prompt', () => {
  it('is told by lines, with two around it and the rest folded', () => {
    const before = lines(1, 20);
    const after = before.with(9, 'another line');
    expect(diffRows(before.join('\n'), after.join('\n'))).toEqual([
      { kind: 'gap', lines: 7 },
      { kind: 'same', text: 'line 8' },
      { kind: 'same', text: 'line 9' },
      { kind: 'removed', text: 'line 10' },
      { kind: 'added', text: 'another line' },
      { kind: 'same', text: 'line 11' },
      { kind: 'same', text: 'line 12' },
      { kind: 'gap', lines: 8 },
    ]);
  });

  it('is all of it where there was none, and none where only the last line break differs', () => {
    expect(diffRows('', 'a\n\nb')).toEqual([
      { kind: 'added', text: 'a' },
      { kind: 'added', text: '' },
      { kind: 'added', text: 'b' },
    ]);
    expect(diffRows('a\nb', 'a\nb\n').filter(({ kind }) => kind === 'added' || kind === 'removed')).toEqual(
      [],
    );
  });

  it('puts no gap in the place of a single line', () => {
    const rows = diffRows('a\nb\nc\nd\ne\nold', 'a\nb\nc\nd\ne\nnew');
    expect(rows[0]).toEqual({ kind: 'gap', lines: 3 });
    expect(diffRows('a\nb\nc\nold', 'a\nb\nc\nnew')[0]).toEqual({ kind: 'same', text: 'a' });
  });
});
