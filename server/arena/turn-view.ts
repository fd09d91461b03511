import type { BotBook, MarketData } from '../context.ts';
import type { TurnView } from '../llm/provider.ts';
import { usd } from './views.ts';
import type { ActiveBot } from './active-bot.ts';

const CANDLES_SHOWN = 200;

/** What a decider sees: its own book and the public market of its symbols, nothing of anyone else. */
export function buildTurnView(
  bot: ActiveBot,
  book: BotBook,
  world: { market: MarketData; equityMicros: number; turnNo: number; now: number },
): TurnView {
  const { market, now } = world;
  const { rules } = bot;
  const isAllowed = (symbol: string) => rules.symbols === null || rules.symbols.includes(symbol);
  const isHeld = (symbol: string) => book.account.positions.some((position) => position.symbol === symbol);
  const markets = market.symbols.flatMap((spec) => {
    const quote = market.quote(spec.symbol);
    if (!quote || !(isAllowed(spec.symbol) || isHeld(spec.symbol))) return [];
    const candles = market.recentCandles(spec.symbol, CANDLES_SHOWN);
    return [{ spec, quote, change24h: market.change24h(spec.symbol), candles }];
  });
  return {
    botName: bot.name,
    turnNo: world.turnNo,
    now,
    equityMicros: world.equityMicros,
    account: book.account,
    markets,
    rules: {
      minSizeUsd: usd(rules.minSizeMicros),
      takerFeeBps: rules.takerFeeBps,
      slippageBps: rules.slippageBps,
      cooldownMs: rules.cooldownMs,
      allowAdding: rules.allowAdding,
      maxOpenPositions: rules.maxOpenPositions,
    },
  };
}
