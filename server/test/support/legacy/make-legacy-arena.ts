import { seededRandom } from '../../../llm/providers/house/seeded-random.ts';
import {
  auditRows,
  leaderboardRows,
  makeUsers,
  providerRows,
  sealWith,
  settingRows,
  userRows,
  walletRows,
} from './account-rows.ts';
import { bookAt, walkBook } from './book.ts';
import { historyRows } from './history-rows.ts';
import { botRow, makeBot, type MadeBot } from './made-bot.ts';
import { legacyMarket, type LegacyMarket } from './market.ts';
import type { OldState } from './old-arena.ts';
import { sqlTime } from './old-tables.ts';
import type { OrderShape } from './order-shapes.ts';
import { PERSONAS, type Persona } from './personas.ts';
import type { LegacyRow, LegacySpec } from './write-legacy-database.ts';

const SNAPSHOT_MS = 10 * 60_000;
const ORDER_MS = 6 * 3_600_000;

export interface LegacyArenaOptions {
  readonly seed: number;
  /** Two bots a user, and never less than two users. */
  readonly bots: number;
  /** Orders in the blob, entries and exits together. */
  readonly ordersPerBot: number;
  readonly logsPerBot: number;
  /** Rows of all bots together, one a bot every ten minutes, the last ones at the end. */
  readonly snapshots: number;
  readonly symbols: number;
  /** `mixed`: the last bot writes the audit's orders, the others the running server's. */
  readonly orderShape: OrderShape | 'mixed';
  /** Whether trades, positions and bot_decisions are empty, or repeat what the blob has. */
  readonly tables: 'empty' | 'both';
  /** Default 2; one more where orders do not come out even. */
  readonly openPositionsPerBot?: number;
  /** Older orders that the old server has dropped from the blob: what is left does not add up. Default 0, should be even. */
  readonly ordersTrimmed?: number;
  /** Default 300. */
  readonly valuePoints?: number;
  /** Default 2026-11-01T00:00:00Z. */
  readonly now?: number;
  /** 32 bytes that keys are sealed under; without it they are random bytes. See `legacySecretOf`. */
  readonly encryptionKey?: Buffer;
}

export interface LegacyArena extends LegacySpec {
  readonly state: OldState;
}

/** A coherent arena of the old server; the same options give the same arena. */
export function makeLegacyArena(options: LegacyArenaOptions): LegacyArena {
  const now = options.now ?? Date.UTC(2026, 10, 1);
  const market = legacyMarket(options.seed, options.symbols);
  const random = seededRandom(`legacy accounts ${options.seed}`);
  const users = makeUsers(random, Math.max(2, Math.ceil(options.bots / 2)));
  const seal = sealWith(random, options.encryptionKey);
  const bots = makeBots(options, { users, market, now });
  const ranked = bots.map(({ state, book }) => ({
    botId: state.id,
    userId: state.userId,
    initialBalance: state.initialBalance,
    values: bookAt(book, market, now),
  }));
  const history = options.tables === 'both' ? historyRows(bots, market, now) : EMPTY_HISTORY;
  return {
    state: { bots: bots.map(({ state }) => state), marketData: market.quotesAt(now) },
    updatedAt: now,
    tables: {
      users: userRows(users, now),
      llm_providers: providerRows(users, seal, now),
      wallets: walletRows(users, seal, now),
      bots: bots.map((bot, i) => botRow(bot, now - (60 - i) * 86_400_000)),
      system_settings: settingRows(now),
      ...history,
      bot_state_snapshots: snapshotRows(options.snapshots, bots, { market, now }),
      leaderboard: leaderboardRows(ranked, now),
      audit_log: auditRows(random, users, now),
    },
  };
}

const EMPTY_HISTORY = { trades: [], positions: [], bot_decisions: [] };

interface Setting {
  readonly market: LegacyMarket;
  readonly now: number;
}

function makeBots(
  options: LegacyArenaOptions,
  { users, market, now }: Setting & { readonly users: ReturnType<typeof makeUsers> },
): MadeBot[] {
  const { ordersTrimmed = 0, openPositionsPerBot: openPositions = 2, valuePoints = 300 } = options;
  const ticks = ticksOf(options.snapshots, options.bots);
  const from =
    now - Math.max(ticks * SNAPSHOT_MS, (options.ordersPerBot + ordersTrimmed) * ORDER_MS, ORDER_MS);
  return Array.from({ length: options.bots }, (_, index) => {
    const user = users[Math.floor(index / 2)];
    if (!user) throw new RangeError(`Bot ${index} has no user`);
    return makeBot({
      market,
      now,
      from,
      user,
      index,
      persona: personaOf(index),
      openPositions,
      ordersTrimmed,
      valuePoints,
      random: seededRandom(`legacy bot ${options.seed} ${index}`),
      orders: options.ordersPerBot,
      logs: options.logsPerBot,
      shape: shapeOf(options, index),
    });
  });
}

function personaOf(index: number): Persona {
  const persona = PERSONAS[index % PERSONAS.length];
  if (!persona) throw new RangeError('There are no personas');
  const round = Math.floor(index / PERSONAS.length) + 1;
  return round === 1 ? persona : { ...persona, name: `${persona.name} ${round}` };
}

function shapeOf({ orderShape, bots }: LegacyArenaOptions, index: number): OrderShape {
  if (orderShape !== 'mixed') return orderShape;
  return index === bots - 1 ? 'audit' : 'running';
}

function ticksOf(snapshots: number, bots: number): number {
  return bots === 0 ? 0 : Math.ceil(snapshots / bots);
}

/** Oldest first, all bots within the same second; when they do not come out even, the last bots lack the oldest. */
function snapshotRows(count: number, bots: readonly MadeBot[], { market, now }: Setting): LegacyRow[] {
  const ticks = ticksOf(count, bots.length);
  const walks = bots.map(({ state, book }) => ({ state, valuesAt: walkBook(book, market) }));
  const rows = Array.from({ length: ticks }, (_, tick) => {
    const at = now - SNAPSHOT_MS * (ticks - 1 - tick) - (tick % 3) * 1000 - 4000;
    return walks.map(({ state, valuesAt }) => {
      const values = valuesAt(at);
      return {
        bot_id: state.id,
        user_id: state.userId,
        balance: values.balance,
        unrealized_pnl: values.unrealizedPnl,
        realized_pnl: values.realizedPnl,
        total_value: values.totalValue,
        trade_count: values.tradeCount,
        win_rate: values.winRate,
        timestamp: sqlTime(at),
      };
    });
  }).flat();
  return rows.slice(rows.length - count);
}
