import { ADJUSTS_FORM } from '../answer-schema.ts';
import type { TurnView } from '../provider.ts';
import { isoMinute } from './format.ts';
import { word } from './quote.ts';

export function cooldowns({ account, now }: TurnView): string {
  const active = Object.entries(account.cooldowns)
    .filter(([, until]) => until > now)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([symbol, until]) => `${word(symbol)} until ${isoMinute(until)}`);
  return active.length === 0 ? 'None.' : `Cannot be opened again yet: ${active.join(', ')}.`;
}

export function rules({ rules }: TurnView): string {
  const minutes = Math.round(rules.cooldownMs / 60_000);
  const opposite = rules.allowAdding
    ? 'The same side adds to it at the same leverage; the opposite side is rejected, close it first.'
    : 'A second one is rejected, whatever its side; close it first.';
  return [
    '- Perpetual futures with isolated margin, in USD. size is the margin; size x leverage is the exposure.',
    `- Fee ${rules.takerFeeBps} bps of the exposure at entry and at exit, slippage about ${rules.slippageBps} bps. Size and fee must fit the available balance.`,
    `- Smallest size ${rules.minSizeUsd}. At most ${rules.maxOpenPositions} open positions, one per symbol. ${opposite}`,
    `- A symbol that was closed cannot be opened again for ${minutes} min.`,
    '- A stop must lie on the losing side of the price, a target on the winning side. Liquidation, stops and targets work between turns.',
  ].join('\n');
}

const HANDLE_NOTE = ' (the handle of an open position)';

export const ANSWER_FORM = `## Answer
Reply with one JSON object and nothing else:
{"decisions": [{"action": "LONG", "symbol": "...", "size": 250, "leverage": 3, "stopLoss": 1.23, "takeProfit": 1.5, "confidence": 0.7, "reasoning": "..."}]}
- LONG or SHORT: symbol, size, leverage (a whole number, 1 when absent), optional stopLoss and takeProfit.
- CLOSE: closePositionId${HANDLE_NOTE} or symbol, optional closeFraction above 0 and up to 1.
- ADJUST: positionId${HANDLE_NOTE} or symbol, with stopLoss or takeProfit; null removes it. ${ADJUSTS_FORM}
- HOLD: do nothing.
Numbers are JSON numbers, never text. confidence is 0 to 1. reasoning says in a sentence why. At most 20 decisions.`;

/** For rules that are no model: they are held to no schema, and know their positions. */
export const PLAIN_ANSWER_FORM = ANSWER_FORM.replace(` ${ADJUSTS_FORM}`, '').replaceAll(HANDLE_NOTE, '');
