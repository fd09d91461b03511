import type { BotDetail } from '../../api/contract.ts';
import { useNow, useTick } from '../../live/context.tsx';
import { valueKey } from '../../live/ticks.ts';
import { Badge } from '../../ui/badge.tsx';
import { count, fall, money, percent, share, signedMoney } from '../../ui/format.ts';
import { Fact } from '../../ui/fact.tsx';
import { Money, Percent, toneOf } from '../../ui/live-number.tsx';
import { messages } from '../../ui/messages.ts';
import { Panel } from '../../ui/panel.tsx';
import { exactTime, relativeTime } from '../../ui/time.ts';
import { Avatar, PausedBadge, ReferenceBadge } from './bot-identity.tsx';

const text = messages.bot;

/** The base of a change stands still while the value moves. */
const moved = (change: number | null, before: number, now: number): number | null =>
  change === null || before === 0 ? change : ((1 + change) * now) / before - 1;

export function BotHeader({ bot }: { bot: BotDetail }) {
  const value = useTick(valueKey(bot.id), bot.totalValue);
  return (
    <Panel className="mb-3 p-4">
      <title>{messages.titleOf(bot.name)}</title>
      <div className="flex flex-wrap items-center gap-x-6 gap-y-4">
        <div className="mr-auto flex min-w-0 items-center gap-3">
          <Avatar bot={bot} className="size-12 rounded-lg text-base" />
          <div className="min-w-0">
            <div className="flex flex-wrap items-center gap-2">
              <h1 className="truncate text-lg font-semibold">{bot.name}</h1>
              <ModeBadge bot={bot} />
              {bot.isReference && <ReferenceBadge />}
              <PausedBadge bot={bot} />
            </div>
            <p className="text-sm text-muted">
              {bot.provider.model} · {messages.bots.by(bot.owner.username)} <NextTurn bot={bot} />
            </p>
          </div>
        </div>
        <div className="w-full sm:w-auto sm:text-right">
          <Money value={value} className="text-xl font-semibold" />
          <p className="flex gap-3 text-sm sm:justify-end">
            <span className="text-muted">
              {text.change1h} <Percent value={moved(bot.change1h, bot.totalValue, value)} />
            </span>
            <span className="text-muted">
              {text.change24h} <Percent value={moved(bot.change24h, bot.totalValue, value)} />
            </span>
          </p>
        </div>
      </div>
      <Figures bot={bot} value={value} />
    </Panel>
  );
}

function Figures({ bot, value }: { bot: BotDetail; value: number }) {
  const totalReturn = bot.initialBalance === 0 ? null : value / bot.initialBalance - 1;
  return (
    <dl className="mt-4 grid grid-cols-2 gap-x-6 gap-y-3 border-t border-line pt-3 sm:grid-cols-3 lg:flex lg:justify-between">
      <Fact label={text.return}>
        <span className={toneOf(totalReturn)}>{percent(totalReturn)}</span>
      </Fact>
      <Fact label={text.drawdown}>{fall(bot.maxDrawdown)}</Fact>
      <Fact label={text.winRate}>
        {share(bot.winRate)}{' '}
        <span className="font-normal text-muted">
          {bot.tradeCount === 0 ? text.noTrades : text.overTrades(count(bot.tradeCount))}
        </span>
      </Fact>
      <Fact label={text.facts.realized}>
        <span className={toneOf(bot.realizedPnl)}>{signedMoney(bot.realizedPnl)}</span>
      </Fact>
      <Fact label={text.fees}>{money(bot.fees)}</Fact>
      <Fact label={text.cash}>{money(bot.cash)}</Fact>
      <Fact label={text.facts.start}>{money(bot.initialBalance)}</Fact>
    </dl>
  );
}

function ModeBadge({ bot }: { bot: BotDetail }) {
  const isLive = bot.tradingMode === 'live';
  return (
    <Badge
      tone={isLive ? 'loss' : 'outline'}
      hint={isLive ? messages.bots.liveHint : messages.bots.paperHint}
    >
      {isLive ? messages.bots.live : messages.bots.paper}
    </Badge>
  );
}

function NextTurn({ bot }: { bot: BotDetail }) {
  const now = useNow();
  if (bot.isPaused || bot.nextTurnAt === null) return null;
  const isDue = bot.isTurnRunning || bot.nextTurnAt <= now;
  return (
    <span className="whitespace-nowrap tabular-nums" title={exactTime(bot.nextTurnAt)}>
      · {isDue ? messages.bots.thinking : messages.bots.nextTurn(relativeTime(bot.nextTurnAt, now))}
    </span>
  );
}
