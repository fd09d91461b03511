import type { BotBook } from '../context.ts';
import type { PositionView, TradeView } from '../contract/http/bots.ts';
import { audited } from '../db/queries/audit-log.ts';
import { findPosition } from '../db/queries/positions.ts';
import { applyDecision, type DecisionResult } from '../engine/apply-decision.ts';
import type { Decision } from '../engine/model.ts';
import { ConflictError, NotFoundError } from '../errors.ts';
import { exit } from '../engine/fills.ts';
import { goneSymbol } from '../engine/reset-account.ts';
import type { Change } from './book-store.ts';
import type { BotDeps, BotKey, By } from './bots.ts';
import { eventToWrites } from './event-rows.ts';
import { newsOf } from './exits.ts';
import { markOf } from './bots-read.ts';
import { bookView, positionRowView, tradeView } from './views.ts';

/** What came of an order, as it is remembered: a person may ask for it again. */
export interface HandResult {
  readonly message: string;
  readonly notes: readonly string[];
  readonly positionId: string;
  readonly trade: TradeView | null;
}

interface HandOrder {
  readonly decision: Decision;
  readonly action: 'position.closed' | 'position.adjusted';
  readonly at: number;
  readonly isOpen: boolean;
  readonly by: By;
}

/**
 * Closes an open position by hand, at the first price after the request like every fill. A position on a symbol that the
 * market no longer has closes at what it cost, as it is valued.
 * @throws NotFoundError, ConflictError with the engine's sentence when it cannot be done.
 */
export async function closeByHand(
  deps: BotDeps,
  { positionId, ...bot }: BotKey & { positionId: string },
  { fraction, by }: { fraction: number; by: By },
): Promise<HandResult> {
  const symbol = heldSymbol(deps, bot, positionId);
  const decision: Decision = { action: 'CLOSE', closePositionId: positionId, closeFraction: fraction };
  const order = { decision, action: 'position.closed', by } as const;
  if (!deps.ctx.market.spec(symbol))
    return await deps.books.change(bot.botId, (book) =>
      planOrder(deps, book, { ...order, at: deps.ctx.clock.pricedAt(), isOpen: true }),
    );
  return await atNextPrice(deps, (moment) =>
    deps.books.change(bot.botId, (book) => planOrder(deps, book, { ...order, ...moment })),
  );
}

/** Moves or removes (null) stop and target by hand. @throws NotFoundError, ConflictError */
export async function adjustByHand(
  deps: BotDeps,
  { positionId, ...bot }: BotKey & { positionId: string },
  { levels, by }: { levels: Pick<Decision, 'stopLoss' | 'takeProfit'>; by: By },
): Promise<HandResult> {
  heldSymbol(deps, bot, positionId);
  const decision: Decision = { action: 'ADJUST', positionId, ...levels };
  const at = deps.ctx.clock.pricedAt();
  const isOpen = !deps.gate.isClosed;
  return await deps.books.change(bot.botId, (book) =>
    planOrder(deps, book, { decision, action: 'position.adjusted', at, isOpen, by }),
  );
}

/** A position of the bot as its owner sees it. @throws NotFoundError */
export async function readOwnPosition(
  { ctx }: BotDeps,
  { botId, userId }: BotKey,
  positionId: string,
): Promise<PositionView> {
  const row = await findPosition(ctx.db.read, { botId, userId, positionId });
  if (!row) throw new NotFoundError('position', positionId);
  return positionRowView(row, markOf(ctx, row.symbol));
}

/** @throws NotFoundError for positions that are not open, or not of this owner's bot. */
function heldSymbol({ books }: BotDeps, { botId, userId }: BotKey, positionId: string): string {
  const book = books.get(botId);
  if (!book || book.userId !== userId) throw new NotFoundError('bot', botId);
  const held = book.account.positions.find((position) => position.id === positionId);
  if (!held) throw new NotFoundError('open position', positionId);
  return held.symbol;
}

function atNextPrice<T>(
  { ctx, gate }: BotDeps,
  fill: (moment: { at: number; isOpen: boolean }) => Promise<T>,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  void gate
    .wait(ctx.clock.now(), async (moment) => {
      await fill(moment).then(resolve, reject);
    })
    .then(() => reject(new ConflictError('stopping', 'The server is stopping: nothing was done.')));
  return promise;
}

function planOrder(deps: BotDeps, book: BotBook, order: HandOrder): Change<HandResult> {
  const { ctx, manager } = deps;
  const bot = manager.botOf(book.botId);
  const quoted = (symbol: string) => ctx.market.quote(symbol)?.price;
  const { account, outcome, events } = judge(deps, book, order);
  if (!outcome.accepted) throw new ConflictError(outcome.code, capital(outcome.message));
  const view = bookView(book.botId, account, (symbol) => quoted(symbol) ?? null);
  const rows = events.map((event) => ({
    event,
    ...eventToWrites(book, event, { newId: ctx.newId, markOf: quoted, decision: null }),
  }));
  const trade = rows.flatMap((row) => (row.trade ? [tradeView(row.trade)] : []))[0] ?? null;
  const positionId = order.decision.closePositionId ?? order.decision.positionId ?? '';
  const result: HandResult = { message: capital(outcome.message), notes: outcome.notes, positionId, trade };
  return {
    account,
    value: result,
    writes: [
      ...(order.by.also ?? []),
      ...rows.flatMap(({ event, writes }) => [
        ...writes,
        ...newsOf(bot, event, { trade, book: view, at: order.at }),
      ]),
      audited(ctx, order.by, {
        userId: book.userId,
        action: order.action,
        subjectType: 'position',
        subjectId: positionId,
        details: { botId: book.botId, message: outcome.message },
      }),
      ...order.by.remember(result),
    ],
  };
}

function judge({ ctx, manager }: BotDeps, book: BotBook, order: HandOrder): DecisionResult {
  const { rules } = manager.botOf(book.botId);
  const held = book.account.positions.find(({ id }) => id === order.decision.closePositionId);
  if (held && !ctx.market.spec(held.symbol)) return closeGone(book, held, { rules, at: order.at });
  return applyDecision(book.account, order.decision, {
    rules,
    isMarketOpen: order.isOpen,
    spec: (symbol) => ctx.market.spec(symbol),
    quote: (symbol) => ctx.market.quote(symbol),
    decisionPrice: (symbol) => ctx.market.quote(symbol)?.price,
    positionId: '',
    at: order.at,
    cause: 'manual',
  });
}

/** Whole, whatever part was asked for: there is no step to cut it by. */
function closeGone(
  { account }: BotBook,
  position: BotBook['account']['positions'][number],
  { rules, at }: { rules: Parameters<typeof exit>[2]; at: number },
): DecisionResult {
  const price = position.costMicros / 1e6 / position.quantity;
  const spec = goneSymbol(position.symbol, position.quantity);
  const order = { position, spec, quantity: position.quantity, price, cause: 'manual' } as const;
  const closed = exit(account, { ...order, decisionPrice: price, slippage: 0, at }, rules);
  return {
    account: closed.account,
    events: [closed.event],
    outcome: {
      code: 'closed',
      accepted: true,
      message: `closed ${position.side} ${position.symbol} at what it cost: this market has no price of it`,
      notes: [],
      positionId: position.id,
    },
  };
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
