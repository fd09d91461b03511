import type { Candle } from '../../../engine/model.ts';
import { drawsAt, mix, roughNormal, streamOf, type Draws } from './random.ts';
import type { SimSymbol } from './symbols.ts';

/**
 * The simulated price path. Its skeleton is made minute by minute: a log return with stochastic volatility (a mean-
 * reverting log-volatility of the whole market plus one of each symbol), a common factor, rare jumps, and a slow pull
 * back to the symbol's anchor price. The ticks inside a minute are a random bridge between its two ends. So the state
 * at a minute's start decides all that follows, and any minute can be made with or without its ticks.
 */
export interface PathSettings {
  readonly seed: number;
  readonly candleMs: number;
  readonly tickMs: number;
  readonly symbols: readonly SimSymbol[];
  /** What of a log-volatility is left after one candle. */
  readonly marketMoodKept: number;
  readonly ownMoodKept: number;
  /** The share of its distance to the anchor a price is expected to lose in one candle. */
  readonly pull: number;
}

export interface SymbolState {
  /** The price the path is pulled back to. */
  readonly anchor: number;
  /** ln(price / anchor). */
  readonly offset: number;
  /** The symbol's own log-volatility. */
  readonly mood: number;
}

export interface PathState {
  /** Start of the minute this state is the beginning of. */
  readonly at: number;
  /** Log-volatility of the whole market. */
  readonly mood: number;
  readonly symbols: Readonly<Record<string, SymbolState>>;
}

/** A jump inside a minute: from tick `index` on, log prices are `size` higher. */
interface Jump {
  readonly index: number;
  readonly size: number;
}

interface SymbolMinute {
  readonly symbol: SimSymbol;
  readonly from: SymbolState;
  readonly to: SymbolState;
  /** Log return of the minute without jumps. */
  readonly move: number;
  readonly volatility: number;
  readonly jumps: readonly Jump[];
  readonly volume: number;
}

/** One minute's skeleton. */
export interface Minute {
  readonly at: number;
  readonly symbols: readonly SymbolMinute[];
  readonly next: PathState;
}

const MARKET_STREAM = streamOf('whole market');
const DAY_MS = 86_400_000;
/** A minute's volatility in days' volatilities. */
const MINUTE_SHARE = Math.sqrt(60_000 / DAY_MS);
/** Clusters of the whole market's volatility last hours, a symbol's own less than one. */
const MARKET_MOOD = { halfLifeMs: 4 * 3_600_000, deviation: 0.4 };
const OWN_MOOD = { halfLifeMs: 40 * 60_000, deviation: 0.3 };
/** Half of a distance from the anchor is expected to be gone after a month. */
const PULL_HALF_LIFE_MS = 30 * DAY_MS;
/** Jumps a day, and their standard deviation in minutes' volatilities. */
const MARKET_JUMPS = { perDay: 0.5, scale: 9 };
const OWN_JUMPS = { perDay: 1, scale: 10 };

/** The settings with what follows from them. */
export function preparePath(
  settings: Pick<PathSettings, 'seed' | 'candleMs' | 'tickMs' | 'symbols'>,
): PathSettings {
  const keptOf = (halfLifeMs: number): number => 2 ** (-settings.candleMs / halfLifeMs);
  return {
    ...settings,
    marketMoodKept: keptOf(MARKET_MOOD.halfLifeMs),
    ownMoodKept: keptOf(OWN_MOOD.halfLifeMs),
    pull: 1 - keptOf(PULL_HALF_LIFE_MS),
  };
}

const ticksPerCandle = (settings: PathSettings): number => settings.candleMs / settings.tickMs;

/** The state a path begins with: every symbol at its start price. */
export function originState(settings: PathSettings, at: number): PathState {
  const moods = drawsAt(settings.seed, MARKET_STREAM, -1);
  const symbols = settings.symbols.map((symbol) => [symbol.spec.symbol, freshSymbol(settings, symbol)]);
  return { at, mood: MARKET_MOOD.deviation * moods.normal(0), symbols: Object.fromEntries(symbols) };
}

