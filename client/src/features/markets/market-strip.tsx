import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import type { Market } from '../../api/contract.ts';
import { useMarkets, useTick } from '../../live/context.tsx';
import { priceKey } from '../../live/ticks.ts';
import { cn } from '../../ui/cn.ts';
import { baseOf, percent } from '../../ui/format.ts';
import { Price, toneOf } from '../../ui/live-number.tsx';
import { messages } from '../../ui/messages.ts';
import { Sparkline } from '../../ui/sparkline.tsx';

/** Price now and the day's change that follows from it. */
export function useLiveMarket({ symbol, price, change24h }: Market) {
  const now = useTick(priceKey(symbol), price);
  const change =
    change24h === null || price === null || now === null ? change24h : ((1 + change24h) * now) / price - 1;
  return { price: now, change };
}

export const trendColor = (change: number | null): string =>
  change === null || change === 0 ? 'var(--muted)' : change > 0 ? 'var(--gain)' : 'var(--loss)';

/** The symbols along the top; it says by its cut edge that it scrolls. */
export function MarketStrip() {
  const markets = useMarkets();
  return (
    <nav aria-label={messages.market.strip} className="h-10 overflow-hidden border-b border-line bg-surface">
      <ul className="flex h-10 items-center gap-1 overflow-x-auto px-3 [scrollbar-width:none] lg:px-4">
        {markets.map((market) => (
          <StripItem key={market.symbol} market={market} />
        ))}
      </ul>
    </nav>
  );
}

const StripItem = memo(function StripItem({ market }: { market: Market }) {
  const { price, change } = useLiveMarket(market);
  return (
    <li className="shrink-0">
      <Link
        to="/markets/$symbol"
        params={{ symbol: market.symbol }}
        search={{ interval: '15m' }}
        className="flex h-8 items-center gap-2 rounded-md px-2 text-xs hover:bg-hover"
      >
        <span className="font-semibold">{baseOf(market.symbol)}</span>
        <Price value={price} tickSize={market.tickSize} className="text-soft" />
        <span className={cn('nums', toneOf(change))}>{percent(change)}</span>
        <Sparkline values={market.sparkline} color={trendColor(change)} className="h-4 w-10" />
        {market.isStale && <span className="text-warn">{messages.market.staleSymbol}</span>}
      </Link>
    </li>
  );
});
