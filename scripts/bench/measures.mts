import { apiQueries } from './api-queries.mts';
import { boot } from './boot.mts';
import { broadcast } from './broadcast.mts';
import { groupedCommits } from './grouped-commits.mts';
import { httpPoint } from './http-point.mts';
import { legacyMove } from './legacy-move.mts';
import type { Measure } from './measure.mts';
import { pointSelects } from './point-selects.mts';
import { priceTick } from './price-tick.mts';
import { snapshots } from './snapshots.mts';
import { turnOfFour } from './turn-of-four.mts';
import { turnTransaction } from './turn-transaction.mts';

/** In the order they run: those that write to the large database come last. */
export const MEASURES: readonly Measure[] = [
  turnTransaction,
  groupedCommits,
  snapshots,
  legacyMove,
  priceTick,
  broadcast,
  httpPoint,
  pointSelects,
  apiQueries,
  turnOfFour,
  boot,
];
