import type { AppContext, BotBook } from '../context.ts';
import type { EventPayload } from '../contract/live-events.ts';
import { claimTurn, endTurn, markAsked, storeAnswer, type TurnRow } from '../db/queries/turns.ts';
import type { Write } from '../db/prepared.ts';
import { AppError, NotFoundError, StaleWriteError } from '../errors.ts';
import { ModelError, type ModelFailure } from '../llm/chat.ts';
import { ThinkingFailedError, type DecideResult, type ModelAccess, type Thinking } from '../llm/provider.ts';
import type { ActiveBot } from './active-bot.ts';
import { planTurn, type AnsweredTurn, type ApplyDeps } from './apply-turn.ts';
import { askDecider, toFailure } from './ask.ts';
import { autoPauseWrites } from './auto-pause.ts';
import type { BookStore } from './book-store.ts';
import type { BudgetStop } from './budgets.ts';
import type { FillGate } from './fill-gate.ts';
import { modelCallWrites, type CallOrigin } from './model-calls.ts';
import type { Sight } from './projection.ts';
import type { Asked, Question } from './question.ts';
import type { SharedAnswers } from './shared-answers.ts';
import { countAnswer, countQuestion } from './turn-quotas.ts';
import { publishNews } from './publish.ts';
import type { SettingsStore } from './settings.ts';

/** Where a crash is tried out; only tests hand one in. K5 is inside the transaction that applies a turn. */
export type Failpoint = (name: 'K1' | 'K2' | 'K3' | 'K4' | 'K6') => void;

export interface TurnDeps extends ApplyDeps {
  readonly ctx: Pick<AppContext, 'db' | 'clock' | 'market' | 'providers' | 'newId' | 'log'>;
  readonly books: BookStore;
  /** The bot as its rows say now; undefined once it is deleted. */
  readonly botNow: (botId: string) => ActiveBot | undefined;
  readonly gate: FillGate;
  readonly timeoutMs: number;
  readonly thinking: TurnThinking;
  readonly settings: Pick<SettingsStore, 'current'>;
  readonly failpoint: Failpoint;
}

/** What turns of models need besides. */
export interface TurnThinking {
  readonly question: (asked: Asked) => Promise<Question>;
  /** Why the bot may ask no model now, because of what was spent; null = it may. */
  readonly budgetStop: (bot: ActiveBot) => Promise<BudgetStop | null>;
  readonly sharedAnswers: SharedAnswers;
  /** Told of every turn that was applied; what it sets going is its own and never fails the turn. */
  readonly afterTurn: (bot: ActiveBot) => void;
}

export interface TurnSlot {
  /** Of the turn's row. */
  readonly id: string;
  readonly turnNo: number;
  readonly dueAt: number;
  readonly cause: 'timer' | 'forced';
  /** Slots that passed while the last turn was running. */
  readonly skipped: number;
  /** What is written with the claim. */
  readonly also: readonly Write[];
}

/**
 * Takes a turn up to its stored answer, each step committed before the next: claimed, asked, answered.
 * @returns null when the turn ended without an answer; that, too, is recorded.
 * @throws a unique violation or ConflictError when the turn cannot be claimed.
 */
