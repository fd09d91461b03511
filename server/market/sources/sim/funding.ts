import type { FundingRate } from '../../source.ts';
import { drawsAt } from './random.ts';
import type { PathSettings } from './path.ts';

export const FUNDING_MS = 8 * 3_600_000;
const FUNDING_DRAW = 200;

/** The rates due at `at`: around 0.01 % every eight hours, 00:00, 08:00 and 16:00 UTC; none at other times. */
export function fundingAt(settings: PathSettings, at: number): readonly FundingRate[] {
  if (at % FUNDING_MS !== 0) return [];
  return settings.symbols.map(({ spec, stream }) => {
    const draw = drawsAt(settings.seed, stream, at / FUNDING_MS).normal(FUNDING_DRAW);
    const rate = Math.min(0.0005, Math.max(-0.0003, 0.0001 + 0.00006 * draw));
    return { symbol: spec.symbol, rate: Math.round(rate * 1e6) / 1e6, at };
  });
}
