import { describe, expect, it } from 'vitest';
import { decidedAt, forceSummary, holds, learningOf, resetBot, School } from '../support/learners.ts';
import { auditOf, person } from '../support/people.ts';
import { MINUTE } from '../support/scripted-market.ts';
import { modelError } from '../support/scripted-vendor.ts';

const TEXT = 'What worked\nI waited.\nWhat failed\nNothing yet, of five turns.';
const SECOND = 'What worked\nWaiting, of ten turns now.';

describe('a long history', () => {
  it('is summarised by itself but for the last fifteen decisions', async () => {
    await using school = await School.open();
    await school.set({ history_tokens: 2000 });
    const learner = await school.add(holds(60), [{ text: TEXT }, { text: SECOND }]);
    let turns = 0;
    while (learner.vendor.requests.length === 0 && turns < 60) {
      await school.decide(1);
      turns += 1;
    }
    const { summary, history } = await learningOf(learner);
    expect(history).toMatchObject({ decisions: 15, limitTokens: 2000 });
    const covered = turns - 1 - 15;
    expect(covered).toBeGreaterThan(5);
    expect(summary).toMatchObject({
      version: 1,
      cause: 'auto',
      summarizedCount: covered,
      summarizedFrom: decidedAt(1),
      summarizedTo: decidedAt(covered),
    });
    const asked = JSON.stringify(learner.vendor.requests[0]?.messages);
    expect(asked).toContain(`Lesson ${covered}:`);
    expect(asked).not.toContain(`Lesson ${covered + 1}:`);
    await school.decide(1);
    const prompt = learner.prompts().at(-1) ?? '';
    expect(prompt).toContain('> I waited.');
    expect(prompt).toContain(`Lesson ${covered + 1}:`);
    expect(prompt).not.toContain(`Lesson ${covered}:`);
    while (learner.vendor.requests.length === 1) await school.decide(1);
    const { versions } = await learningOf(learner);
    expect(versions.map(({ version, cause }) => [version, cause])).toEqual([
      [2, 'auto'],
      [1, 'auto'],
    ]);
    expect(versions[0]?.summarizedFrom).toBe(decidedAt(1));
    expect(JSON.stringify(learner.vendor.requests[1]?.messages)).toContain('> I waited.');
    expect(await auditOf(school.t.app, learner.botId)).toHaveLength(1);
  });

  it('whose summary fails is tried again after a while, and no turn knows of it', async () => {
    await using school = await School.open();
    await school.set({ history_tokens: 1000 });
    const learner = await school.add(holds(60), [modelError('busy'), { text: TEXT }]);
    await school.decide(25);
    expect(learner.vendor.requests).toHaveLength(1);
    expect(school.t.app.ctx.summaries.counts()).toEqual({ running: 0, failed: 1 });
    expect(await school.summaryCalls(learner.botId)).toMatchObject([{ failure: 'busy' }]);
    const turns = await school.t.turns(learner.botId);
    expect(turns.slice(0, -1).map(({ status }) => status)).toEqual(
      Array.from({ length: 24 }, () => 'applied'),
    );
    // What does not fit is left out meanwhile, the oldest first.
    expect(learner.prompts().at(-1)).not.toContain('Lesson 1:');
    school.t.wall += 10 * MINUTE;
    await school.decide(1);
    expect(learner.vendor.requests).toHaveLength(2);
    expect((await learningOf(learner)).history.decisions).toBe(15);
  });

  it('of a built-in strategy is left as it is', async () => {
    await using school = await School.open();
    await school.set({ history_tokens: 1000, history_kept_decisions: 1 });
    const owner = await person(school.t.app, 'Hal');
    const made = await owner.must(201, 'post /bots', { name: 'House', providerId: 'house:momentum' });
    await school.decide(30);
    const { id } = made.body as { id: string };
    const learning = await learningOf({ owner, botId: id });
    expect(learning).toMatchObject({ summary: null, versions: [] });
    expect(school.t.app.ctx.summaries.counts()).toEqual({ running: 0, failed: 0 });
  });
});

