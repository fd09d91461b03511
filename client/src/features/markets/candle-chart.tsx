import {
  CandlestickSeries,
  createChart,
  createSeriesMarkers,
  LineStyle,
  TickMarkType,
  type IChartApi,
  type IPriceLine,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  type SeriesMarker,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts';
import { useEffect, useRef } from 'react';
import type { CandleInterval, PositionView } from '../../api/contract.ts';
import { useLive } from '../../live/context.tsx';
import { priceKey } from '../../live/ticks.ts';
import { decimalsOf, price as priceText, signedMoney } from '../../ui/format.ts';
import { messages } from '../../ui/messages.ts';
import { cssColor } from '../../ui/theme.ts';
import { day, exactTime, minuteTime } from '../../ui/time.ts';
import {
  INTERVAL_MS,
  tradeMarks,
  withPrice,
  type CandleItem,
  type ChartMarks,
  type TradeMark,
} from './candle-data.ts';

interface CandleChartProps {
  readonly symbol: string;
  readonly interval: CandleInterval;
  readonly candles: readonly CandleItem[];
  readonly tickSize: number | null;
  readonly marks: ChartMarks | null;
}

const toTime = (ms: number): UTCTimestamp => (ms / 1000) as UTCTimestamp;
const toBar = ({ openedAt, open, high, low, close }: CandleItem) => ({
  time: toTime(openedAt),
  open,
  high,
  low,
  close,
});

function tickLabel(time: Time, type: TickMarkType): string {
  const ms = Number(time) * 1000;
  return type >= TickMarkType.Time ? minuteTime(ms) : day(ms);
}

function themeOptions() {
  return {
    layout: {
      background: { color: cssColor('--surface') },
      textColor: cssColor('--muted'),
      fontFamily: 'Inter, ui-sans-serif, system-ui, sans-serif',
      fontSize: 12,
      // The logo injects a <style> element, which the content security policy forbids; the panel's footer names and
      // links TradingView instead, as the licence asks.
      attributionLogo: false,
    },
    grid: { vertLines: { visible: false }, horzLines: { color: cssColor('--grid') } },
    rightPriceScale: { borderColor: cssColor('--line') },
    timeScale: { borderColor: cssColor('--line') },
  };
}

function candleColors() {
  const [up, down] = [cssColor('--gain'), cssColor('--loss')];
  return {
    upColor: up,
    wickUpColor: up,
    borderUpColor: up,
    downColor: down,
    wickDownColor: down,
    borderDownColor: down,
  };
}

function newChart(element: HTMLElement, tickSize: number | null) {
  const chart = createChart(element, {
    autoSize: true,
    ...themeOptions(),
    localization: {
      timeFormatter: (time: Time) => exactTime(Number(time) * 1000),
      priceFormatter: (value: number) => priceText(value, tickSize),
    },
    timeScale: {
      ...themeOptions().timeScale,
      timeVisible: true,
      rightOffset: 6,
      tickMarkFormatter: tickLabel,
    },
    handleScroll: { vertTouchDrag: false },
    crosshair: { mode: 0 },
  });
  const precision = tickSize === null ? 2 : decimalsOf(tickSize);
  const series = chart.addSeries(CandlestickSeries, {
    ...candleColors(),
    priceFormat: { type: 'price', precision, minMove: tickSize ?? 0.01 },
  });
  return { chart, series, markers: createSeriesMarkers<Time>(series, []) };
}

/** Up for what was bought, down for what was sold; exits are dots with their result. */
function toMarker(mark: TradeMark): SeriesMarker<Time> {
  const time = toTime(mark.openedAt);
  if (mark.kind === 'entry') {
    const isLong = mark.side === 'LONG';
    return {
      time,
      position: isLong ? 'belowBar' : 'aboveBar',
      shape: isLong ? 'arrowUp' : 'arrowDown',
      color: cssColor('--accent'),
    };
  }
  return {
    time,
    position: mark.side === 'LONG' ? 'aboveBar' : 'belowBar',
    shape: 'circle',
    color: cssColor(mark.pnl >= 0 ? '--gain' : '--loss'),
    text: signedMoney(mark.pnl),
  };
}

function levelsOf(position: PositionView) {
  const { marks } = messages.bot;
  return [
    { price: position.entryPrice, title: marks.entry, color: '--accent', style: LineStyle.Solid },
    { price: position.stopLoss, title: marks.stop, color: '--loss', style: LineStyle.Dashed },
    { price: position.takeProfit, title: marks.target, color: '--gain', style: LineStyle.Dashed },
    { price: position.liquidationPrice, title: marks.liquidation, color: '--warn', style: LineStyle.Dotted },
  ];
}

interface ChartParts {
  readonly chart: IChartApi;
  readonly series: ISeriesApi<'Candlestick'>;
  readonly markers: ISeriesMarkersPluginApi<Time>;
  lines: IPriceLine[];
  last: CandleItem | undefined;
}

function drawLevels(parts: ChartParts, position: PositionView | null): void {
  for (const line of parts.lines) parts.series.removePriceLine(line);
  parts.lines = (position ? levelsOf(position) : []).flatMap(({ price, title, color, style }) =>
    price === null
      ? []
      : [
          parts.series.createPriceLine({
            price,
            title,
            color: cssColor(color),
            lineStyle: style,
            lineWidth: 1,
            axisLabelVisible: true,
          }),
        ],
  );
}

/** Made anew (by its key) for another symbol, interval or theme; prices and fills move it in place. */
export default function CandleChart({ symbol, interval, candles, tickSize, marks }: CandleChartProps) {
  const element = useRef<HTMLElement>(null);
  const parts = useRef<ChartParts | null>(null);
  const { ticks, clock } = useLive();
  const intervalMs = INTERVAL_MS[interval];

  useEffect(() => {
    if (!element.current) return undefined;
    const made: ChartParts = { ...newChart(element.current, tickSize), lines: [], last: undefined };
    parts.current = made;
    return () => {
      made.chart.remove();
      parts.current = null;
    };
  }, [tickSize]);

  useEffect(() => {
    const { current } = parts;
    if (!current) return;
    current.series.setData(candles.map(toBar));
    current.last = candles.at(-1);
  }, [candles]);

  useEffect(() => {
    const { current } = parts;
    if (!current) return;
    current.markers.setMarkers(tradeMarks(marks?.trades ?? [], candles, intervalMs).map(toMarker));
    drawLevels(current, marks?.position ?? null);
  }, [marks, candles, intervalMs]);

  useEffect(() => {
    const key = priceKey(symbol);
    return ticks.subscribe(key, () => {
      const price = ticks.get(key);
      const { current } = parts;
      if (price === undefined || !current) return;
      const next = withPrice(current.last, { price, at: clock.now() }, intervalMs);
      if (!next) return;
      current.last = next;
      current.series.update(toBar(next));
    });
  }, [ticks, clock, symbol, intervalMs]);

  const summary = messages.bot.chartSummary(symbol, interval, marks?.trades.length ?? 0);
  return <figure ref={element} aria-label={summary} className="size-full" />;
}
