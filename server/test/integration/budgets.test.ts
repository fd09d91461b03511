import { describe, expect, test } from 'vitest';
import { resumeAfterBudget } from '../../arena/budget-pauses.ts';
import { budgetStop } from '../../arena/budgets.ts';
import { addModel, addModelBot, modelArena, type ModelArena } from '../support/model-arena.ts';
import { auditOf, person, type Person } from '../support/people.ts';
import { DAWN } from '../support/scripted-market.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const PRICES = { BTCUSDT: 50_000, ETHUSDT: 2000 };
const OF_BOT = 'The daily budget of this bot, 0.02 USD, is used up (0.02 USD): it goes on at 00:00 UTC.';
const OF_OWNER = 'The daily budget of its owner, 0.03 USD, is used up (0.03 USD): it goes on at 00:00 UTC.';

interface Pause {
  readonly is_paused: number;
  readonly pause_reason: string | null;
  readonly resume_at: number | null;
}
const GOES_ON: Pause = { is_paused: 0, pause_reason: null, resume_at: null };

/** Ann, her model, and what became of her bots. */
class World {
  readonly arena: ModelArena;
  readonly ann: Person;
  readonly providerId: string;

  constructor(arena: ModelArena, ann: Person, providerId: string) {
    this.arena = arena;
    this.ann = ann;
    this.providerId = providerId;
  }

  get app() {
    return this.arena.t.app;
  }

  /** How often the model was asked. */
  get asked(): number {
    return this.arena.vendor.requests.length;
  }

  async addBot(name: string, dailyBudgetUsd?: number): Promise<string> {
    const settings = dailyBudgetUsd === undefined ? {} : { dailyBudgetUsd };
    return await addModelBot(this.ann, { name, providerId: this.providerId, settings });
  }

  async minutes(count: number): Promise<void> {
    for (let i = 0; i < count; i += 1) {
      this.arena.t.wall += 60_000;
      await this.arena.t.market.minute(PRICES);
    }
  }

  async pauseOf(botId: string): Promise<Pause> {
    return await this.arena.t.db.read
      .selectFrom('bots')
      .select(['is_paused', 'pause_reason', 'resume_at'])
      .where('id', '=', botId)
      .executeTakeFirstOrThrow();
  }

  /** The job, as it would run at this time of the wall clock. */
  async review(wall: number): Promise<void> {
    this.arena.t.wall = wall;
    await resumeAfterBudget(this.app.bots, wall, new AbortController().signal);
  }

  isRunning(botId: string): boolean {
    return this.app.manager.botOf(botId).isRunning;
  }

  [Symbol.asyncDispose]() {
    return this.arena[Symbol.asyncDispose]();
  }
}

async function world(): Promise<World> {
  const arena = await modelArena();
  arena.t.wall = DAWN + 6 * HOUR;
  const ann = await person(arena.t.app, 'ann');
  return new World(arena, ann, await addModel(ann));
}

