import { z } from 'zod';
import { StartupError } from '../../../errors.ts';
import type { PathState } from './path.ts';

const stateSchema = z.object({
  version: z.literal(1),
  at: z.number().int(),
  mood: z.number(),
  symbols: z.record(
    z.string(),
    z.object({ anchor: z.number().positive(), offset: z.number(), mood: z.number() }),
  ),
});

/** What the database keeps: the path's state at the start of the minute the clock is in. */
export function storeState(state: PathState): unknown {
  return { version: 1, ...state };
}

/** Reads a stored state. Throws StartupError when it is not one of this simulation's. */
export function readState(stored: unknown, candleMs: number): PathState {
  const parsed = stateSchema.safeParse(stored);
  if (!parsed.success || parsed.data.at % candleMs !== 0)
    throw new StartupError(
      'The stored state of the simulated market cannot be read by this version. Start with NEW_MARKET=1 to begin a new one.',
      { cause: parsed.error },
    );
  const { at, mood, symbols } = parsed.data;
  return { at, mood, symbols };
}