export async function askBot(
  deps: TurnDeps,
  bot: ActiveBot,
  { slot, signal, onClaim }: { slot: TurnSlot; signal: AbortSignal; onClaim: () => void },
): Promise<AnsweredTurn | null> {
  const { ctx } = deps;
  const { epoch } = bookOf(deps, bot);
  const claimedAt = await claim(deps, bot, { slot, epoch });
  onClaim();
  deps.failpoint('K1');
  const stop = await deps.thinking.budgetStop(bot);
  if (stop) return await endWithPause(deps, bot, { slot, ...stop });
  const book = bookOf(deps, bot);
  const question = await deps.thinking.question({ bot, book, turnNo: slot.turnNo, now: claimedAt });
  const decisionPricesJson = await markQuestion(deps, bot, { slot, question });
  deps.failpoint('K2');
  const started = ctx.clock.wallNow();
  const result = await ask(deps, bot, { question, signal }).catch((error: unknown) => toFailure(error));
  if (result instanceof AppError) {
    ctx.log.warn({ botId: bot.botId, turnNo: slot.turnNo, err: result }, 'the provider gave no answer');
    await endFailed(deps, bot, { slot, error: result, isAbandoned: signal.aborted });
    return null;
  }
  const answered = { latencyMs: ctx.clock.wallNow() - started, answeredAt: ctx.clock.now() };
  await keepAnswer(deps, bot, { id: slot.id, result, ...answered });
  deps.failpoint('K4');
  const { answer: rawAnswer, thinking, ...figures } = result;
  return {
    id: slot.id,
    botId: bot.botId,
    epoch,
    cause: slot.cause,
    turnNo: slot.turnNo,
    prompt: question.prompt,
    versionId: bot.versionId,
    rawAnswer,
    decisionPricesJson,
    claimedAt,
    stepsJson: stepsJson(thinking),
    mendedFrom: thinking.mendedFrom,
    ...figures,
    ...answered,
  };
}

/** @returns when, by the arena's clock. */
async function claim(
  { ctx }: TurnDeps,
  bot: ActiveBot,
  { slot, epoch }: { slot: TurnSlot; epoch: number },
): Promise<number> {
  const { id, turnNo, cause, dueAt, skipped } = slot;
  const claimedAt = ctx.clock.now();
  const row = { id, user_id: bot.userId, bot_id: bot.botId, turn_no: turnNo, epoch };
  await ctx.db.commit([
    ...slot.also,
    ...claimTurn({ ...row, cause, due_at: dueAt, claimed_at: claimedAt, skipped }),
  ]);
  return claimedAt;
}

/** @returns the prices the decider sees, as JSON. */
async function markQuestion(
  { ctx, settings }: TurnDeps,
  bot: ActiveBot,
  { slot, question }: { slot: TurnSlot; question: Question },
): Promise<string> {
  const { view, prompt, promptHash } = question;
  const prices = Object.fromEntries(view.markets.map(({ spec, quote }) => [spec.symbol, quote.price]));
  const decisionPricesJson = JSON.stringify(prices);
  const limits = settings.current;
  await ctx.db.commit([
    ...(await countQuestion(ctx.db, bot, { prompt, limits, now: ctx.clock.wallNow() })),
    markAsked({
      id: slot.id,
      prompt,
      prompt_hash: promptHash,
      decision_prices_json: decisionPricesJson,
      version_id: bot.versionId,
    }),
  ]);
  return decisionPricesJson;
}

async function keepAnswer(
  { ctx, settings }: TurnDeps,
  bot: ActiveBot,
  turn: { id: string; result: DecideResult; latencyMs: number; answeredAt: number },
): Promise<void> {
  const { id, result, latencyMs, answeredAt } = turn;
  await ctx.db.commit([
    ...countAnswer(bot, {
      answer: result.answer,
      tokens: result.tokensIn + result.tokensOut,
      limits: settings.current,
      now: ctx.clock.wallNow(),
    }),
    ...modelCallWrites(ctx, callOrigin(bot, id), result.thinking.calls),
    storeAnswer({ id, ...answerColumns(result), latency_ms: latencyMs, answered_at: answeredAt }),
  ]);
}