function freshSymbol(settings: PathSettings, symbol: SimSymbol): SymbolState {
  const draws = drawsAt(settings.seed, symbol.stream, -1);
  return { anchor: symbol.startPrice, offset: 0, mood: OWN_MOOD.deviation * draws.normal(0) };
}

/** Draws the minute that begins with `state`. Symbols the state does not know join at their start price. */
export function drawMinute(settings: PathSettings, state: PathState): Minute {
  const draws = drawsAt(settings.seed, MARKET_STREAM, state.at / settings.candleMs);
  const market = {
    shock: draws.normal(0),
    mood: state.mood,
    jump: drawJump(draws, settings, MARKET_JUMPS),
  };
  const symbols = settings.symbols.map((symbol) => {
    const from = state.symbols[symbol.spec.symbol] ?? freshSymbol(settings, symbol);
    return drawSymbolMinute(settings, { symbol, from, at: state.at, market });
  });
  const next = {
    at: state.at + settings.candleMs,
    mood: nextMood(state.mood, MARKET_MOOD.deviation * draws.normal(2), settings.marketMoodKept),
    symbols: Object.fromEntries(symbols.map((minute) => [minute.symbol.spec.symbol, minute.to])),
  };
  return { at: state.at, symbols, next };
}

interface SymbolDraw {
  readonly symbol: SimSymbol;
  readonly from: SymbolState;
  readonly at: number;
  readonly market: { readonly shock: number; readonly mood: number; readonly jump: Jump | null };
}

function drawSymbolMinute(settings: PathSettings, input: SymbolDraw): SymbolMinute {
  const { symbol, from, at, market } = input;
  const draws = drawsAt(settings.seed, symbol.stream, at / settings.candleMs);
  const usual = symbol.dailyVolatility * Math.sqrt(settings.candleMs / DAY_MS);
  const calm = MARKET_MOOD.deviation ** 2 + OWN_MOOD.deviation ** 2;
  const volatility = usual * Math.exp(market.mood + from.mood - calm);
  const shock = symbol.beta * market.shock + ownShare(symbol) * draws.normal(0);
  const move = volatility * shock - settings.pull * from.offset;
  const unit = symbol.dailyVolatility * MINUTE_SHARE;
  const jumps: Jump[] = [];
  if (market.jump) jumps.push(scaleJump(market.jump, unit * symbol.beta));
  const ownJump = drawJump(draws, settings, OWN_JUMPS);
  if (ownJump) jumps.push(scaleJump(ownJump, unit));
  const total = jumps.reduce((sum, jump) => sum + jump.size, move);
  const activity = (volatility / usual) * (1 + Math.min(8, Math.abs(total) / usual));
  const turnover =
    symbol.turnover * (settings.candleMs / 60_000) * activity * Math.exp(0.4 * draws.normal(9));
  const to = {
    anchor: from.anchor,
    offset: from.offset + total,
    mood: nextMood(from.mood, OWN_MOOD.deviation * draws.normal(2), settings.ownMoodKept),
  };
  return {
    symbol,
    from,
    to,
    move,
    volatility,
    jumps,
    volume: turnover / (from.anchor * Math.exp(from.offset)),
  };
}

const ownShare = (symbol: SimSymbol): number => Math.sqrt(1 - symbol.beta ** 2);

const nextMood = (mood: number, shock: number, kept: number): number =>
  kept * mood + Math.sqrt(1 - kept ** 2) * shock;

/** A jump, its size in minutes' volatilities; null for most minutes. Uses draws 4 to 7. */
function drawJump(
  draws: Draws,
  settings: PathSettings,
  kind: { readonly perDay: number; readonly scale: number },
): Jump | null {
  if (draws.uniform(4) >= (kind.perDay * settings.candleMs) / DAY_MS) return null;
  const index = 1 + (draws.bits(5) % (ticksPerCandle(settings) - 1));
  return { index, size: kind.scale * draws.normal(6) };
}

