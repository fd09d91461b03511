import { getRouteApi, Link } from '@tanstack/react-router';
import type { Market } from '../../api/contract.ts';
import { useArena } from '../../live/context.tsx';
import { leverage, price as priceText, quantity, share } from '../../ui/format.ts';
import { Percent, Price } from '../../ui/live-number.tsx';
import { messages } from '../../ui/messages.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { Sparkline } from '../../ui/sparkline.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { Table, Td, Th } from '../../ui/table.tsx';
import { trendColor, useLiveMarket } from './market-strip.tsx';

const route = getRouteApi('/markets');
const text = messages.market;

export function MarketsPage() {
  const { q } = route.useSearch();
  const navigate = route.useNavigate();
  const { data, isError, error, refetch } = useArena();
  const rows = data?.markets.filter(({ symbol }) => symbol.includes(q.trim().toUpperCase()));
  return (
    <>
      <PageHeader title={text.title} lead={text.lead}>
        <SearchField
          label={text.search}
          value={q}
          onChange={(next) => void navigate({ search: { q: next }, replace: true })}
          className="w-full sm:w-72"
        />
      </PageHeader>
      <Panel>
        {isError && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
        {!data && !isError && <SkeletonRows count={12} />}
        {rows?.length === 0 && <EmptyState text={text.noMatch} />}
        {rows && rows.length > 0 && <MarketTable rows={rows} />}
      </Panel>
    </>
  );
}

function MarketTable({ rows }: { rows: readonly Market[] }) {
  return (
    <Table label={text.title}>
      <thead>
        <tr>
          <Th className="pl-4">{text.symbol}</Th>
          <Th className="text-right">{text.price}</Th>
          <Th className="text-right">{text.change24h}</Th>
          <Th className="pr-4 text-right sm:pr-3">{text.lastDay}</Th>
          <Th className="hidden text-right md:table-cell">{text.maxLeverage}</Th>
          <Th className="hidden text-right md:table-cell">{text.maintenance}</Th>
          <Th className="hidden text-right lg:table-cell">{text.tick}</Th>
          <Th className="hidden pr-4 text-right lg:table-cell">{text.step}</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((market) => (
          <MarketRow key={market.symbol} market={market} />
        ))}
      </tbody>
    </Table>
  );
}

function MarketRow({ market }: { market: Market }) {
  const { price, change } = useLiveMarket(market);
  return (
    <tr className="hover:bg-hover">
      <Td className="pl-4 font-medium">
        <Link
          to="/markets/$symbol"
          params={{ symbol: market.symbol }}
          search={{ interval: '15m' }}
          className="hover:text-accent"
        >
          {market.symbol}
        </Link>
        {market.isStale && <span className="ml-2 text-xs text-warn">{text.staleSymbol}</span>}
      </Td>
      <Td className="text-right">
        <Price value={price} tickSize={market.tickSize} />
      </Td>
      <Td className="text-right">
        <Percent value={change} />
      </Td>
      <Td className="pr-4 sm:pr-3">
        <Sparkline values={market.sparkline} color={trendColor(change)} className="ml-auto w-16 sm:w-24" />
      </Td>
      <Td className="nums hidden text-right md:table-cell">{leverage(market.maxLeverage)}</Td>
      <Td className="nums hidden text-right md:table-cell">{share(market.maintenanceRate)}</Td>
      <Td className="nums hidden text-right lg:table-cell">{priceText(market.tickSize, market.tickSize)}</Td>
      <Td className="nums hidden pr-4 text-right lg:table-cell">{quantity(market.stepSize)}</Td>
    </tr>
  );
}
