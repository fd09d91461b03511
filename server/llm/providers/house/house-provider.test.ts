import { describe, expect, it } from 'vitest';
import { InvalidInputError, UpstreamError } from '../../../errors.ts';
import { describeLlmProvider } from '../../../test/conformance/llm.ts';
import { requestOf, turnViewOf } from '../../../test/support/turn-view.ts';
import { createProviders } from '../../registry.ts';
import { createHouseProvider, readHouseConfig } from './house-provider.ts';
import { REFERENCE_STRATEGIES, STRATEGIES } from './strategies/index.ts';

for (const strategy of STRATEGIES.keys()) {
  describeLlmProvider(`house ${strategy}`, {
    create: createHouseProvider,
    config: { strategy },
    isDeterministic: true,
  });
}

function decide(config: unknown, view = turnViewOf()) {
  return createHouseProvider().decide(requestOf({ view, config }));
}

describe('house provider', () => {
  it('is registered and answers at no cost under its strategy as model', async () => {
    expect(createProviders().get('house')?.type).toBe('house');
    expect(await decide({ strategy: 'flat' })).toEqual({
      answer: '{"decisions":[{"action":"HOLD","reasoning":"Stays in cash whatever the market does."}]}',
      model: 'flat',
      tokensIn: 0,
      tokensCached: 0,
      tokensOut: 0,
      costMicros: 0,
      finishReason: null,
      thinking: { calls: [], steps: [], mendedFrom: null },
    });
  });

  it('knows seven strategies, three of them references', () => {
    expect([...STRATEGIES.keys()].toSorted()).toEqual([
      'breakout',
      'buy-and-hold',
      'flat',
      'mean-reversion',
      'momentum',
      'random',
      'volatility-trend',
    ]);
    expect([...REFERENCE_STRATEGIES].toSorted()).toEqual(['buy-and-hold', 'flat', 'random']);
  });

  it.each([
    [{ strategy: 'gut feeling' }, /no strategy "gut feeling". Known: buy-and-hold/],
    [{}, /strategy/],
    ['momentum', /expected object/],
    [{ strategy: 'momentum', params: { fast: '12' } }, /strategy momentum do not fit.*fast/s],
    [{ strategy: 'momentum', params: { fast: 30 } }, /fast must be below slow/],
    [{ strategy: 'flat', params: { leverage: 2 } }, /leverage/],
    [{ strategy: 'random', seed: 1.5 }, /seed/],
  ])('refuses the configuration %j', async (config, message) => {
    expect(() => readHouseConfig(config)).toThrow(InvalidInputError);
    expect(() => readHouseConfig(config)).toThrow(message);
    await expect(decide(config)).rejects.toBeInstanceOf(UpstreamError);
    await expect(decide(config)).rejects.toThrow(message);
  });

  it('draws by seed, name and turn, and by nothing else', async () => {
    const draws = async (seed: number, botName: string) => {
      const answers: string[] = [];
      for (let turnNo = 0; turnNo < 20; turnNo += 1) {
        answers.push((await decide({ strategy: 'random', seed }, turnViewOf({ botName, turnNo }))).answer);
      }
      return answers;
    };
    const first = await draws(1, 'Dice');
    expect(await draws(1, 'Dice')).toEqual(first);
    expect(await draws(2, 'Dice')).not.toEqual(first);
    expect(await draws(1, 'Coin')).not.toEqual(first);
    expect(new Set(first).size).toBeGreaterThan(5);
  });
});
