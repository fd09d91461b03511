import { useInfiniteQuery } from '@tanstack/react-query';
import type { TradeView } from '../../api/contract.ts';
import { tradesQuery } from '../../api/queries.ts';
import { useNow, useTickSizes } from '../../live/context.tsx';
import { leverage, money, price as priceText, quantity, signedMoney, smallMoney } from '../../ui/format.ts';
import { toneOf } from '../../ui/live-number.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { messages } from '../../ui/messages.ts';
import { NativeSelect } from '../../ui/select.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { ScrollNote, Table, Td, Th } from '../../ui/table.tsx';
import { exactTime, relativeTime, shortTime } from '../../ui/time.ts';
import { Side } from '../arena/feed.tsx';

const text = messages.bot;
const ALL = '';

interface TradesTabProps {
  readonly botId: string;
  readonly symbols: readonly string[];
  readonly symbol: string | null;
  readonly onSymbol: (symbol: string | null) => void;
}

export function TradesTab({ botId, symbols, symbol, onSymbol }: TradesTabProps) {
  const query = useInfiniteQuery(tradesQuery(botId, symbol));
  const { data, isError, error, refetch } = query;
  const items = data?.pages.flatMap((page) => page.items);
  const options = [
    { value: ALL, label: text.allSymbols },
    ...symbols.map((value) => ({ value, label: value })),
  ];
  return (
    <>
      <div className="flex justify-end px-4 py-2">
        <NativeSelect
          label={text.symbol}
          value={symbol ?? ALL}
          options={options}
          onChange={(next) => onSymbol(next === ALL ? null : next)}
        />
      </div>
      {isError && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!items && !isError && <SkeletonRows count={8} />}
      {items?.length === 0 && <EmptyState text={text.noTradesYet} />}
      {items && items.length > 0 && <TradeTable trades={items} />}
      <LoadMore query={query} />
    </>
  );
}

function TradeTable({ trades }: { trades: readonly TradeView[] }) {
  const { columns } = text;
  return (
    <>
      <Table label={text.tabs.trades}>
        <thead>
          <tr>
            <Th className="pl-4">{columns.time}</Th>
            <Th>{columns.symbol}</Th>
            <Th>{columns.kind}</Th>
            <Th>{columns.side}</Th>
            <Th className="text-right">{columns.pnl}</Th>
            <Th className="text-right">{columns.price}</Th>
            <Th className="text-right">{columns.quantity}</Th>
            <Th className="text-right">{columns.size}</Th>
            <Th className="text-right">{columns.leverage}</Th>
            <Th className="text-right">{columns.fee}</Th>
            <Th className="pr-4">{columns.cause}</Th>
          </tr>
        </thead>
        <tbody>
          {trades.map((trade) => (
            <TradeRow key={trade.id} trade={trade} />
          ))}
        </tbody>
      </Table>
      <ScrollNote />
    </>
  );
}

function TradeRow({ trade }: { trade: TradeView }) {
  const tickSizes = useTickSizes();
  const now = useNow(30_000);
  return (
    <tr className="hover:bg-hover">
      <Td className="nums pl-4 text-xs text-muted">
        <time
          dateTime={new Date(trade.executedAt).toISOString()}
          title={`${exactTime(trade.executedAt)} · ${relativeTime(trade.executedAt, now)}`}
        >
          {shortTime(trade.executedAt, now)}
        </time>
      </Td>
      <Td className="font-medium">{trade.symbol}</Td>
      <Td className="text-soft">{text.kinds[trade.tradeType]}</Td>
      <Td>
        <Side side={trade.side} />
      </Td>
      <Td className={`nums text-right font-medium ${toneOf(trade.pnl)}`}>{signedMoney(trade.pnl)}</Td>
      <Td className="nums text-right">{priceText(trade.price, tickSizes(trade.symbol))}</Td>
      <Td className="nums text-right">{quantity(trade.quantity)}</Td>
      <Td className="nums text-right">{money(trade.size)}</Td>
      <Td className="nums text-right">{leverage(trade.leverage)}</Td>
      <Td className="nums text-right text-muted">{smallMoney(trade.fee)}</Td>
      <Td className="pr-4 text-muted">{text.causes[trade.cause] ?? trade.cause}</Td>
    </tr>
  );
}
