import { diffLines } from 'diff';

/** A line of two prompts side by side, or lines between that are the same in both. */
export type DiffRow =
  | { readonly kind: 'same' | 'added' | 'removed'; readonly text: string }
  | { readonly kind: 'gap'; readonly lines: number };

/** Lines shown before and behind what changed. */
const CONTEXT = 2;

/** What changed from one prompt to the next, line by line; of what stayed, the lines around it. */
export function diffRows(before: string, after: string): DiffRow[] {
  // A last line with and without its line break is the same line.
  const changes = diffLines(ended(before), ended(after));
  return changes.flatMap(({ added, removed, value }, index): DiffRow[] => {
    const lines = value.replace(/\n$/, '').split('\n');
    if (added) return lines.map((text) => ({ kind: 'added', text }));
    if (removed) return lines.map((text) => ({ kind: 'removed', text }));
    return folded(lines, { hasBefore: index > 0, hasBehind: index < changes.length - 1 });
  });
}

const ended = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`);

function folded(
  lines: readonly string[],
  { hasBefore, hasBehind }: { hasBefore: boolean; hasBehind: boolean },
): DiffRow[] {
  const head = hasBefore ? CONTEXT : 0;
  const tail = hasBehind ? CONTEXT : 0;
  const rows = lines.map((text): DiffRow => ({ kind: 'same', text }));
  const hidden = lines.length - head - tail;
  // A gap takes a line itself.
  if (hidden <= 1) return rows;
  return [...rows.slice(0, head), { kind: 'gap', lines: hidden }, ...rows.slice(lines.length - tail)];
}
