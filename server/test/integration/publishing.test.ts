import { describe, expect, it } from 'vitest';
import type { Publishing } from '../../contract/publishing.ts';
import { person, stranger, type Person } from '../support/people.ts';
import { DAWN } from '../support/scripted-market.ts';
import { testApp, type TestApp } from '../support/test-app.ts';

const HOUR = 3_600_000;
const PRICES = { BTCUSDT: 50_000, ETHUSDT: 3000 };
const REASON = 'It has risen for nine minutes.';

interface World extends AsyncDisposable {
  readonly t: TestApp;
  readonly owner: Person;
  readonly botId: string;
}

/** A bot with one closed and one open position, each with its reasoning, published as the test says. */
async function world(publishing: Partial<Publishing>): Promise<World> {
  const t = await testApp();
  await t.market.tick(DAWN, PRICES);
  const owner = await person(t.app, 'Ann');
  const open = (symbol: string) =>
    ({ action: 'LONG', symbol, size: 1000, leverage: 5, stopLoss: 10, reasoning: REASON }) as const;
  const { botId } = await t.addBot(
    [[open('BTCUSDT'), open('ETHUSDT')], [{ action: 'CLOSE', symbol: 'BTCUSDT', reasoning: REASON }]],
    { userId: owner.userId, prompt: 'My secret prompt.', settings: { turnIntervalMs: 24 * HOUR } },
  );
  for (let turn = 0; turn < 2; turn += 1) {
    await t.app.manager.forceTurn(botId);
    await t.app.manager.decided();
    await t.market.tick(t.app.ctx.clock.now() + 1000, PRICES);
    await expect.poll(() => t.app.manager.state(botId).isRunning).toBe(false);
  }
  expect((await owner.send('patch', `/bots/${botId}`, { publishing })).status).toBe(200);
  return { t, owner, botId, [Symbol.asyncDispose]: () => t[Symbol.asyncDispose]() };
}

/** What somebody sees of a bot. */
async function seen(who: Person, botId: string) {
  const [bot, trades, positions, open, decisions, analytics] = await Promise.all(
    ['', '/trades', '/positions', '/positions?status=open', '/decisions', '/analytics'].map((part) =>
      who.get(`/bots/${botId}${part}`),
    ),
  );
  return {
    prompt: bot?.body.prompt as string | null,
    openPositions: bot?.body.openPositions.length as number,
    trades: trades?.body.items.length as number,
    positions: positions?.body.items.length as number,
    open: open?.body.items.length as number,
    decisions: decisions?.body.items as {
      isRedacted: boolean;
      releasedAt: number | null;
      prompt: string | null;
      rawAnswer: string | null;
      decisions: {
        action: string;
        symbol: string | null;
        reasoning: string | null;
        outcome: object | null;
      }[];
    }[],
    analytics: analytics?.status as number,
    /** Results are public, whatever else is not. */
    tradeCount: bot?.body.tradeCount as number,
    everything: JSON.stringify([bot?.body, trades?.body, positions?.body, open?.body, decisions?.body]),
  };
}

const WHOLE = { openPositions: 1, trades: 3, positions: 2, open: 1, analytics: 200, tradeCount: 1 };

describe('what is published of a bot', () => {
  it('by default is what it does, not why; its owner sees all', async () => {
    await using w = await world({});
    const others = await seen(stranger(w.t.app), w.botId);
    expect(others).toMatchObject({ ...WHOLE, prompt: null });
    expect(others.decisions[0]).toMatchObject({
      isRedacted: true,
      releasedAt: null,
      prompt: null,
      rawAnswer: null,
    });
    expect(others.decisions[0]?.decisions[0]).toMatchObject({
      action: 'CLOSE',
      reasoning: null,
      outcome: null,
    });
    expect(others.everything).not.toMatch(/secret prompt|nine minutes/);
    const own = await seen(w.owner, w.botId);
    expect(own).toMatchObject({ ...WHOLE, prompt: 'My secret prompt.' });
    expect(own.decisions[0]).toMatchObject({
      isRedacted: false,
      prompt: expect.stringContaining('My secret prompt.'),
    });
    expect(own.decisions[0]?.decisions[0]).toMatchObject({ reasoning: REASON, outcome: { code: 'closed' } });
  });

  it('can be everything', async () => {
    await using w = await world({ reasoning: 'public', prompt: 'public' });
    const others = await seen(stranger(w.t.app), w.botId);
    expect(others).toMatchObject({ ...WHOLE, prompt: 'My secret prompt.' });
    expect(others.decisions[0]?.decisions[0]).toMatchObject({ reasoning: REASON });
    expect(others.decisions[0]?.rawAnswer).toContain(REASON);
  });

  it('can be nothing but results', async () => {
    await using w = await world({ positions: 'owner' });
    const others = await seen(stranger(w.t.app), w.botId);
    expect(others).toMatchObject({
      openPositions: 0,
      trades: 0,
      positions: 0,
      open: 0,
      analytics: 403,
      tradeCount: 1,
    });
    expect(others.decisions[0]?.decisions[0]).toEqual(
      expect.objectContaining({ action: 'PRIVATE', symbol: null, reasoning: null, outcome: null }),
    );
    expect(others.everything).not.toMatch(/BTCUSDT|ETHUSDT|nine minutes/);
    expect(await seen(w.owner, w.botId)).toMatchObject(WHOLE);
    for (const role of ['viewer', 'moderator', 'admin'] as const) {
      const other = await person(w.t.app, `A ${role}`, { role });
      expect((await seen(other, w.botId)).everything).not.toMatch(/BTCUSDT|secret prompt|nine minutes/);
    }
  });

  it('can come hours later, and not a moment before', async () => {
    await using w = await world({ positions: { delayHours: 2 }, reasoning: { delayHours: 5 } });
    const now = w.t.app.ctx.clock.now();
    const early = await seen(stranger(w.t.app), w.botId);
    expect(early).toMatchObject({ openPositions: 0, trades: 0, positions: 0, open: 0, analytics: 403 });
    expect(early.decisions[0]).toMatchObject({ isRedacted: true, releasedAt: expect.any(Number) });
    expect(early.decisions[0]?.releasedAt).toBeGreaterThan(now + 4 * HOUR);
    await w.t.market.tick(now + 2 * HOUR + 1000, PRICES);
    const later = await seen(stranger(w.t.app), w.botId);
    // The open position is not shown while it is open; its entry is, as a trade.
    expect(later).toMatchObject({ openPositions: 0, trades: 3, positions: 1, open: 0 });
    expect(later.decisions[0]?.decisions[0]).toMatchObject({ action: 'CLOSE', reasoning: null });
    await w.t.market.tick(now + 5 * HOUR + 1000, PRICES);
    const last = await seen(stranger(w.t.app), w.botId);
    expect(last.decisions[0]).toMatchObject({ isRedacted: false, releasedAt: null });
    expect(last.decisions[0]?.decisions[0]).toMatchObject({ reasoning: REASON });
  });

  it('refuses what is no such choice', async () => {
    await using w = await world({});
    for (const publishing of [
      { positions: 'friends' },
      { positions: { delayHours: 0 } },
      { results: 'owner' },
    ])
      expect((await w.owner.send('patch', `/bots/${w.botId}`, { publishing })).status).toBe(400);
  });
});
