import { markToMarket, unrealizedMicros } from '../engine/mark.ts';
import type { Position } from '../engine/model.ts';
import { decimalsOf, formatUsd } from '../engine/money.ts';
import type { MarketView, TurnView } from './provider.ts';

const PLACEHOLDERS = [
  'totalValue',
  'availableBalance',
  'unrealizedPnl',
  'openPositions',
  'marketData',
  'currentDate',
] as const;
type Placeholder = (typeof PLACEHOLDERS)[number];

const PLACEHOLDER = new RegExp(`\\{\\{(${PLACEHOLDERS.join('|')})\\}\\}`, 'g');

/** What stands before a value the template did not place. */
const HEADINGS: Readonly<Record<Placeholder, string>> = {
  totalValue: 'Total value: ',
  availableBalance: 'Available balance: ',
  unrealizedPnl: 'Unrealised PnL: ',
  openPositions: '## Open positions\n',
  marketData: '## Market\n',
  currentDate: 'Date: ',
};

/**
 * The exact text a decider is shown. Every occurrence of `{{totalValue}} {{availableBalance}} {{unrealizedPnl}}
 * {{openPositions}} {{marketData}} {{currentDate}}` is replaced; what the template does not place follows in a fixed
 * order, then cooldowns, rules and the form of the answer. Values are never searched for placeholders again.
 * Amounts are USD. The same template and view give the same text.
 */
export function renderPrompt(template: string, view: TurnView): string {
  const values = valuesOf(view);
  const placed = new Set<string>();
  const body = template.replaceAll(PLACEHOLDER, (_match, name: Placeholder) => {
    placed.add(name);
    return values[name];
  });
  const left = (['currentDate', 'totalValue', 'availableBalance', 'unrealizedPnl'] as const)
    .filter((name) => !placed.has(name))
    .map((name) => HEADINGS[name] + values[name]);
  const blocks = (['openPositions', 'marketData'] as const)
    .filter((name) => !placed.has(name))
    .map((name) => HEADINGS[name] + values[name]);
  const account = [
    `## Account of ${tidy(view.botName)}, turn ${view.turnNo}`,
    ...left,
    marginLine(view),
  ].join('\n');
  return [body.trim(), account, ...blocks, cooldowns(view), rules(view), ANSWER_FORM]
    .filter(Boolean)
    .join('\n\n');
}

function valuesOf(view: TurnView): Record<Placeholder, string> {
  const marks = new Map(view.markets.map(({ spec, quote }) => [spec.symbol, quote.price]));
  const marked = markToMarket(view.account, (symbol) => marks.get(symbol));
  return {
    totalValue: formatUsd(view.equityMicros),
    availableBalance: formatUsd(view.account.cashMicros),
    unrealizedPnl: signedUsd(marked.unrealizedMicros),
    openPositions: openPositions(view),
    marketData: marketTable(view),
    currentDate: isoMinute(view.now),
  };
}

function marginLine({ account }: TurnView): string {
  const locked = account.positions.reduce((sum, position) => sum + position.marginMicros, 0);
  const { tradeCount, winCount } = account;
  const record = tradeCount === 0 ? 'none closed yet' : `${tradeCount} closed, ${winCount} won`;
  return `Margin locked: ${formatUsd(locked)}\nTrades: ${record}; realised PnL ${signedUsd(account.realizedMicros)}`;
}

function openPositions({ account, markets }: TurnView): string {
  if (account.positions.length === 0) return 'None.';
  return account.positions
    .map((position) =>
      positionLine(
        position,
        markets.find(({ spec }) => spec.symbol === position.symbol),
      ),
    )
    .join('\n');
}

function positionLine(position: Position, market: MarketView | undefined): string {
  const tick = market?.spec.tickSize ?? 1e-8;
  const level = (price: number | null): string => (price === null ? 'none' : onTick(price, tick));
  const parts = [
    `${tidy(position.symbol)} ${position.side} ${position.leverage}x`,
    `margin ${formatUsd(position.marginMicros)}`,
    `entry ${onTick(position.entryPrice, tick)}`,
    market ? `now ${onTick(market.quote.price, tick)}` : 'no price now',
    market ? `unrealised PnL ${signedUsd(unrealizedMicros(position, market.quote.price))}` : '',
    `stop ${level(position.stopLoss)}`,
    `target ${level(position.takeProfit)}`,
    `liquidation ${level(position.liquidationPrice)}`,
    `opened ${isoMinute(position.openedAt)}`,
    `id ${tidy(position.id)}`,
  ];
  return `- ${parts.filter(Boolean).join(', ')}`;
}

