import { describe, expect, it } from 'vitest';
import {
  arenaOf,
  bookOf,
  botOf,
  detailOf,
  eventOf,
  exitOf,
  positionOf,
  tradeOf,
  turnOf,
} from './fixtures.ts';
import {
  appendPoint,
  patchArena,
  patchBot,
  patchBotDetail,
  patchEquity,
  replaceBot,
  upsertBot,
  type EquityState,
} from './patch.ts';

const decidedHold = {
  action: 'HOLD',
  symbol: null,
  size: null,
  leverage: null,
  stopLoss: null,
  takeProfit: null,
  closeFraction: null,
  confidence: null,
  reasoning: null,
  outcome: null,
};

describe('patchArena', () => {
  it('takes the book of a turn: value = cash + margin + unrealised', () => {
    const next = patchArena(
      arenaOf(),
      eventOf(6, turnOf({ book: bookOf({ positions: [positionOf({ unrealizedPnl: 25 })] }) })),
    );
    expect(next.seq).toBe(6);
    expect(next.bots[0]).toMatchObject({
      totalValue: 10_025,
      unrealizedPnl: 25,
      returnFraction: 0.0025,
      openPositionCount: 1,
      winRate: 1,
      isTurnRunning: false,
      nextTurnAt: 200,
    });
  });

  it('puts what people read on top of the feed and leaves the rest out', () => {
    const turned = patchArena(arenaOf(), eventOf(6, turnOf()));
    const counted = patchArena(turned, eventOf(7, { type: 'equity', timestamp: 1, values: [] }));
    const exited = patchArena(counted, eventOf(8, exitOf()));
    expect(exited.feed.map(({ seq }) => seq)).toEqual([8, 6]);
  });

  it('lets holds go first when the feed is full', () => {
    let state = patchArena(arenaOf(), eventOf(6, turnOf({ trades: [tradeOf()], decisions: [] })));
    for (let seq = 7; seq < 300; seq += 1)
      state = patchArena(state, eventOf(seq, turnOf({ decisions: [decidedHold] })));
    expect(state.feed).toHaveLength(100);
    expect(state.feed.at(-1)?.seq).toBe(6);
    expect(state.feed[0]?.seq).toBe(299);
  });

  it('keeps what an event does not touch, so that only its readers render', () => {
    const state = arenaOf();
    const next = patchArena(state, eventOf(6, { type: 'equity', timestamp: 1, values: [] }));
    expect(next.bots).toBe(state.bots);
    expect(next.feed).toBe(state.feed);
    expect(next.markets).toBe(state.markets);
  });

  it('applies an event once', () => {
    const event = eventOf(6, turnOf());
    const once = patchArena(arenaOf(), event);
    expect(patchArena(once, event)).toBe(once);
    expect(patchArena(arenaOf(), eventOf(5, turnOf())).feed).toHaveLength(0);
  });

  it('hides a deleted bot and its past', () => {
    const state = patchArena(arenaOf(), eventOf(6, turnOf()));
    const next = patchArena(state, eventOf(7, { type: 'bot', botId: 'a', change: 'deleted' }));
    expect(next.bots.map(({ id }) => id)).toEqual(['b']);
    expect(next.feed).toEqual([]);
  });

  it('takes the market’s word', () => {
    const status = { source: 'csv', kind: 'replay', now: 9, status: 'finished', speed: null } as const;
    expect(patchArena(arenaOf(), eventOf(6, { type: 'market', status })).market).toEqual(status);
  });
});

