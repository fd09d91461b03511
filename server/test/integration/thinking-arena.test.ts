import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { createBot, resumeBot } from '../../arena/bots.ts';
import { providerForBot } from '../../arena/providers.ts';
import { startFakeGemini } from '../support/fake-llm/gemini.ts';
import { startFakeOpenAi } from '../support/fake-llm/openai.ts';
import type { FakeLlm, FakeLlmRequest } from '../support/fake-llm/script.ts';
import { MINUTE, ScriptedMarket, BTC, ETH } from '../support/scripted-market.ts';
import { testApp, type TestApp } from '../support/test-app.ts';
import { actorOf, addThinker, type Thinker } from '../support/thinkers.ts';
import { FAULTS, SENSIBLE, type PlannedTurn } from '../support/thinking-faults.ts';

const TURNS = 200;
/** Every so many turns of a model something goes wrong. */
const FAULT_EVERY = 5;
const BUDGET_MS = 2500;
const HOUSE = ['flat', 'momentum', 'mean-reversion', 'breakout', 'buy-and-hold', 'random'];
const SUMMARY = 'I open late and close early. I keep positions small.';

/** What the fakes were asked and said, by the hash of the prompt. */
interface Told {
  readonly planned: PlannedTurn;
  readonly answers: Set<string>;
}

/** Plays the models: their turns go through the faults, one after the other, all of them at once. */
class Models {
  readonly told = new Map<string, Told>();
  readonly #turns = new Map<string, number>();
  summaries = 0;

  play(request: FakeLlmRequest) {
    const prompt = promptOf(request);
    if (!prompt.includes('## Answer')) {
      this.summaries += 1;
      return this.summaries === 1 ? { status: 400 } : SUMMARY;
    }
    const told = this.#toldOf(prompt, request.model);
    const { step } = told.planned;
    const text =
      typeof step === 'string' ? step : typeof step === 'object' && 'text' in step ? step.text : undefined;
    if (text !== undefined) told.answers.add(text);
    return step;
  }

  #toldOf(prompt: string, model: string): Told {
    // Bots with equal books have equal prompts.
    const key = `${model} ${hashOf(prompt)}`;
    const known = this.told.get(key);
    if (known) return known;
    const turn = this.#turns.get(model) ?? 0;
    this.#turns.set(model, turn + 1);
    const told: Told = { planned: plannedTurn(turn), answers: new Set() };
    this.told.set(key, told);
    return told;
  }
}

function plannedTurn(turn: number): PlannedTurn {
  const round = Math.floor(turn / FAULT_EVERY);
  if (turn % FAULT_EVERY === FAULT_EVERY - 1) {
    const fault = FAULTS[round % FAULTS.length];
    if (fault) return fault;
  }
  const step = SENSIBLE[turn % SENSIBLE.length] ?? '';
  return { name: 'a sensible answer', step, fate: { applied: 'read' } };
}

function hashOf(prompt: string): string {
  return createHash('sha256').update(prompt).digest('hex');
}

function promptOf({ body }: FakeLlmRequest): string {
  const openAi = body as { messages?: { role: string; content: string }[] };
  const gemini = body as { contents?: { parts: { text?: string }[] }[] };
  const said = openAi.messages?.find(({ role }) => role === 'user')?.content;
  return said ?? gemini.contents?.[0]?.parts[0]?.text ?? '';
}

async function addHouseBots(t: TestApp): Promise<void> {
  const { ctx } = t.app;
  const users = await Promise.all(['one', 'two', 'three'].map((name) => t.addUser(`house friend ${name}`)));
  for (const [i, strategy] of HOUSE.entries()) {
    const userId = users[i % users.length] ?? '';
    const { providerId, writes } = await providerForBot(ctx, userId, `house:${strategy}`);
    await ctx.db.commit(writes);
    const bot = { name: `house ${i}`, prompt: '', tradingSymbols: null, settings: {} };
    await createBot(t.app.bots, { ...bot, initialBalanceUsd: 10_000, userId, providerId });
  }
}

const SOL = { ...ETH, symbol: 'SOLUSDT' };
const pricesAt = (minute: number) => ({
  BTCUSDT: 60_000 + 400 * Math.sin(minute / 7),
  ETHUSDT: 3000 + 30 * Math.cos(minute / 5),
  SOLUSDT: 150 + 2 * Math.sin(minute / 3),
});