/** What was spent on a turn without an answer is kept with its end; a key or account that is refused pauses the bot. */
async function endFailed(
  deps: TurnDeps,
  bot: ActiveBot,
  { slot, error, isAbandoned }: { slot: TurnSlot; error: AppError; isAbandoned: boolean },
): Promise<void> {
  const { ctx, settings } = deps;
  const failure = error instanceof ModelError ? error.failure : null;
  const calls = error instanceof ThinkingFailedError ? error.thinking.calls : [];
  const tokens = calls.reduce((sum, call) => sum + call.tokensIn + call.tokensOut, 0);
  const isLasting = failure === 'key' || failure === 'credit';
  const usage = { answer: '', tokens, limits: settings.current, now: ctx.clock.wallNow() };
  await endTurnUnapplied(
    deps,
    { id: slot.id, botId: bot.botId, turnNo: slot.turnNo },
    {
      status: isAbandoned ? 'abandoned' : 'failed',
      reason: error.message,
      failure,
      also: [
        ...(tokens > 0 ? countAnswer(bot, usage) : []),
        ...modelCallWrites(ctx, callOrigin(bot, slot.id), calls),
        ...(isLasting ? autoPauseWrites(ctx, bot, { reason: error.message, resumeAt: null }) : []),
      ],
    },
  );
}

async function endWithPause(
  deps: TurnDeps,
  bot: ActiveBot,
  { slot, reason, resumeAt }: { slot: TurnSlot; reason: string; resumeAt: number },
): Promise<null> {
  await endTurnUnapplied(
    deps,
    { id: slot.id, botId: bot.botId, turnNo: slot.turnNo },
    { status: 'failed', reason, also: autoPauseWrites(deps.ctx, bot, { reason, resumeAt }) },
  );
  return null;
}

function callOrigin({ userId, botId, providerId, providerType }: ActiveBot, turnId: string): CallOrigin {
  return { userId, botId, turnId, provider: { id: providerId, type: providerType } };
}

function bookOf({ books }: TurnDeps, { botId }: ActiveBot): BotBook {
  const book = books.get(botId);
  if (!book) throw new NotFoundError('bot', botId);
  return book;
}

/**
 * Waits for the first prices after the answer and applies the turn in one transaction, by the rules the bot has then. A
 * bot that was paused or deleted meanwhile does not trade.
 */
export async function applyTurn(deps: TurnDeps, turn: AnsweredTurn): Promise<void> {
  await deps.gate.wait(turn.answeredAt, async (moment) => {
    const bot = deps.botNow(turn.botId);
    if (!bot || !(bot.isRunning || (turn.cause === 'forced' && bot.isEnabled))) {
      const reason = 'the bot was paused or deleted before its decisions could fill';
      await endTurnUnapplied(deps, turn, { status: 'abandoned', reason });
      return;
    }
    if (deps.books.get(turn.botId)?.epoch !== turn.epoch) {
      const reason = 'the bot was reset before its decisions could fill';
      await endTurnUnapplied(deps, turn, { status: 'abandoned', reason });
      return;
    }
    const { tradeCount } = await deps.books.change(turn.botId, (book) =>
      planTurn(bot, book, { turn, moment, deps }),
    );
    deps.failpoint('K6');
    deps.thinking.afterTurn(bot);
    await pauseIfSpent(deps, bot);
    deps.ctx.log.debug({ botId: turn.botId, turnNo: turn.turnNo, tradeCount }, 'turn applied');
  });
}

/** A budget that this turn has used up pauses the bot at once, not at its next turn. */
async function pauseIfSpent({ ctx, thinking }: TurnDeps, bot: ActiveBot): Promise<void> {
  const stop = await thinking.budgetStop(bot);
  if (stop) await ctx.db.commit(autoPauseWrites(ctx, bot, stop));
}

/** Ends a turn that broke in an unforeseen way, so that the bot's next one can be claimed. */
export async function failTurn(deps: TurnDeps, turn: TurnName, error: unknown): Promise<void> {
  const reason = error instanceof AppError ? error.message : 'the turn broke unexpectedly; the log says why';
  try {
    await endTurnUnapplied(deps, turn, { status: 'failed', reason });
  } catch (ending) {
    // It broke after its end was committed, or before it was claimed.
    if (!(ending instanceof StaleWriteError)) throw ending;
  }
}

export interface TurnName {
  readonly id: string;
  readonly botId: string;
  readonly turnNo: number;
}

