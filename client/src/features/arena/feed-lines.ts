import type { Decided, FeedItem, TradeView } from '../../api/contract.ts';
import { leverage, money, percent, price, signedMoney } from '../../ui/format.ts';
import { messages } from '../../ui/messages.ts';
import { releaseTime } from '../../ui/time.ts';

export type LineKind = 'trade' | 'rejected' | 'adjusted' | 'held' | 'private' | 'failed';

/** One thing that happened, in words: `verb` side symbol · details “quote”. */
export interface FeedLine {
  readonly key: string;
  readonly at: number;
  readonly botId: string;
  /** As it was called then. */
  readonly botName: string;
  readonly kind: LineKind;
  readonly verb: string;
  readonly side: 'LONG' | 'SHORT' | null;
  readonly symbol: string | null;
  readonly detail: string;
  /** Result of an exit in USD; null for everything else. */
  readonly pnl: number | null;
  readonly pnlText: string;
  readonly quote: string | null;
}

type TickSizes = (symbol: string) => number | null;
type PayloadOf<Type> = Extract<FeedItem['payload'], { type: Type }>;
type TurnItem = FeedItem & { readonly payload: PayloadOf<'turn'> };

const text = messages.feed;
const EMPTY = { side: null, symbol: null, detail: '', pnl: null, pnlText: '', quote: null } as const;

const sideOf = (action: string): 'LONG' | 'SHORT' | null =>
  action === 'LONG' || action === 'SHORT' ? action : null;

function entryDetail(trade: TradeView, tickSizes: TickSizes): string {
  const paid = price(trade.price ?? trade.entryPrice, tickSizes(trade.symbol));
  return `${leverage(trade.leverage)} · ${text.margin(money(trade.size))} ${text.at(paid)}`;
}

function exitFields(trade: TradeView, tickSizes: TickSizes) {
  const got = price(trade.price ?? trade.exitPrice, tickSizes(trade.symbol));
  const onMargin = trade.size > 0 ? ` (${percent(trade.pnl / trade.size)})` : '';
  return { detail: text.at(got), pnl: trade.pnl, pnlText: `${signedMoney(trade.pnl)}${onMargin}` };
}

function exitVerb(trade: TradeView, isPartial: boolean): string {
  return text.causes[trade.cause] ?? (isPartial ? text.reduced : text.closed);
}

function decisionOf(trade: TradeView, decisions: readonly Decided[]): Decided | undefined {
  const isEntry = trade.tradeType === 'entry';
  return decisions.find(
    ({ action, symbol, outcome }) =>
      outcome?.accepted !== false &&
      (isEntry ? action === trade.side && symbol === trade.symbol : action === 'CLOSE') &&
      (outcome?.positionId === trade.positionId || symbol === trade.symbol),
  );
}

function tradeLine(item: TurnItem, trade: TradeView, tickSizes: TickSizes) {
  const { decisions, book, botId, botName } = item.payload;
  const decided = decisionOf(trade, decisions);
  const isPartial = book.positions.some(({ id }) => id === trade.positionId);
  const isEntry = trade.tradeType === 'entry';
  const entryVerb = decided?.outcome?.code === 'increased' ? text.added : text.opened;
  return {
    ...EMPTY,
    key: `${item.seq}:${trade.id}`,
    at: item.at,
    botId,
    botName,
    kind: 'trade',
    verb: isEntry ? entryVerb : exitVerb(trade, isPartial),
    side: trade.side,
    symbol: trade.symbol,
    ...(isEntry ? { detail: entryDetail(trade, tickSizes) } : exitFields(trade, tickSizes)),
    quote: decided?.reasoning ?? null,
  } satisfies FeedLine;
}

/** An outcome's sentence in plain words, without the "rejected" that stands before it: `not enough margin: needs $250.00 …`. */
export function plainMessage(message: string): string {
  const plain = message
    .replace(/^rejected:\s*/i, '')
    .replace(/^insufficient margin\b/i, text.notEnoughMargin)
    .replaceAll(/\b(needs|has|with) (?=\d[\d,]*\.\d\d\b)/g, '$1 $$');
  return plain === '' ? message : plain;
}

function adjustedDetail(decided: Decided, tickSizes: TickSizes): string {
  const tick = decided.symbol === null ? null : tickSizes(decided.symbol);
  const parts = [
    decided.stopLoss === null ? null : text.stop(price(decided.stopLoss, tick)),
    decided.takeProfit === null ? null : text.target(price(decided.takeProfit, tick)),
  ];
  const levels = parts.filter((part) => part !== null).join(' · ');
  return levels === '' ? '' : text.adjustedTo(levels);
}

