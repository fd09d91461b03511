import { QueryClient, type InfiniteData } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BotSummary, Decided, LeaderboardRow, Page, TradeView } from '../api/contract.ts';
import { botsQuery, keys, leaderboardQuery, type BoardPage, type BotsPage } from '../api/queries.ts';
import { ArenaClock } from './arena-clock.ts';
import {
  arenaOf,
  bookOf,
  botOf,
  decidedOf,
  detailOf,
  eventOf,
  positionOf,
  rowOf,
  tradeOf,
  turnOf,
} from './fixtures.ts';
import type { ArenaState, EquityState } from './patch.ts';
import { LiveSync } from './sync.ts';
import { priceKey, TickStore, valueKey } from './ticks.ts';

function syncOf() {
  const queries = new QueryClient();
  const ticks = new TickStore();
  const clock = new ArenaClock(() => 0);
  return { queries, ticks, clock, sync: new LiveSync(queries, ticks, clock) };
}

describe('LiveSync', () => {
  it('patches figures, lists, curves and ticks with one event', () => {
    const { queries, ticks, sync } = syncOf();
    queries.setQueryData(keys.arena, arenaOf());
    queries.setQueryData(keys.equity('1h'), {
      range: '1h',
      seq: 5,
      series: [{ botId: 'a', points: [] }],
    } satisfies EquityState);
    sync.event(eventOf(6, { type: 'equity', timestamp: 9, values: [['a', 10_500]] }));
    expect(queries.getQueryData<ArenaState>(keys.arena)?.bots[0]?.totalValue).toBe(10_500);
    expect(queries.getQueryData<EquityState>(keys.equity('1h'))?.series).toEqual([
      { botId: 'a', points: [[9, 10_500]] },
    ]);
    expect(ticks.get(valueKey('a'))).toBe(10_500);
  });

  it('tells the value of a bot the first screen does not name', () => {
    const { queries, ticks, sync } = syncOf();
    queries.setQueryData(keys.arena, arenaOf());
    const book = bookOf({ cash: 9_000, margin: 500, positions: [positionOf({ unrealizedPnl: 25 })] });
    sync.event(eventOf(6, turnOf({ botId: 'far', book })));
    expect(ticks.get(valueKey('far'))).toBe(9_525);
  });

  it('replaces everything with a snapshot', () => {
    const { queries, ticks, sync } = syncOf();
    queries.setQueryData(keys.arena, arenaOf({ seq: 900 }));
    ticks.set(priceKey('BTCUSDT'), 1);
    sync.snapshot({ room: 'arena', seq: 2, state: { ...arenaOf({ seq: 2, bots: [] }), equity: [] } });
    expect(queries.getQueryData<ArenaState>(keys.arena)).toMatchObject({ seq: 2, bots: [] });
    expect(ticks.get(priceKey('BTCUSDT'))).toBeUndefined();
  });

  it('puts new trades on top of the lists they belong to, once', () => {
    const { queries, sync } = syncOf();
    const list = (symbol: string | null) => [...keys.trades('a'), symbol];
    const page: InfiniteData<Page<TradeView>> = {
      pages: [{ items: [tradeOf()], nextCursor: null }],
      pageParams: [null],
    };
    queries.setQueryData(list(null), page);
    queries.setQueryData(list('ETHUSDT'), page);
    const trades = [tradeOf(), tradeOf({ id: 't2' }), tradeOf({ id: 't3' })];
    sync.event(eventOf(1, turnOf({ trades }), 'bot:a'));
    const ids = (symbol: string | null) =>
      queries.getQueryData<InfiniteData<Page<TradeView>>>(list(symbol))?.pages[0]?.items.map(({ id }) => id);
    expect(ids(null)).toEqual(['t3', 't2', 't1']);
    expect(ids('ETHUSDT')).toEqual(['t1']);
  });

  it('keeps volatile prices out of the cache and wakes only their readers', () => {
    const { queries, ticks, sync } = syncOf();
    queries.setQueryData(keys.arena, arenaOf());
    const before = queries.getQueryData(keys.arena);
    const woken: string[] = [];
    ticks.subscribe(priceKey('BTCUSDT'), () => woken.push('btc'));
    ticks.subscribe(priceKey('ETHUSDT'), () => woken.push('eth'));
    sync.prices({ at: 1, prices: { BTCUSDT: 67_000 }, values: [['a', 1]] });
    sync.prices({ at: 2, prices: { BTCUSDT: 67_000 }, values: [] });
    expect(woken).toEqual(['btc']);
    expect(queries.getQueryData(keys.arena)).toBe(before);
  });

  it('brings a bot’s page up to its room', () => {
    const { sync } = syncOf();
    const bot = detailOf({ openPositions: [positionOf()] });
    sync.snapshot({ room: 'bot:a', seq: 1, state: { seq: 1, bot, equity: [] } });
    expect(sync.knownBot('a')?.openPositions).toHaveLength(1);
    sync.event(eventOf(2, { type: 'equity', timestamp: 1, values: [['a', 9_000]] }, 'bot:a'));
    expect(sync.knownBot('a')?.totalValue).toBe(9_000);
  });
});

