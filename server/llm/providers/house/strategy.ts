import { z } from 'zod';
import type { Decision } from '../../../engine/model.ts';
import { InvalidInputError } from '../../../errors.ts';
import type { TurnView } from '../../provider.ts';
import type { Random } from './seeded-random.ts';

export type Decide = (view: TurnView, random: Random) => readonly Decision[];

/** A rule that trades. It sees what an LLM would see and draws chance only from `random`. */
export interface Strategy {
  readonly name: string;
  /** What it does, in a sentence for people. */
  readonly description: string;
  /** A yardstick the others are measured against, not a contender. */
  readonly isReference: boolean;
  /** Throws InvalidInputError when `params` do not fit; absent ones take their defaults. */
  configure(params: unknown): Decide;
}

interface Definition<P> {
  readonly name: string;
  readonly description: string;
  readonly isReference?: boolean;
  readonly params: z.ZodType<P>;
  /** Pure: the same view, params and random numbers give the same decisions. */
  readonly decide: (view: TurnView, params: P, random: Random) => readonly Decision[];
}

export function defineStrategy<P>(definition: Definition<P>): Strategy {
  const { name, description, isReference = false, params: schema, decide } = definition;
  return {
    name,
    description,
    isReference,
    configure(params) {
      const parsed = schema.safeParse(params ?? {});
      if (!parsed.success) {
        const problems = z.prettifyError(parsed.error);
        throw new InvalidInputError(
          `The parameters of the strategy ${name} do not fit. ${problems}`,
          problems,
        );
      }
      return (view, random) => decide(view, parsed.data, random);
    },
  };
}

/** Parameters every strategy that opens positions has: how many at once, how large, how fast. */
export const sizingParams = {
  /** Positions held at the same time. */
  maxPositions: z.int().min(1).max(50).default(4),
  /** Opened per turn. */
  maxEntries: z.int().min(1).max(10).default(2),
  /** Margin of one position as a share of equity. */
  equityShare: z.number().min(0.01).max(0.5).default(0.1),
  leverage: z.int().min(1).max(20).default(3),
};
