import { describe, expect, it } from 'vitest';
import { person } from '../test/support/people.ts';
import { DAWN } from '../test/support/scripted-market.ts';
import { testApp } from '../test/support/test-app.ts';

const PRICES = { BTCUSDT: 50_000, ETHUSDT: 3000 };
const NOBODY_ASKS_TWICE = {
  trace: { actorId: null, ip: null, requestId: null },
  remember: () => [],
};
const DAY_MS = 86_400_000;

describe('the daily limits of questions to models', () => {
  it('are of all bots of a user together, survive a restart, and end with the day', async () => {
    await using t = await testApp();
    await t.market.tick(DAWN, PRICES);
    const ann = await person(t.app, 'Ann');
    const by = { userId: ann.userId, role: 'admin', ...NOBODY_ASKS_TWICE } as const;
    await t.app.ctx.settings.change(by, 'llm_calls_per_day', 3);
    const bots = [await t.addBot([], { userId: ann.userId }), await t.addBot([], { userId: ann.userId })];
    for (let i = 0; i < 2; i += 1) await t.market.minute(PRICES);
    const asked = () => bots.reduce((sum, { fake }) => sum + fake.requests.length, 0);
    expect(asked()).toBe(3);
    await t.restart();
    for (let i = 0; i < 3; i += 1) await t.market.minute(PRICES);
    expect(asked()).toBe(3);
    const turns = (await Promise.all(bots.map(({ botId }) => t.turns(botId)))).flat();
    const refused = turns.filter(({ status }) => status === 'failed');
    expect(refused.length).toBeGreaterThan(1);
    for (const { reason } of refused) expect(reason).toMatch(/3 questions to models a day/);
    t.wall += DAY_MS;
    for (let i = 0; i < 2; i += 1) await t.market.minute(PRICES);
    expect(asked()).toBeGreaterThan(3);
  });

  it('count what is stored, of built-in strategies too', async () => {
    await using t = await testApp();
    await t.market.tick(DAWN, PRICES);
    const ann = await person(t.app, 'Ann');
    const by = { userId: ann.userId, role: 'admin', ...NOBODY_ASKS_TWICE } as const;
    await t.app.ctx.settings.change(by, 'storage_mb_per_day', 1);
    const { botId } = await t.addBot([], { userId: ann.userId, prompt: 'x'.repeat(300_000) });
    for (let i = 0; i < 6; i += 1) await t.market.minute(PRICES);
    const turns = await t.turns(botId);
    expect(turns.filter(({ status }) => status === 'applied')).toHaveLength(3);
    expect(turns.find(({ status }) => status === 'failed')?.reason).toMatch(/1 MB of prompts and answers/);
    const usage = (await ann.get('/account/usage')).body.items as { kind: string; used: number }[];
    expect(usage.find(({ kind }) => kind === 'storage-bytes')?.used).toBeGreaterThan(900_000);
  });
});
