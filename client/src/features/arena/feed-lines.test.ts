import { describe, expect, it } from 'vitest';
import type { FeedItem } from '../../api/contract.ts';
import { bookOf, decidedOf, exitOf, positionOf, tradeOf, turnOf } from '../../live/fixtures.ts';
import { feedLines, foldHolds, matchesFilter, plainMessage, type FeedLine } from './feed-lines.ts';

const ticks = () => 1;

const said = (line: FeedLine | undefined): string =>
  line
    ? [line.verb, line.side, line.symbol, line.detail, line.pnlText, line.quote && `“${line.quote}”`]
        .filter(Boolean)
        .join(' ')
    : '';

const linesOf = (payload: FeedItem['payload']) => feedLines({ seq: 7, at: 1_000, payload }, ticks);

describe('feedLines', () => {
  it('tells an entry with its terms and reason', () => {
    const opened = { code: 'opened', accepted: true, message: '', notes: [], positionId: 'p1' };
    const [line] = linesOf(
      turnOf({
        trades: [tradeOf()],
        decisions: [
          decidedOf({
            action: 'LONG',
            symbol: 'BTCUSDT',
            reasoning: 'EMA12 crossed above EMA26',
            outcome: opened,
          }),
        ],
      }),
    );
    expect(said(line)).toBe('opened LONG BTCUSDT 3× · $500.00 margin @ 67,201 “EMA12 crossed above EMA26”');
    expect(line?.kind).toBe('trade');
  });

  it('tells an addition to a position from a new one', () => {
    const outcome = { code: 'increased', accepted: true, message: '', notes: [], positionId: 'p1' };
    const decisions = [decidedOf({ action: 'LONG', symbol: 'BTCUSDT', outcome })];
    expect(linesOf(turnOf({ trades: [tradeOf()], decisions }))[0]?.verb).toBe('added to');
  });

  it.each([
    ['stop-loss', 'stopped out SHORT SOLUSDT @ 171 −$41.20 (−8.24%)'],
    ['take-profit', 'hit the target with SHORT SOLUSDT @ 171 −$41.20 (−8.24%)'],
    ['liquidation', 'was liquidated in SHORT SOLUSDT @ 171 −$41.20 (−8.24%)'],
    ['manual', 'closed by hand SHORT SOLUSDT @ 171 −$41.20 (−8.24%)'],
    ['something-new', 'closed SHORT SOLUSDT @ 171 −$41.20 (−8.24%)'],
  ])('tells an exit by %s', (cause, sentence) => {
    const trade = tradeOf({
      tradeType: 'exit',
      side: 'SHORT',
      symbol: 'SOLUSDT',
      price: 171,
      pnl: -41.2,
      cause,
    });
    const [line] = linesOf(exitOf({ trade }));
    expect(said(line)).toBe(sentence);
    expect(line?.pnl).toBe(-41.2);
  });

  it('tells part of a position from the whole', () => {
    const trade = tradeOf({ tradeType: 'exit', pnl: 5 });
    const decisions = [decidedOf({ action: 'CLOSE', symbol: 'BTCUSDT' })];
    expect(
      linesOf(turnOf({ trades: [trade], decisions, book: bookOf({ positions: [positionOf()] }) }))[0]?.verb,
    ).toBe('took part off');
    expect(linesOf(turnOf({ trades: [trade], decisions, book: bookOf({ positions: [] }) }))[0]?.verb).toBe(
      'closed',
    );
  });

  it('tells a rejection plainly and beside what was done', () => {
    const outcome = {
      code: 'insufficient-margin',
      accepted: false,
      message: 'rejected: insufficient margin: needs 250.00, has 112.40',
      notes: [],
      positionId: null,
    };
    const decisions = [decidedOf({ action: 'LONG', symbol: 'SOLUSDT', outcome })];
    const lines = linesOf(turnOf({ trades: [tradeOf()], decisions }));
    expect(lines.map(({ kind }) => kind)).toEqual(['trade', 'rejected']);
    expect(said(lines[1])).toBe('wanted LONG SOLUSDT — not enough margin: needs $250.00, has $112.40');
  });

  it('tells moved exits', () => {
    const decisions = [
      decidedOf({ action: 'ADJUST', symbol: 'BTCUSDT', stopLoss: 67_000, reasoning: 'break even' }),
    ];
    expect(said(linesOf(turnOf({ decisions }))[0])).toBe(
      'moved the exits of BTCUSDT to stop 67,000 “break even”',
    );
  });

  it('tells a hold once, with its reason or that it is private', () => {
    const two = [decidedOf({ reasoning: 'spread too wide' }), decidedOf()];
    expect(linesOf(turnOf({ decisions: two })).map(said)).toEqual(['held “spread too wide”']);
    expect(said(linesOf(turnOf({ decisions: [decidedOf({ outcome: null })] }))[0])).toBe(
      'held · reasons private',
    );
    expect(said(linesOf(turnOf())[0])).toBe('held');
  });

  it('tells what is private as such, and until when', () => {
    const decisions = [decidedOf({ action: 'PRIVATE', outcome: null })];
    const releasesAt = new Date(1970, 0, 1, 14, 20).getTime();
    const at = releasesAt - 3_600_000;
    const delayed = (payload: FeedItem['payload']) => feedLines({ seq: 7, at, payload }, ticks)[0];
    expect(said(linesOf(turnOf({ decisions }))[0])).toBe('took a turn · private');
    expect(said(delayed(turnOf({ decisions, releasesAt })))).toBe('took a turn · shown from 14:20');
    expect(said(delayed(turnOf({ decisions: [decidedOf({ outcome: null })], releasesAt })))).toBe(
      'held · shown from 14:20',
    );
    expect(said(linesOf(exitOf({ trade: null }))[0])).toBe('left a position · private');
    expect(said(delayed(exitOf({ trade: null, releasesAt })))).toBe('left a position · shown from 14:20');
  });

  it('tells a lost turn with its reason or that it is private', () => {
    const failed = {
      type: 'turn-failed' as const,
      botId: 'a',
      botName: 'Astro',
      turnNo: 1,
      nextTurnAt: null,
    };
    expect(said(linesOf({ ...failed, reason: 'no answer within 30 s' })[0])).toBe(
      'lost a turn — no answer within 30 s',
    );
    expect(said(linesOf({ ...failed, reason: null })[0])).toBe('lost a turn — details private');
  });

  it('names the bot in every kind of line', () => {
    const who = { botId: 'far', botName: 'Faraway' };
    const refused = { code: 'x', accepted: false, message: 'no', notes: [], positionId: null };
    const decisions = [decidedOf({ action: 'LONG', symbol: 'SOLUSDT', outcome: refused })];
    const payloads: FeedItem['payload'][] = [
      turnOf({ ...who, trades: [tradeOf()], decisions }),
      turnOf(who),
      { ...who, type: 'turn-failed', turnNo: 1, reason: null, nextTurnAt: null },
      exitOf(who),
    ];
    const lines = payloads.flatMap(linesOf);
    expect(lines.map(({ kind }) => kind)).toEqual(['trade', 'rejected', 'held', 'failed', 'trade']);
    expect(lines.map(({ botName }) => botName)).toEqual(lines.map(() => 'Faraway'));
  });

  it('gives every line a key of its own', () => {
    const lines = linesOf(turnOf({ trades: [tradeOf(), tradeOf({ id: 't2' })] }));
    expect(new Set(lines.map(({ key }) => key)).size).toBe(2);
  });
});

