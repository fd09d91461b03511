import type { MarketConfig } from '../config/config.ts';
import type { SymbolSpec } from '../engine/model.ts';
import { StartupError } from '../errors.ts';
import type { Sleep } from './sleep.ts';
import type { MarketSource } from './source.ts';
import { createReplaySource } from './sources/replay/replay-source.ts';
import { createSimSource } from './sources/sim/sim-source.ts';

export interface MarketDeps {
  /** The wall clock, epoch ms. */
  readonly now: () => number;
  readonly sleep: Sleep;
  /** Prices a simulated market must begin with, by symbol: those of positions carried over. */
  readonly startPrices?: Readonly<Record<string, number>>;
}

type CreateSource = (config: MarketConfig, deps: MarketDeps) => MarketSource | Promise<MarketSource>;

const SOURCES: Readonly<Record<MarketConfig['source'], CreateSource>> = {
  sim: ({ seed }, deps) => createSimSource({ seed, ...deps }),
  replay: ({ replayDir, speed }, { sleep }) =>
    createReplaySource({ dir: requireDir(replayDir), speed, sleep }),
};

/** The market the configuration names. Throws StartupError when it cannot start. */
export async function createMarketSource(config: MarketConfig, deps: MarketDeps): Promise<MarketSource> {
  const source = await SOURCES[config.source](config, deps);
  refuseImpossibleSpecs(source);
  return source;
}

/** At m * leverage >= 1 a position would be liquidated where it is opened. */
function refuseImpossibleSpecs({ name, symbols }: MarketSource): void {
  const isPossible = ({ tickSize, stepSize, maxLeverage, maintenanceRate }: SymbolSpec) =>
    tickSize > 0 &&
    stepSize > 0 &&
    maxLeverage >= 1 &&
    maintenanceRate >= 0 &&
    maintenanceRate * maxLeverage < 1;
  const bad = symbols.filter((spec) => !isPossible(spec)).map((spec) => spec.symbol);
  if (bad.length === 0) return;
  throw new StartupError(
    `The market "${name}" has symbols that cannot be traded: ${bad.join(', ')}. Tick and step must be above 0, ` +
      'the leverage cap at least 1, and maintenance rate times leverage cap below 1.',
  );
}

function requireDir(dir: string | null): string {
  if (dir !== null) return dir;
  throw new StartupError('REPLAY_DIR is missing: a replay needs a folder of CSV candles.');
}
