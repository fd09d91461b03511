import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BotVersionView } from '../../contract/http/thinking.ts';
import type { FakeStep } from '../../llm/fake-provider.ts';
import { all, migrate } from '../support/legacy/migrate.ts';
import { PASSWORD, person, type Person } from '../support/people.ts';
import { DAWN, MINUTE } from '../support/scripted-market.ts';
import { tempDatabasePath } from '../support/temp-database.ts';
import { testApp, type TestApp } from '../support/test-app.ts';

const EXAMPLE = path.join(import.meta.dirname, '..', '..', '..', 'arena.db.example');
const PRICES = { BTCUSDT: 50_000, ETHUSDT: 3000 };
const LONG: FakeStep = [{ action: 'LONG', symbol: 'BTCUSDT', size: 1000, leverage: 2, reasoning: 'Up.' }];
const CLOSE: FakeStep = [{ action: 'CLOSE', symbol: 'BTCUSDT', reasoning: 'Enough.' }];
const HOUSE_BOT = { name: 'Mine', providerId: 'house:flat', prompt: 'one' };

async function world(): Promise<{ t: TestApp; ann: Person }> {
  const t = await testApp();
  await t.market.tick(DAWN, PRICES);
  return { t, ann: await person(t.app, 'Ann') };
}

async function versionsOf(who: Person, botId: string): Promise<BotVersionView[]> {
  return (await who.must(200, `get /bots/${botId}/versions`)).body.items as BotVersionView[];
}

const numbersOf = async (who: Person, botId: string) =>
  (await versionsOf(who, botId)).map(({ versionNo }) => versionNo);

