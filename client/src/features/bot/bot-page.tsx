import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { RequestError } from '../../api/client.ts';
import type { BotDetail } from '../../api/contract.ts';
import { keys, readBot, tradedSymbolsQuery } from '../../api/queries.ts';
import { useBotRoom, useConnection, useLive, useMarkets } from '../../live/context.tsx';
import { buttonStyle } from '../../ui/button.tsx';
import { messages } from '../../ui/messages.ts';
import { thinkingText } from '../../ui/messages/thinking.ts';
import { Panel } from '../../ui/panel.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { Tab, TabList, TabPanel, Tabs } from '../../ui/tabs.tsx';
import { AboutTab } from './about-tab.tsx';
import { BotHeader } from './bot-header.tsx';
import { DecisionsTab } from './decisions-tab.tsx';
import { EquityTab } from './equity-tab.tsx';
import { PositionsPanel } from './positions-panel.tsx';
import { PricePanel } from './price-panel.tsx';
import { TradesTab } from './trades-tab.tsx';
import { BotTools, OwnTab } from './user-tools.tsx';

const route = getRouteApi('/bots/$botId');

function useBot(botId: string) {
  const { client, sync } = useLive();
  const isLive = useConnection() === 'live';
  return useQuery({
    queryKey: keys.bot(botId),
    // The room's snapshot is at least as fresh as an answer that was asked for before it.
    queryFn: async ({ signal }) => {
      const before = client.seqOf(`bot:${botId}`);
      const read = await readBot(botId, signal);
      if (read.own) return read;
      return (before === client.seqOf(`bot:${botId}`) ? null : sync.knownBot(botId)) ?? read;
    },
    retry: (failures, error) => !(error instanceof RequestError && error.status === 404) && failures < 2,
    refetchInterval: isLive ? false : 10_000,
  });
}

export function BotPage() {
  const { botId } = route.useParams();
  useBotRoom(botId);
  const { data, error, refetch } = useBot(botId);
  if (data) return <Bot key={botId} bot={data} />;
  if (error instanceof RequestError && error.status === 404) return <GoneBot />;
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return <BotSkeleton />;
}

function GoneBot() {
  return (
    <EmptyState text={`${messages.bot.gone} ${messages.bot.goneHint}`} className="py-24">
      <Link to="/bots" search={{ q: '' }} className={buttonStyle()}>
        {messages.bot.allBots}
      </Link>
    </EmptyState>
  );
}

function BotSkeleton() {
  return (
    <div aria-busy="true" className="grid gap-3">
      <output className="sr-only">{messages.bot.loading}</output>
      <Skeleton className="h-44" />
      <div className="grid gap-3 lg:grid-cols-[minmax(0,1fr)_360px]">
        <Skeleton className="h-[480px]" />
        <Skeleton className="h-[480px]" />
      </div>
      <Skeleton className="h-96" />
    </div>
  );
}

/** What the bot holds, traded or may trade; all the market has when none of these says. */
function useSymbols(bot: BotDetail): string[] {
  const markets = useMarkets();
  const { data } = useQuery(tradedSymbolsQuery(bot.id));
  const traded = [...bot.openPositions.map(({ symbol }) => symbol), ...(data ?? [])];
  const rest = bot.tradingSymbols ?? markets.map(({ symbol }) => symbol);
  return [...new Set(traded.length > 0 ? traded : rest)];
}

/** The chosen symbol, else the first one that was known: a closing position must not change the chart under the eye. */
function useSticky(chosen: string | undefined, first: string | undefined): string | undefined {
  const [known, setKnown] = useState(first);
  if (known === undefined && first !== undefined) setKnown(first);
  return chosen ?? known ?? first;
}

function Bot({ bot }: { bot: BotDetail }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const symbols = useSymbols(bot);
  const symbol = useSticky(search.symbol, symbols[0]) ?? '';
  const change = (part: Partial<typeof search>) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true, resetScroll: false });
  return (
    <>
      <BotHeader bot={bot} />
      <BotTools bot={bot} />
      <div className="grid gap-3 lg:grid-cols-[minmax(0,1fr)_360px]">
        <PricePanel
          bot={bot}
          symbols={symbols.includes(symbol) ? symbols : [symbol, ...symbols]}
          symbol={symbol}
          interval={search.interval}
          onSymbol={(next) => change({ symbol: next })}
          onInterval={(interval) => change({ interval })}
        />
        <PositionsPanel bot={bot} onSymbol={(next) => change({ symbol: next })} />
      </div>
      <BotTabs bot={bot} symbols={symbols} onChange={change} />
    </>
  );
}

type BotSearch = ReturnType<typeof route.useSearch>;
const OWN_TABS = ['learning', 'versions'] as const satisfies readonly BotSearch['tab'][];
const isOwnTab = (tab: BotSearch['tab']): boolean => OWN_TABS.some((own) => own === tab);

interface BotTabsProps {
  readonly bot: BotDetail;
  readonly symbols: readonly string[];
  readonly onChange: (part: Partial<BotSearch>) => void;
}

function BotTabs({ bot, symbols, onChange }: BotTabsProps) {
  const { tab, traded, range } = route.useSearch();
  const text = messages.bot.tabs;
  const ownTabs = bot.own ? OWN_TABS : [];
  // An address names an owner's tab to everybody it is sent to.
  const shown = !bot.own && isOwnTab(tab) ? 'decisions' : tab;
  return (
    <Panel className="mt-3">
      <Tabs value={shown} onValueChange={(next) => onChange({ tab: next as BotSearch['tab'] })}>
        <TabList aria-label={bot.name}>
          <Tab value="decisions">{text.decisions}</Tab>
          <Tab value="trades">{text.trades}</Tab>
          <Tab value="equity">{text.equity}</Tab>
          {ownTabs.map((own) => (
            <Tab key={own} value={own}>
              {thinkingText[own].tab}
            </Tab>
          ))}
          <Tab value="about">{text.about}</Tab>
        </TabList>
        <TabPanel value="decisions">
          <DecisionsTab botId={bot.id} isOwnersOnly={bot.own?.publishing.prompt === 'owner'} />
        </TabPanel>
        <TabPanel value="trades">
          <TradesTab
            botId={bot.id}
            symbols={symbols}
            symbol={traded ?? null}
            onSymbol={(symbol) => onChange({ traded: symbol ?? undefined })}
          />
        </TabPanel>
        <TabPanel value="equity">
          <EquityTab bot={bot} range={range} onRange={(next) => onChange({ range: next })} />
        </TabPanel>
        {ownTabs.map((own) => (
          <TabPanel key={own} value={own}>
            <OwnTab bot={bot} tab={own} />
          </TabPanel>
        ))}
        <TabPanel value="about">
          <AboutTab bot={bot} />
        </TabPanel>
      </Tabs>
    </Panel>
  );
}
