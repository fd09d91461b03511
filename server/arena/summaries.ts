import { setTimeout as sleep } from 'node:timers/promises';
import type { Actor, AppContext } from '../context.ts';
import { audited } from '../db/queries/audit-log.ts';
import { replaceSummary, SummaryLostError } from '../db/queries/summaries.ts';
import { useQuota } from '../db/queries/usage.ts';
import { isUniqueViolation } from '../db/database.ts';
import type { Write } from '../db/prepared.ts';
import { AppError, ConflictError, RateLimitedError } from '../errors.ts';
import type { ModelCall } from '../llm/provider.ts';
import type { ActiveBot } from './active-bot.ts';
import { budgetStop } from './budgets.ts';
import { modelCallWrites } from './model-calls.ts';
import { getOwnBot } from './own-bots.ts';
import { forcedSummaries } from './quotas.ts';
import {
  planSummary,
  taskOfAll,
  taskWhenLong,
  type BasisContext,
  type SummaryTask,
} from './summaries-basis.ts';
import { askForSummary, SummaryFailedError, type Summarise } from './summaries-model.ts';
import { learningNews } from './summaries-news.ts';
import type { StoredSummary } from './summaries-stored.ts';
import { SummaryRetries } from './summaries-retries.ts';
import { countAnswer, countQuestion } from './turn-quotas.ts';

/** Fewer teach nothing. */
const LEAST_DECISIONS = 5;
const STOP_LIMIT_MS = 10_000;
/** Summaries that begin by themselves wait for the next turn when so many are under way. */
const MOST_AT_ONCE = 8;

export interface SummaryDeps {
  readonly ctx: BasisContext & Pick<AppContext, 'log'>;
  /** The bot as its rows say now. Throws NotFoundError. */
  readonly botOf: (botId: string) => ActiveBot;
  readonly summarise: Summarise;
  /** Of one question. */
  readonly timeoutMs: number;
}

/** The summaries of bots' pasts, by their own models; at most one job for a bot at a time. */
export interface Summaries {
  /** Told of an applied turn: begins a summary when the history is long. Never throws, never waits. */
  summarizeIfLong(bot: ActiveBot): void;
  /**
   * Summarises the whole history of one's bot. The old summary stands whenever this throws.
   * @throws NotFoundError; AppError `no-model`, `not-enough-history` or `summary-failed`; ConflictError `summary-running` or
   * `summary-lost`; RateLimitedError.
   */
  forceSummarize(by: Actor, botId: string): Promise<{ version: number }>;
  isSummarizing(botId: string): boolean;
  /** Jobs that run now, and those that began by themselves and came to nothing since the start. */
  counts(): { readonly running: number; readonly failed: number };
  /** Resolves when no job runs. */
  settled(): Promise<void>;
  /** Begins nothing more and ends those that run; what was spent is still written. At most ten seconds. */
  stop(): Promise<void>;
}

export function createSummaries(deps: SummaryDeps): Summaries {
  return new SummaryJobs(deps);
}

/** On whose request, and what is remembered of it; null = by itself. */
type Asker = Actor | null;

class SummaryJobs implements Summaries {
  readonly #deps: SummaryDeps;
  readonly #running = new Map<string, Promise<unknown>>();
  readonly #checks = new Set<Promise<unknown>>();
  readonly #retries: SummaryRetries;
  readonly #abort = new AbortController();
  #failed = 0;

  constructor(deps: SummaryDeps) {
    this.#deps = deps;
    this.#retries = new SummaryRetries(() => deps.ctx.clock.wallNow());
  }