describe('patchBot', () => {
  it('moves the day’s change with the value, on the same base', () => {
    const bot = botOf({ totalValue: 12_500, change24h: 0.25 });
    const next = patchBot(bot, { type: 'equity', timestamp: 1, values: [['a', 11_000]] });
    expect(next.change24h).toBeCloseTo(0.1, 12);
    expect(next.change1h).toBeNull();
  });

  it('leaves other bots untouched', () => {
    const bot = botOf({ id: 'b' });
    expect(patchBot(bot, turnOf())).toBe(bot);
    expect(patchBot(bot, { type: 'equity', timestamp: 1, values: [['a', 1]] })).toBe(bot);
  });

  it('keeps what withheld positions were worth until a snapshot says it', () => {
    const bot = botOf({ cash: 9_000, margin: 1_000, unrealizedPnl: 40, openPositionCount: 2 });
    const withheld = bookOf({ cash: 8_500, margin: 1_500, positions: [] });
    expect(patchBot(bot, turnOf({ book: withheld }))).toMatchObject({
      totalValue: 10_040,
      unrealizedPnl: 40,
      openPositionCount: 2,
    });
    const flat = bookOf({ cash: 10_020, margin: 0, positions: [] });
    expect(patchBot(bot, exitOf({ book: flat }))).toMatchObject({ totalValue: 10_020, openPositionCount: 0 });
  });

  it('shows a pause at once', () => {
    expect(patchBot(botOf(), { type: 'bot', botId: 'a', change: 'paused' })).toMatchObject({
      isPaused: true,
      nextTurnAt: null,
    });
  });

  it('replaces the open positions of a bot’s own page', () => {
    const detail = detailOf({ openPositions: [positionOf({ id: 'old' })] });
    expect(patchBotDetail(detail, exitOf()).openPositions).toEqual([]);
    expect(patchBotDetail(detail, { type: 'equity', timestamp: 1, values: [] }).openPositions).toHaveLength(
      1,
    );
  });

  it('puts a bot that is read again in its place', () => {
    const bots = [botOf(), botOf({ id: 'b' })];
    expect(upsertBot(bots, botOf({ name: 'New' })).map(({ name }) => name)).toEqual(['New', 'Astrologer']);
    expect(upsertBot(bots, botOf({ id: 'c' }))).toHaveLength(3);
    expect(replaceBot(bots, botOf({ id: 'c' }))).toBe(bots);
  });

  it('takes no newcomer on a full first screen', () => {
    const bots = Array.from({ length: 100 }, (_, index) => botOf({ id: `bot-${index}` }));
    expect(upsertBot(bots, botOf({ id: 'new' }))).toBe(bots);
    expect(upsertBot(bots, botOf({ id: 'bot-99', name: 'New' })).at(-1)?.name).toBe('New');
  });
});

describe('patchEquity', () => {
  const state: EquityState = { range: '1h', seq: 5, series: [{ botId: 'a', points: [[1_000, 10_000]] }] };

  const created = (seq: number, botId: string) => eventOf(seq, { type: 'bot', botId, change: 'created' });
  const valued = (seq: number, values: [string, number][]) =>
    eventOf(seq, { type: 'equity', timestamp: 2_000, values });

  it('appends to each curve and starts one for a newcomer', () => {
    const values: [string, number][] = [
      ['a', 10_010],
      ['b', 9],
    ];
    const next = patchEquity(patchEquity(state, created(6, 'b')), valued(7, values));
    expect(next.series).toEqual([
      {
        botId: 'a',
        points: [
          [1_000, 10_000],
          [2_000, 10_010],
        ],
      },
      { botId: 'b', points: [[2_000, 9]] },
    ]);
  });

  it('draws whom the server chose out of a thousand, and newcomers while there is room', () => {
    const values = Array.from({ length: 1_000 }, (_, index): [string, number] => [`bot-${index}`, index]);
    expect(patchEquity(state, valued(6, values)).series).toHaveLength(1);
    const full = values.reduce((next, [botId], index) => patchEquity(next, created(6 + index, botId)), state);
    expect(full.series).toHaveLength(32);
    expect(patchEquity(full, created(2_000, 'bot-0')).series).toHaveLength(32);
  });

  it('ignores what it already includes', () => {
    expect(patchEquity(state, eventOf(5, { type: 'equity', timestamp: 2_000, values: [['a', 1]] }))).toBe(
      state,
    );
  });

  it('lets go of what has left the range', () => {
    expect(
      appendPoint(
        [
          [0, 1],
          [10, 2],
        ],
        [3_600_005, 3],
        '1h',
      ),
    ).toEqual([
      [10, 2],
      [3_600_005, 3],
    ]);
    expect(
      appendPoint(
        [
          [0, 1],
          [10, 2],
        ],
        [3_600_005, 3],
        'all',
      ),
    ).toHaveLength(3);
  });

  it('does not go back in time', () => {
    expect(appendPoint([[10, 1]], [10, 2], 'all')).toEqual([[10, 1]]);
  });

  it('stays drawable and keeps its newest half whole', () => {
    let points: readonly [number, number][] = [];
    for (let at = 1; at <= 5_000; at += 1) points = appendPoint(points, [at, at], 'all');
    expect(points.length).toBeLessThanOrEqual(1_200);
    expect(points[0]?.[0]).toBe(1);
    expect(points.slice(-300).map(([at]) => at)).toEqual(
      Array.from({ length: 300 }, (_, index) => 4_701 + index),
    );
  });
});