describe('a bot with a daily budget', () => {
  test('is paused with a notice when it is used up, and goes on the next day', async () => {
    await using w = await world();
    const botId = await w.addBot('Spender', 0.02);
    const other = await w.addBot('Other');
    await w.minutes(5);
    const calls = await w.arena.t.db.read.selectFrom('llm_calls').select('bot_id').execute();
    expect(calls.filter(({ bot_id }) => bot_id === botId)).toHaveLength(2);
    expect(calls.filter(({ bot_id }) => bot_id === other)).toHaveLength(5);
    expect(await w.pauseOf(botId)).toEqual({ is_paused: 1, pause_reason: OF_BOT, resume_at: DAWN + DAY });
    expect(w.isRunning(botId)).toBe(false);
    const line = (await auditOf(w.app, botId)).find(({ action }) => action === 'bot.paused');
    expect(line).toMatchObject({ actor_id: null, user_id: w.ann.userId, details: { reason: OF_BOT } });
    const news = await w.arena.t.events(`user:${w.ann.userId}`);
    expect(news).toContainEqual(
      expect.objectContaining({ payload: { type: 'bot', botId, change: 'paused' } }),
    );
    const told = await w.ann.must(200, `get /bots/${botId}`);
    expect(told.body).toMatchObject({ isPaused: true, pauseReason: OF_BOT });

    await w.review(DAWN + DAY - 1);
    expect(w.isRunning(botId)).toBe(false);
    await w.review(DAWN + DAY);
    expect(await w.pauseOf(botId)).toEqual(GOES_ON);
    expect(w.isRunning(botId)).toBe(true);
    const before = w.asked;
    await w.minutes(1);
    expect(w.asked).toBe(before + 2);
  });

  test('is looked at anew as soon as the budget is another', async () => {
    await using w = await world();
    const botId = await w.addBot('Spender', 0.02);
    await w.minutes(4);
    await w.ann.must(200, `patch /bots/${botId}`, { settings: { dailyBudgetUsd: 0.01 } });
    await w.review(w.arena.t.wall);
    expect(await w.pauseOf(botId)).toMatchObject({
      is_paused: 1,
      pause_reason: OF_BOT.replace('0.02', '0.01'),
      resume_at: DAWN + DAY,
    });
    await w.ann.must(200, `patch /bots/${botId}`, { settings: { dailyBudgetUsd: 0.03 } });
    await w.review(w.arena.t.wall);
    expect(await w.pauseOf(botId)).toEqual(GOES_ON);
    await w.minutes(3);
    expect(w.asked).toBe(3);
    await w.ann.must(200, `patch /bots/${botId}`, { providerId: 'house:flat' });
    await w.review(w.arena.t.wall);
    expect(await w.pauseOf(botId)).toEqual(GOES_ON);
  });

  test('stays paused when its owner pauses it as well, and as long as a moderator holds it', async () => {
    await using w = await world();
    const [byOwner, held] = [await w.addBot('By its owner', 0.01), await w.addBot('Held', 0.01)];
    await w.minutes(3);
    expect([await w.pauseOf(byOwner), await w.pauseOf(held)]).toMatchObject([
      { is_paused: 1, resume_at: DAWN + DAY },
      { is_paused: 1, resume_at: DAWN + DAY },
    ]);
    await w.ann.must(200, `post /bots/${byOwner}/pause`, { reason: 'For good.' });
    const moderator = await person(w.app, 'moderator', { role: 'moderator' });
    await moderator.must(200, `post /moderation/bots/${held}/pause`, { reason: 'Spam.' });
    await w.arena.t.db.transaction((trx) =>
      trx.updateTable('bots').set({ resume_at: DAWN }).where('id', '=', held).execute(),
    );
    await w.review(DAWN + DAY);
    expect(await w.pauseOf(byOwner)).toEqual({ is_paused: 1, pause_reason: 'For good.', resume_at: null });
    expect(await w.pauseOf(held)).toMatchObject({
      is_paused: 1,
      pause_reason: 'Paused by a moderator: Spam.',
    });
    expect([w.isRunning(byOwner), w.isRunning(held)]).toEqual([false, false]);
    await w.ann.must(200, `post /bots/${byOwner}/resume`);
    expect(await w.pauseOf(byOwner)).toEqual(GOES_ON);
  });

  test('is paused behind the turn that uses it up, so that no turn ends without an answer', async () => {
    await using w = await world();
    const botId = await w.addBot('Spender', 0.02);
    await w.minutes(2);
    expect(w.isRunning(botId)).toBe(true);
    await w.minutes(1);
    expect(w.isRunning(botId)).toBe(false);
    expect(await w.pauseOf(botId)).toEqual({ is_paused: 1, pause_reason: OF_BOT, resume_at: DAWN + DAY });
    const turns = await w.arena.t.turns(botId);
    expect(turns.map(({ status }) => status)).toEqual(['applied', 'applied']);
  });
});

