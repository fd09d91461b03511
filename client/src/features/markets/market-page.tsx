import { getRouteApi, Link } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import type { Market } from '../../api/contract.ts';
import { useArena } from '../../live/context.tsx';
import { leverage, price as priceText, quantity, share } from '../../ui/format.ts';
import { Percent, Price } from '../../ui/live-number.tsx';
import { messages } from '../../ui/messages.ts';
import { Panel } from '../../ui/panel.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { Fact } from '../../ui/fact.tsx';
import { CandlePanel } from './candle-panel.tsx';
import { useLiveMarket } from './market-strip.tsx';

const route = getRouteApi('/markets/$symbol');

export function MarketPage() {
  const { symbol } = route.useParams();
  const { interval } = route.useSearch();
  const navigate = route.useNavigate();
  const { data, isError, error, refetch } = useArena();
  const market = data?.markets.find((candidate) => candidate.symbol === symbol);
  return (
    <>
      <Link
        to="/markets"
        search={{ q: '' }}
        className="mb-3 inline-flex items-center gap-1 text-sm text-muted hover:text-text"
      >
        <ArrowLeft aria-hidden="true" className="size-4" />
        {messages.market.all}
      </Link>
      {isError && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!data && !isError && <Skeleton className="h-96" />}
      {data && !market && <EmptyState text={messages.market.unknown(symbol)} />}
      {market && (
        <>
          <MarketHeader market={market} />
          <CandlePanel
            symbol={symbol}
            interval={interval}
            onInterval={(next) =>
              void navigate({ search: { interval: next }, replace: true, resetScroll: false })
            }
            marks={null}
          />
        </>
      )}
    </>
  );
}

function MarketHeader({ market }: { market: Market }) {
  const { price, change } = useLiveMarket(market);
  const text = messages.market;
  return (
    <Panel className="mb-3 flex flex-wrap items-end gap-x-8 gap-y-3 p-4">
      <title>{messages.titleOf(market.symbol)}</title>
      <div className="mr-auto">
        <h1 className="text-lg font-semibold">{market.symbol}</h1>
        <p className="flex items-baseline gap-3">
          <Price value={price} tickSize={market.tickSize} className="text-xl font-semibold" />
          <Percent value={change} className="text-base" />
          {market.isStale && <span className="text-xs text-warn">{text.staleSymbol}</span>}
        </p>
      </div>
      <dl className="grid grid-cols-2 gap-x-6 gap-y-2 sm:flex">
        <Fact label={text.maxLeverage}>{leverage(market.maxLeverage)}</Fact>
        <Fact label={text.maintenance}>{share(market.maintenanceRate)}</Fact>
        <Fact label={text.tick}>{priceText(market.tickSize, market.tickSize)}</Fact>
        <Fact label={text.step}>{quantity(market.stepSize)}</Fact>
      </dl>
    </Panel>
  );
}
