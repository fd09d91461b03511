import { lockedMarginMicros, markToMarket, unrealizedMicros } from '../../engine/mark.ts';
import type { Position } from '../../engine/model.ts';
import { formatUsd } from '../../engine/money.ts';
import type { MarketView, TurnMemory, TurnView } from '../provider.ts';
import { isoMinute, onTick, signedUsd } from './format.ts';
import { positionHandles } from './handles.ts';
import { quoteLine, word } from './quote.ts';

const MAX_REASON = 200;
/** For positions without a market. */
const FINEST_TICK = 1e-8;

export function unrealizedPnl({ account, markets }: TurnView): string {
  const marks = new Map(markets.map(({ spec, quote }) => [spec.symbol, quote.price]));
  return signedUsd(markToMarket(account, (symbol) => marks.get(symbol)).unrealizedMicros);
}

/** What no placeholder stands for. */
export function tradeRecord({ account }: TurnView): string {
  const { tradeCount, winCount, realizedMicros } = account;
  const record = tradeCount === 0 ? 'none closed yet' : `${tradeCount} closed, ${winCount} won`;
  return [
    `Margin locked: ${formatUsd(lockedMarginMicros(account))}`,
    `Trades: ${record}; realised PnL ${signedUsd(realizedMicros)}`,
  ].join('\n');
}

/** A line for each, with its handle and, where the bot's memory has it, why it was opened. */
export function openPositions({ account, markets }: TurnView, memory: TurnMemory | null): string {
  if (account.positions.length === 0) return 'None.';
  const bySymbol = new Map(markets.map((market) => [market.spec.symbol, market]));
  const handles = positionHandles(account.positions);
  const reasons = new Map(Object.entries(memory?.entryReasons ?? {}));
  return account.positions
    .map((position) => {
      const reason = reasons.get(position.id);
      const parts = [
        ...positionParts(position, bySymbol.get(position.symbol)),
        `handle ${handles.get(position.id)}`,
        ...(reason === undefined ? [] : [`opened because ${quoteLine(reason, MAX_REASON)}`]),
      ];
      return `- ${parts.join(', ')}`;
    })
    .join('\n');
}

function positionParts(position: Position, market: MarketView | undefined): string[] {
  const tick = market?.spec.tickSize ?? FINEST_TICK;
  const level = (price: number | null): string => (price === null ? 'none' : onTick(price, tick));
  const now = market
    ? [
        `now ${onTick(market.quote.price, tick)}`,
        `unrealised PnL ${signedUsd(unrealizedMicros(position, market.quote.price))}`,
      ]
    : ['no price now'];
  return [
    `${word(position.symbol)} ${position.side} ${position.leverage}x`,
    `margin ${formatUsd(position.marginMicros)}`,
    `entry ${onTick(position.entryPrice, tick)}`,
    ...now,
    `stop ${level(position.stopLoss)}`,
    `target ${level(position.takeProfit)}`,
    `liquidation ${level(position.liquidationPrice)}`,
    `opened ${isoMinute(position.openedAt)}`,
  ];
}
