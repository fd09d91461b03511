import { describe, expect, it } from 'vitest';
import { botVersionSchema } from '../../../../server/contract/http/thinking.ts';
import type { BotVersion } from '../../api/thinking-queries.ts';
import { changedParts, settingChanges, settingLines } from './version-changes.ts';

const versionOf = (part: Partial<BotVersion> = {}): BotVersion =>
  botVersionSchema.parse({
    id: 'v1',
    versionNo: 1,
    isCurrent: false,
    prompt: 'Buy low.',
    provider: { id: 'p', type: 'openai', model: 'small', endpoint: null },
    settings: {},
    tradingSymbols: ['BTCUSDT', 'ETHUSDT'],
    createdAt: 1,
    result: {
      turns: 0,
      firstTurnAt: null,
      lastTurnAt: null,
      closedPositions: 0,
      wins: 0,
      winRate: null,
      netPnl: 0,
      modelCost: 0,
    },
    ...part,
  });

describe('what changed between two versions', () => {
  const before = versionOf();
  const { provider } = before;

  it.each([
    ['prompt', { prompt: 'Sell high.' }],
    ['model', { provider: { ...provider, model: 'large' } }],
    ['model', { provider: { ...provider, endpoint: 'https://b.example' } }],
    ['settings', { settings: { analysisSteps: 2 } }],
    ['symbols', { tradingSymbols: null }],
  ] as const)('is its %s', (part, change) => {
    expect(changedParts(before, versionOf(change as Partial<BotVersion>))).toEqual([part]);
  });

  it('is nothing where the same symbols stand in another order', () => {
    expect(changedParts(before, versionOf({ tradingSymbols: ['ETHUSDT', 'BTCUSDT'] }))).toEqual([]);
  });
});

describe('settings of a version', () => {
  it('are told in their units, and as the arena has them where there are none', () => {
    const settings = {
      turnIntervalMs: 90_000,
      allowAdding: false,
      dailyBudgetUsd: 0.5,
      maxAnswerTokens: 2_000,
    };
    expect(settingLines(settings).map(({ value }) => value)).toEqual(['1 min 30 s', 'off', '2,000', '$0.50']);
    const next = { turnIntervalMs: 90_000, allowAdding: true };
    expect(settingChanges(settings, next)).toMatchObject([
      [{ value: 'off' }, { value: 'on' }],
      [{ value: '2,000' }, { value: null }],
      [{ value: '$0.50' }, { value: 'none' }],
    ]);
  });
});
