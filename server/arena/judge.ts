import type { AppContext, BotBook } from '../context.ts';
import { applyDecisions } from '../engine/apply-decision.ts';
import type { Account, Decision, EngineEvent, Outcome, Position, Quote } from '../engine/model.ts';
import { parseDecisions, type ParsedAnswer, type ParsedDecision } from '../llm/parse-decisions.ts';
import { resolveHandle } from '../llm/prompt/handles.ts';
import type { ActiveBot } from './active-bot.ts';
import type { FillMoment } from './fill-gate.ts';

const MAX_ANSWER_BYTES = 262_144;

/** What became of one decision. */
export interface Judged {
  /** As it was judged, or as far as it could be read. */
  readonly decision: unknown;
  readonly outcome: Outcome;
  readonly events: readonly EngineEvent[];
}

export interface Trial {
  readonly answer: ParsedAnswer;
  /** By symbol, what the decider saw. */
  readonly prices: Readonly<Record<string, number>>;
  /** Arena's clock, epoch ms: prices up to it were known to the decider, and nothing fills at them. */
  readonly answeredAt: number;
  readonly moment: FillMoment;
  readonly ctx: Pick<AppContext, 'market' | 'newId'>;
}

export function readAnswer({ maxDecisions }: Pick<ActiveBot, 'maxDecisions'>, text: string): ParsedAnswer {
  return parseDecisions(text, { maxBytes: MAX_ANSWER_BYTES, maxDecisions });
}

/** What the engine makes of an answer, decision by decision; nothing is written. An answer that cannot be read is one refusal. */
export function judgeAnswer(
  { rules }: Pick<ActiveBot, 'rules'>,
  { account: before }: Pick<BotBook, 'account'>,
  { answer, prices, answeredAt, moment, ctx }: Trial,
): { account: Account; judged: readonly Judged[] } {
  if (!answer.ok) {
    const outcome = refused({
      code: 'invalid-decision',
      message: `rejected: the answer cannot be read: ${answer.reason}`,
    });
    return { account: before, judged: [{ decision: null, outcome, events: [] }] };
  }
  const wellFormed = answer.decisions.flatMap((parsed) =>
    parsed.ok ? [withPositionIds(parsed.decision, before.positions)] : [],
  );
  const { account, results } = applyDecisions(before, wellFormed, {
    rules,
    isMarketOpen: moment.isOpen,
    spec: (symbol) => ctx.market.spec(symbol),
    quote: (symbol) => firstQuoteAfter(ctx.market.quote(symbol), answeredAt),
    decisionPrice: (symbol) => prices[symbol],
    positionIds: wellFormed.map(() => ctx.newId()),
    at: moment.at,
  });
  return { account, judged: inOrder(answer.decisions, results) };
}

/** Prompts name positions by short handles; one that names none of the bot's stays, and is rejected. */
function withPositionIds(decision: Decision, positions: readonly Position[]): Decision {
  const { positionId, closePositionId } = decision;
  const idOf = (text: string) => resolveHandle(positions, text) ?? text;
  return {
    ...decision,
    ...(positionId === undefined ? {} : { positionId: idOf(positionId) }),
    ...(closePositionId === undefined ? {} : { closePositionId: idOf(closePositionId) }),
  };
}

/** A price that is not newer than the answer was known to the decider: it is too old to fill at. */
function firstQuoteAfter(quote: Quote | undefined, answeredAt: number): Quote | undefined {
  return quote && quote.at <= answeredAt ? { ...quote, isStale: true } : quote;
}

function inOrder(
  parsed: readonly ParsedDecision[],
  results: readonly { outcome: Outcome; events: readonly EngineEvent[] }[],
): Judged[] {
  const remaining = results.values();
  return parsed.map((element) => {
    if (!element.ok) return { decision: readable(element.raw), outcome: refused(element), events: [] };
    const result = remaining.next().value;
    if (!result) throw new RangeError('a decision was not judged');
    return { decision: element.decision satisfies Decision, ...result };
  });
}

function refused({ code, message }: Pick<Outcome, 'code' | 'message'>): Outcome {
  return { code, accepted: false, message, notes: [], positionId: null };
}

/** A malformed decision is kept as it came: as JSON where it is, else as its text. */
function readable(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch (error) {
    if (error instanceof SyntaxError) return { raw };
    throw error;
  }
}
