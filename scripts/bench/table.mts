import type { Line } from './measure.mts';

const COLUMNS = ['measure', 'ours', 'baseline', 'ratio', 'target', ''] as const;

export function formatTable(lines: readonly Line[]): string {
  const cells = lines.map((line) => [
    line.measure,
    line.ours,
    line.baseline,
    line.ratio,
    line.target,
    line.isMet ? 'pass' : 'FAIL',
  ]);
  const widths = COLUMNS.map((name, i) => Math.max(name.length, ...cells.map((row) => row[i]?.length ?? 0)));
  const format = (row: readonly string[]) =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [format(COLUMNS), rule, ...cells.map(format)].join('\n');
}
