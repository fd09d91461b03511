import type { TradeView } from '../contract/http/bots.ts';
import type { BookView, EventPayload } from '../contract/live-events.ts';
import type { Write } from '../db/prepared.ts';
import { accrueFunding } from '../engine/funding.ts';
import type { EngineEvent, Tick } from '../engine/model.ts';
import { onPrice } from '../engine/on-price.ts';
import type { AppContext, BotBook } from '../context.ts';
import { NotFoundError } from '../errors.ts';
import type { FundingRate } from '../market/source.ts';
import type { ActiveBot } from './active-bot.ts';
import type { BookStore, Change } from './book-store.ts';
import { eventToWrites } from './event-rows.ts';
import { OWNER_SIGHT, publicBook, releasedAt, type Sight } from './projection.ts';
import { publishNews } from './publish.ts';
import { bookView, tradeView, usd } from './views.ts';

export interface ExitDeps {
  readonly ctx: Pick<AppContext, 'db' | 'market' | 'newId' | 'log'>;
  readonly books: BookStore;
  /** @throws NotFoundError for a bot that is gone. */
  readonly botOf: (botId: string) => ActiveBot;
}

/** Marks every book at the new prices and books the exits they cause, each bot's in a transaction of its own. */
export async function runExits(deps: ExitDeps, ticks: readonly Tick[]): Promise<void> {
  const due = ticks.flatMap((tick) =>
    deps.books.mark(tick.symbol, tick.price).map((botId) => ({ botId, tick })),
  );
  await Promise.all(due.map(({ botId, tick }) => runExit(deps, botId, tick)));
}

async function runExit(deps: ExitDeps, botId: string, tick: Tick): Promise<void> {
  const spec = deps.ctx.market.spec(tick.symbol);
  // A symbol this market lacks has no ticks.
  if (!spec) return;
  await changeUnlessGone(deps, botId, (book) => {
    const { account, events } = onPrice(book.account, tick, { spec, rules: deps.botOf(botId).rules });
    return planExit(deps, book, { account, events, at: tick.at });
  });
}

/** A bot may be deleted while its book waits for another change; then there is nothing left to do. */
async function changeUnlessGone(
  { books }: ExitDeps,
  botId: string,
  plan: (book: BotBook) => Change<void>,
): Promise<void> {
  try {
    await books.change(botId, plan);
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
  }
}

interface Outcome {
  readonly account: BotBook['account'];
  readonly events: readonly EngineEvent[];
  readonly at: number;
}

function planExit(deps: ExitDeps, book: BotBook, { account, events, at }: Outcome): Change<void> {
  const markOf = (symbol: string) => deps.ctx.market.quote(symbol)?.price;
  const view = () => bookView(book.botId, account, (symbol) => markOf(symbol) ?? null);
  const writes = events.flatMap((event) => {
    const { writes: rows, trade } = eventToWrites(book, event, {
      newId: deps.ctx.newId,
      markOf,
      decision: null,
    });
    return [
      ...rows,
      ...newsOf(deps.botOf(book.botId), event, { trade: trade && tradeView(trade), book: view(), at }),
    ];
  });
  return { account, writes, value: undefined };
}

/** Exits are news for everyone; funding only for those who watch the bot and may see its positions. */
export function newsOf(
  bot: ActiveBot,
  event: EngineEvent,
  { trade, book, at }: { trade: TradeView | null; book: BookView; at: number },
): Write[] {
  if (trade)
    return publishNews(bot, {
      at,
      isForArena: true,
      tell: (sight) => exitPayload(bot, sight, { trade, book, at }),
    });
  const tell = (sight: Sight) => (sight.positions ? quietPayload(bot.botId, event, book) : null);
  return publishNews(bot, { at, isForArena: false, tell });
}

function exitPayload(
  bot: ActiveBot,
  sight: Sight,
  { trade, book, at }: { trade: TradeView; book: BookView; at: number },
): EventPayload {
  return {
    type: 'exit',
    botId: bot.botId,
    botName: bot.name,
    trade: sight.positions ? trade : null,
    book: publicBook(book, sight),
    releasesAt: sight === OWNER_SIGHT ? null : releasedAt(bot.publishing, at, at),
  };
}

function quietPayload(botId: string, event: EngineEvent, book: BookView): EventPayload | null {
  if (event.type === 'adjusted') return { type: 'adjusted', botId, positionId: event.position.id, book };
  if (event.type !== 'funding') return null;
  return {
    type: 'funding',
    botId,
    symbol: event.position.symbol,
    positionId: event.position.id,
    rate: event.rate,
    amount: usd(event.amountMicros),
    book,
  };
}

/**
 * Charges funding to every position on the symbols, before the prices of the same instant are looked at. A position that
 * the charge alone brings to its liquidation is closed at the mark, the last price that was traded.
 */
export async function runFunding(deps: ExitDeps, rates: readonly FundingRate[]): Promise<void> {
  for (const { symbol, rate, at } of rates) {
    const [spec, mark] = [deps.ctx.market.spec(symbol), deps.ctx.market.quote(symbol)?.price];
    if (!spec || mark === undefined) continue;
    const holders = deps.books
      .list()
      .filter((book) => book.account.positions.some((held) => held.symbol === symbol));
    await Promise.all(
      holders.map(async ({ botId }) => {
        await deps.books.change(botId, (book) => {
          const { account, events } = accrueFunding(book.account, { spec, rate, mark, at });
          return planExit(deps, book, { account, events, at });
        });
        await runExit(deps, botId, { symbol, price: mark, at, path: 'jump' });
      }),
    );
  }
}
