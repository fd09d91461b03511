import { useQuery } from '@tanstack/react-query';
import { ChartCandlestick, Table2 } from 'lucide-react';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import type { CandleInterval } from '../../api/contract.ts';
import { candlesQuery } from '../../api/queries.ts';
import { useTickSizes } from '../../live/context.tsx';
import { Button } from '../../ui/button.tsx';
import { price as priceText, quantity } from '../../ui/format.ts';
import { loadPart } from '../../ui/load-part.ts';
import { messages } from '../../ui/messages.ts';
import { Panel, PanelHeader } from '../../ui/panel.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { Table, Td, Th } from '../../ui/table.tsx';
import { useTheme } from '../../ui/theme.ts';
import { exactTime } from '../../ui/time.ts';
import { Hint } from '../../ui/tooltip.tsx';
import type { CandleItem, ChartMarks } from './candle-data.ts';

const CandleChart = lazy(() => loadPart(() => import('./candle-chart.tsx')));

const INTERVALS = (['1m', '5m', '15m', '1h', '4h', '1d'] as const).map((value) => ({ value, label: value }));

interface CandlePanelProps {
  readonly symbol: string;
  readonly interval: CandleInterval;
  readonly onInterval: (interval: CandleInterval) => void;
  readonly marks: ChartMarks | null;
  /** Controls that stand before the interval, such as a symbol picker. */
  readonly children?: ReactNode;
}

/** Candles of a symbol with what a bot did there; a table says the same. */
export function CandlePanel({ symbol, interval, onInterval, marks, children }: CandlePanelProps) {
  const { data, isError, error, refetch } = useQuery(candlesQuery(symbol, interval));
  const [isTable, setIsTable] = useState(false);
  const theme = useTheme();
  const tickSize = useTickSizes()(symbol);
  const toggleLabel = isTable ? messages.arena.showChart : messages.arena.showTable;
  return (
    <Panel aria-label={messages.bot.candles} className="flex flex-col">
      <PanelHeader title={marks ? messages.bot.candles : messages.bot.priceOnly}>
        {children}
        <Segmented label={messages.bot.interval} options={INTERVALS} value={interval} onChange={onInterval} />
        <Hint text={toggleLabel}>
          <Button variant="ghost" size="icon" aria-label={toggleLabel} onClick={() => setIsTable(!isTable)}>
            {isTable ? <ChartCandlestick aria-hidden="true" /> : <Table2 aria-hidden="true" />}
          </Button>
        </Hint>
      </PanelHeader>
      <div className="h-[320px] lg:h-[400px]">
        {isError && !data && <ErrorState error={error} onRetry={() => void refetch()} className="h-full" />}
        {!data && !isError && <Skeleton className="size-full p-4 pt-0" />}
        {data?.items.length === 0 && <EmptyState text={messages.bot.noCandles} className="h-full" />}
        {data && data.items.length > 0 && isTable && <CandleTable candles={data.items} tickSize={tickSize} />}
        {data && data.items.length > 0 && !isTable && (
          <Suspense fallback={<Skeleton className="size-full p-4 pt-0" />}>
            <CandleChart
              key={`${symbol}:${interval}:${tickSize}:${theme}`}
              symbol={symbol}
              interval={interval}
              candles={data.items}
              tickSize={tickSize}
              marks={marks}
            />
          </Suspense>
        )}
      </div>
      <footer className="flex flex-wrap justify-between gap-x-4 border-t border-line px-4 py-2 text-xs text-muted">
        <span>{marks ? messages.bot.legend : ''}</span>
        {/* The chart library's licence asks for its notice and this link on the page. */}
        <a href="https://www.tradingview.com/" target="_blank" rel="noreferrer" className="hover:text-text">
          {messages.bot.attribution}
        </a>
      </footer>
    </Panel>
  );
}

function CandleTable({ candles, tickSize }: { candles: readonly CandleItem[]; tickSize: number | null }) {
  const columns = messages.candleColumns;
  return (
    <div className="h-full overflow-y-auto">
      <Table label={messages.bot.candles}>
        <thead>
          <tr>
            <Th className="pl-4">{columns.time}</Th>
            <Th className="text-right">{columns.open}</Th>
            <Th className="text-right">{columns.high}</Th>
            <Th className="text-right">{columns.low}</Th>
            <Th className="text-right">{columns.close}</Th>
            <Th className="pr-4 text-right">{columns.volume}</Th>
          </tr>
        </thead>
        <tbody>
          {candles.toReversed().map((candle) => (
            <tr key={candle.openedAt}>
              <Td className="nums h-8 pl-4 text-muted">{exactTime(candle.openedAt)}</Td>
              <Td className="nums h-8 text-right">{priceText(candle.open, tickSize)}</Td>
              <Td className="nums h-8 text-right">{priceText(candle.high, tickSize)}</Td>
              <Td className="nums h-8 text-right">{priceText(candle.low, tickSize)}</Td>
              <Td className="nums h-8 text-right">{priceText(candle.close, tickSize)}</Td>
              <Td className="nums h-8 pr-4 text-right">{quantity(candle.volume)}</Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </div>
  );
}
