import { setTimeout as sleep } from 'node:timers/promises';
import type { Decision, Position } from '../../engine/model.ts';
import { UpstreamError } from '../../errors.ts';
import {
  NO_THINKING,
  type DecideRequest,
  type DecideResult,
  type LlmProvider,
  type MarketView,
} from '../../llm/provider.ts';
import type { Journal } from './journal.ts';
import { randomOf } from './plan.ts';

/** Of which turn a question was. */
export interface Question {
  readonly bot: string;
  readonly turnNo: number;
}

/** Notes each question before it is asked. */
export function noted(provider: LlmProvider, journal: Journal): LlmProvider {
  return {
    type: provider.type,
    decide(request) {
      const { botName: bot, turnNo } = request.view;
      journal.note({ bot, turnNo } satisfies Question);
      return provider.decide(request);
    },
  };
}

/** Deaf to its signal, and never done. */
export const hangingProvider: LlmProvider = {
  type: 'busy',
  decide: () => Promise.withResolvers<DecideResult>().promise,
};

/**
 * A decider that opens, adjusts and closes a lot, takes a moment, fails at times and talks nonsense at others. Its
 * stops and targets lie up to `reach`, a fraction, from the price.
 */
export function createBusyProvider(seed: number, reach: number): LlmProvider {
  return {
    type: 'busy',
    async decide(request) {
      const random = randomOf(seed * 7919 + request.view.turnNo * 31 + request.view.botName.length);
      await sleep(Math.floor(random() * 12), undefined, { signal: request.signal });
      if (random() < 0.05) throw new UpstreamError('busy', 'is overloaded');
      return {
        answer: answerOf(request, { random, reach }),
        model: 'busy-1',
        tokensIn: 10,
        tokensCached: 0,
        tokensOut: 5,
        costMicros: 15,
        finishReason: null,
        thinking: NO_THINKING,
      };
    },
  };
}

interface Mood {
  readonly random: () => number;
  readonly reach: number;
}

function answerOf({ view }: DecideRequest, mood: Mood): string {
  const { random } = mood;
  if (random() < 0.05) return '{"decisions": [{"action": "LON';
  const decisions = [
    ...view.account.positions.flatMap((position) => handle(position, random)),
    ...view.markets.flatMap((market) => {
      const isHeld = view.account.positions.some(({ symbol }) => symbol === market.spec.symbol);
      return isHeld || random() < 0.4 ? [] : [enter(market, mood)];
    }),
  ];
  return JSON.stringify({ decisions });
}

function handle(position: Position, random: () => number): Decision[] {
  const draw = random();
  const reasoning = 'Often enough.';
  if (draw < 0.2) return [{ action: 'CLOSE', closePositionId: position.id, reasoning }];
  if (draw < 0.4) return [{ action: 'CLOSE', closePositionId: position.id, closeFraction: 0.5, reasoning }];
  return draw < 0.6 ? [{ action: 'ADJUST', positionId: position.id, takeProfit: null, reasoning }] : [];
}

function enter({ spec, quote }: MarketView, { random, reach }: Mood): Decision {
  const side = random() < 0.5 ? 1 : -1;
  const level = (distance: number) =>
    Number((Math.round((quote.price * (1 + distance)) / spec.tickSize) * spec.tickSize).toFixed(8));
  return {
    action: side === 1 ? 'LONG' : 'SHORT',
    symbol: spec.symbol,
    size: 50 + Math.floor(random() * 150),
    leverage: 1 + Math.floor(random() * spec.maxLeverage),
    stopLoss: level(-side * reach * (0.1 + random())),
    takeProfit: level(side * reach * (0.1 + random())),
    reasoning: 'Something is bound to happen.',
  };
}
