import { describe, expect, it } from 'vitest';
import type { FakeStep } from '../../llm/fake-provider.ts';
import { DAWN, MINUTE } from '../support/scripted-market.ts';
import { testApp } from '../support/test-app.ts';

const LONG: FakeStep = [
  { action: 'LONG', symbol: 'BTCUSDT', size: 1000, leverage: 10, reasoning: 'It rises.' },
];

describe('a turn', () => {
  it('fills at the first price after the answer, and stores what was decided on', async () => {
    await using t = await testApp();
    const { botId } = await t.addBot([LONG]);
    await t.market.minute({ BTCUSDT: 50_000, ETHUSDT: 2000 });
    expect((await t.turns(botId)).map((turn) => turn.status)).toEqual(['answered']);
    expect(await t.trades(botId)).toEqual([]);
    await t.market.tick(t.market.nextMinute, { BTCUSDT: 50_100, ETHUSDT: 2000 });
    const [trade] = await t.trades(botId);
    expect(trade).toMatchObject({
      trade_type: 'entry',
      cause: 'decision',
      decision_price: 50_000,
      executed_at: DAWN + MINUTE,
      delay_ms: 1,
    });
    expect(trade?.entry_price).toBeCloseTo(50_100 * 1.0002, 0);
  });
});
