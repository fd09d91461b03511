import { describe, expect, it } from 'vitest';
import { DAWN, MINUTE, ScriptedMarket } from '../support/scripted-market.ts';
import { testApp } from '../support/test-app.ts';

const PRICES = { BTCUSDT: 50_000, ETHUSDT: 2000 };

describe('in real time', () => {
  it('books nothing before the deposit of a bot that came while the market was behind', async () => {
    await using t = await testApp({ market: new ScriptedMarket({ clock: 'wall' }) });
    await t.market.tick(DAWN + 1000, PRICES);
    t.wall = DAWN + MINUTE;
    const { botId } = await t.addBot([
      [{ action: 'LONG', symbol: 'BTCUSDT', size: 1000, leverage: 10, reasoning: 'It rises.' }],
    ]);
    await t.restart();
    await t.app.manager.forceTurn(botId);
    await t.app.manager.decided();
    // The market goes through what it missed; the end of the test holds every row against the ledger's order.
    await t.market.tick(DAWN + 2000, PRICES);
    expect((await t.trades(botId)).map((trade) => trade.executed_at)).toEqual([DAWN + 2000]);
  });
});