describe('LiveSync of one’s own bots', () => {
  const own = { providerId: 'house:momentum', settings: {}, publishing: detailOf().publishing };

  it('never lets a stranger’s view replace the owner’s', () => {
    const { queries, sync } = syncOf();
    const mine = detailOf({ own, prompt: 'secret', openPositions: [positionOf()] });
    queries.setQueryData(keys.bot('a'), mine);
    sync.snapshot({ room: 'bot:a', seq: 1, state: { seq: 1, bot: detailOf(), equity: [] } });
    sync.event(eventOf(2, turnOf({ book: bookOf({ positions: [] }) }), 'bot:a'));
    expect(sync.knownBot('a')).toEqual(mine);
    expect(queries.getQueryState(keys.bot('a'))?.isInvalidated).toBe(true);
  });

  it('follows the whole news of the user’s own room, and not the bot’s beside it', () => {
    const { queries, ticks, sync } = syncOf();
    queries.setQueryData(keys.arena, arenaOf());
    queries.setQueryData(keys.bot('a'), detailOf({ own }));
    sync.snapshot({ room: 'user:u', seq: 0, state: { userId: 'u' } });
    queries.setQueryData(keys.bot('a'), detailOf({ own }));
    const decisions = (reasoning: string | null): Decided[] => [decidedOf({ reasoning })];
    const withheld = turnOf({ book: bookOf({ positions: [] }), decisions: decisions(null) });
    const whole = turnOf({ book: bookOf(), decisions: decisions('EMA crossed') });
    sync.event(eventOf(6, withheld));
    sync.event({ ...eventOf(1, withheld, 'bot:a'), at: 6_000 });
    sync.event({ ...eventOf(1, whole, 'user:u'), at: 6_000 });
    expect(sync.knownBot('a')?.openPositions).toHaveLength(1);
    expect(queries.getQueryState(keys.bot('a'))?.isInvalidated).toBe(false);
    expect(ticks.get(valueKey('a'))).toBe(10_002);
    expect(queries.getQueryData<ArenaState>(keys.arena)?.feed[0]?.payload).toEqual(whole);
  });
});

describe('LiveSync of what is withheld', () => {
  it('tells no value it cannot know', () => {
    const { ticks, sync } = syncOf();
    ticks.set(valueKey('a'), 10_040);
    sync.event(eventOf(6, turnOf({ book: bookOf({ cash: 9_000, margin: 500, positions: [] }) })));
    expect(ticks.get(valueKey('a'))).toBe(10_040);
  });

  it('reads again what was released', () => {
    const { queries, sync } = syncOf();
    queries.setQueryData(keys.bot('a'), detailOf());
    queries.setQueryData(keys.decisions('a'), { pages: [], pageParams: [] });
    sync.event(eventOf(1, { type: 'released', botId: 'a', parts: ['reasoning'], upTo: 1 }, 'bot:a'));
    expect(queries.getQueryState(keys.decisions('a'))?.isInvalidated).toBe(true);
  });
});

