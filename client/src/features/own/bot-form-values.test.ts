import { describe, expect, it } from 'vitest';
import { createBotBodySchema, updateBotBodySchema } from '../../../../server/contract/http/own-bots.ts';
import { detailOf } from '../../live/fixtures.ts';
import { previewBodySchema } from '../../../../server/contract/http/thinking.ts';
import {
  bodyOfValues,
  draftOfValues,
  freeName,
  newBotValues,
  strategyTitle,
  valuesOfBot,
} from './bot-form-values.ts';

describe('the values of a bot’s form', () => {
  it('make a bot that the contract takes, with nothing but a strategy and a name', () => {
    const body = createBotBodySchema.parse(bodyOfValues(newBotValues('house:momentum', ' First ')));
    expect(body).toMatchObject({
      name: 'First',
      providerId: 'house:momentum',
      tradingSymbols: null,
      settings: {},
      publishing: { positions: 'public', reasoning: 'owner', prompt: 'owner' },
    });
  });

  it('come back as they were stored', () => {
    const own = {
      providerId: 'p-1',
      settings: { turnIntervalMs: 45_500, cooldownMs: 0, minSizeUsd: 12.5, allowAdding: false },
      publishing: { positions: { delayHours: 6 }, reasoning: 'public', prompt: 'owner' } as const,
    };
    const bot = detailOf({ name: 'A', prompt: 'Buy low.', tradingSymbols: ['BTCUSDT'], own });
    const values = valuesOfBot(bot, own, 'house:momentum');
    expect(values).toMatchObject({ kind: 'provider', turnSeconds: '45.5', cooldownMinutes: '0' });
    expect(updateBotBodySchema.parse(bodyOfValues(values))).toEqual({
      name: 'A',
      prompt: 'Buy low.',
      providerId: 'p-1',
      tradingSymbols: ['BTCUSDT'],
      settings: own.settings,
      publishing: own.publishing,
    });
  });

  it('keep how its model thinks, and say nothing of what is as usual', () => {
    const settings = { analysisSteps: 3, maxAnswerTokens: 2_000, dailyBudgetUsd: 0.5, shareAnswers: true };
    const own = {
      providerId: 'p-1',
      settings,
      publishing: { positions: 'public', reasoning: 'owner', prompt: 'owner' } as const,
    };
    const values = valuesOfBot(detailOf({ own }), own, 'house:flat');
    expect(values).toMatchObject({ analysisSteps: '3', dailyBudgetUsd: '0.5' });
    expect(updateBotBodySchema.parse(bodyOfValues(values)).settings).toEqual(settings);
    const usual = {
      ...values,
      analysisSteps: '0',
      maxAnswerTokens: ' ',
      dailyBudgetUsd: '',
      shareAnswers: false,
    };
    expect(bodyOfValues(usual).settings).toEqual({});
  });

  it('are previewed as they are typed, without what is not chosen yet', () => {
    const values = { ...newBotValues('house:flat', 'A'), kind: 'provider' as const, prompt: 'Buy low.' };
    expect(previewBodySchema.parse(draftOfValues(values))).toEqual({
      prompt: 'Buy low.',
      tradingSymbols: null,
      settings: {},
      dryRun: false,
    });
    expect(draftOfValues({ ...values, providerId: 'p-1' })).toHaveProperty('providerId', 'p-1');
  });

  it('forget the symbols when every one is allowed again', () => {
    const values = { ...newBotValues('house:flat', 'A'), symbols: ['BTCUSDT'] };
    expect(bodyOfValues(values).tradingSymbols).toBeNull();
    expect(bodyOfValues({ ...values, symbolKind: 'some' }).tradingSymbols).toEqual(['BTCUSDT']);
  });
});

describe('names', () => {
  it('are offered free of those one has', () => {
    expect(strategyTitle('house:buy-and-hold')).toBe('Buy and hold');
    expect(freeName('Momentum', [])).toBe('Momentum');
    expect(freeName('Momentum', ['momentum', 'Momentum 2'])).toBe('Momentum 3');
  });
});
