import { bindMarket } from '../arena/bind-market.ts';
import { MarketFeed } from '../arena/market-feed.ts';
import type { Config } from '../config/config.ts';
import type { Db } from '../db/database.ts';
import { findStartPrices, listNewestCandles } from '../db/queries/market-state.ts';
import { marksSchema } from '../market/quotes.ts';
import { createMarketSource } from '../market/registry.ts';
import { sleepInRealTime } from '../market/sleep.ts';
import type { MarketSource } from '../market/source.ts';
import type { Basis } from './basis.ts';

const RECENT_CANDLES = 1560;

export interface OpenMarket {
  readonly source: MarketSource;
  readonly feed: MarketFeed;
  /** Arena's clock; null = from the beginning. */
  readonly resumeAt: number | null;
  /** What the source stored of itself. */
  readonly state: unknown;
}

/** The market the configuration names, bound to the database, where the last run left it. */
export async function openMarket(
  config: Config,
  db: Db,
  { overrides, log, wallNow }: Basis,
): Promise<OpenMarket> {
  const source =
    overrides.source ??
    (await createMarketSource(config.market, {
      now: wallNow,
      sleep: sleepInRealTime,
      startPrices: await findStartPrices(db.read),
    }));
  const marketLog = log.child({ subsystem: 'market' });
  for (const warning of source.warnings) marketLog.warn(warning);
  const row = await bindMarket(db, source, config.market.allowNewMarket);
  const isReplay = source.clock === 'source';
  const { speed } = config.market;
  const feed = new MarketFeed({
    source,
    speed: isReplay ? (speed === 'max' ? null : speed) : 1,
    clockAt: row.clock_at,
    marks: marksSchema.parse(JSON.parse(row.marks_json)),
    isFinished: row.finished_at !== null,
    wallNow,
    log: marketLog,
  });
  const since = row.clock_at - RECENT_CANDLES * source.candleMs;
  for (const { symbol } of source.symbols) feed.addCandles(await listNewestCandles(db, symbol, since));
  const isFirst = row.clock_at === row.started_at;
  return { source, feed, resumeAt: isFirst ? null : row.clock_at, state: JSON.parse(row.state_json) };
}
