import type { BotBook } from '../context.ts';
import { resetAccount } from '../engine/reset-account.ts';
import { toMicros } from '../engine/money.ts';
import type { Write } from '../db/prepared.ts';
import type { Change } from './book-store.ts';
import { changeTold, reloadBot, type BotDeps, type BotKey, type By } from './bots.ts';
import { eventToWrites, ledgerWrites } from './event-rows.ts';
import { newsOf } from './exits.ts';
import { bookView, tradeView } from './views.ts';

/**
 * Ends the bot's epoch and begins the next: positions closed at the mark, cash posted back, a new deposit. History is
 * kept; figures are those of the new epoch. A turn that is under way meanwhile ends without trades: it was asked about
 * the old one.
 * @throws NotFoundError
 */
export async function resetBot(
  deps: BotDeps,
  bot: BotKey,
  { initialBalanceUsd, by }: { initialBalanceUsd: number; by: By },
): Promise<void> {
  await deps.books.change(bot.botId, (book) =>
    planReset(deps, book, { deposit: toMicros(initialBalanceUsd), by }),
  );
  await reloadBot(deps, bot.botId);
}

function planReset(deps: BotDeps, book: BotBook, { deposit, by }: { deposit: number; by: By }): Change<void> {
  const { ctx, manager } = deps;
  const active = manager.botOf(book.botId);
  const at = ctx.clock.pricedAt();
  const markOf = (symbol: string) => ctx.market.quote(symbol)?.price;
  const {
    account,
    events,
    withdrawal,
    deposit: postings,
  } = resetAccount(book.account, {
    rules: active.rules,
    spec: (symbol) => ctx.market.spec(symbol),
    mark: markOf,
    depositMicros: deposit,
    at,
  });
  const view = bookView(book.botId, account, (symbol) => markOf(symbol) ?? null);
  const closes = events.flatMap((event) => {
    const { writes, trade } = eventToWrites(book, event, { newId: ctx.newId, markOf, decision: null });
    return [...writes, ...newsOf(active, event, { trade: trade && tradeView(trade), book: view, at })];
  });
  const group = (cause: 'reset' | 'deposit') =>
    ({ groupId: ctx.newId(), cause, positionId: null, tradeId: null, at }) as const;
  const writes: Write[] = [
    ...(by.also ?? []),
    ...closes,
    ...ledgerWrites(book, withdrawal, group('reset')),
    ...ledgerWrites({ ...book, epoch: book.epoch + 1 }, postings, group('deposit')),
    ...changeTold(ctx, book, { name: 'reset', by, details: { epoch: book.epoch + 1 } }),
    ...by.remember({ botId: book.botId }),
  ];
  return { account, writes, value: undefined, nextEpoch: { initialBalanceMicros: deposit } };
}
