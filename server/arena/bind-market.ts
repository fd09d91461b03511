import type { Db } from '../db/database.ts';
import {
  deleteCandles,
  findMarketState,
  insertCandle,
  replaceMarketState,
  type MarketStateRow,
} from '../db/queries/market-state.ts';
import { StartupError } from '../errors.ts';
import type { MarketSource } from '../market/source.ts';

/** Where a database of the old server stands after its move: the first market it meets takes over its clock and marks. */
const LEGACY_MARKET = 'legacy';

/**
 * Binds a database to its market, once: source, seed or files. The first time, the market's history becomes rows.
 * @throws StartupError when the database belongs to another market and NEW_MARKET is not set, or when the clock would
 * run backwards.
 */
export async function bindMarket(
  db: Db,
  source: MarketSource,
  allowNewMarket: boolean,
): Promise<MarketStateRow> {
  const bound = await findMarketState(db.read);
  if (bound?.fingerprint === source.fingerprint) return bound;
  const isMoved = bound?.source === LEGACY_MARKET;
  if (bound && !isMoved && !allowNewMarket)
    throw new StartupError(
      `This database has traded on the market "${bound.source}", not on "${source.name}" as it is set up now. ` +
        'Set DATABASE_URL to another file, go back to that market (source, seed, files), or set NEW_MARKET=1: ' +
        'open positions without a price in the new market are then frozen.',
    );
  const startsAt = source.startsAt();
  if (bound && startsAt < bound.clock_at)
    throw new StartupError(
      `The market "${source.name}" begins at ${new Date(startsAt).toISOString()}, before this database's clock ` +
        `(${new Date(bound.clock_at).toISOString()}). The arena's clock never runs backwards: set DATABASE_URL to another file.`,
    );
  const row: MarketStateRow = {
    id: 1,
    source: source.name,
    fingerprint: source.fingerprint,
    started_at: startsAt,
    clock_at: startsAt,
    state_json: 'null',
    marks_json: bound?.marks_json ?? '{}',
    finished_at: null,
  };
  const candles = [...source.history(startsAt)].flat();
  await db.commit([deleteCandles(db.read), ...candles.map(insertCandle), replaceMarketState(db.read, row)]);
  return row;
}
