import type uPlot from 'uplot';
import { spreadLabels, type Unit } from './equity-data.ts';

export interface CurveStyle {
  readonly name: string;
  /** CSS variable of the line's colour. */
  readonly variable: string;
  readonly isLeader: boolean;
  readonly isReference: boolean;
}

type ColorOf = (variable: string) => string;

interface OptionsInput {
  readonly size: { width: number; height: number };
  readonly styles: readonly CurveStyle[];
  readonly unit: Unit;
  readonly isNarrow: boolean;
  readonly format: (value: number) => string;
  readonly color: ColorOf;
}

const FONT = '12px Inter, ui-sans-serif, system-ui, sans-serif';
const LABEL_GAP = 15;
/** What names at the line ends need, px. */
export const labelRoom = (isNarrow: boolean): number => (isNarrow ? 104 : 190);

function seriesOf({ styles, color }: OptionsInput): uPlot.Series[] {
  return styles.map((style) => ({
    label: style.name,
    stroke: color(style.variable),
    width: style.isLeader ? 2.5 : 1.25,
    dash: style.isReference ? [5, 4] : undefined,
    points: { show: false },
    spanGaps: true,
  }));
}

/** A little air above and below, so that no line runs along the frame. */
/** A curve of one point stands in the middle of a few minutes; uPlot would give it some years. */
function spanned(chart: uPlot, from: number | null, to: number | null): uPlot.Range.MinMax {
  const times = chart.data[0];
  const only = times.length === 1 ? times[0] : undefined;
  if (only !== undefined) return [only - 300, only + 300];
  return from === null || to === null ? [0, 1] : [from, to];
}

function padded(_: uPlot, low: number | null, high: number | null): uPlot.Range.MinMax {
  if (low === null || high === null) return [0, 1];
  const air = Math.max((high - low) * 0.06, Math.abs(high) * 0.0005, 1e-6);
  return [low - air, high + air];
}

function clockLabels(_: uPlot, splits: number[]): string[] {
  const span = (splits.at(-1) ?? 0) - (splits[0] ?? 0);
  const step = (splits[1] ?? 0) - (splits[0] ?? 0);
  const options: Intl.DateTimeFormatOptions =
    span > 2.5 * 86_400
      ? { day: 'numeric', month: 'short' }
      : { hour: '2-digit', minute: '2-digit', ...(step < 60 ? { second: '2-digit' } : {}) };
  const format = new Intl.DateTimeFormat('en-GB', options);
  return splits.map((split) => format.format(split * 1000));
}

export function equityOptions(input: OptionsInput): uPlot.Options {
  const { size, unit, isNarrow, format, color } = input;
  const axis = { stroke: color('--muted'), font: FONT, ticks: { show: false } };
  return {
    ...size,
    padding: [12, labelRoom(isNarrow), 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: true, y: false }, points: { size: 7 } },
    scales: {
      x: { time: true, range: spanned },
      y: { distr: unit === 'log' ? 3 : 1, range: unit === 'log' ? logRange : padded },
    },
    axes: [
      { ...axis, grid: { show: false }, space: isNarrow ? 64 : 88, values: clockLabels, size: 32 },
      {
        ...axis,
        grid: { stroke: color('--grid'), width: 1 },
        size: isNarrow ? 60 : 72,
        splits: unit === 'log' ? logSplits : undefined,
        values: (_, splits) => splits.map((value) => format(value)),
      },
    ],
    series: [{}, ...seriesOf(input)],
  };
}

function logRange(_: uPlot, low: number | null, high: number | null): uPlot.Range.MinMax {
  if (low === null || high === null || low <= 0) return [1, 10];
  const air = Math.max((high / low) ** 0.06, 1.001);
  return [low / air, high * air];
}

/** Whole powers of ten are too far apart for bots that started level: six even steps of the exponent. */
function logSplits(u: uPlot): number[] {
  const { min, max } = u.scales.y ?? {};
  if (!min || !max || min <= 0) return [];
  const steps = 5;
  return Array.from({ length: steps + 1 }, (_, index) => min * (max / min) ** (index / steps));
}

function lastPoint(values: uPlot.AlignedData[number]): { index: number; value: number } | null {
  for (let index = values.length - 1; index >= 0; index -= 1) {
    const value = values[index];
    if (value !== null && value !== undefined) return { index, value };
  }
  return null;
}

function fitted(context: CanvasRenderingContext2D, text: string, room: number): string {
  if (context.measureText(text).width <= room) return text;
  let cut = text;
  while (cut.length > 1 && context.measureText(`${cut}…`).width > room) cut = cut.slice(0, -1);
  return `${cut}…`;
}

interface LabelInput {
  readonly isNarrow: boolean;
  readonly color: ColorOf;
  readonly format: (value: number) => string;
}

/** Names (and figures where there is room) beside the last point of each line, pushed apart; the best where not all fit. */
export function drawEndLabels(u: uPlot, styles: readonly CurveStyle[], input: LabelInput): void {
  const { ctx, bbox } = u;
  const ratio = devicePixelRatio;
  const bounds = { top: bbox.top / ratio + 4, bottom: (bbox.top + bbox.height) / ratio - 4 };
  const ends = styles
    .flatMap((style, index) => {
      const end = lastPoint(u.data[index + 1] ?? []);
      return end ? [{ style, value: end.value, y: u.valToPos(end.value, 'y', true) / ratio }] : [];
    })
    .sort((a, b) => b.value - a.value)
    .slice(0, Math.floor((bounds.bottom - bounds.top) / LABEL_GAP) + 1);
  const places = spreadLabels(
    ends.map(({ y }) => y),
    LABEL_GAP,
    bounds,
  );
  const left = (bbox.left + bbox.width) / ratio;
  ctx.save();
  ctx.scale(ratio, ratio);
  ctx.textBaseline = 'middle';
  // The last line drawn may have been a dashed one.
  ctx.setLineDash([]);
  ctx.lineWidth = 1;
  ends.forEach((end, index) => {
    drawLabel(ctx, { ...end, left, place: places[index] ?? end.y }, input);
  });
  ctx.restore();
}

interface EndLabel {
  readonly style: CurveStyle;
  readonly value: number;
  /** Where the line ends and where its name stands, px. */
  readonly y: number;
  readonly left: number;
  readonly place: number;
}

function drawLabel(
  ctx: CanvasRenderingContext2D,
  label: EndLabel,
  { isNarrow, color, format }: LabelInput,
): void {
  const { style, left, y, place } = label;
  const stroke = color(style.variable);
  const figure = isNarrow ? '' : format(label.value);
  ctx.strokeStyle = stroke;
  ctx.globalAlpha = 0.5;
  ctx.beginPath();
  ctx.moveTo(left, y);
  ctx.lineTo(left + 10, place);
  ctx.stroke();
  ctx.globalAlpha = 1;
  ctx.font = style.isLeader ? `600 ${FONT}` : FONT;
  ctx.fillStyle = stroke;
  const figureWidth = figure === '' ? 0 : ctx.measureText(figure).width + 8;
  const room = labelRoom(isNarrow) - 14 - figureWidth - 4;
  ctx.textAlign = 'left';
  ctx.fillText(fitted(ctx, style.name, room), left + 14, place);
  if (figure === '') return;
  ctx.textAlign = 'right';
  ctx.fillText(figure, left + labelRoom(isNarrow) - 4, place);
}
