import type { AppContext } from '../context.ts';
import { insertModelCall, type ModelCallRow } from '../db/queries/model-calls.ts';
import type { Write } from '../db/prepared.ts';
import type { ModelCall } from '../llm/provider.ts';

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

/** The rows of what was asked of a model, to be written with what came of it. */
export function modelCallWrites(
  { newId }: Pick<AppContext, 'newId'>,
  { userId, botId, turnId, provider, purpose }: CallOrigin,
  calls: readonly ModelCall[],
): Write[] {
  return calls.map((call) =>
    insertModelCall({
      id: newId(),
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
    }),
  );
}
