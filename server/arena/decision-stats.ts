import { addDecisionStats } from '../db/queries/decision-stats.ts';
import type { Write } from '../db/prepared.ts';
import type { Outcome } from '../engine/model.ts';
import { isClamped } from '../engine/outcome.ts';
import type { ActiveBot } from './active-bot.ts';
import { dayOf } from './days.ts';

/** What became of a model's answer. */
export interface JudgedAnswer {
  /** Of every decision; none of an answer that could not be read. */
  readonly outcomes: readonly Pick<Outcome, 'code' | 'accepted' | 'notes'>[];
  /** It could not be read at all. */
  readonly isUnparseable: boolean;
  /** The model, or the extractor, mended it before it was read. */
  readonly isMended: boolean;
}

/** Counts an answer for the reliability of its model, in the commit that applies it. @param at wall clock, epoch ms. */
export function decisionStatWrites(
  bot: Pick<ActiveBot, 'botId' | 'providerId'>,
  { outcomes, isUnparseable, isMended }: JudgedAnswer,
  at: number,
): Write[] {
  const judged = isUnparseable ? [] : outcomes;
  const accepted = judged.filter((outcome) => outcome.accepted).length;
  return [
    addDecisionStats({
      bot_id: bot.botId,
      provider_id: bot.providerId,
      day_at: dayOf(at),
      turns: 1,
      decisions: judged.length,
      accepted,
      rejected: judged.length - accepted,
      unparseable: isUnparseable ? 1 : 0,
      unknown_symbol: judged.filter(({ code }) => code === 'unknown-symbol').length,
      clamped: judged.filter(isClamped).length,
      mended: isMended ? 1 : 0,
    }),
  ];
}