const scaleJump = (jump: Jump, factor: number): Jump => ({ index: jump.index, size: jump.size * factor });

/** Prices of every tick of a minute. */
export interface MinuteTrace {
  /** Ticks in the minute. */
  readonly count: number;
  /** On the symbols' ticks; symbol after symbol in the settings' order, `count` each. */
  readonly prices: Float64Array;
}

export function traceMinute(settings: PathSettings, minute: Minute): MinuteTrace {
  const count = ticksPerCandle(settings);
  const market = new Float64Array(count);
  walkBridge(market, bridgeSeed(settings, MARKET_STREAM, minute.at));
  const prices = new Float64Array(count * minute.symbols.length);
  for (const [row, part] of minute.symbols.entries()) {
    const own = prices.subarray(row * count, (row + 1) * count);
    walkBridge(own, bridgeSeed(settings, part.symbol.stream, minute.at));
    shapePrices(own, part, market);
  }
  return { count, prices };
}

/** Turns a symbol's own bridge into its prices, in place. */
function shapePrices(path: Float64Array, part: SymbolMinute, market: Float64Array): void {
  const { symbol, from, move, volatility, jumps } = part;
  const count = path.length;
  const common = volatility * symbol.beta;
  const own = volatility * ownShare(symbol);
  for (let index = 0; index < count; index += 1)
    path[index] = (move * index) / count + common * (market[index] ?? 0) + own * (path[index] ?? 0);
  for (const { index: first, size } of jumps)
    for (let index = first; index < count; index += 1) path[index] = (path[index] ?? 0) + size;
  const scale = 10 ** symbol.decimals;
  const price = from.anchor * Math.exp(from.offset) * scale;
  for (let index = 0; index < count; index += 1)
    path[index] = Math.max(1, Math.round(price * Math.exp(path[index] ?? 0))) / scale;
}

const bridgeSeed = (settings: PathSettings, stream: number, at: number): number =>
  drawsAt(settings.seed, stream, at / settings.candleMs).bits(100);

/** Fills `walk` with a random walk that starts at 0, would end at 0 one tick later, and has variance 1 a minute. */
function walkBridge(walk: Float64Array, seed: number): void {
  const count = walk.length;
  const size = 1 / Math.sqrt(count);
  let position = 0;
  for (let index = 0; index < count; index += 1) {
    walk[index] = position;
    position += size * roughNormal(mix(seed + Math.imul(index, 0x9e3779b9)));
  }
  const slope = position / count;
  for (let index = 0; index < count; index += 1) walk[index] = (walk[index] ?? 0) - slope * index;
}

/** The minute's candles, one a symbol in the settings' order. */
export function candlesOf(minute: Minute, trace: MinuteTrace): readonly Candle[] {
  return minute.symbols.map(({ symbol, volume }, row) => {
    const first = row * trace.count;
    const open = trace.prices[first] ?? symbol.startPrice;
    const candle = { open, high: open, low: open, close: open };
    for (let index = first + 1; index < first + trace.count; index += 1) {
      candle.close = trace.prices[index] ?? open;
      if (candle.close > candle.high) candle.high = candle.close;
      if (candle.close < candle.low) candle.low = candle.close;
    }
    return {
      symbol: symbol.spec.symbol,
      openedAt: minute.at,
      ...candle,
      volume: roundVolume(symbol, volume),
    };
  });
}

function roundVolume({ spec }: SimSymbol, volume: number): number {
  const steps = Math.max(1, Math.round(volume / spec.stepSize));
  return spec.stepSize < 1 ? steps / Math.round(1 / spec.stepSize) : steps * spec.stepSize;
}
