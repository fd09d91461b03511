import type { Settings } from '../../arena/settings.ts';
import type { Learning } from '../../contract/http/thinking.ts';
import type { FakeStep } from '../../llm/fake-provider.ts';
import { createModelProvider, type ModelClient } from '../../llm/model-provider.ts';
import { person, type Person } from './people.ts';
import { DAWN, MINUTE } from './scripted-market.ts';
import { plainPolicy, scriptedVendor, type ScriptedVendor, type VendorStep } from './scripted-vendor.ts';
import { testApp, type TestApp, type TestAppOptions } from './test-app.ts';

export const PRICES = { BTCUSDT: 50_000, ETHUSDT: 3000 };

/** Somebody's bot that decides by a script, and is summarised by another. */
export interface Learner {
  readonly botId: string;
  readonly owner: Person;
  readonly vendor: ScriptedVendor;
  /** The prompts of its turns, oldest first. */
  readonly prompts: () => string[];
}

/** An arena whose bots have scripted models. */
export class School implements AsyncDisposable {
  readonly t: TestApp;
  /** What summarises, by provider type. */
  readonly models: Map<string, ModelClient>;
  #learners = 0;

  private constructor(t: TestApp, models: Map<string, ModelClient>) {
    this.t = t;
    this.models = models;
  }

  static async open(options: TestAppOptions = {}): Promise<School> {
    const models = new Map<string, ModelClient>();
    const env = { RATE_LIMIT_PER_MINUTE: '1000000', ...options.env };
    const t = await testApp({ ...options, models, env });
    await t.market.tick(DAWN, PRICES);
    return new School(t, models);
  }

  /** @param script what it decides, turn by turn; then it holds. @param summaries what its model answers to summarise. */
  async add(script: readonly FakeStep[], summaries: readonly VendorStep[] = []): Promise<Learner> {
    this.#learners += 1;
    const owner = await person(this.t.app, `owner-${this.#learners}`);
    const { botId, fake } = await this.t.addBot(script, { userId: owner.userId });
    const vendor = scriptedVendor(summaries);
    this.models.set(fake.type, createModelProvider(vendor, plainPolicy()));
    return { botId, owner, vendor, prompts: () => fake.requests.map(({ prompt }) => prompt) };
  }

  /** A bot that has decided so many times, and thinks about its next turn. */
  async addExperienced(decisions: number, summaries: readonly VendorStep[] = []): Promise<Learner> {
    const learner = await this.add(holds(decisions), summaries);
    await this.decide(decisions + 1);
    return learner;
  }

  /** Asks every bot so many times; the last answer waits for the next prices. */
  async decide(turns: number): Promise<void> {
    for (let turn = 0; turn < turns; turn += 1) {
      await this.t.market.minute(PRICES);
      await this.t.app.ctx.summaries.settled();
    }
  }

  /** What its row says it has learnt. */
  async summaryColumn(botId: string): Promise<string | null> {
    const { history_summary: column } = await this.t.db.read
      .selectFrom('bots')
      .select('history_summary')
      .where('id', '=', botId)
      .executeTakeFirstOrThrow();
    return column;
  }

  /** As somebody else would: an old server, another process. */
  async setSummaryColumn(botId: string, text: string): Promise<void> {
    await this.t.db.transaction((trx) =>
      trx.updateTable('bots').set({ history_summary: text }).where('id', '=', botId).execute(),
    );
  }

  async summaryRows(botId: string) {
    return await this.t.db.read
      .selectFrom('history_summaries')
      .selectAll()
      .where('bot_id', '=', botId)
      .orderBy('version_no')
      .execute();
  }

  /** What summaries were asked of its model, oldest first. */
  async summaryCalls(botId: string) {
    return await this.t.db.read
      .selectFrom('llm_calls')
      .selectAll()
      .where('bot_id', '=', botId)
      .where('purpose', '=', 'summary')
      .orderBy('id')
      .execute();
  }

  async set(values: Partial<Settings>): Promise<void> {
    const trace = { actorId: null, ip: null, requestId: null };
    const by = { userId: 'root', role: 'admin', trace, remember: () => [] } as const;
    for (const [key, value] of Object.entries(values)) await this.t.app.ctx.settings.change(by, key, value);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.t[Symbol.asyncDispose]();
  }
}

/** Turns that can be told apart, of about 80 tokens each. */
export function holds(count: number): FakeStep[] {
  return Array.from({ length: count }, (_, i) => [
    { action: 'HOLD', reasoning: `Lesson ${i + 1}: ${'wait for the range to break, '.repeat(9)}` },
  ]);
}

/** When the n-th decision of the first bot was made: turns fill at the first price after the answer. */
export const decidedAt = (n: number) => DAWN + n * MINUTE;

export async function learningOf({ owner, botId }: Pick<Learner, 'owner' | 'botId'>): Promise<Learning> {
  return (await owner.must(200, `get /bots/${botId}/history-summary`)).body as Learning;
}

export async function forceSummary({ owner, botId }: Learner, headers = {}) {
  return await owner.post(`/bots/${botId}/force-summarize`, undefined, headers);
}

export async function resetBot({ owner, botId }: Learner): Promise<void> {
  const { body } = await owner.must(200, `get /bots/${botId}`);
  await owner.must(200, `post /bots/${botId}/reset`, { confirm: (body as { name: string }).name });
}

/** A model that answers when the test says so. */
export function heldModel() {
  const { promise, resolve: answer } = Promise.withResolvers<string>();
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  const step = async () => {
    ask();
    return { text: await promise };
  };
  return { step, asked, answer };
}
