import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { HistorySummaryView } from '../../contract/http/thinking.ts';
import {
  decidedAt,
  forceSummary,
  heldModel,
  learningOf,
  PRICES,
  resetBot,
  School,
  type Learner,
} from '../support/learners.ts';
import { auditOf, Person, person, stranger } from '../support/people.ts';
import { MINUTE } from '../support/scripted-market.ts';
import { modelError } from '../support/scripted-vendor.ts';
import { testApp } from '../support/test-app.ts';

const TEXT = 'What worked\nI waited.\nWhat failed\nNothing yet, of five turns.';
const SECOND = 'What worked\nWaiting, of ten turns now.';

describe('a summary that is asked for', () => {
  it('needs five decisions', async () => {
    await using school = await School.open();
    const learner = await school.addExperienced(4, [{ text: TEXT }]);
    const refused = await forceSummary(learner);
    expect([refused.status, refused.body.error]).toMatchObject([
      400,
      { code: 'not-enough-history', message: 'Not enough trading history' },
    ]);
    expect(learner.vendor.requests).toEqual([]);
    await school.decide(1);
    expect((await forceSummary(learner)).status).toBe(200);
  });

  it('covers all decisions, and is stored with its version, its cost and who asked', async () => {
    await using school = await School.open();
    const learner = await school.addExperienced(5, [{ text: TEXT }]);
    const { botId, owner } = learner;
    const before = await school.t.events(`bot:${botId}`);
    const answer = await forceSummary(learner);
    const summary = {
      version: 1,
      summary: TEXT,
      summarizedCount: 5,
      summarizedFrom: decidedAt(1),
      summarizedTo: decidedAt(5),
      generatedAt: school.t.wall,
      tokenCount: expect.any(Number) as number,
      model: 'scripted',
      cause: 'forced',
      clearedAt: null,
    };
    expect([answer.status, answer.body]).toEqual([
      200,
      { success: true, message: expect.any(String) as string, summary },
    ]);
    const column = JSON.parse((await school.summaryColumn(botId)) ?? '') as object;
    expect(Object.keys(column).toSorted()).toEqual(
      [
        'version',
        'summary',
        'summarizedCount',
        'summarizedFrom',
        'summarizedTo',
        'generatedAt',
        'tokenCount',
      ].toSorted(),
    );
    expect(summary).toMatchObject(column);
    expect(await learningOf(learner)).toEqual({
      summary,
      versions: [summary],
      history: { decisions: 0, tokens: 0, limitTokens: 25_000 },
      isSummarizing: false,
    });
    expect(await school.summaryCalls(botId)).toMatchObject([
      { user_id: owner.userId, turn_id: null, tokens_in: 100, tokens_out: 10, failure: null },
    ]);
    expect((await auditOf(school.t.app, botId)).slice(-2)).toMatchObject([
      { action: 'bot.summary-forced', actor_id: owner.userId, details: { decisions: 5 } },
      { action: 'bot.summarized', actor_id: owner.userId, details: { version: 1, summarizedCount: 5 } },
    ]);
    const told = { payload: { type: 'bot', botId, change: 'updated' } };
    expect((await school.t.events(`bot:${botId}`)).slice(before.length)).toMatchObject([told]);
    expect((await school.t.events(`user:${owner.userId}`)).at(-1)).toMatchObject(told);
  });

  it('is read in the next turns in the place of what it covers', async () => {
    await using school = await School.open();
    const learner = await school.addExperienced(5, [{ text: TEXT }]);
    expect(learner.prompts().at(-1)).toContain('Lesson 5');
    await forceSummary(learner);
    await school.decide(2);
    const prompt = learner.prompts().at(-1) ?? '';
    expect(prompt).toContain('> I waited.');
    expect(prompt).not.toContain('Lesson 5');
  });

  it('takes in the one before', async () => {
    await using school = await School.open();
    const learner = await school.addExperienced(5, [{ text: TEXT }, { text: SECOND }]);
    await forceSummary(learner);
    await school.decide(2);
    const { body } = await forceSummary(learner);
    expect(body.summary).toMatchObject({
      version: 2,
      summary: SECOND,
      summarizedCount: 7,
      summarizedFrom: decidedAt(1),
      summarizedTo: decidedAt(7),
    });
    const [first, second] = learner.vendor.requests.map(({ messages }) => JSON.stringify(messages));
    expect(first).not.toContain('I waited.');
    expect(second).toContain('> Nothing yet, of five turns.');
    // Trades of that time may have ended since.
    expect(second).toContain('Lesson 1:');
    expect((await learningOf(learner)).versions.map(({ version }) => version)).toEqual([2, 1]);
  });

  it('is made once of fifty requests at once; the others are told that one runs', async () => {
    await using school = await School.open();
    const model = heldModel();
    const learner = await school.addExperienced(5, [model.step]);
    const asking = Array.from({ length: 50 }, () => forceSummary(learner));
    await model.asked;
    expect((await learningOf(learner)).isSummarizing).toBe(true);
    await Promise.race(asking);
    model.answer(TEXT);
    const answers = await Promise.all(asking);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status !== 200).map(({ body }) => body.error.code)).toEqual(
      Array.from({ length: 49 }, () => 'summary-running'),
    );
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(49);
    expect(await school.summaryRows(learner.botId)).toHaveLength(1);
    expect(learner.vendor.requests).toHaveLength(1);
  });

  it('is answered again, not made again, under the same key', async () => {
    await using school = await School.open();
    const learner = await school.addExperienced(5, [{ text: TEXT }]);
    const key = { 'Idempotency-Key': 'once' };
    const [first, again] = [await forceSummary(learner, key), await forceSummary(learner, key)];
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.body).toEqual(first.body);
    expect(learner.vendor.requests).toHaveLength(1);
  });

  it('is not there for built-in strategies, strangers and strange bots', async () => {
    await using school = await School.open();
    const learner = await school.addExperienced(5, [{ text: TEXT }]);
    const { owner } = learner;
    const house = await owner.must(201, 'post /bots', { name: 'House', providerId: 'house:flat' });
    const { id } = house.body as { id: string };
    const refused = await owner.must(400, `post /bots/${id}/force-summarize`);
    expect(refused.body).toMatchObject({
      error: { code: 'no-model', message: expect.stringMatching(/no model/) as string },
    });
    const other = await person(school.t.app, 'other');
    for (const line of ['post force-summarize', 'get history-summary', 'post clear-learning']) {
      const [method, path] = line.split(' ');
      await other.must(404, `${method} /bots/${learner.botId}/${path}`);
      await stranger(school.t.app).must(401, `${method} /bots/${learner.botId}/${path}`);
    }
    expect(learner.vendor.requests).toEqual([]);
  });

  it('is made ten times an hour, failures among them, also after a restart', async () => {
    await using school = await School.open();
    const steps = [modelError('broken'), ...Array.from({ length: 10 }, () => ({ text: TEXT }))];
    const learner = await school.addExperienced(5, steps);
    expect((await forceSummary(learner)).status).toBe(502);
    for (let made = 0; made < 9; made += 1) expect((await forceSummary(learner)).status).toBe(200);
    await school.t.restart();
    const again = { ...learner, owner: new Person(school.t.app.url, learner.owner) };
    const refused = await forceSummary(again);
    expect([refused.status, refused.body.error.message]).toEqual([
      429,
      expect.stringMatching(/10 forced summaries an hour/),
    ]);
    expect(learner.vendor.requests).toHaveLength(10);
    school.t.wall += 60 * MINUTE;
    expect((await forceSummary(again)).status).toBe(200);
  });

  it('counts against the limits of its owner', async () => {
    await using school = await School.open();
    const learner = await school.addExperienced(5, [{ text: TEXT }]);
    const used = async () => {
      const { items } = (await learner.owner.must(200, 'get /account/usage')).body as {
        items: { kind: string; used: number }[];
      };
      return Object.fromEntries(items.map((item) => [item.kind, item.used]));
    };
    const before = await used();
    await forceSummary(learner);
    const after = await used();
    expect(after).toMatchObject({
      'forced-summaries': 1,
      'llm-calls': (before['llm-calls'] ?? 0) + 1,
      'llm-tokens': (before['llm-tokens'] ?? 0) + 110,
      'storage-bytes': (before['storage-bytes'] ?? 0) + TEXT.length,
    });
    await school.set({ llm_calls_per_day: after['llm-calls'] ?? 0 });
    const refused = await forceSummary(learner);
    expect([refused.status, refused.body.error.message]).toEqual([429, expect.stringMatching(/questions/)]);
    expect(await used()).toEqual(after);
    await learner.owner.must(200, 'put /account/budget', { dailyBudgetUsd: 0.01 });
    await school.set({ llm_calls_per_day: 5000 });
    await school.t.db.transaction((trx) =>
      trx.updateTable('llm_calls').set({ cost_micros: 10_000 }).where('bot_id', '=', learner.botId).execute(),
    );
    expect((await forceSummary(learner)).body.error).toMatchObject({
      code: 'rate-limited',
      message: expect.stringMatching(/budget/) as string,
    });
    expect(learner.vendor.requests).toHaveLength(1);
  });
});

