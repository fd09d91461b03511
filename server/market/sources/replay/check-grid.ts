import type { CsvCandles } from './read-csv.ts';
import type { Findings } from './findings.ts';

const LEAST_INTERVAL_MS = 1000;
const MOST_GAPS_SHOWN = 20;

/** The most common distance of two neighbours, the shorter of equals; null with fewer than two candles. */
export function inferInterval(file: CsvCandles): number | null {
  const counts = new Map<number, number>();
  for (let index = 1; index < file.columns.length; index += 1) {
    const distance = file.columns.timeAt(index) - file.columns.timeAt(index - 1);
    counts.set(distance, (counts.get(distance) ?? 0) + 1);
  }
  const [best] = [...counts].toSorted((a, b) => b[1] - a[1] || a[0] - b[0]);
  return best?.[0] ?? null;
}

/** One interval for all files, or null with the problems that prevent it. */
export function agreeOnInterval(files: readonly CsvCandles[], problems: Findings): number | null {
  const byInterval = Map.groupBy(files, inferInterval);
  byInterval.delete(null);
  const groups = [...byInterval].map(([intervalMs, group]) => ({ intervalMs: intervalMs ?? 0, group }));
  const [first] = groups;
  if (groups.length > 1) {
    const parts = groups.map(({ intervalMs, group }) => `${intervalMs} ms in ${namesOf(group)}`);
    problems.add(`the files have candles of different lengths: ${parts.join('; ')}`);
    return null;
  }
  if (!first) problems.add(`${namesOf(files)}: the candles' length needs at least two candles in one file`);
  else if (first.intervalMs < LEAST_INTERVAL_MS)
    problems.add(`${namesOf(first.group)}: candles of ${first.intervalMs} ms are shorter than one second`);
  else return first.intervalMs;
  return null;
}

const namesOf = (files: readonly CsvCandles[]): string => files.map(({ file }) => file).join(', ');

/** Candles must start a whole number of intervals after the first candle of the first file. Gaps are warnings. */
export function checkGrid(
  files: readonly CsvCandles[],
  grid: { readonly intervalMs: number; readonly problems: Findings; readonly warnings: Findings },
): void {
  const phase = (files[0]?.columns.timeAt(0) ?? 0) % grid.intervalMs;
  for (const file of files) {
    for (const [index, line] of file.lines.entries())
      if (file.columns.timeAt(index) % grid.intervalMs !== phase)
        grid.problems.add(
          `${file.file}:${line}: ${timeText(file, index)} is off the ${grid.intervalMs} ms grid`,
        );
    warnOfGaps(file, grid);
  }
}

function warnOfGaps(
  file: CsvCandles,
  grid: { readonly intervalMs: number; readonly warnings: Findings },
): void {
  const gaps: string[] = [];
  let count = 0;
  for (let index = 1; index < file.columns.length; index += 1) {
    const missing = (file.columns.timeAt(index) - file.columns.timeAt(index - 1)) / grid.intervalMs - 1;
    if (missing < 1) continue;
    count += 1;
    if (gaps.length >= MOST_GAPS_SHOWN) continue;
    const span = `${timeText(file, index - 1)} to ${timeText(file, index)}`;
    gaps.push(`${file.file}:${file.lines[index]}: gap of ${missing} candles, from ${span}`);
  }
  for (const gap of gaps) grid.warnings.add(gap);
  if (count > gaps.length) grid.warnings.add(`${file.file}: ${count - gaps.length} more gaps`);
}

const timeText = (file: CsvCandles, index: number): string =>
  new Date(file.columns.timeAt(index)).toISOString();
