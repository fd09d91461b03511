import type { AppContext } from '../context.ts';
import type { Preview, Spending } from '../contract/http/thinking.ts';
import type { Write } from '../db/prepared.ts';
import { AppError, NotFoundError } from '../errors.ts';
import { ModelError } from '../llm/chat.ts';
import {
  NO_THINKING,
  ThinkingFailedError,
  type DecideResult,
  type ModelAccess,
  type ModelCall,
  type Thinking,
} from '../llm/provider.ts';
import type { ActiveBot } from './active-bot.ts';
import { askDecider, toFailure } from './ask.ts';
import { budgetStop } from './budgets.ts';
import { eventToWrites } from './event-rows.ts';
import { judgeAnswer, readAnswer, type Judged } from './judge.ts';
import { modelCallRows } from './model-calls.ts';
import type { Asked, Question } from './question.ts';
import { countCall, countUsedTokens } from './turn-quotas.ts';
import { tradeView, usd } from './views.ts';

type DryRun = NonNullable<Preview['dryRun']>;
type Fill = DryRun['decisions'][number]['fills'][number];

export interface DryOrder {
  readonly told: Omit<Question, 'access'>;
  /** Why the model cannot be reached, if it cannot. */
  readonly access: ModelAccess | null | AppError;
  readonly signal: AbortSignal;
}

/** Asks what decides for a bot as its turn would, and judges the answer at the present prices. What it cost is written. */
export async function runDry(ctx: AppContext, { bot }: Asked, order: DryOrder): Promise<DryRun> {
  const started = ctx.clock.wallNow();
  const result = await askOnce(ctx, bot, order).catch((error: unknown) => toFailure(error));
  const latencyMs = ctx.clock.wallNow() - started;
  const thinking = thinkingOf(result);
  const writes = costWrites(ctx, bot, { result, calls: thinking.calls });
  if (writes.length > 0) await ctx.db.commit(writes);
  const { steps, mendedFrom, calls } = thinking;
  const thought = { steps: [...steps], mendedFrom, latencyMs, spending: spendingOf(calls) };
  if (result instanceof AppError) {
    ctx.log.warn({ botId: bot.botId, err: result }, 'a dry run got no answer');
    return { answer: null, failure: failureOf(result), decisions: [], model: null, ...thought };
  }
  return { answer: result.answer, model: result.model, ...judged(ctx, bot, { result, order }), ...thought };
}

/** @throws AppError saying why nobody is asked, or why there is no answer. */
async function askOnce(
  ctx: AppContext,
  bot: ActiveBot,
  { told, access, signal }: DryOrder,
): Promise<DecideResult> {
  if (access instanceof AppError) throw access;
  const now = ctx.clock.wallNow();
  const stop = await budgetStop(ctx, bot, now);
  if (stop) throw new AppError('budget-used-up', stop.reason);
  const counted = await countCall(ctx.db, bot, { limits: ctx.settings.current, now });
  if (counted.length > 0) await ctx.db.commit(counted);
  const deps = { ctx, timeoutMs: ctx.config.turns.timeoutMs };
  return await askDecider(deps, bot, { question: { ...told, access }, signal });
}

function thinkingOf(result: DecideResult | AppError): Thinking {
  if (result instanceof ThinkingFailedError) return result.thinking;
  return result instanceof AppError ? NO_THINKING : result.thinking;
}

function costWrites(
  ctx: AppContext,
  bot: ActiveBot,
  { result, calls }: { result: DecideResult | AppError; calls: readonly ModelCall[] },
): Write[] {
  const { userId, botId, providerId, providerType } = bot;
  const provider = { id: providerId, type: providerType };
  const used = result instanceof AppError ? tokensOf(calls) : result.tokensIn + result.tokensOut;
  return [
    ...modelCallRows(ctx, { userId, botId, turnId: null, provider, purpose: 'preview' }, calls),
    ...countUsedTokens(bot, { tokens: used, limits: ctx.settings.current, now: ctx.clock.wallNow() }),
  ];
}

function tokensOf(calls: readonly ModelCall[]): number {
  return calls.reduce((sum, { tokensIn, tokensOut }) => sum + tokensIn + tokensOut, 0);
}

function spendingOf(calls: readonly ModelCall[]): Spending {
  const sum = (of: (call: ModelCall) => number) => calls.reduce((all, call) => all + of(call), 0);
  return {
    calls: calls.length,
    tokensIn: sum((call) => call.tokensIn),
    tokensCached: sum((call) => call.tokensCached),
    tokensOut: sum((call) => call.tokensOut),
    cost: usd(sum((call) => call.costMicros ?? 0)),
    unpricedCalls: sum((call) => (call.costMicros === null ? 1 : 0)),
  };
}

function failureOf(error: AppError): NonNullable<DryRun['failure']> {
  return { code: error instanceof ModelError ? error.failure : error.code, message: error.message };
}

/** By the book as it is now; nothing of it changes. */
function judged(
  ctx: AppContext,
  bot: ActiveBot,
  { result, order }: { result: DecideResult; order: DryOrder },
): Pick<DryRun, 'failure' | 'decisions'> {
  const book = ctx.books.get(bot.botId);
  if (!book) throw new NotFoundError('bot', bot.botId);
  const answer = readAnswer(bot, result.answer);
  if (!answer.ok) {
    const message = `The answer cannot be read: ${answer.reason}`;
    return { failure: { code: 'unreadable-answer', message }, decisions: [] };
  }
  const seen = order.told.view.markets.map(({ spec, quote }) => [spec.symbol, quote.price] as const);
  const verdict = judgeAnswer(bot, book, {
    answer,
    prices: Object.fromEntries(seen),
    // A turn would wait for the next prices; these are the nearest to them that are known.
    answeredAt: Number.NEGATIVE_INFINITY,
    moment: { at: ctx.clock.now(), isOpen: !ctx.control.gate.isClosed },
    ctx,
  });
  const fillsOf = ({ events }: Judged, index: number) =>
    events.flatMap((event): Fill[] => {
      const { trade } = eventToWrites(book, event, {
        newId: ctx.newId,
        markOf: (symbol) => ctx.market.quote(symbol)?.price,
        decision: { id: '', index, delayMs: 0 },
      });
      return trade ? [fillView(tradeView(trade))] : [];
    });
  const decisions = verdict.judged.map((one, index) => ({
    decision: one.decision,
    outcome: { ...one.outcome, notes: [...one.outcome.notes] },
    fills: fillsOf(one, index),
  }));
  return { failure: null, decisions };
}

function fillView({
  symbol,
  side,
  tradeType,
  price,
  quantity,
  size,
  fee,
}: ReturnType<typeof tradeView>): Fill {
  return { symbol, side, tradeType, price: price ?? 0, quantity, size, fee };
}
