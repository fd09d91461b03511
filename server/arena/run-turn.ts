import { createHash } from 'node:crypto';
import type { AppContext, BotBook } from '../context.ts';
import type { EventPayload } from '../contract/live-events.ts';
import { claimTurn, endTurn, markAsked, storeAnswer, type TurnRow } from '../db/queries/turns.ts';
import type { Write } from '../db/prepared.ts';
import { AppError, NotFoundError, StaleWriteError, UpstreamError } from '../errors.ts';
import { renderPrompt } from '../llm/prompt.ts';
import type { DecideResult, TurnView } from '../llm/provider.ts';
import type { ActiveBot } from './active-bot.ts';
import { planTurn, type AnsweredTurn, type ApplyDeps } from './apply-turn.ts';
import type { BookStore } from './book-store.ts';
import type { FillGate } from './fill-gate.ts';
import type { Sight } from './projection.ts';
import { countAnswer, countQuestion } from './turn-quotas.ts';
import { publishNews } from './publish.ts';
import type { SettingsStore } from './settings.ts';
import { buildTurnView } from './turn-view.ts';

/** Where a crash is tried out; only tests hand one in. K5 is inside the transaction that applies a turn. */
export type Failpoint = (name: 'K1' | 'K2' | 'K3' | 'K4' | 'K6') => void;

export interface TurnDeps extends ApplyDeps {
  readonly ctx: Pick<AppContext, 'db' | 'clock' | 'market' | 'providers' | 'newId' | 'log'>;
  readonly books: BookStore;
  /** The bot as its rows say now; undefined once it is deleted. */
  readonly botNow: (botId: string) => ActiveBot | undefined;
  readonly gate: FillGate;
  readonly timeoutMs: number;
  readonly settings: Pick<SettingsStore, 'current'>;
  readonly failpoint: Failpoint;
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
  const { id } = slot;
  const epoch = bookOf(deps, bot).epoch;
  const claimedAt = ctx.clock.now();
  const claim = { id, user_id: bot.userId, bot_id: bot.botId, turn_no: slot.turnNo, epoch };
  const { cause, dueAt, skipped } = slot;
  await ctx.db.commit([
    ...slot.also,
    ...claimTurn({ ...claim, cause, due_at: dueAt, claimed_at: claimedAt, skipped }),
  ]);
  onClaim();
  deps.failpoint('K1');
  const equityMicros = deps.books.equityMicros(bot.botId);
  const view = buildTurnView(bot, bookOf(deps, bot), {
    market: ctx.market,
    equityMicros,
    turnNo: slot.turnNo,
    now: claimedAt,
  });
  const prompt = renderPrompt(bot.prompt, view);
  const prices = Object.fromEntries(view.markets.map(({ spec, quote }) => [spec.symbol, quote.price]));
  const decisionPricesJson = JSON.stringify(prices);
  const promptHash = createHash('sha256').update(prompt).digest('hex');
  const limits = deps.settings.current;
  await ctx.db.commit([
    ...(await countQuestion(ctx.db, bot, { prompt, limits, now: ctx.clock.wallNow() })),
    markAsked({ id, prompt, prompt_hash: promptHash, decision_prices_json: decisionPricesJson }),
  ]);
  deps.failpoint('K2');
  const started = ctx.clock.wallNow();
  const result = await ask(deps, bot, { prompt, view, signal }).catch((error: unknown) => toFailure(error));
  if (result instanceof AppError) {
    ctx.log.warn({ botId: bot.botId, turnNo: slot.turnNo, err: result }, 'the provider gave no answer');
    const status = signal.aborted ? 'abandoned' : 'failed';
    await endTurnUnapplied(
      deps,
      { id, botId: bot.botId, turnNo: slot.turnNo },
      { status, reason: result.message },
    );
    return null;
  }
  const answered = { latencyMs: ctx.clock.wallNow() - started, answeredAt: ctx.clock.now() };
  await keepAnswer(deps, bot, { id, result, ...answered });
  deps.failpoint('K4');
  const { answer: rawAnswer, ...figures } = result;
  const origin = { id, botId: bot.botId, epoch, cause, turnNo: slot.turnNo };
  return { ...origin, prompt, rawAnswer, decisionPricesJson, claimedAt, ...figures, ...answered };
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
    storeAnswer({ id, ...answerColumns(result), latency_ms: latencyMs, answered_at: answeredAt }),
  ]);
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
    deps.ctx.log.debug({ botId: turn.botId, turnNo: turn.turnNo, tradeCount }, 'turn applied');
  });
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

/** Ends a turn without trades and tells those who watch. @throws StaleWriteError when it has ended already. */
export async function endTurnUnapplied(
  deps: TurnDeps,
  { id, botId, turnNo }: TurnName,
  end: { status: 'failed' | 'abandoned'; reason: string; notBefore?: number },
): Promise<void> {
  const { ctx, botNow, nextTurnAt } = deps;
  const { status, reason } = end;
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
    endTurn({ id, status, reason, ended_at: at }),
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
    rawAnswer: row.raw_answer,
    decisionPricesJson: row.decision_prices_json,
    model: row.model ?? '',
    tokensIn: row.tokens_in ?? 0,
    tokensOut: row.tokens_out ?? 0,
    costMicros: row.cost_micros,
    latencyMs: row.latency_ms ?? 0,
    claimedAt: row.claimed_at,
    answeredAt: row.answered_at ?? row.claimed_at,
  };
}

async function ask(
  deps: TurnDeps,
  bot: ActiveBot,
  request: { prompt: string; view: TurnView; signal: AbortSignal },
): Promise<DecideResult> {
  const provider = deps.ctx.providers.get(bot.providerType);
  if (!provider) throw new UpstreamError(bot.providerType, 'this server has no such provider');
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(deps.timeoutMs)]);
  const { wallNow } = deps.ctx.clock;
  const deciding = provider.decide({
    ...request,
    config: bot.providerConfig,
    access: null,
    wallNow,
    deadlineAt: wallNow() + deps.timeoutMs,
    signal,
  });
  deps.failpoint('K3');
  return Promise.race([deciding, rejectOnAbort(signal)]);
}

/** A provider that ignores its signal does not hold the turn. */
function rejectOnAbort(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const fail = () => reject(new UpstreamError('turn', 'no answer in time', { cause: signal.reason }));
  if (signal.aborted) fail();
  else signal.addEventListener('abort', fail, { once: true });
  return promise;
}

function toFailure(error: unknown): AppError {
  return error instanceof AppError
    ? error
    : new UpstreamError('provider', 'failed unexpectedly', { cause: error });
}

function answerColumns({ answer, model, tokensIn, tokensOut, costMicros }: DecideResult) {
  return { raw_answer: answer, model, tokens_in: tokensIn, tokens_out: tokensOut, cost_micros: costMicros };
}
