import type { Candle } from '../../../engine/model.ts';
import {
  candlesOf,
  drawMinute,
  originState,
  traceMinute,
  type PathSettings,
  type PathState,
} from './path.ts';

const CHUNK_CANDLES = 5000;

export interface HistoryPlan {
  /** The state the history begins with. */
  readonly start: PathState;
  /** The state the market then begins with, in the mood the history ended in. */
  readonly end: PathState;
}

/**
 * The path before a market begins: made forwards from `days` earlier and scaled so that it ends at the start prices.
 */
export function planHistory(settings: PathSettings, endsAt: number, days: number): HistoryPlan {
  const origin = originState(settings, endsAt - days * 86_400_000);
  let last = origin;
  while (last.at < endsAt) last = drawMinute(settings, last).next;
  const rescaled = (pick: (anchor: number, endOffset: number) => { anchor: number; offset: number }) =>
    Object.fromEntries(
      Object.entries(last.symbols).map(([symbol, { anchor, offset }]) => [symbol, pick(anchor, offset)]),
    );
  const starts = rescaled((anchor, endOffset) => ({ anchor: anchor / Math.exp(endOffset), offset: 0 }));
  const ends = rescaled((anchor) => ({ anchor, offset: 0 }));
  return { start: place(origin, starts), end: place(last, ends) };
}

function place(
  state: PathState,
  prices: Readonly<Record<string, { readonly anchor: number; readonly offset: number }>>,
): PathState {
  const symbols = Object.entries(state.symbols).map(([name, symbol]) => [
    name,
    { ...symbol, ...prices[name] },
  ]);
  return { ...state, symbols: Object.fromEntries(symbols) };
}

/** The candles from `start` up to `endsAt`, oldest first, in chunks. */
export function* generateHistory(
  settings: PathSettings,
  start: PathState,
  endsAt: number,
): Generator<readonly Candle[]> {
  const minutesPerChunk = Math.max(1, Math.floor(CHUNK_CANDLES / settings.symbols.length));
  let state = start;
  while (state.at < endsAt) {
    const chunk: Candle[] = [];
    for (let count = 0; count < minutesPerChunk && state.at < endsAt; count += 1) {
      const minute = drawMinute(settings, state);
      chunk.push(...candlesOf(minute, traceMinute(settings, minute)));
      state = minute.next;
    }
    yield chunk;
  }
}
