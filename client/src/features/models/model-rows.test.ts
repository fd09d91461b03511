import { describe, expect, it } from 'vitest';
import type { ModelReliability } from '../../api/contract.ts';
import { findModels, hasFewTurns, partOf, sortModels } from './model-rows.ts';

function modelOf(model: string, counts: Partial<ModelReliability> = {}): ModelReliability {
  return {
    providerType: 'openai',
    model,
    bots: 1,
    turns: 40,
    decisions: 80,
    accepted: 60,
    rejected: 20,
    unparseable: 4,
    unknownSymbol: 8,
    clamped: 2,
    mended: 1,
    calls: 50,
    failedCalls: 10,
    refused: 5,
    timedOut: 1,
    latencyP50Ms: 900,
    latencyP95Ms: 4_000,
    ...counts,
  };
}
const names = (models: readonly ModelReliability[]) => models.map(({ model }) => model);

describe('how reliably a model decides', () => {
  it('is counted by decision, by turn, and by call', () => {
    const model = modelOf('m');
    const shares = (
      ['accepted', 'unknownSymbol', 'clamped', 'unparseable', 'refused', 'timedOut'] as const
    ).map((column) => partOf(model, column).share);
    expect(shares).toEqual([0.75, 0.1, 0.025, 0.1, 0.1, 0.02]);
  });

  it('is not known of nothing', () => {
    const silent = modelOf('m', { decisions: 0, accepted: 0, calls: 0, refused: 0 });
    expect(partOf(silent, 'accepted').share).toBeNull();
    expect(partOf(silent, 'refused').share).toBeNull();
  });

  it('is sorted by share, not by count, and what is not known comes last', () => {
    const models = [
      modelOf('none', { decisions: 0, accepted: 0 }),
      modelOf('half', { decisions: 1_000, accepted: 500 }),
      modelOf('all', { decisions: 2, accepted: 2, turns: 2 }),
    ];
    expect(names(sortModels(models, 'accepted', true))).toEqual(['all', 'half', 'none']);
    expect(names(sortModels(models, 'accepted', false))).toEqual(['half', 'all', 'none']);
    expect(names(sortModels(models, 'decisions', true))).toEqual(['half', 'all', 'none']);
    expect(names(sortModels(models, 'model', false))).toEqual(['all', 'half', 'none']);
    expect(models.filter(hasFewTurns)).toHaveLength(1);
  });

  it('is found by all words', () => {
    const models = [modelOf('gpt-5-mini'), modelOf('gemini-2.5-flash', { providerType: 'gemini' })];
    expect(names(findModels(models, ''))).toHaveLength(2);
    expect(names(findModels(models, 'OPENAI mini'))).toEqual(['gpt-5-mini']);
    expect(names(findModels(models, 'gemini gpt'))).toEqual([]);
  });
});
