import { z } from 'zod';
import { InvalidInputError, UpstreamError } from '../../../errors.ts';
import { NO_THINKING, type DecideRequest, type LlmProvider } from '../../provider.ts';
import { seededRandom } from './seeded-random.ts';
import type { Decide } from './strategy.ts';
import { STRATEGIES } from './strategies/index.ts';

const configSchema = z.object({
  strategy: z.string(),
  /** Checked by the strategy itself. */
  params: z.record(z.string(), z.unknown()).default({}),
  /** Of the chance a strategy draws from, together with the bot's name and the turn. */
  seed: z.int().min(0).default(42),
});
export type HouseConfig = z.input<typeof configSchema>;

/** Built-in bots: rules instead of a model. They answer in a model's words, at no cost, and the same every time. */
export function createHouseProvider(): LlmProvider {
  return {
    type: 'house',
    async decide(request) {
      const { name, seed, decide } = configured(request.config);
      if (request.signal.aborted) {
        throw new UpstreamError('house', 'the turn was cancelled', { cause: request.signal.reason });
      }
      const answer = JSON.stringify({ decisions: decide(request.view, randomOf(request, seed)) });
      return {
        answer,
        model: name,
        tokensIn: 0,
        tokensCached: 0,
        tokensOut: 0,
        costMicros: 0,
        finishReason: null,
        thinking: NO_THINKING,
      };
    },
  };
}

/** Checks a provider row's config before it is saved. Throws InvalidInputError, naming what does not fit. */
export function readHouseConfig(config: unknown): { name: string; seed: number; decide: Decide } {
  const parsed = configSchema.safeParse(config);
  if (!parsed.success) {
    const problems = z.prettifyError(parsed.error);
    throw new InvalidInputError(`The configuration of a house bot does not fit. ${problems}`, problems);
  }
  const { strategy: name, params, seed } = parsed.data;
  const strategy = STRATEGIES.get(name);
  if (!strategy) {
    throw new InvalidInputError(
      `There is no strategy "${name}". Known: ${[...STRATEGIES.keys()].join(', ')}.`,
    );
  }
  return { name, seed, decide: strategy.configure(params) };
}

function configured(config: unknown): ReturnType<typeof readHouseConfig> {
  try {
    return readHouseConfig(config);
  } catch (cause) {
    if (cause instanceof InvalidInputError) throw new UpstreamError('house', cause.message, { cause });
    throw cause;
  }
}

/** Never from ids: two arenas with the same bots draw the same. */
function randomOf({ view }: DecideRequest, seed: number): ReturnType<typeof seededRandom> {
  return seededRandom(`${seed}/${view.botName}/${view.turnNo}`);
}
