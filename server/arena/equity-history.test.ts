import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { metrics, periodReturns, segmentOf, sharpeRatio } from '../engine/metrics.ts';
import type { RawPoint } from '../db/queries/snapshots-write.ts';
import { EquityHistory, HOUR_MS, hourOf } from './equity-history.ts';

const point = (timestamp: number, value: number): RawPoint => ({
  bot_id: 'bot',
  epoch: 1,
  timestamp,
  total_value: value,
  realized_pnl: 0,
  trade_count: 0,
  win_rate: 0,
});

const micros = fc.integer({ min: 1, max: 1e11 }).map((value) => value / 1e6);
const series = fc
  .array(fc.tuple(fc.integer({ min: 1, max: HOUR_MS }), micros), {
    minLength: 1,
    maxLength: 200,
    size: 'max',
  })
  .map((steps) => {
    let at = 0;
    return steps.map(([gap, value]) => point((at += gap), value));
  });

function lastOfHours(points: readonly RawPoint[]): number[] {
  const hours = Map.groupBy(points, ({ timestamp }) => hourOf(timestamp));
  return [...hours.values()].flatMap((hour) => hour.at(-1)?.total_value ?? []);
}

describe('the history of a bot', () => {
  it('has the drawdown and Sharpe ratio of the whole series, however long', () => {
    fc.assert(
      fc.property(series, (points) => {
        const history = new EquityHistory(1);
        for (const next of points) history.addPoint(next);
        const [first, ...rest] = points.map(({ total_value }) => total_value);
        if (first === undefined) return;
        const whole = segmentOf([first, ...rest]);
        expect(history.segment).toEqual(whole);
        expect(history.maxDrawdown).toBe(points.length < 2 ? null : metrics([first, ...rest], 1).maxDrawdown);
        // The hour that runs has not closed.
        const closes = lastOfHours(points).slice(0, -1);
        const sharpe = sharpeRatio(periodReturns(closes), 8760);
        expect(history.sharpe === null).toBe(sharpe === null);
        expect(history.sharpe ?? 0).toBeCloseTo(sharpe ?? 0, 6);
      }),
    );
  });

  it('is the same rebuilt from rolled-up hours and the points of the last one', () => {
    fc.assert(
      fc.property(series, (points) => {
        const history = new EquityHistory(1);
        const rebuilt = new EquityHistory(1);
        for (const hour of points.flatMap((next) => history.addPoint(next) ?? [])) rebuilt.addHour(hour);
        const lastHour = hourOf(points.at(-1)?.timestamp ?? 0);
        for (const next of points.filter(({ timestamp }) => timestamp >= lastHour)) rebuilt.addPoint(next);
        expect(rebuilt.segment).toEqual(history.segment);
        expect(rebuilt.hour).toEqual(history.hour);
        expect(rebuilt.maxDrawdown).toBe(history.maxDrawdown);
        expect(rebuilt.sharpe).toBe(history.sharpe);
      }),
    );
  });

  it('rolls an hour up as its points are', () => {
    const history = new EquityHistory(1);
    const values = [100, 120, 90, 110];
    for (const [i, value] of values.entries()) expect(history.addPoint(point(i, value))).toBeNull();
    expect(history.addPoint(point(HOUR_MS, 1))).toMatchObject({
      hour_at: 0,
      n: 4,
      sum_value: 420,
      first_value: 100,
      last_value: 110,
      min_value: 90,
      max_value: 120,
      max_drawdown: 0.25,
      first_at: 0,
      last_at: 3,
    });
    expect(new EquityHistory(1).maxDrawdown).toBeNull();
  });

  it('has no Sharpe ratio without variation', () => {
    const history = new EquityHistory(1);
    for (let hour = 0; hour < 40; hour += 1) history.addPoint(point(hour * HOUR_MS, 10_000));
    expect(history.sharpe).toBeNull();
  });
});
