import type { EquityPoint } from '../../api/contract.ts';

export type Unit = 'usd' | 'pct' | 'log';

export interface Curve {
  readonly botId: string;
  readonly points: readonly EquityPoint[];
}

/** Columns on one time axis. `values[i][j]` is bot i at `times[j]`; null before its first and after its last point. */
export interface AlignedCurves {
  readonly botIds: readonly string[];
  /** Epoch ms, ascending. */
  readonly times: readonly number[];
  readonly values: readonly (readonly (number | null)[])[];
}

function alignedValues(points: readonly EquityPoint[], times: readonly number[]): (number | null)[] {
  const lastAt = points.at(-1)?.[0] ?? Number.NEGATIVE_INFINITY;
  let next = 0;
  let value: number | null = null;
  return times.map((time) => {
    for (let point = points[next]; point && point[0] <= time; point = points[next]) {
      value = point[1];
      next += 1;
    }
    return time <= lastAt ? value : null;
  });
}

/** Puts curves with times of their own on one axis; between two points a bot keeps its last value. */
export function alignCurves(curves: readonly Curve[]): AlignedCurves {
  const times = [...new Set(curves.flatMap(({ points }) => points.map(([at]) => at)))].sort((a, b) => a - b);
  return {
    botIds: curves.map(({ botId }) => botId),
    times,
    values: curves.map(({ points }) => alignedValues(points, times)),
  };
}

const firstOf = (values: readonly (number | null)[]): number | null =>
  values.find((value) => value !== null) ?? null;

/** The values as drawn: dollars, or the change since the bot's first value in the range as a fraction. */
export function inUnit(curves: AlignedCurves, unit: Unit): AlignedCurves {
  if (unit !== 'pct') return curves;
  const values = curves.values.map((column) => {
    const base = firstOf(column);
    return column.map((value) => (value === null || base === null || base === 0 ? null : value / base - 1));
  });
  return { ...curves, values };
}

export interface CurveFigures {
  readonly botId: string;
  readonly first: number;
  readonly last: number;
  readonly low: number;
  readonly high: number;
  readonly change: number;
}

/** The table twin of the chart, best change first. */
export function curveFigures(curves: readonly Curve[]): CurveFigures[] {
  return curves
    .flatMap(({ botId, points }) => {
      const values = points.map(([, value]) => value);
      const [first] = values;
      const last = values.at(-1);
      if (first === undefined || last === undefined) return [];
      const change = first === 0 ? 0 : last / first - 1;
      return [{ botId, first, last, low: Math.min(...values), high: Math.max(...values), change }];
    })
    .sort((a, b) => b.change - a.change);
}

/** Vertical places for labels at `wanted`, at least `gap` apart and within [top, bottom], in the order given. */
export function spreadLabels(
  wanted: readonly number[],
  gap: number,
  bounds: { top: number; bottom: number },
): number[] {
  const order = wanted.map((_, index) => index).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0));
  const placed = wanted.map(() => 0);
  let floor = bounds.top;
  for (const index of order) {
    const at = Math.max(wanted[index] ?? 0, floor);
    placed[index] = at;
    floor = at + gap;
  }
  let ceiling = bounds.bottom;
  for (const index of order.toReversed()) {
    const at = Math.min(placed[index] ?? 0, ceiling);
    placed[index] = at;
    ceiling = at - gap;
  }
  return placed;
}

const csvCell = (text: string): string => {
  // A leading sign would make a spreadsheet run the cell as a formula.
  const safe = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

export function toCsv(
  header: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): string {
  const line = (cells: readonly (string | number | null)[]) =>
    cells.map((cell) => csvCell(String(cell ?? ''))).join(',');
  return [header, ...rows].map(line).join('\r\n');
}