describe('clearing', () => {
  it('makes the bot forget summary and history, keeps the versions, and counts on', async () => {
    await using school = await School.open();
    const learner = await school.addExperienced(5, [{ text: TEXT }, { text: SECOND }]);
    const { owner, botId } = learner;
    await forceSummary(learner);
    await school.decide(2);
    school.t.wall += 1000;
    const done = await owner.must(200, `post /bots/${botId}/clear-learning`);
    expect(done.body).toMatchObject({ success: true });
    const { summary, versions, history } = await learningOf(learner);
    expect([summary, history.decisions]).toEqual([null, 0]);
    expect(versions).toMatchObject([{ version: 1, summary: TEXT, clearedAt: school.t.wall }]);
    expect((await auditOf(school.t.app, botId)).at(-1)).toMatchObject({
      action: 'bot.learning-cleared',
      actor_id: owner.userId,
      details: { version: 1 },
    });
    await school.decide(1);
    const prompt = learner.prompts().at(-1) ?? '';
    expect(prompt).not.toContain('I waited.');
    expect(prompt).not.toContain('Lesson 5');
    expect((await forceSummary(learner)).body.error.code).toBe('not-enough-history');
    await school.decide(6);
    expect((await forceSummary(learner)).body.summary).toMatchObject({
      version: 2,
      summarizedCount: expect.any(Number) as number,
    });
    expect(JSON.stringify(learner.vendor.requests[1]?.messages)).not.toContain('I waited.');
    expect(
      (await learningOf(learner)).versions.map(({ version, clearedAt }) => [version, clearedAt !== null]),
    ).toEqual([
      [2, false],
      [1, true],
    ]);
  });

  it('of a bot without a summary is fine, twice at once', async () => {
    await using school = await School.open();
    const { owner, botId } = await school.addExperienced(5);
    const [a, b] = await Promise.all([
      owner.post(`/bots/${botId}/clear-learning`),
      owner.post(`/bots/${botId}/clear-learning`),
    ]);
    expect([a.status, b.status]).toEqual([200, 200]);
  });
});

describe('a copy of one’s account', () => {
  it('holds every summary of one’s own, those that were cleared among them', async () => {
    await using school = await School.open();
    const learner = await school.addExperienced(5, [{ text: TEXT }]);
    const other = await school.add([]);
    await forceSummary(learner);
    await learner.owner.must(200, `post /bots/${learner.botId}/clear-learning`);
    const copyOf = async ({ owner }: typeof learner) =>
      (await owner.must(200, 'get /account/export')).body as { tables: Record<string, unknown[]> };
    expect((await copyOf(learner)).tables['history_summaries']).toMatchObject([
      { bot_id: learner.botId, version_no: 1, summary: TEXT },
    ]);
    expect((await copyOf(other)).tables['history_summaries']).toEqual([]);
  });
});

describe('a reset', () => {
  it('keeps the lesson, and forgets the history of the old epoch', async () => {
    await using school = await School.open();
    const learner = await school.addExperienced(5, [{ text: TEXT }, { text: SECOND }]);
    await forceSummary(learner);
    await school.decide(3);
    await resetBot(learner);
    const { summary, history } = await learningOf(learner);
    expect([summary?.summary, history.decisions]).toEqual([TEXT, 0]);
    expect((await forceSummary(learner)).body.error.code).toBe('not-enough-history');
    await school.decide(7);
    const { decisions } = (await learningOf(learner)).history;
    expect((await forceSummary(learner)).body.summary).toMatchObject({
      version: 2,
      summarizedCount: 5 + decisions,
    });
    expect(learner.prompts().at(-1)).toContain('> I waited.');
  });
});

describe('what an old server has left', () => {
  it.each([
    ['plain text', 'Short days, long nights.', { summarizedCount: 0, summarizedTo: null }],
    [
      'JSON of its own',
      JSON.stringify({
        summary: 'Short days, long nights.',
        decisionsSeen: 3,
        updatedAt: '2025-01-01T00:00:00.000Z',
      }),
      { summarizedCount: 0, summarizedTo: null, generatedAt: Date.UTC(2025, 0, 1) },
    ],
    [
      'JSON with figures',
      JSON.stringify({
        summary: 'Short days, long nights.',
        summarizedCount: 30,
        summarizedFrom: '2025-01-01T00:00:00.000Z',
        summarizedTo: decidedAt(2),
        tokenCount: 'many',
      }),
      {
        summarizedCount: 30,
        summarizedFrom: Date.UTC(2025, 0, 1),
        summarizedTo: decidedAt(2),
        tokenCount: 0,
      },
    ],
  ])('as %s is known, folded in and kept', async (_, column, figures) => {
    await using school = await School.open();
    const learner = await school.addExperienced(5, [{ text: TEXT }]);
    await school.setSummaryColumn(learner.botId, column);
    const legacy = { version: 1, summary: 'Short days, long nights.', cause: 'legacy', ...figures };
    const { summary, versions } = await learningOf(learner);
    expect([summary, versions]).toMatchObject([legacy, [legacy]]);
    await school.decide(1);
    expect(learner.prompts().at(-1)).toContain('> Short days, long nights.');
    const forced = await forceSummary(learner);
    expect(forced.body.summary).toMatchObject({ version: 2 });
    expect(JSON.stringify(learner.vendor.requests[0]?.messages)).toContain('> Short days, long nights.');
    expect((await learningOf(learner)).versions).toMatchObject([{ version: 2, cause: 'forced' }, legacy]);
  });

  it('is kept when it is cleared', async () => {
    await using school = await School.open();
    const learner = await school.addExperienced(1);
    await school.setSummaryColumn(learner.botId, 'Short days, long nights.');
    await learner.owner.must(200, `post /bots/${learner.botId}/clear-learning`);
    const { summary, versions } = await learningOf(learner);
    expect(summary).toBeNull();
    expect(versions).toMatchObject([{ version: 1, cause: 'legacy', clearedAt: school.t.wall }]);
  });
});