export interface TurnEnding {
  readonly status: 'failed' | 'abandoned';
  readonly reason: string;
  readonly notBefore?: number;
  readonly failure?: ModelFailure | null;
  /** What is written with it. */
  readonly also?: readonly Write[];
}

/** Ends a turn without trades and tells those who watch. @throws StaleWriteError when it has ended already. */
export async function endTurnUnapplied(
  deps: TurnDeps,
  { id, botId, turnNo }: TurnName,
  end: TurnEnding,
): Promise<void> {
  const { ctx, botNow, nextTurnAt } = deps;
  const { status, reason, failure = null, also = [] } = end;
  // After a restart in real time the clock begins at the last price, which may be older than the claim.
  const at = Math.max(ctx.clock.now(), end.notBefore ?? 0);
  const bot = botNow(botId);
  const tell = (sight: Sight): EventPayload => ({
    type: 'turn-failed',
    botId,
    botName: bot?.name ?? '',
    turnNo,
    reason: sight.reasoning ? reason : null,
    nextTurnAt: nextTurnAt(botId),
  });
  await ctx.db.commit([
    endTurn({ id, status, reason, failure, ended_at: at }),
    ...also,
    ...(bot ? publishNews(bot, { at, tell, isForArena: true }) : []),
  ]);
  ctx.log.warn({ botId, turnNo, status, reason }, 'turn ended without trades');
}

/** A stored answer, read back after a restart. It is parsed again, never asked again. */
export function answeredTurnOf(row: TurnRow): AnsweredTurn | null {
  if (row.prompt === null || row.raw_answer === null || row.decision_prices_json === null) return null;
  return {
    id: row.id,
    botId: row.bot_id,
    epoch: row.epoch,
    cause: row.cause,
    turnNo: row.turn_no,
    prompt: row.prompt,
    versionId: row.version_id,
    rawAnswer: row.raw_answer,
    decisionPricesJson: row.decision_prices_json,
    model: row.model ?? '',
    tokensIn: row.tokens_in ?? 0,
    tokensCached: row.tokens_cached ?? 0,
    tokensOut: row.tokens_out ?? 0,
    costMicros: row.cost_micros,
    finishReason: row.finish_reason,
    stepsJson: row.steps_json,
    mendedFrom: row.mended_from,
    latencyMs: row.latency_ms ?? 0,
    claimedAt: row.claimed_at,
    answeredAt: row.answered_at ?? row.claimed_at,
  };
}

async function ask(
  deps: TurnDeps,
  bot: ActiveBot,
  { question, signal }: { question: Question; signal: AbortSignal },
): Promise<DecideResult> {
  const { access } = question;
  return await askDecider(deps, bot, {
    question,
    signal,
    through: (decide) => {
      const isShared = access !== null && bot.settings.shareAnswers === true;
      const deciding = isShared
        ? deps.thinking.sharedAnswers.get(shareKey(bot, question, access), decide)
        : decide();
      deps.failpoint('K3');
      return deciding;
    },
  });
}

/** What replicas have in common: their owner, their model, how they think and what they are asked. */
function shareKey({ userId }: ActiveBot, { promptHash }: Question, access: ModelAccess): string {
  const { circuit, target, maxSteps, maxAnswerTokens } = access;
  return JSON.stringify([userId, circuit, target.model, maxSteps, maxAnswerTokens, promptHash]);
}

function answerColumns(result: DecideResult) {
  const { answer, model, tokensIn, tokensCached, tokensOut, costMicros, finishReason, thinking } = result;
  return {
    raw_answer: answer,
    model,
    tokens_in: tokensIn,
    tokens_cached: tokensCached,
    tokens_out: tokensOut,
    cost_micros: costMicros,
    finish_reason: finishReason,
    steps_json: stepsJson(thinking),
    mended_from: thinking.mendedFrom,
  };
}

function stepsJson({ steps }: Thinking): string | null {
  return steps.length === 0 ? null : JSON.stringify(steps);
}