test('twelve bots take two hundred turns through every fault of models, and nothing is made up', async () => {
  const models = new Models();
  const script = Array.from({ length: 6000 }, () => (request: FakeLlmRequest) => models.play(request));
  await using openAi = await startFakeOpenAi(script);
  await using gemini = await startFakeGemini(script);
  await using t = await testApp({
    market: new ScriptedMarket({ symbols: [BTC, ETH, SOL] }),
    wallNow: Date.now,
    env: { ALLOW_PRIVATE_ENDPOINTS: '1', TURN_TIMEOUT_MS: String(BUDGET_MS), TURN_CONCURRENCY: '16' },
  });
  await addHouseBots(t);
  const thinkers: Thinker[] = [];
  for (const [i, fake] of [openAi, gemini, openAi, gemini, openAi, gemini].entries()) {
    const type = fake === openAi ? 'openai' : 'gemini';
    thinkers.push(await addThinker(t, { type, url: fake.url, modelName: `model-${i}` }));
  }
  const pauses = new Map<string, string>();
  for (let minute = 0; minute <= TURNS; minute += 1) {
    await t.market.minute(pricesAt(minute));
    for (const bot of thinkers) {
      const { is_paused: isPaused, pause_reason: reason } = await t.db.read
        .selectFrom('bots')
        .select(['is_paused', 'pause_reason'])
        .where('id', '=', bot.botId)
        .executeTakeFirstOrThrow();
      if (isPaused === 0) continue;
      pauses.set(bot.botId, reason ?? '');
      await resumeBot(t.app.bots, bot);
    }
    const [first] = thinkers;
    if (first && minute === TURNS / 2) await summarizeTwice(t, first);
  }
  await t.app.ctx.summaries.settled();
  expect(t.market.nextMinute).toBeGreaterThan(TURNS * MINUTE);
  for (const bot of thinkers) await expectTurns(t, bot, models);
  expect([...pauses.keys()].toSorted()).toEqual(thinkers.map(({ botId }) => botId).toSorted());
  for (const reason of pauses.values()) expect(reason).toMatch(/key|credit|account|paid/i);
  await expectCalls(t, [openAi, gemini]);
  expect([openAi.problems, gemini.problems]).toEqual([[], []]);
}, 240_000);

/** Row 29: a summary that fails keeps the old one, and of two at once one is refused. */
async function summarizeTwice(t: TestApp, { botId, userId }: Thinker): Promise<void> {
  const { summaries } = t.app.ctx;
  await expect(summaries.forceSummarize(actorOf(userId), botId)).rejects.toMatchObject({
    code: 'summary-failed',
  });
  const both = await Promise.allSettled([
    summaries.forceSummarize(actorOf(userId), botId),
    summaries.forceSummarize(actorOf(userId), botId),
  ]);
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
}

async function expectTurns(t: TestApp, { botId, modelName }: Thinker, { told }: Models): Promise<void> {
  const turns = await t.turns(botId);
  expect(
    turns.filter(({ status }) => status !== 'claimed' && status !== 'asked').length,
  ).toBeGreaterThanOrEqual(TURNS);
  const decisions = await t.db.read
    .selectFrom('bot_decisions')
    .selectAll()
    .where('bot_id', '=', botId)
    .execute();
  const byTurn = new Map(decisions.map((row) => [row.turn_id, row]));
  const trades = await t.trades(botId);
  expect(trades.length).toBeGreaterThan(20);
  const unlike: unknown[] = [];
  const invented: unknown[] = [];
  for (const turn of turns) {
    const about = told.get(`${modelName} ${turn.prompt_hash ?? ''}`);
    if (!about || turn.status === 'answered') continue;
    const row = byTurn.get(turn.id);
    const was = fateOf(turn, row);
    if (!isAsPlanned(about, was)) unlike.push({ turn: turn.turn_no, planned: about.planned, was });
    if (row && !about.answers.has(row.raw_answer ?? '')) invented.push(row.raw_answer);
  }
  expect(unlike).toEqual([]);
  expect(invented).toEqual([]);
}

type Row = { readonly notes_json: string; readonly decisions_json: string } | undefined;

function fateOf(turn: { status: string; failure: string | null; reason: string | null }, row: Row) {
  const outcomes = row
    ? (JSON.parse(row.notes_json) as { code: string; message: string; accepted: boolean }[])
    : [];
  const isRefused = outcomes.some(({ message }) => message.startsWith('rejected: the answer cannot be read'));
  return {
    status: turn.status,
    failure: turn.failure,
    reason: turn.reason,
    isRefused,
    isDecided: row !== undefined,
    codes: outcomes.map(({ code }) => code),
  };
}

function isAsPlanned({ planned: { fate } }: Told, was: ReturnType<typeof fateOf>): boolean {
  if ('failed' in fate)
    return (
      !was.isDecided &&
      was.status === 'failed' &&
      was.reason !== null &&
      fate.failed.includes(was.failure ?? '')
    );
  if (was.status !== 'applied') return false;
  if (fate.applied === 'judged')
    return !was.isRefused && was.codes.every((code) => fate.codes.includes(code));
  return was.isRefused === (fate.applied === 'refused');
}

/** Each request that reached a model is a row, and no row tells of one that did not. */
async function expectCalls(t: TestApp, fakes: readonly FakeLlm[]): Promise<void> {
  const calls = await t.db.read.selectFrom('llm_calls').select(['failure', 'tokens_in', 'purpose']).execute();
  const asked = fakes.reduce((sum, { requests }) => sum + requests.length, 0);
  expect(calls.length).toBe(asked);
  expect(new Set(calls.map(({ purpose }) => purpose))).toEqual(new Set(['decide', 'repair', 'summary']));
}
