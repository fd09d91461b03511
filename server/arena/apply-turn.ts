import { z } from 'zod';
import type { AppContext, BotBook } from '../context.ts';
import type { EventPayload } from '../contract/live-events.ts';
import { ConflictError } from '../errors.ts';
import { insertDecision, markApplied } from '../db/queries/turns.ts';
import type { Write } from '../db/prepared.ts';
import type { ParsedAnswer } from '../llm/parse-decisions.ts';
import type { ActiveBot } from './active-bot.ts';
import type { Change } from './book-store.ts';
import { decisionStatWrites } from './decision-stats.ts';
import { eventToWrites } from './event-rows.ts';
import type { FillMoment } from './fill-gate.ts';
import { judgeAnswer, readAnswer, type Judged } from './judge.ts';
import { OWNER_SIGHT, publicBook, releasedAt, type Sight } from './projection.ts';
import { publishNews } from './publish.ts';
import { bookView, decidedView, tradeView } from './views.ts';

/** A turn whose answer is stored: all that is needed to apply it, now or after a restart. */
export interface AnsweredTurn {
  readonly id: string;
  readonly botId: string;
  /** The epoch it was asked in. */
  readonly epoch: number;
  readonly cause: 'timer' | 'forced';
  readonly turnNo: number;
  readonly prompt: string;
  /** Of the bot when it was asked. */
  readonly versionId: string | null;
  readonly rawAnswer: string;
  readonly decisionPricesJson: string;
  readonly model: string;
  readonly tokensIn: number;
  readonly tokensCached: number;
  readonly tokensOut: number;
  readonly costMicros: number | null;
  readonly finishReason: string | null;
  /** Tools it called, as JSON; null = none. */
  readonly stepsJson: string | null;
  readonly mendedFrom: string | null;
  readonly latencyMs: number;
  readonly claimedAt: number;
  readonly answeredAt: number;
}

export interface ApplyDeps {
  readonly ctx: Pick<AppContext, 'market' | 'newId' | 'clock'>;
  readonly nextTurnAt: (botId: string) => number | null;
}

type TurnEvent = Extract<EventPayload, { type: 'turn' }>;

const pricesSchema = z.record(z.string(), z.number());

/** Plans the one transaction that applies a turn: decisions, trades, positions, ledger, counters and live events. */
export function planTurn(
  bot: ActiveBot,
  book: BotBook,
  { turn, moment, deps }: { turn: AnsweredTurn; moment: FillMoment; deps: ApplyDeps },
): Change<{ tradeCount: number }> {
  if (book.epoch !== turn.epoch)
    throw new ConflictError('bot-reset', 'the bot was reset before its decisions could fill');
  const answer = readAnswer(bot, turn.rawAnswer);
  const { account, judged } = judgeAnswer(bot, book, {
    answer,
    prices: pricesSchema.parse(JSON.parse(turn.decisionPricesJson)),
    answeredAt: turn.answeredAt,
    moment,
    ctx: deps.ctx,
  });
  const decisionId = deps.ctx.newId();
  const markOf = (symbol: string) => deps.ctx.market.quote(symbol)?.price;
  const delayMs = Math.max(0, moment.at - turn.claimedAt);
  const rows = judged.flatMap(({ events }, index) =>
    events.map((event) =>
      eventToWrites(book, event, {
        newId: deps.ctx.newId,
        markOf,
        decision: { id: decisionId, index, delayMs },
      }),
    ),
  );
  const isSuccess = answer.ok && judged.every(({ outcome }) => outcome.accepted);
  const trades = rows.flatMap(({ trade }) => (trade ? [tradeView(trade)] : []));
  const wholeBook = bookView(bot.botId, account, (symbol) => markOf(symbol) ?? null);
  const tell = (sight: Sight): TurnEvent => ({
    type: 'turn',
    botId: bot.botId,
    botName: bot.name,
    turnNo: turn.turnNo,
    decisionId,
    executionSuccess: isSuccess,
    decisions: judged.map(({ decision, outcome }) => decidedView(decision, outcome, sight)),
    trades: sight.positions ? trades : [],
    book: publicBook(wholeBook, sight),
    nextTurnAt: deps.nextTurnAt(bot.botId),
    releasesAt: sight === OWNER_SIGHT ? null : releasedAt(bot.publishing, moment.at, moment.at),
  });
  const writes: Write[] = [
    markApplied({ id: turn.id, ended_at: moment.at }),
    decisionWrite(book, turn, { id: decisionId, judged, isSuccess, at: moment.at }),
    ...rows.flatMap((row) => row.writes),
    ...statWrites(bot, { turn, answer, judged, at: deps.ctx.clock.wallNow() }),
    ...publishNews(bot, { at: moment.at, tell, isForArena: true }),
  ];
  return { account, writes, value: { tradeCount: trades.length } };
}

/** For the reliability of models; built-in strategies are beyond doubt. */
function statWrites(
  bot: ActiveBot,
  {
    turn,
    answer,
    judged,
    at,
  }: { turn: AnsweredTurn; answer: ParsedAnswer; judged: readonly Judged[]; at: number },
): Write[] {
  if (bot.providerType === 'house') return [];
  const outcomes = judged.map(({ outcome }) => outcome);
  const isMended = answer.ok && (answer.isRepaired || turn.mendedFrom !== null);
  return decisionStatWrites(bot, { outcomes, isUnparseable: !answer.ok, isMended }, at);
}

function decisionWrite(
  book: BotBook,
  turn: AnsweredTurn,
  result: { id: string; judged: readonly Judged[]; isSuccess: boolean; at: number },
): Write {
  return insertDecision({
    id: result.id,
    user_id: book.userId,
    bot_id: book.botId,
    turn_id: turn.id,
    epoch: book.epoch,
    prompt_sent: turn.prompt,
    raw_answer: turn.rawAnswer,
    decisions_json: JSON.stringify(result.judged.map(({ decision }) => decision)),
    notes_json: JSON.stringify(result.judged.map(({ outcome }) => outcome)),
    execution_success: result.isSuccess ? 1 : 0,
    model: turn.model,
    version_id: turn.versionId,
    tokens_in: turn.tokensIn,
    tokens_cached: turn.tokensCached,
    tokens_out: turn.tokensOut,
    cost_micros: turn.costMicros,
    latency_ms: turn.latencyMs,
    finish_reason: turn.finishReason,
    steps_json: turn.stepsJson,
    mended_from: turn.mendedFrom,
    timestamp: result.at,
  });
}
