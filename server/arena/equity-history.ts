import type { EndedHour, HourRow, RawPoint } from '../db/queries/snapshots-write.ts';
import { combineSegments, MIN_RETURNS, returnFraction, type EquitySegment } from '../engine/metrics.ts';

export const HOUR_MS = 3_600_000;
const HOURS_PER_YEAR = 8760;

export function hourOf(at: number): number {
  return Math.floor(at / HOUR_MS) * HOUR_MS;
}

export function segmentOfHour(row: EndedHour): EquitySegment {
  const {
    first_value: first,
    last_value: last,
    min_value: min,
    max_value: max,
    max_drawdown: maxDrawdown,
  } = row;
  return { first, last, min, max, maxDrawdown };
}

/** One bot's equity of the present epoch: the hour that runs, and all before it boiled down. */
export class EquityHistory {
  readonly epoch: number;
  #past: EquitySegment | null = null;
  #hour: HourRow | null = null;
  #points = 0;
  #firstAt: number | null = null;
  // Running sums of hourly returns give the Sharpe ratio of any length of history at once.
  #returns = 0;
  #sum = 0;
  #sumOfSquares = 0;
  #lastClose: number | null = null;

  constructor(epoch: number) {
    this.epoch = epoch;
  }

  /** The hour that runs; null before the first snapshot. */
  get hour(): HourRow | null {
    return this.#hour;
  }

  /** Time of the first snapshot; null before it. */
  get firstAt(): number | null {
    return this.#firstAt;
  }

  get segment(): EquitySegment | null {
    const running = this.#hour ? segmentOfHour(this.#hour) : null;
    return this.#past && running ? combineSegments(this.#past, running) : (this.#past ?? running);
  }

  /** null before two snapshots. */
  get maxDrawdown(): number | null {
    return this.#points < 2 ? null : (this.segment?.maxDrawdown ?? null);
  }

  /** Annualised from hourly returns; null with fewer than `MIN_RETURNS` or without variation. */
  get sharpe(): number | null {
    if (this.#returns < MIN_RETURNS) return null;
    const mean = this.#sum / this.#returns;
    const variance = (this.#sumOfSquares - this.#returns * mean * mean) / (this.#returns - 1);
    return variance > Number.EPSILON * mean * mean
      ? (mean / Math.sqrt(variance)) * Math.sqrt(HOURS_PER_YEAR)
      : null;
  }

  /** Takes an hour that is over. */
  addHour(row: EndedHour): void {
    const segment = segmentOfHour(row);
    this.#past = this.#past ? combineSegments(this.#past, segment) : segment;
    this.#points += row.n;
    this.#firstAt ??= row.first_at;
    if (this.#lastClose !== null) {
      const change = returnFraction(this.#lastClose, row.last_value);
      this.#returns += 1;
      this.#sum += change;
      this.#sumOfSquares += change * change;
    }
    this.#lastClose = row.last_value;
  }

  /** Takes a snapshot. @returns the hour it ended, when it is the first of a new one. */
  addPoint(point: RawPoint): HourRow | null {
    const hourAt = hourOf(point.timestamp);
    const ended = this.#hour && this.#hour.hour_at !== hourAt ? this.#hour : null;
    if (ended) {
      this.#points -= ended.n;
      this.addHour(ended);
      this.#hour = null;
    }
    this.#hour = this.#hour ? extended(this.#hour, point) : firstOf(point, hourAt);
    this.#points += 1;
    this.#firstAt ??= point.timestamp;
    return ended;
  }
}

function firstOf(point: RawPoint, hourAt: number): HourRow {
  const value = point.total_value;
  return {
    bot_id: point.bot_id,
    hour_at: hourAt,
    epoch: point.epoch,
    n: 1,
    sum_value: value,
    first_value: value,
    last_value: value,
    min_value: value,
    max_value: value,
    max_drawdown: 0,
    first_at: point.timestamp,
    last_at: point.timestamp,
    ...counters(point),
  };
}

function extended(hour: HourRow, point: RawPoint): HourRow {
  const value = point.total_value;
  const next = combineSegments(segmentOfHour(hour), {
    first: value,
    last: value,
    min: value,
    max: value,
    maxDrawdown: 0,
  });
  return {
    ...hour,
    n: hour.n + 1,
    sum_value: hour.sum_value + value,
    last_value: next.last,
    min_value: next.min,
    max_value: next.max,
    max_drawdown: next.maxDrawdown,
    last_at: point.timestamp,
    ...counters(point),
  };
}

function counters(point: RawPoint) {
  return {
    trade_count: point.trade_count,
    win_count: Math.round(point.win_rate * point.trade_count),
    realized_pnl: point.realized_pnl,
  };
}