function marketTable({ markets, now }: TurnView): string {
  if (markets.length === 0) return 'No market is open.';
  const rows = markets.map((market) => marketRow(market, now));
  return ['symbol | price | 24 h | 1 h | low-high of the candles known | max leverage | state', ...rows].join(
    '\n',
  );
}

function marketRow(market: MarketView, now: number): string {
  const { spec, quote } = market;
  const show = (price: number): string => onTick(price, spec.tickSize);
  const range = rangeOf(market);
  return [
    tidy(spec.symbol),
    show(quote.price),
    percent(market.change24h),
    percent(changeSince(market, now - 3_600_000)),
    range ? `${show(range.low)}-${show(range.high)}` : '-',
    `${spec.maxLeverage}x`,
    quoteState(market, now),
  ].join(' | ');
}

function rangeOf({ candles }: MarketView): { low: number; high: number } | null {
  if (candles.length === 0) return null;
  let [low, high] = [Infinity, 0];
  for (const candle of candles) {
    low = Math.min(low, candle.low);
    high = Math.max(high, candle.high);
  }
  return { low, high };
}

/** Null when the candles do not reach back to `time`. */
function changeSince({ candles, quote }: MarketView, time: number): number | null {
  const index = candles.findIndex(({ openedAt }) => openedAt >= time);
  const first = candles[index];
  return first && (index > 0 || first.openedAt === time) ? quote.price / first.open - 1 : null;
}

function quoteState({ quote }: MarketView, now: number): string {
  if (quote.isStale) return `stale for ${Math.max(0, Math.round((now - quote.at) / 1000))} s, not tradable`;
  return quote.isConfirmed ? 'ok' : 'unconfirmed jump, nothing can be opened';
}

function cooldowns({ account, now }: TurnView): string {
  const active = Object.entries(account.cooldowns)
    .filter(([, until]) => until > now)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([symbol, until]) => `${tidy(symbol)} until ${isoMinute(until)}`);
  return `## Cooldowns\n${active.length === 0 ? 'None.' : `Cannot be opened again yet: ${active.join(', ')}.`}`;
}

function rules({ rules }: TurnView): string {
  const minutes = Math.round(rules.cooldownMs / 60_000);
  const opposite = rules.allowAdding
    ? 'The same side adds to it at the same leverage; the opposite side is rejected, close it first.'
    : 'A second one is rejected, whatever its side; close it first.';
  return [
    '## Rules',
    '- Perpetual futures with isolated margin, in USD. size is the margin; size x leverage is the exposure.',
    `- Fee ${rules.takerFeeBps} bps of the exposure at entry and at exit, slippage about ${rules.slippageBps} bps. Size and fee must fit the available balance.`,
    `- Smallest size ${rules.minSizeUsd}. At most ${rules.maxOpenPositions} open positions, one per symbol. ${opposite}`,
    `- A symbol that was closed cannot be opened again for ${minutes} min.`,
    '- A stop must lie on the losing side of the price, a target on the winning side. Liquidation, stops and targets work between turns.',
  ].join('\n');
}

const ANSWER_FORM = `## Answer
Reply with one JSON object and nothing else:
{"decisions": [{"action": "LONG", "symbol": "...", "size": 250, "leverage": 3, "stopLoss": 1.23, "takeProfit": 1.5, "confidence": 0.7, "reasoning": "..."}]}
- LONG or SHORT: symbol, size, leverage (a whole number, 1 when absent), optional stopLoss and takeProfit.
- CLOSE: closePositionId or symbol, optional closeFraction above 0 and up to 1.
- ADJUST: positionId or symbol, with stopLoss or takeProfit; null removes it.
- HOLD: do nothing.
Numbers are JSON numbers, never text. confidence is 0 to 1. reasoning says in a sentence why. At most 20 decisions.`;

function onTick(price: number, tickSize: number): string {
  return price.toFixed(decimalsOf(tickSize));
}

function percent(fraction: number | null): string {
  if (fraction === null) return '-';
  const text = (fraction * 100).toFixed(2);
  return `${Number(text) > 0 ? '+' : ''}${text} %`;
}

function signedUsd(micros: number): string {
  return `${micros > 0 ? '+' : ''}${formatUsd(micros)}`;
}

function isoMinute(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** Names come from people and feeds: no line of the prompt may be theirs to make. */
function tidy(name: string): string {
  return name
    .toWellFormed()
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, 80);
}
