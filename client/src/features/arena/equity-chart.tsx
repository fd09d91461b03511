import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { compactMoney, money, percent } from '../../ui/format.ts';
import { cssColor, useTheme } from '../../ui/theme.ts';
import { exactTime } from '../../ui/time.ts';
import { inUnit, type AlignedCurves, type Unit } from './equity-data.ts';
import { drawEndLabels, equityOptions, type CurveStyle } from './equity-options.ts';

interface EquityChartProps {
  readonly curves: AlignedCurves;
  readonly styles: readonly CurveStyle[];
  readonly unit: Unit;
  readonly summary: string;
}

interface Cursor {
  readonly index: number;
  readonly left: number;
  readonly isRight: boolean;
}

function useSize() {
  const element = useRef<HTMLElement>(null);
  const [size, setSize] = useState<{ width: number; height: number } | null>(null);
  useEffect(() => {
    if (!element.current) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry)
        setSize({ width: Math.floor(entry.contentRect.width), height: Math.floor(entry.contentRect.height) });
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return { element, size };
}

/** All curves on one canvas, names at the line ends, every bot's figure under the crosshair. */
export default function EquityChart({ curves, styles, unit, summary }: EquityChartProps) {
  const { element, size } = useSize();
  const plot = useRef<uPlot | null>(null);
  const [cursor, setCursor] = useState<Cursor | null>(null);
  const theme = useTheme();
  const shown = useMemo(() => inUnit(curves, unit), [curves, unit]);
  const data = useMemo(
    () => [shown.times.map((time) => time / 1000), ...shown.values] as unknown as uPlot.AlignedData,
    [shown],
  );
  const format = unit === 'pct' ? percent : compactMoney;
  const latest = useRef({ styles, data, format });
  useLayoutEffect(() => {
    latest.current = { styles, data, format };
  });
  const shape = `${theme}|${unit}|${styles.map((style) => Object.values(style).join(':')).join()}`;
  const isNarrow = (size?.width ?? 0) < 560;
  const hasSize = size !== null;

  useEffect(() => {
    if (!element.current || !hasSize) return undefined;
    const { clientWidth: width, clientHeight: height } = element.current;
    const options = equityOptions({
      size: { width, height },
      styles: latest.current.styles,
      unit,
      isNarrow,
      format: (value) => latest.current.format(value),
      color: cssColor,
    });
    options.hooks = {
      draw: [
        (u) =>
          drawEndLabels(u, latest.current.styles, {
            isNarrow,
            color: cssColor,
            format: latest.current.format,
          }),
      ],
      setCursor: [
        (u) => {
          const { idx, left = 0 } = u.cursor;
          const isInside = idx !== null && idx !== undefined && left >= 0;
          setCursor(
            isInside
              ? {
                  index: idx,
                  left: left + u.bbox.left / devicePixelRatio,
                  isRight: left > u.over.clientWidth / 2,
                }
              : null,
          );
        },
      ],
    };
    const chart = new uPlot(options, latest.current.data, element.current);
    plot.current = chart;
    return () => {
      chart.destroy();
      plot.current = null;
    };
    // `shape` names everything else the options are made of.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [shape, hasSize, isNarrow]);

  useEffect(() => {
    const chart = plot.current;
    if (chart && chart.data !== data) chart.setData(data, !isZoomed(chart));
  }, [data]);

  useEffect(() => {
    if (size && size.width > 0) plot.current?.setSize(size);
  }, [size]);

  return (
    <div className="relative size-full">
      <figure ref={element} aria-label={summary} className="absolute inset-0" />
      {cursor && <CursorList cursor={cursor} curves={shown} styles={styles} unit={unit} />}
    </div>
  );
}

/** A zoomed chart stays where the visitor put it when points come in. */
function isZoomed(chart: uPlot): boolean {
  const times = chart.data[0];
  const { min, max } = chart.scales.x ?? {};
  return min !== times[0] || max !== times.at(-1);
}

interface CursorListProps {
  readonly cursor: Cursor;
  readonly curves: AlignedCurves;
  readonly styles: readonly CurveStyle[];
  readonly unit: Unit;
}

function CursorList({ cursor, curves, styles, unit }: CursorListProps) {
  const time = curves.times[cursor.index];
  if (time === undefined) return null;
  const rows = styles
    .map((style, index) => ({ style, value: curves.values[index]?.[cursor.index] ?? null }))
    .filter((row): row is { style: CurveStyle; value: number } => row.value !== null)
    .sort((a, b) => b.value - a.value)
    .slice(0, 16);
  return (
    <div
      aria-hidden="true"
      className="pointer-events-none absolute top-2 z-10 min-w-44 rounded-md border border-line-strong bg-raised/95 px-2 py-1.5 text-xs shadow-lg"
      style={cursor.isRight ? { right: `calc(100% - ${cursor.left - 12}px)` } : { left: cursor.left + 12 }}
    >
      <p className="nums mb-1 text-muted">{exactTime(time)}</p>
      {rows.map(({ style, value }) => (
        <p key={style.name} className="flex items-center gap-2 leading-5">
          <span
            className="h-0.5 w-3 shrink-0 rounded-full"
            style={{ backgroundColor: `var(${style.variable})` }}
          />
          <span className="max-w-36 truncate text-soft">{style.name}</span>
          <span className="nums ml-auto pl-3 font-medium">
            {unit === 'pct' ? percent(value) : money(value)}
          </span>
        </p>
      ))}
    </div>
  );
}