function decisionLine(
  decided: Decided,
  tickSizes: TickSizes,
): Pick<FeedLine, 'kind' | 'verb'> & Partial<FeedLine> {
  const side = sideOf(decided.action);
  const wanted = side === null ? decided.action.toLowerCase() : '';
  if (decided.outcome?.accepted === false) {
    return {
      kind: 'rejected',
      verb: text.rejected(wanted).trim(),
      side,
      symbol: decided.symbol,
      detail: `— ${plainMessage(decided.outcome.message)}`,
    };
  }
  return {
    kind: 'adjusted',
    verb: text.adjusted,
    symbol: decided.symbol,
    detail: adjustedDetail(decided, tickSizes),
    quote: decided.reasoning,
  };
}

/** What is kept from this reader: for good, or until the owner's delay is over. */
function privateDetail(releasesAt: number | null, at: number): string {
  return `· ${releasesAt === null ? text.private : text.shownFrom(releaseTime(releasesAt, at))}`;
}

function quietLine({
  at,
  payload: { decisions, releasesAt },
}: TurnItem): Pick<FeedLine, 'kind' | 'verb' | 'detail' | 'quote'> {
  const quote = decisions.find(({ reasoning }) => reasoning !== null && reasoning !== '')?.reasoning ?? null;
  if (decisions.some(({ action }) => action === 'PRIVATE'))
    return { kind: 'private', verb: text.tookTurn, detail: privateDetail(releasesAt, at), quote };
  const isPrivate = quote === null && decisions.some(({ outcome }) => outcome === null);
  const detail = releasesAt === null ? `· ${text.reasonsPrivate}` : privateDetail(releasesAt, at);
  return { kind: 'held', verb: text.held, detail: isPrivate ? detail : '', quote };
}

function turnLines(item: TurnItem, tickSizes: TickSizes): FeedLine[] {
  const { decisions, trades, botId, botName } = item.payload;
  const base = { ...EMPTY, at: item.at, botId, botName };
  const traded = trades.map((trade) => tradeLine(item, trade, tickSizes));
  const others = decisions
    .filter(({ action, outcome }) => outcome?.accepted === false || (action === 'ADJUST' && outcome !== null))
    .map((decided, index) => ({
      ...base,
      key: `${item.seq}:d${index}`,
      ...decisionLine(decided, tickSizes),
    }));
  if (traded.length + others.length > 0) return [...traded, ...others];
  return [{ ...base, key: `${item.seq}:held`, ...quietLine(item) }];
}

/** What people read of one event: one line a trade, rejection or adjustment, else one line that the bot held. */
export function feedLines(item: FeedItem, tickSizes: TickSizes): FeedLine[] {
  const { payload, seq, at } = item;
  if (payload.type === 'turn') return turnLines({ seq, at, payload }, tickSizes);
  const base = { ...EMPTY, at, botId: payload.botId, botName: payload.botName };
  if (payload.type === 'turn-failed') {
    const detail = `— ${payload.reason ?? text.failedPrivate}`;
    return [{ ...base, key: `${seq}:failed`, kind: 'failed', verb: text.failed, detail }];
  }
  return [{ ...base, ...exitLine({ seq, at, payload }, tickSizes) }];
}

function exitLine({ seq, at, payload }: FeedItem & { payload: PayloadOf<'exit'> }, tickSizes: TickSizes) {
  const { trade, book, releasesAt } = payload;
  if (!trade) {
    const detail = privateDetail(releasesAt, at);
    return { key: `${seq}:exit`, kind: 'private', verb: text.leftPosition, detail } as const;
  }
  const isPartial = book.positions.some(({ id }) => id === trade.positionId);
  return {
    key: `${seq}:${trade.id}`,
    kind: 'trade',
    verb: exitVerb(trade, isPartial),
    side: trade.side,
    symbol: trade.symbol,
    ...exitFields(trade, tickSizes),
  } as const;
}

export type FeedFilter = 'all' | 'trades' | 'decisions';

export function matchesFilter(line: FeedLine, filter: FeedFilter): boolean {
  if (filter === 'all') return true;
  return (line.kind === 'trade') === (filter === 'trades');
}

/** One row of the feed: a line, or a run of holds folded into one. */
export interface FeedEntry {
  readonly key: string;
  readonly lines: readonly FeedLine[];
}

const FOLD_FROM = 3;

function entriesOf(run: readonly FeedLine[]): FeedEntry[] {
  const oldest = run.at(-1);
  // A run grows at its top, so its oldest line names it.
  if (oldest && run.length >= FOLD_FROM) return [{ key: `run:${oldest.key}`, lines: run }];
  return run.map((line) => ({ key: line.key, lines: [line] }));
}

/** Holds in a row say little one by one: three and more become one row, so that what was done stays in sight. */
export function foldHolds(lines: readonly FeedLine[]): FeedEntry[] {
  const entries: FeedEntry[] = [];
  let run: FeedLine[] = [];
  for (const line of lines) {
    if (line.kind === 'held') {
      run.push(line);
    } else {
      entries.push(...entriesOf(run), { key: line.key, lines: [line] });
      run = [];
    }
  }
  return [...entries, ...entriesOf(run)];
}