  summarizeIfLong(bot: ActiveBot): void {
    if (bot.providerType === 'house' || !this.#isFree(bot.botId) || !this.#retries.mayTry(bot.botId)) return;
    const check = this.#summarizeByItself(bot).then(
      () => this.#retries.forget(bot.botId),
      (error: unknown) => this.#leave(bot, error),
    );
    this.#checks.add(check);
    void check.finally(() => this.#checks.delete(check));
  }

  async forceSummarize(by: Actor, botId: string): Promise<{ version: number }> {
    await getOwnBot(this.#deps.ctx, { botId, userId: by.userId });
    const bot = this.#deps.botOf(botId);
    if (bot.providerType === 'house')
      throw new AppError('no-model', 'A built-in strategy has no model that could summarise its history.');
    if (this.isSummarizing(botId))
      throw new ConflictError('summary-running', `A summary of ${bot.name} is being made.`);
    if (this.#abort.signal.aborted)
      throw new AppError('busy', 'The arena is stopping. Try again in a minute.');
    const { version } = await this.#hold(bot, () => this.#summarizeAll(by, bot));
    this.#retries.forget(botId);
    return { version };
  }

  isSummarizing(botId: string): boolean {
    return this.#running.has(botId);
  }

  counts(): { running: number; failed: number } {
    return { running: this.#running.size, failed: this.#failed };
  }

  async settled(): Promise<void> {
    while (this.#checks.size + this.#running.size > 0)
      await Promise.allSettled([...this.#checks, ...this.#running.values()]);
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await Promise.race([this.settled(), sleep(STOP_LIMIT_MS, undefined, { ref: false })]);
  }

  #isFree(botId: string): boolean {
    const isBusy = this.isSummarizing(botId) || this.#running.size >= MOST_AT_ONCE;
    return !isBusy && !this.#abort.signal.aborted;
  }

  /** One job for a bot at a time: the place is taken before anything is waited for. */
  async #hold<T>(bot: ActiveBot, run: () => Promise<T>): Promise<T> {
    const job = run();
    this.#running.set(bot.botId, job);
    try {
      return await job;
    } finally {
      this.#running.delete(bot.botId);
    }
  }

  /** The boundary of a summary that nobody asked for: the turn before it knows nothing of its failure. */
  #leave(bot: ActiveBot, error: unknown): void {
    this.#failed += 1;
    this.#retries.postpone(bot.botId);
    this.#deps.ctx.log.warn({ botId: bot.botId, err: error }, 'no summary was made');
  }

  async #summarizeByItself(bot: ActiveBot): Promise<void> {
    const { ctx } = this.#deps;
    const task = await taskWhenLong(ctx, bot);
    if (!task || !this.#isFree(bot.botId)) return;
    await this.#hold(bot, async () => {
      await ctx.db.commit(await this.#question(bot));
      await this.#summarize(bot, task, null);
    });
  }

  async #summarizeAll(by: Actor, bot: ActiveBot): Promise<StoredSummary> {
    const { ctx } = this.#deps;
    const task = await taskOfAll(ctx, bot, LEAST_DECISIONS);
    if (!task) throw new AppError('not-enough-history', 'Not enough trading history');
    const deed = {
      ...subjectOf(bot),
      action: 'bot.summary-forced',
      details: { decisions: task.covered.length },
    };
    await ctx.db.commit([
      useQuota(forcedSummaries(bot.botId, ctx.settings.current), ctx.clock.wallNow()),
      ...(await this.#question(bot)),
      audited(ctx, by, deed),
    ]);
    return await this.#summarize(bot, task, by);
  }

  /** The writes that count a question. @throws RateLimitedError when its owner's limits or budgets are used up. */
  async #question(bot: ActiveBot): Promise<Write[]> {
    const { ctx } = this.#deps;
    const now = ctx.clock.wallNow();
    const stop = await budgetStop(ctx, bot, now);
    if (stop) throw new RateLimitedError(stop.reason, stop.resumeAt - now);
    return await countQuestion(ctx.db, bot, { prompt: '', limits: ctx.settings.current, now });
  }

  async #summarize(bot: ActiveBot, task: SummaryTask, by: Asker): Promise<StoredSummary> {
    const { ctx } = this.#deps;
    const { text, calls } = await this.#ask(bot, task.prompt);
    const model = calls.findLast(({ failure }) => failure === null)?.model ?? '';
    const written = { text, model, cause: by ? ('forced' as const) : ('auto' as const) };
    const { stored, writes } = await planSummary(ctx, task, written);
    const told = by
      ? [audited(ctx, by, madeBy(bot, stored)), ...by.remember({ version: stored.version })]
      : [];
    const spent = this.#spent(bot, calls, text);
    try {
      await ctx.db.commit([
        replaceSummary(ctx.db.read, task.basis, JSON.stringify(stored)),
        ...writes,
        ...spent,
        ...told,
        ...learningNews(ctx, bot),
      ]);
    } catch (error) {
      // The summary is lost, and was paid for.
      await ctx.db.commit(spent);
      throw isUniqueViolation(error) ? new SummaryLostError() : error;
    }
    ctx.log.info(
      { botId: bot.botId, version: stored.version, decisions: task.covered.length },
      'history summarised',
    );
    return stored;
  }

  /** What was spent on no answer is written, too. @throws SummaryFailedError */
  async #ask(bot: ActiveBot, prompt: string): Promise<{ text: string; calls: readonly ModelCall[] }> {
    const { ctx, summarise, timeoutMs } = this.#deps;
    try {
      return await askForSummary(summarise, bot, { prompt, timeoutMs, stop: this.#abort.signal });
    } catch (error) {
      if (error instanceof SummaryFailedError) await ctx.db.commit(this.#spent(bot, error.calls, ''));
      throw error;
    }
  }

  #spent(bot: ActiveBot, calls: readonly ModelCall[], answer: string): Write[] {
    const { ctx } = this.#deps;
    const { botId, userId, providerId, providerType } = bot;
    const provider = { id: providerId, type: providerType };
    const tokens = calls.reduce((sum, { tokensIn, tokensOut }) => sum + tokensIn + tokensOut, 0);
    return [
      ...modelCallWrites(ctx, { userId, botId, turnId: null, provider, purpose: 'summary' }, calls),
      ...countAnswer(bot, { answer, tokens, limits: ctx.settings.current, now: ctx.clock.wallNow() }),
    ];
  }
}

function subjectOf({ botId, userId }: ActiveBot) {
  return { userId, subjectType: 'bot', subjectId: botId };
}

function madeBy(bot: ActiveBot, { version, summarizedCount, tokenCount }: StoredSummary) {
  return {
    ...subjectOf(bot),
    action: 'bot.summarized',
    details: { version, summarizedCount, tokenCount },
  };
}