describe('versions', () => {
  it('begin with the bot, and go on with every edit of what decides', async () => {
    const { t, ann } = await world();
    await using _ = t;
    const { id } = (await ann.must(201, 'post /bots', { ...HOUSE_BOT, settings: { cooldownMs: 1000 } })).body;
    expect(await versionsOf(ann, id)).toEqual([
      {
        id: `${id}:1`,
        versionNo: 1,
        isCurrent: true,
        prompt: 'one',
        provider: { id: 'house:flat', type: 'house', model: 'flat', endpoint: null },
        settings: { cooldownMs: 1000 },
        tradingSymbols: null,
        createdAt: t.wall,
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
      },
    ]);
    t.wall += 1000;
    const edits = [
      { prompt: 'two' },
      { providerId: 'house:momentum' },
      { settings: { cooldownMs: 2000 } },
      { tradingSymbols: ['ETHUSDT'] },
    ];
    for (const edit of edits) await ann.must(200, `patch /bots/${id}`, edit);
    const versions = await versionsOf(ann, id);
    expect(versions.map(({ versionNo, isCurrent }) => [versionNo, isCurrent])).toEqual([
      [5, true],
      [4, false],
      [3, false],
      [2, false],
      [1, false],
    ]);
    expect(versions[0]).toMatchObject({
      prompt: 'two',
      provider: { id: 'house:momentum', model: 'momentum' },
      settings: { cooldownMs: 2000 },
      tradingSymbols: ['ETHUSDT'],
      createdAt: t.wall,
    });
  });

  it('stay when nothing of it changes', async () => {
    const { t, ann } = await world();
    await using _ = t;
    const { id } = (await ann.must(201, 'post /bots', HOUSE_BOT)).body;
    await ann.must(200, `patch /bots/${id}`, { name: 'Other', publishing: { prompt: 'public' } });
    await ann.must(200, `patch /bots/${id}`, { prompt: 'one', providerId: 'house:flat', settings: {} });
    await ann.must(200, `post /bots/${id}/pause`, { reason: 'rest' });
    await ann.must(200, `post /bots/${id}/resume`);
    await ann.must(204, `delete /bots/${id}/avatar`);
    expect(await numbersOf(ann, id)).toEqual([1]);
  });

  it('have numbers of their own when many edit at once', async () => {
    const { t, ann } = await world();
    await using _ = t;
    const { id } = (await ann.must(201, 'post /bots', HOUSE_BOT)).body;
    const prompts = Array.from({ length: 20 }, (_nothing, i) => `prompt ${i}`);
    await Promise.all(prompts.map((prompt) => ann.must(200, `patch /bots/${id}`, { prompt })));
    const versions = await versionsOf(ann, id);
    expect(versions.map(({ versionNo }) => versionNo)).toEqual(
      prompts.map((_nothing, i) => 21 - i).concat(1),
    );
    expect(versions.map(({ prompt }) => prompt).toSorted()).toEqual([...prompts, 'one'].toSorted());
    const bot = (await ann.must(200, `get /bots/${id}`)).body;
    expect(versions.find(({ isCurrent }) => isCurrent)?.prompt).toBe(bot.prompt);
    expect(versions[0]?.isCurrent).toBe(true);
  });

  it('are told page by page', async () => {
    const { t, ann } = await world();
    await using _ = t;
    const { id } = (await ann.must(201, 'post /bots', HOUSE_BOT)).body;
    for (const prompt of ['2', '3', '4', '5']) await ann.must(200, `patch /bots/${id}`, { prompt });
    const seen: number[] = [];
    let cursor = '';
    do {
      const { body } = await ann.must(200, `get /bots/${id}/versions?limit=2${cursor}`);
      seen.push(...(body.items as BotVersionView[]).map(({ versionNo }) => versionNo));
      cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
    } while (cursor !== '');
    expect(seen).toEqual([5, 4, 3, 2, 1]);
    await ann.must(400, `get /bots/${id}/versions?cursor=nonsense`);
  });

  it('are nobody else’s to read', async () => {
    const { t, ann } = await world();
    await using _ = t;
    const bob = await person(t.app, 'Bob');
    const { id } = (await ann.must(201, 'post /bots', { ...HOUSE_BOT, publishing: { prompt: 'public' } }))
      .body;
    for (const botId of [id, 'no-such-bot'])
      expect((await bob.get(`/bots/${botId}/versions`)).status).toBe(404);
    expect((await ann.get(`/bots/${id}/versions`)).status).toBe(200);
  });

  it('of the demo and of moved bots begin with 1', async () => {
    await using demo = await testApp({ env: { SEED_DEMO: '1' } });
    const seeded = await demo.db.read.selectFrom('bots').select(['id', 'version_id']).execute();
    expect(seeded).toHaveLength(8);
    for (const bot of seeded) expect(bot.version_id).toBe(`${bot.id}:1`);
    const file = tempDatabasePath();
    copyFileSync(EXAMPLE, file);
    await migrate(file);
    const moved = all<Record<string, unknown>>(
      file,
      `select b.id, b.version_id, b.prompt = v.prompt and b.settings_json = v.settings_json as is_same
       from bots as b left join bot_versions as v on v.bot_id = b.id order by b.id`,
    );
    expect(moved).toHaveLength(4);
    for (const bot of moved) expect(bot).toMatchObject({ version_id: `${String(bot['id'])}:1`, is_same: 1 });
  });
});