describe('what a model may answer', () => {
  it.each([
    ['nothing', { text: '' }, 2],
    ['blanks', { text: ' \n\t ' }, 2],
    ['too little', { text: 'OK.' }, 2],
    ['control characters', { text: '\u0000\u0007\u202E'.repeat(50) }, 2],
    ['with a failure', modelError('key'), 2],
    ['with a failure that nobody foresaw', () => Promise.reject(new TypeError('x is undefined')), 1],
  ])('%s keeps the old summary, and what was spent', async (_, step, calls) => {
    await using school = await School.open();
    const learner = await school.addExperienced(5, [{ text: TEXT }, step, { text: SECOND }]);
    await forceSummary(learner);
    const before = await school.summaryColumn(learner.botId);
    const failed = await forceSummary(learner);
    expect([failed.status, failed.body.error]).toMatchObject([
      502,
      {
        code: 'summary-failed',
        message: expect.stringMatching(/^There is no new summary: .*stands\.$/) as string,
      },
    ]);
    expect(failed.body.error.message).not.toContain('undefined');
    expect(await school.summaryColumn(learner.botId)).toBe(before);
    expect(await school.summaryRows(learner.botId)).toHaveLength(1);
    const { summary, isSummarizing } = await learningOf(learner);
    expect([summary?.summary, isSummarizing]).toEqual([TEXT, false]);
    expect(await school.summaryCalls(learner.botId)).toHaveLength(calls);
    expect((await forceSummary(learner)).body.summary).toMatchObject({ version: 2, summary: SECOND });
  });

  it('a page of HTML is text, a huge answer is cut, and no control character stays', async () => {
    await using school = await School.open();
    const html = '<script>alert(1)</script>\r\n<b>Lesson</b>\u0000\u202E';
    const learner = await school.addExperienced(5, [{ text: html }, { text: '🚀 up '.repeat(500_000) }]);
    expect((await forceSummary(learner)).body.summary.summary).toBe(
      '<script>alert(1)</script>\n<b>Lesson</b>',
    );
    const { summary } = (await forceSummary(learner)).body as { summary: HistorySummaryView };
    expect(summary.summary.length).toBeLessThanOrEqual(8000);
    expect(summary.summary.length).toBeGreaterThan(7900);
    expect(summary.summary.isWellFormed()).toBe(true);
    expect(summary.summary).toMatch(/…$/);
    await school.decide(2);
    expect(learner.prompts().at(-1)).toContain('> 🚀 up');
  });

  it('nothing at all: the call is broken off, and the bot can be summarised again', async () => {
    await using school = await School.open({ env: { TURN_TIMEOUT_MS: '700' } });
    const learner = await school.addExperienced(5, [
      () => new Promise<never>(() => undefined),
      { text: TEXT },
    ]);
    const late = await forceSummary(learner);
    expect([late.status, late.body.error.message]).toEqual([502, expect.stringMatching(/time/)]);
    expect(learner.vendor.requests).toHaveLength(1);
    expect((await forceSummary(learner)).body).toMatchObject({ success: true });
  });
});

