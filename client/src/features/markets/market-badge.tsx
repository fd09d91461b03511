import { CircleCheck, FlaskConical, History, Radio, TriangleAlert } from 'lucide-react';
import type { MarketStatus } from '../../api/contract.ts';
import { useConnection, useMarketStatus } from '../../live/context.tsx';
import type { ConnectionState } from '../../live/live-client.ts';
import { Badge } from '../../ui/badge.tsx';
import { cn } from '../../ui/cn.ts';
import { messages } from '../../ui/messages.ts';

const KIND_ICONS = { simulated: FlaskConical, replay: History, live: Radio } as const;

function speedOf(status: MarketStatus): string | null {
  if (status.kind !== 'replay') return null;
  return status.speed === null ? messages.market.maxSpeed : messages.market.speed(String(status.speed));
}

/** Says what the prices are: simulated, replayed, finished or stale. */
export function MarketBadge() {
  const status = useMarketStatus();
  if (!status) return null;
  if (status.status === 'finished') {
    return (
      <Badge tone="accent" hint={messages.market.finishedHint}>
        <CircleCheck aria-hidden="true" />
        {messages.market.finished}
      </Badge>
    );
  }
  if (status.status === 'stale') {
    return (
      <Badge tone="warn" hint={messages.market.staleHint}>
        <TriangleAlert aria-hidden="true" />
        {messages.market.stale}
      </Badge>
    );
  }
  const Icon = KIND_ICONS[status.kind];
  const speed = speedOf(status);
  return (
    <Badge tone="outline" hint={messages.market.kindHint[status.kind]}>
      <Icon aria-hidden="true" />
      {messages.market.kind[status.kind]}
      {speed !== null && <span className="hidden sm:inline">· {speed}</span>}
    </Badge>
  );
}

const DOTS: Record<ConnectionState, string> = {
  connecting: 'bg-muted',
  live: 'bg-gain',
  reconnecting: 'bg-warn animate-pulse-soft',
  offline: 'bg-loss',
};

export function ConnectionBadge() {
  const state = useConnection();
  return (
    <output className="inline-flex">
      <Badge tone={state === 'live' ? 'neutral' : 'warn'} hint={messages.connection.hint[state]}>
        <span aria-hidden="true" className={cn('size-2 rounded-full', DOTS[state])} />
        {messages.connection[state]}
      </Badge>
    </output>
  );
}
