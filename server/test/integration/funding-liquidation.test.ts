import { expect, it } from 'vitest';
import type { FakeStep } from '../../llm/fake-provider.ts';
import { testApp } from '../support/test-app.ts';

const LONG: FakeStep = [{ action: 'LONG', symbol: 'BTCUSDT', size: 50, leverage: 100, reasoning: 'Up.' }];

it('liquidates at a price that was traded when funding alone eats the margin', async () => {
  await using t = await testApp();
  const { botId } = await t.addBot([LONG]);
  await t.market.minute({ BTCUSDT: 50_000 });
  await t.market.minute({ BTCUSDT: 50_000 });
  await t.market.minute({ BTCUSDT: [50_000, 50_000, 49_760, 49_760] });
  const [open] = await t.positions(botId);
  expect(open).toMatchObject({ status: 'open' });
  // 0.4 % of the notional is most of a margin of 1 %: the liquidation price rises above the mark.
  await t.market.fund(t.market.nextMinute - 1, [{ symbol: 'BTCUSDT', rate: 0.004 }]);
  const [entry, exit] = await t.trades(botId);
  expect(entry).toMatchObject({ trade_type: 'entry' });
  expect(exit).toMatchObject({ trade_type: 'exit', cause: 'liquidation', exit_price: 49_760 });
  await t.market.minute({ BTCUSDT: [49_700, 49_780, 49_700, 49_780] });
  expect(await t.trades(botId)).toHaveLength(2);
});
