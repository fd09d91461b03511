import { v7 as uuidv7 } from 'uuid';
import type { ActiveBot } from '../../../server/arena/active-bot.ts';
import { planTurn } from '../../../server/arena/apply-turn.ts';
import { accountToUpdate } from '../../../server/arena/book-rows.ts';
import type { Change } from '../../../server/arena/book-store.ts';
import type { BotBook } from '../../../server/context.ts';
import type { Write } from '../../../server/db/prepared.ts';
import { updateAccount } from '../../../server/db/queries/book-writes.ts';
import { claimTurn, markAsked, storeAnswer } from '../../../server/db/queries/turns.ts';
import type { Account } from '../../../server/engine/model.ts';
import type { Arena } from './arena.mts';

/** Some sentences, as models write them: about 160 characters. */
const REASONING =
  'The fast average has crossed the slow one on rising volume and the last three closes confirm it. ' +
  'The risk is two average ranges, the target four; the position stays small.';
const PROMPT = 'You see your book, the market and the rules. Answer with decisions as JSON.\n'.repeat(26);

const NO_THOUGHT = { tokens_cached: 0, finish_reason: null, steps_json: null, mended_from: null };

export interface TurnShape {
  /** Positions closed, oldest first; then as many are opened as make `hold`. */
  readonly closes: number;
  readonly hold: number;
}

/** Closes the oldest positions and opens others on symbols not held. */
export function answerFor(account: Account, symbols: readonly string[], shape: TurnShape): string {
  const closing = account.positions.slice(0, shape.closes);
  const held = new Set(account.positions.map((position) => position.symbol));
  const start = account.tradeCount % symbols.length;
  const free = [...symbols.slice(start), ...symbols.slice(0, start)].filter((symbol) => !held.has(symbol));
  const kept = account.positions.length - closing.length;
  const opens = free.slice(0, Math.max(0, shape.hold - kept));
  return JSON.stringify({
    decisions: [
      ...closing.map(({ id }) => ({ action: 'CLOSE', closePositionId: id, reasoning: REASONING })),
      ...opens.map((symbol, i) => ({
        action: (account.tradeCount + i) % 3 === 0 ? 'SHORT' : 'LONG',
        symbol,
        size: 200 + 10 * i,
        leverage: 2 + (i % 3),
        confidence: 0.6,
        reasoning: REASONING,
      })),
    ],
  });
}

/** A turn as rows: `before` it is applied (claim to answer), and the change that applies it. */
export interface PlannedTurn {
  readonly before: readonly Write[];
  readonly apply: Change<{ tradeCount: number }>;
}

/** Plans a whole turn of a bot at the present prices with the real code; nothing is written. */
export function planWholeTurn(
  { feed }: Pick<Arena, 'feed'>,
  { bot, book }: { bot: ActiveBot; book: BotBook },
  { turnNo, shape }: { turnNo: number; shape: TurnShape },
): PlannedTurn {
  const id = uuidv7();
  const at = feed.now();
  const claimedAt = at - 1;
  const rawAnswer = answerFor(
    book.account,
    feed.symbols.map(({ symbol }) => symbol),
    shape,
  );
  const decisionPricesJson = JSON.stringify(
    Object.fromEntries(feed.quotes().map(({ symbol, price }) => [symbol, price])),
  );
  const answer = { model: 'bench', tokens_in: 500, tokens_out: 300, cost_micros: 800, latency_ms: 900 };
  const turn = {
    id,
    botId: bot.botId,
    epoch: book.epoch,
    cause: 'timer' as const,
    turnNo,
    prompt: PROMPT,
    versionId: null,
    rawAnswer,
    decisionPricesJson,
    claimedAt,
    answeredAt: claimedAt,
    model: answer.model,
    tokensIn: answer.tokens_in,
    tokensCached: 0,
    tokensOut: answer.tokens_out,
    costMicros: answer.cost_micros,
    finishReason: null,
    stepsJson: null,
    mendedFrom: null,
    latencyMs: answer.latency_ms,
  };
  const claim = { id, user_id: bot.userId, bot_id: bot.botId, turn_no: turnNo, epoch: book.epoch };
  return {
    before: [
      ...claimTurn({ ...claim, cause: 'timer', due_at: claimedAt, claimed_at: claimedAt, skipped: 0 }),
      markAsked({
        id,
        prompt: PROMPT,
        prompt_hash: 'bench',
        decision_prices_json: decisionPricesJson,
        version_id: null,
      }),
      storeAnswer({ id, raw_answer: rawAnswer, ...answer, ...NO_THOUGHT, answered_at: claimedAt }),
    ],
    apply: planTurn(bot, book, {
      turn,
      moment: { at, isOpen: true },
      deps: {
        ctx: { market: feed, newId: uuidv7, clock: feed },
        nextTurnAt: () => at + 200_000,
      },
    }),
  };
}

/** What `BookStore.change` commits for a change. */
export function writesOf(book: BotBook, change: Change<unknown>): Write[] {
  return [updateAccount(accountToUpdate(book, change.account)), ...change.writes];
}

export function bookAfter(book: BotBook, change: Change<unknown>): BotBook {
  return { ...book, version: book.version + 1, account: change.account };
}
