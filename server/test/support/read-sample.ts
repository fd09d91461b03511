import { appendEvent } from '../../db/queries/events.ts';
import { decidedView, bookView, tradeView } from '../../arena/views.ts';
import type { EventPayload } from '../../contract/live-events.ts';
import { OWNER_SIGHT, type Sight } from '../../arena/projection.ts';
import type { Write } from '../../db/prepared.ts';
import {
  DECISION,
  insertBot,
  insertDecision,
  insertPosition,
  insertRows,
  insertSnapshots,
  insertUser,
  NOON,
  OUTCOME,
  tradeRow,
} from './factories.ts';
import type { ReadWorld } from './read-context.ts';

const MINUTE_MS = 60_000;
export const HOUSE = { botId: 'house-bot', userId: 'house', isHouse: true };
export const USERS = { botId: 'user-bot', userId: 'alice', isHouse: false };

/** A house bot and a user's bot, each with trades, positions, decisions, two hours of snapshots and events. */
export async function fillReadWorld(world: ReadWorld): Promise<void> {
  const { db } = world;
  for (const { botId, userId, isHouse } of [HOUSE, USERS]) {
    await insertUser(db, { id: userId, isHouse });
    await insertBot(db, { id: botId, userId, strategy: isHouse ? 'random' : 'momentum', cashUsd: 9_500 });
    const own = { botId, userId };
    await insertPosition(db, { id: `${botId}-open`, ...own, status: 'open' });
    for (let i = 0; i < 5; i += 1)
      await insertPosition(db, {
        id: `${botId}-closed-${i}`,
        ...own,
        symbol: i % 2 ? 'ETHUSDT' : 'BTCUSDT',
        opened_at: NOON - i * MINUTE_MS,
      });
    await insertRows(
      db,
      'trades',
      Array.from({ length: 25 }, (_, i) =>
        tradeRow({
          id: `${botId}-trade-${i}`,
          ...own,
          symbol: i % 5 ? 'BTCUSDT' : 'ETHUSDT',
          // Five at a time share an instant.
          executed_at: NOON - Math.floor(i / 5) * MINUTE_MS,
        }),
      ),
    );
    for (let i = 0; i < 3; i += 1)
      await insertDecision(db, {
        id: `${botId}-decision-${i}`,
        ...own,
        turnNo: i + 1,
        at: NOON - i * MINUTE_MS,
      });
  }
  await insertSnapshots(
    db,
    Array.from({ length: 120 }, (_, i) => NOON - (119 - i) * MINUTE_MS).flatMap((at, i) =>
      [HOUSE, USERS].map(({ botId, userId }) => ({ botId, userId, at, value: 10_000 + i })),
    ),
  );
  world.market.candles = ['BTCUSDT', 'ETHUSDT'].flatMap((symbol) =>
    Array.from({ length: 60 }, (_, i) => ({ ...candle(symbol, NOON - (60 - i) * MINUTE_MS) })),
  );
  await insertRows(
    db,
    'candles',
    ['BTCUSDT', 'ETHUSDT'].flatMap((symbol) =>
      Array.from({ length: 3 * 24 * 60 }, (_, i) => {
        const { openedAt, ...rest } = candle(symbol, NOON - (3 * 24 * 60 - i) * MINUTE_MS);
        return { ...rest, opened_at: openedAt };
      }),
    ),
  );
  await insertModelFigures(world);
  await insertBoard(world);
  await world.load();
  await db.commit([...turnEvents(world, HOUSE, 1), ...turnEvents(world, USERS, 1)]);
}

/** Every minute has prices of its own: open = minutes since the epoch, high one above, low one below, close one half up. */
function candle(symbol: string, openedAt: number) {
  const open = openedAt / MINUTE_MS;
  return { symbol, openedAt, open, high: open + 1, low: open - 1, close: open + 0.5, volume: 2 };
}

/** What the user's bot asked a model, and what came of it. */
async function insertModelFigures({ db }: ReadWorld): Promise<void> {
  const own = { user_id: USERS.userId, bot_id: USERS.botId, provider_type: 'openai', model: 'gpt-x' };
  const counts = { turns: 3, decisions: 4, accepted: 2, rejected: 2, calls: 5, failed_calls: 2 };
  await insertRows(db, 'decision_stats', [
    {
      ...own,
      ...counts,
      day_at: NOON - 12 * 60 * MINUTE_MS,
      unparseable: 1,
      unknown_symbol: 1,
      clamped: 1,
      mended: 1,
      refused: 1,
      timed_out: 1,
    },
  ]);
  await insertRows(
    db,
    'llm_calls',
    [100, 200, 300].map((latency_ms, i) => ({
      ...own,
      id: `call-${i}`,
      turn_id: null,
      provider_id: `provider-${USERS.botId}`,
      purpose: 'decide' as const,
      started_at: NOON - i * MINUTE_MS,
      latency_ms,
      tokens_in: 1000,
      tokens_cached: 0,
      tokens_out: 100,
      cost_micros: 1000,
      failure: null,
      finish_reason: 'stop',
    })),
  );
}

async function insertBoard({ db }: ReadWorld): Promise<void> {
  await insertRows(
    db,
    'leaderboard',
    [HOUSE, USERS].map(({ botId, userId, isHouse }, i) => ({
      period: 'all' as const,
      rank: i + 1,
      place: isHouse ? null : 1,
      user_id: userId,
      bot_id: botId,
      total_value: 10_000,
      return_fraction: 0,
      pnl: 0,
      max_drawdown: null,
      sharpe: null,
      trade_count: 30 * i,
      win_rate: null,
      from_at: NOON - 1,
      to_at: NOON,
      model_cost: i,
      net_rank: 2 - i,
      net_place: isHouse ? null : 1,
    })),
  );
}

/** What others see of a user's bot unless its owner says otherwise. */
const STRANGER: Sight = { positions: true, reasoning: false, prompt: false };

/** A turn as the arena tells of it, in both of its rooms. */
export function turnEvents(
  { books, market }: Pick<ReadWorld, 'books' | 'market'>,
  { botId, userId, isHouse }: typeof HOUSE,
  turnNo: number,
): Write[] {
  const account = books.get(botId)?.account;
  if (!account) throw new Error(`no book of ${botId}`);
  const payload: EventPayload = {
    type: 'turn',
    botId,
    botName: botId,
    turnNo,
    decisionId: `${botId}-decision-0`,
    executionSuccess: true,
    decisions: [decidedView(DECISION, OUTCOME, isHouse ? OWNER_SIGHT : STRANGER)],
    trades: [tradeView(tradeRow({ id: `${botId}-trade-0`, botId, userId }))],
    book: bookView(botId, account, (symbol) => market.quote(symbol)?.price ?? null),
    nextTurnAt: NOON,
    releasesAt: null,
  };
  return [appendEvent('arena', market.now, payload), appendEvent(`bot:${botId}`, market.now, payload)];
}