describe('the filter', () => {
  it('parts trades from everything else', () => {
    const [trade] = linesOf(turnOf({ trades: [tradeOf()] }));
    const [held] = linesOf(turnOf());
    if (!trade || !held) throw new Error('Two lines were expected.');
    expect([matchesFilter(trade, 'trades'), matchesFilter(held, 'trades')]).toEqual([true, false]);
    expect([matchesFilter(trade, 'decisions'), matchesFilter(held, 'decisions')]).toEqual([false, true]);
    expect(matchesFilter(held, 'all')).toBe(true);
  });
});

describe('foldHolds', () => {
  const lineOf = (key: string, kind: FeedLine['kind'], botId = key): FeedLine => ({
    key,
    kind,
    botId,
    botName: botId,
    at: 1,
    verb: '',
    side: null,
    symbol: null,
    detail: '',
    pnl: null,
    pnlText: '',
    quote: null,
  });
  const held = (key: string) => lineOf(key, 'held');
  const shape = (lines: FeedLine[]) =>
    foldHolds(lines).map((entry) => entry.lines.map(({ key }) => key).join('+'));

  it('folds runs of three and more', () => {
    expect(shape([held('1'), held('2'), held('3'), lineOf('4', 'trade'), held('5'), held('6')])).toEqual([
      '1+2+3',
      '4',
      '5',
      '6',
    ]);
  });

  it('keeps the key of a run while it grows at the top', () => {
    const [before] = foldHolds([held('2'), held('3'), held('4')]);
    const [after] = foldHolds([held('1'), held('2'), held('3'), held('4')]);
    expect(after?.key).toBe(before?.key);
  });
});

describe('plainMessage', () => {
  it('drops the word the line already says', () => {
    expect(plainMessage('rejected: cooldown: 12 min left')).toBe('cooldown: 12 min left');
    expect(plainMessage('held')).toBe('held');
  });
});