describe('LiveSync of paged lists', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const listOf = (q: string, ...pages: BotSummary[][]): InfiniteData<BotsPage, string | null> => ({
    pages: pages.map((items) => ({ items, nextCursor: null, q })),
    pageParams: pages.map(() => null),
  });
  const boardOf = (...items: LeaderboardRow[]): InfiniteData<BoardPage, string | null> => ({
    pages: [{ items, nextCursor: null, q: '', rankBy: 'return', period: 'all', from: 1, to: 2 }],
    pageParams: [null],
  });
  const [all, search] = [botsQuery(''), botsQuery('degen')];

  it('patches every page and every search', () => {
    const { queries, sync } = syncOf();
    queries.setQueryData(all.queryKey, listOf('', [botOf()], [botOf({ id: 'b' })]));
    queries.setQueryData(search.queryKey, listOf('degen', [botOf({ id: 'b' })]));
    const [first] = queries.getQueryData(all.queryKey)?.pages ?? [];
    sync.event(eventOf(6, { type: 'equity', timestamp: 9, values: [['b', 10_500]] }));
    const after = queries.getQueryData(all.queryKey);
    expect(after?.pages[0]).toBe(first);
    expect(after?.pages[1]?.items[0]?.returnFraction).toBe(0.05);
    expect(queries.getQueryData(search.queryKey)?.pages[0]?.items[0]?.totalValue).toBe(10_500);
  });

  it('takes a deleted bot off every list', () => {
    const { queries, sync } = syncOf();
    const board = leaderboardQuery('all', '');
    queries.setQueryData(all.queryKey, listOf('', [botOf()], [botOf({ id: 'b' })]));
    queries.setQueryData(board.queryKey, boardOf(rowOf(1, botOf()), rowOf(2, botOf({ id: 'b' }))));
    sync.event(eventOf(6, { type: 'bot', botId: 'b', change: 'deleted' }));
    expect(queries.getQueryData(all.queryKey)?.pages.map(({ items }) => items.length)).toEqual([1, 0]);
    expect(queries.getQueryData(board.queryKey)?.pages[0]?.items.map(({ bot }) => bot.id)).toEqual(['a']);
  });

  it('reads the lists again for newcomers, together', () => {
    const { queries, sync } = syncOf();
    queries.setQueryData(keys.arena, arenaOf({ bots: Array.from({ length: 100 }, () => botOf()) }));
    queries.setQueryData(all.queryKey, listOf('', [botOf()]));
    const isOld = () => queries.getQueryState(all.queryKey)?.isInvalidated;
    for (let seq = 6; seq < 50; seq += 1) {
      sync.event(eventOf(seq, { type: 'bot', botId: `new-${seq}`, change: 'created' }));
    }
    expect([isOld(), vi.getTimerCount()]).toEqual([false, 1]);
    vi.runOnlyPendingTimers();
    expect([isOld(), vi.getTimerCount()]).toEqual([true, 0]);
  });
});

describe('ArenaClock', () => {
  it('runs at the market’s speed and never back', () => {
    let wall = 0;
    const clock = new ArenaClock(() => wall);
    clock.follow({ source: 'csv', kind: 'replay', now: 1_000, status: 'running', speed: 60 });
    wall = 10;
    expect(clock.now()).toBe(1_600);
    clock.seen(500);
    expect(clock.now()).toBe(1_600);
    clock.follow({ source: 'csv', kind: 'replay', now: 2_000, status: 'finished', speed: 60 });
    wall = 1_000;
    expect(clock.now()).toBe(2_000);
  });
});
