import type { AppContext } from '../context.ts';
import { addDecisionStats } from '../db/queries/decision-stats.ts';
import { insertModelCall, type ModelCallRow } from '../db/queries/model-calls.ts';
import { addModelCost } from '../db/queries/model-costs.ts';
import type { Write } from '../db/prepared.ts';
import type { ModelCall } from '../llm/provider.ts';
import { dayOf } from './days.ts';
import { hourOf } from './equity-history.ts';

/** For whom and by what a model was asked. */
export interface CallOrigin {
  readonly userId: string;
  /** null = for no bot, such as a test of a provider. */
  readonly botId: string | null;
  readonly turnId: string | null;
  /** The provider's row. */
  readonly provider: { readonly id: string; readonly type: string };
  /** What all of them were for; absent = what each says. */
  readonly purpose?: ModelCallRow['purpose'];
}

/**
 * The rows of what was asked of a model, to be written with what came of it; for a bot they count towards its board and
 * its model's reliability.
 */
export function modelCallWrites(
  ctx: Pick<AppContext, 'newId' | 'clock'>,
  origin: CallOrigin,
  calls: readonly ModelCall[],
): Write[] {
  const rows = modelCallRows(ctx, origin, calls);
  const { botId, provider } = origin;
  return botId === null || calls.length === 0
    ? rows
    : [...rows, ...countWrites(ctx, { botId, providerId: provider.id }, calls)];
}

/** The rows alone: what was tried out counts towards nothing. */
export function modelCallRows(
  { newId }: Pick<AppContext, 'newId'>,
  origin: CallOrigin,
  calls: readonly ModelCall[],
): Write[] {
  return calls.map((call) => callWrite(newId(), origin, call));
}

function callWrite(
  id: string,
  { userId, botId, turnId, provider, purpose }: CallOrigin,
  call: ModelCall,
): Write {
  return insertModelCall({
    id,
    user_id: userId,
    bot_id: botId,
    turn_id: turnId,
    provider_id: provider.id,
    provider_type: provider.type,
    model: call.model,
    purpose: purpose ?? call.purpose,
    started_at: call.startedAt,
    latency_ms: call.latencyMs,
    tokens_in: call.tokensIn,
    tokens_cached: call.tokensCached,
    tokens_out: call.tokensOut,
    cost_micros: call.costMicros,
    failure: call.failure,
    finish_reason: call.finishReason,
  });
}

function countWrites(
  { clock }: Pick<AppContext, 'clock'>,
  { botId, providerId }: { botId: string; providerId: string },
  calls: readonly ModelCall[],
): Write[] {
  const failedWith = (failure: ModelCall['failure']) =>
    calls.filter((call) => call.failure === failure).length;
  const cost = calls.reduce((sum, { costMicros }) => sum + (costMicros ?? 0), 0);
  return [
    addDecisionStats({
      bot_id: botId,
      provider_id: providerId,
      day_at: dayOf(clock.wallNow()),
      calls: calls.length,
      failed_calls: calls.length - failedWith(null),
      refused: failedWith('refused'),
      timed_out: failedWith('timeout'),
    }),
    ...(cost > 0 ? [addModelCost({ bot_id: botId, hour_at: hourOf(clock.now()), cost_micros: cost })] : []),
  ];
}