describe('a user with a daily budget', () => {
  test('spends it with all bots together, tests of providers included', async () => {
    await using w = await world();
    const set = await w.ann.must(200, 'put /account/budget', { dailyBudgetUsd: 0.03 });
    expect(set.body).toEqual({ dailyBudgetUsd: 0.03, spentToday: 0, resetsAt: DAWN + DAY });
    await w.ann.must(200, `post /providers/${w.providerId}/test`);
    const [one, two] = [await w.addBot('One'), await w.addBot('Two')];
    await w.minutes(4);
    expect(w.asked).toBe(3);
    for (const botId of [one, two])
      expect(await w.pauseOf(botId)).toEqual({
        is_paused: 1,
        pause_reason: OF_OWNER,
        resume_at: DAWN + DAY,
      });
    const now = await w.ann.must(200, 'get /account/budget');
    expect(now.body).toMatchObject({ dailyBudgetUsd: 0.03, spentToday: 0.03 });
    const usage = await w.ann.must(200, 'get /account/usage');
    expect((usage.body as { items: object[] }).items).toContainEqual({
      kind: 'model-budget-usd',
      used: 0.03,
      limit: 0.03,
      resetsAt: DAWN + DAY,
    });

    await w.ann.must(200, 'put /account/budget', { dailyBudgetUsd: null });
    await w.review(w.arena.t.wall);
    expect([await w.pauseOf(one), await w.pauseOf(two)]).toEqual([GOES_ON, GOES_ON]);
    const lines = await auditOf(w.app, w.ann.userId);
    const changes = lines.filter(({ action }) => action === 'budget.updated');
    expect(changes.map(({ details }) => details)).toEqual([
      { before: { dailyBudgetUsd: null }, after: { dailyBudgetUsd: 0.03 } },
      { before: { dailyBudgetUsd: 0.03 }, after: { dailyBudgetUsd: null } },
    ]);
  });

  test('has it alone: others go on, and a day begins with nothing spent', async () => {
    await using w = await world();
    const bob = await person(w.app, 'bob');
    await bob.must(200, 'put /account/budget', { dailyBudgetUsd: 0.01 });
    const botId = await w.addBot('Of ann');
    await w.minutes(3);
    expect(await w.pauseOf(botId)).toEqual(GOES_ON);
    const ofBob = await bob.must(200, 'get /account/budget');
    expect(ofBob.body).toMatchObject({ spentToday: 0 });
    const ofAnn = await w.ann.must(200, 'get /account/budget');
    expect(ofAnn.body).toMatchObject({ spentToday: 0.03 });
    w.arena.t.wall = DAWN + DAY;
    const nextDay = await w.ann.must(200, 'get /account/budget');
    expect(nextDay.body).toEqual({ dailyBudgetUsd: null, spentToday: 0, resetsAt: DAWN + 2 * DAY });
    const bot = { ...w.app.manager.botOf(botId), settings: { dailyBudgetUsd: 0.01 } };
    expect(await budgetStop(w.app.ctx, bot, DAWN + DAY - 1)).toMatchObject({ resumeAt: DAWN + DAY });
    expect(await budgetStop(w.app.ctx, bot, DAWN + DAY)).toBeNull();
  });

  test('is refused a budget that is none', async () => {
    await using w = await world();
    for (const dailyBudgetUsd of [0, -1, 1e7, '5'])
      await w.ann.must(400, 'put /account/budget', { dailyBudgetUsd });
    const kept = await w.ann.must(200, 'get /account/budget');
    expect(kept.body).toMatchObject({ dailyBudgetUsd: null });
  });
});

test('house bots and built-in strategies are free', async () => {
  await using w = await world();
  const botId = await w.addBot('Spender', 0.01);
  await w.minutes(1);
  const bot = w.app.manager.botOf(botId);
  expect(await budgetStop(w.app.ctx, bot, w.arena.t.wall)).not.toBeNull();
  expect(await budgetStop(w.app.ctx, { ...bot, isHouse: true }, w.arena.t.wall)).toBeNull();
  expect(await budgetStop(w.app.ctx, { ...bot, providerType: 'house' }, w.arena.t.wall)).toBeNull();
});