describe('what a version brought', () => {
  /** Version 1 opens a long, version 2 closes it and opens another, which stays open. */
  async function traded(): Promise<{ t: TestApp; ann: Person; botId: string }> {
    const { t, ann } = await world();
    const { botId } = await t.addBot([LONG, CLOSE, LONG], {
      userId: ann.userId,
      settings: { cooldownMs: 0 },
    });
    await t.market.minute(PRICES);
    await t.market.tick(t.market.nextMinute, PRICES);
    await ann.must(200, `patch /bots/${botId}`, { prompt: 'Trade better.' });
    await t.market.minute({ ...PRICES, BTCUSDT: 51_000 });
    await t.market.minute({ ...PRICES, BTCUSDT: 51_000 });
    await t.market.minute({ ...PRICES, BTCUSDT: 51_000 });
    return { t, ann, botId };
  }

  it('is told apart: a position belongs to the version that opened it', async () => {
    const { t, ann, botId } = await traded();
    await using _ = t;
    const [second, first] = await versionsOf(ann, botId);
    const [closed] = await t.positions(botId);
    const net = (closed?.realized_micros ?? 0) + (closed?.funding_micros ?? 0) - (closed?.fees_micros ?? 0);
    expect(closed?.status).toBe('closed');
    expect(net).toBeGreaterThan(0);
    expect(first?.result).toMatchObject({
      turns: 1,
      firstTurnAt: DAWN + MINUTE,
      lastTurnAt: DAWN + MINUTE,
      closedPositions: 1,
      wins: 1,
      winRate: 1,
      netPnl: net / 1e6,
    });
    expect(second?.result).toMatchObject({ turns: 2, closedPositions: 0, winRate: null, netPnl: 0 });
    const rows = await t.db.read
      .selectFrom('bot_decisions')
      .select(['version_id', 'cost_micros'])
      .where('bot_id', '=', botId)
      .orderBy('timestamp')
      .execute();
    expect(rows.map((row) => row.version_id)).toEqual([`${botId}:1`, `${botId}:2`, `${botId}:2`]);
    const cost = (id: string) =>
      rows.reduce((sum, row) => sum + (row.version_id === id ? (row.cost_micros ?? 0) : 0), 0) / 1e6;
    expect(first?.result.modelCost).toBe(cost(`${botId}:1`));
    expect(second?.result.modelCost).toBe(cost(`${botId}:2`));
    expect(second?.result.modelCost).toBeGreaterThan(0);
  });

  it('belongs to the version that was asked, also when it changes before the answer fills', async () => {
    const { t, ann } = await world();
    await using _ = t;
    const { botId } = await t.addBot([LONG], { userId: ann.userId });
    await t.market.minute(PRICES);
    expect(await t.turns(botId)).toMatchObject([{ status: 'answered', version_id: `${botId}:1` }]);
    await ann.must(200, `patch /bots/${botId}`, { prompt: 'Trade better.' });
    await t.market.minute(PRICES);
    expect((await versionsOf(ann, botId)).map(({ result }) => result.turns)).toEqual([0, 1]);
    expect((await t.turns(botId)).map((turn) => turn.version_id)).toEqual([`${botId}:1`, `${botId}:2`]);
  });
});

describe('a provider that changes', () => {
  const PROVIDER = { name: 'Box', providerType: 'openai', modelName: 'm1', apiKey: 'sk-1234567890' };

  it('gives each of its bots a new version with its model or address, and its next turn is of that', async () => {
    const { t, ann } = await world();
    await using _ = t;
    const provider = (await ann.must(201, 'post /providers', PROVIDER)).body.id as string;
    const made = async (name: string, providerId: string) =>
      (await ann.must(201, 'post /bots', { ...HOUSE_BOT, name, providerId })).body.id as string;
    const [one, two, other] = [
      await made('a', provider),
      await made('b', provider),
      await made('c', 'house:flat'),
    ];
    const numbers = async () =>
      await Promise.all([one, two, other].map(async (id) => (await numbersOf(ann, id))[0]));
    await ann.must(200, `patch /providers/${provider}`, { name: 'Case', apiKey: 'sk-0987654321' });
    expect(await numbers()).toEqual([1, 1, 1]);
    await ann.must(200, `patch /providers/${provider}`, { modelName: 'm2' });
    expect(await numbers()).toEqual([2, 2, 1]);
    await ann.must(200, `patch /providers/${provider}`, { apiEndpoint: 'https://models.example.com/v1' });
    expect(await numbers()).toEqual([3, 3, 1]);
    const [newest, , oldest] = await versionsOf(ann, one);
    expect(newest?.provider).toEqual({
      id: provider,
      type: 'openai',
      model: 'm2',
      endpoint: 'https://models.example.com/v1',
    });
    expect(oldest?.provider).toMatchObject({ model: 'm1', endpoint: null });
    expect(t.app.manager.botOf(one).versionId).toBe(`${one}:3`);
  });
});

