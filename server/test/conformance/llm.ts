import { describe, expect, it } from 'vitest';
import { UpstreamError } from '../../errors.ts';
import { parseDecisions } from '../../llm/parse-decisions.ts';
import { renderPrompt } from '../../llm/prompt.ts';
import type { DecideRequest, LlmProvider, TurnView } from '../../llm/provider.ts';
import {
  accountOf,
  closesOf,
  marketOf,
  positionOf,
  requestOf,
  turnViewOf,
  VIEW_NOW,
} from '../support/turn-view.ts';

export interface LlmProviderCase {
  /** Fresh for every test. */
  readonly create: () => LlmProvider;
  /** The `config_json` of its provider row, parsed. */
  readonly config?: unknown;
  /** The same request always gets the same answer. */
  readonly isDeterministic?: boolean;
}

/** Situations every decider meets sooner or later. */
const VIEWS: Readonly<Record<string, TurnView>> = {
  'an open market': turnViewOf(),
  'open positions and a cooldown': turnViewOf({
    account: accountOf({
      cashMicros: 4_000_000_000,
      positions: [positionOf('BTCUSDT', 'SHORT', 59_000), positionOf('ETHUSDT', 'LONG', 3100)],
      cooldowns: { SOLUSDT: VIEW_NOW + 60_000 },
    }),
  }),
  'a position without a market': turnViewOf({
    account: accountOf({ positions: [positionOf('GONEUSDT', 'LONG', 5)] }),
  }),
  'stale and unconfirmed prices': turnViewOf({
    markets: [
      marketOf('BTCUSDT', closesOf({ start: 60_000 }), { isStale: true }),
      marketOf('ETHUSDT', closesOf({ start: 3000 }), { isConfirmed: false }),
    ],
  }),
  'no history': turnViewOf({ markets: [marketOf('BTCUSDT', []), marketOf('ETHUSDT', [3000])] }),
  'a market that stands still': turnViewOf({
    markets: [
      marketOf(
        'BTCUSDT',
        Array.from({ length: 200 }, () => 5),
      ),
    ],
  }),
  'no markets': turnViewOf({ markets: [] }),
  'no cash': turnViewOf({ account: accountOf({ cashMicros: 0 }), equityMicros: 0 }),
};

/**
 * What the arena relies on, whoever decides: answers that parse, figures that can be stored, a view left alone,
 * and failures, an abort among them, that arrive at once as UpstreamError.
 */
export function describeLlmProvider(
  name: string,
  { create, config = {}, isDeterministic }: LlmProviderCase,
): void {
  const request = (view: TurnView, signal = new AbortController().signal): DecideRequest => {
    const facts = { view, memory: null, candles: new Map(), historyBudgetTokens: 0 };
    return requestOf({ prompt: renderPrompt('Trade well.', facts).prompt, view, config, signal });
  };

  describe(`LLM provider: ${name}`, () => {
    it.each(Object.entries(VIEWS))('answers with decisions that parse: %s', async (_name, view) => {
      const { answer } = await create().decide(request(view));
      const parsed = parseDecisions(answer);
      expect(parsed).toMatchObject({ ok: true });
      expect(parsed.ok && parsed.decisions.filter((decision) => !decision.ok)).toEqual([]);
    });

    it('names its model and counts whole tokens and micro-USD', async () => {
      const result = await create().decide(request(turnViewOf()));
      expect(result.model).not.toBe('');
      for (const count of [result.tokensIn, result.tokensOut, result.costMicros]) {
        expect(count !== null && Number.isSafeInteger(count) && count >= 0).toBe(true);
      }
    });

    it('leaves the view as it was', async () => {
      const view = deepFreeze(structuredClone(turnViewOf(VIEWS['open positions and a cooldown'])));
      await expect(create().decide(request(view))).resolves.toBeDefined();
    });

    it('fails with UpstreamError when the turn was cancelled before it began', async () => {
      const signal = AbortSignal.abort(new Error('the server stops'));
      await expect(create().decide(request(turnViewOf(), signal))).rejects.toBeInstanceOf(UpstreamError);
    });

    it.runIf(isDeterministic)('gives the same request the same answer', async () => {
      for (const view of Object.values(VIEWS)) {
        const first = await create().decide(request(view));
        expect(await create().decide(request(structuredClone(view)))).toEqual(first);
      }
    });
  });
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const child of Object.values(value)) deepFreeze(child);
  }
  return value;
}