describe('what happens while a model summarises', () => {
  it('turns go on, and no transaction is open', async () => {
    await using school = await School.open();
    const model = heldModel();
    const learner = await school.addExperienced(5, [model.step]);
    const asking = forceSummary(learner);
    await Promise.race([model.asked, asking]);
    await school.t.market.minute(PRICES);
    await school.t.market.minute(PRICES);
    expect((await learningOf(learner)).history.decisions).toBe(7);
    model.answer(TEXT);
    expect((await asking).body.summary).toMatchObject({ summarizedCount: 5, summarizedTo: decidedAt(5) });
    expect((await learningOf(learner)).history.decisions).toBe(2);
  });

  it.each<[string, (school: School, learner: Learner) => Promise<unknown>]>([
    ['is cleared', (_, { owner, botId }) => owner.must(200, `post /bots/${botId}/clear-learning`)],
    ['is reset', async (_, learner) => await resetBot(learner)],
    ['is deleted', (_, { owner, botId }) => owner.must(204, `delete /bots/${botId}`)],
    [
      'was summarised by another process',
      (school, { botId }) => school.setSummaryColumn(botId, '{"summary":"Other."}'),
    ],
  ])('a bot that %s keeps nothing of it but the cost', async (_, change) => {
    await using school = await School.open();
    const model = heldModel();
    const learner = await school.addExperienced(5, [model.step]);
    const asking = forceSummary(learner);
    await Promise.race([model.asked, asking]);
    await change(school, learner);
    const column = await school.summaryColumn(learner.botId);
    model.answer(TEXT);
    const lost = await asking;
    expect([lost.status, lost.body.error.code]).toEqual([409, 'summary-lost']);
    expect(await school.summaryColumn(learner.botId)).toBe(column);
    expect(await school.summaryRows(learner.botId)).toEqual([]);
    expect(await school.summaryCalls(learner.botId)).toHaveLength(1);
  });

  it('a kill leaves nothing of it on the disk, and nothing locked', async () => {
    await using school = await School.open();
    const model = heldModel();
    const learner = await school.addExperienced(5, [model.step, { text: TEXT }]);
    const asking = forceSummary(learner);
    await Promise.race([model.asked, asking]);
    // The file as a kill would leave it.
    const file = path.join(path.dirname(school.t.path), 'killed.db');
    await school.t.db.backup(file);
    await copyFile(`${school.t.path}.key`, `${file}.key`);
    await using killed = await testApp({ path: file, models: school.models });
    const again = { ...learner, owner: new Person(killed.app.url, learner.owner) };
    expect(await learningOf(again)).toMatchObject({ summary: null, versions: [], isSummarizing: false });
    const calls = await killed.db.read.selectFrom('llm_calls').selectAll().execute();
    expect(calls.filter(({ purpose }) => purpose === 'summary')).toEqual([]);
    expect((await auditOf(killed.app, learner.botId)).at(-1)?.action).toBe('bot.summary-forced');
    expect((await forceSummary(again)).body.summary).toMatchObject({ version: 1, summary: TEXT });
    model.answer(SECOND);
    expect((await asking).body.summary).toMatchObject({ version: 1, summary: SECOND });
  });

  it('a stop ends it, nothing of it is stored, and nothing is locked after', async () => {
    await using school = await School.open();
    const model = heldModel();
    const learner = await school.addExperienced(5, [model.step, { text: TEXT }]);
    const asking = forceSummary(learner).catch(() => null);
    await Promise.race([model.asked, asking]);
    await school.t.restart();
    await asking;
    model.answer('Too late to be stored.');
    expect(await school.summaryColumn(learner.botId)).toBeNull();
    const again = { ...learner, owner: new Person(school.t.app.url, learner.owner) };
    expect((await learningOf(again)).isSummarizing).toBe(false);
    expect((await forceSummary(again)).body.summary).toMatchObject({ version: 1, summary: TEXT });
  });
});