describe('a person who goes', () => {
  it('takes a copy of the versions along, and leaves none of what they say', async () => {
    const t = await testApp();
    await using _ = t;
    await t.market.tick(DAWN, PRICES);
    const ann = await person(t.app, 'Ann', { hasPassword: true });
    const { id } = (await ann.must(201, 'post /bots', HOUSE_BOT)).body;
    await ann.must(200, `patch /bots/${id}`, { prompt: 'my secret', settings: { cooldownMs: 7 } });
    const copy = (await ann.must(200, 'get /account/export')).body as {
      tables: Record<string, readonly Record<string, unknown>[]>;
    };
    expect(copy.tables['bot_versions']).toMatchObject([
      { bot_id: id, version_no: 1, prompt: 'one' },
      { bot_id: id, version_no: 2, prompt: 'my secret' },
    ]);
    await ann.must(204, 'post /account/delete', { password: PASSWORD, confirm: 'Ann' });
    const left = await t.db.read
      .selectFrom('bot_versions')
      .select(['version_no', 'prompt', 'api_endpoint', 'settings_json'])
      .where('bot_id', '=', id)
      .orderBy('version_no')
      .execute();
    const blank = { prompt: '', api_endpoint: null, settings_json: '{}' };
    expect(left).toEqual([
      { version_no: 1, ...blank },
      { version_no: 2, ...blank },
    ]);
  });
});

describe('a prompt', () => {
  it.each([
    ['Balance: {{avalableBalance}}', /\{\{avalableBalance\}\}: did you mean \{\{availableBalance\}\}\?/],
    ['{{candles:BTCUSD:1h:24}}', /BTCUSD .*BTCUSDT/],
    ['{{totlValue}} {{histry}}', /\{\{totalValue\}\}.*1 more/],
  ])('that says %j is refused with the nearest name', async (prompt, message) => {
    const { t, ann } = await world();
    await using _ = t;
    const refusal = {
      code: 'invalid-input',
      message: expect.stringMatching(message),
      details: expect.arrayContaining([{ path: 'prompt', message: expect.any(String) }]),
    };
    expect((await ann.must(400, 'post /bots', { ...HOUSE_BOT, prompt })).body.error).toMatchObject(refusal);
    const { id } = (await ann.must(201, 'post /bots', HOUSE_BOT)).body;
    const edited = await ann.must(400, `patch /bots/${id}`, { prompt, name: 'Other' });
    expect(edited.body.error).toMatchObject(refusal);
    const file = (await ann.must(200, `get /bots/${id}/export`)).body as object;
    const imported = await ann.must(400, 'post /bots/import', { bot: { ...file, prompt }, name: 'File' });
    expect(imported.body.error).toMatchObject(refusal);
    expect((await ann.must(200, 'get /bots?owner=me')).body.items).toMatchObject([{ name: 'Mine' }]);
    expect(await numbersOf(ann, id)).toEqual([1]);
  });

  it('that is older than the check stays until it is edited, and is not copied', async () => {
    const { t, ann } = await world();
    await using _ = t;
    const prompt = 'Old {{portfolio}}';
    const { botId } = await t.addBot([], { userId: ann.userId, prompt });
    const edit = { prompt, settings: { cooldownMs: 5 } };
    expect((await ann.must(200, `patch /bots/${botId}`, edit)).body).toMatchObject({ prompt });
    await ann.must(400, `patch /bots/${botId}`, { prompt: `${prompt}!` });
    await ann.must(400, `post /bots/${botId}/clone`, { name: 'Copy' });
  });
});
