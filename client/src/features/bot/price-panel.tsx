import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { BotDetail, CandleInterval } from '../../api/contract.ts';
import { chartTradesQuery } from '../../api/queries.ts';
import { NativeSelect } from '../../ui/select.tsx';
import { messages } from '../../ui/messages.ts';
import { CandlePanel } from '../markets/candle-panel.tsx';

interface PricePanelProps {
  readonly bot: BotDetail;
  readonly symbols: readonly string[];
  readonly symbol: string;
  readonly interval: CandleInterval;
  readonly onSymbol: (symbol: string) => void;
  readonly onInterval: (interval: CandleInterval) => void;
}

/** Candles with this bot's fills and the levels of its open position. */
export function PricePanel({ bot, symbols, symbol, interval, onSymbol, onInterval }: PricePanelProps) {
  const { data } = useQuery(chartTradesQuery(bot.id, symbol));
  const position = bot.openPositions.find((open) => open.symbol === symbol) ?? null;
  const trades = data?.items;
  const marks = useMemo(() => ({ trades: trades ?? [], position }), [trades, position]);
  return (
    <CandlePanel symbol={symbol} interval={interval} onInterval={onInterval} marks={marks}>
      <NativeSelect
        label={messages.bot.symbol}
        value={symbol}
        options={symbols.map((value) => ({ value, label: value }))}
        onChange={onSymbol}
      />
    </CandlePanel>
  );
}
