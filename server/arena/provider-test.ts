import type { Actor, AppContext } from '../context.ts';
import type { ProviderTest } from '../contract/http/providers.ts';
import { findProvider, type ProviderRow } from '../db/queries/providers.ts';
import { AppError, ConflictError, NotFoundError } from '../errors.ts';
import { ModelError } from '../llm/chat.ts';
import { checkEndpoint } from '../llm/outbound/endpoint-rules.ts';
import { presetOf } from '../llm/presets.ts';
import { ThinkingFailedError, type ModelCall } from '../llm/provider.ts';
import { strategyOfId } from './house-providers.ts';
import { reachOf } from './model-access.ts';
import { modelCallWrites } from './model-calls.ts';
import { countAnswer, countQuestion } from './turn-quotas.ts';
import { usd } from './views.ts';

type Deps = Pick<
  AppContext,
  'db' | 'clock' | 'config' | 'settings' | 'newId' | 'vault' | 'prices' | 'models' | 'log'
>;

/** Longer than this nobody waits before the page; a turn may take longer. */
const LONGEST_MS = 60_000;
const SHOWN_CHARACTERS = 200;

/** What came of a test: how it is told, and what was spent. */
interface Trial {
  readonly told: ProviderTest;
  readonly calls: readonly ModelCall[];
}

/**
 * Makes a real call, as small as one can be, with the key that is stored. That the model does not answer is an answer,
 * too; what is told of it is in words of the arena's, and never the key. The call counts towards the user's limits and
 * budget, and for no bot.
 * @throws NotFoundError, ConflictError `provider-built-in`, RateLimitedError; then nothing was sent.
 */
export async function testProvider(ctx: Deps, by: Actor, id: string): Promise<ProviderTest> {
  const { db, clock, settings } = ctx;
  const row = await getTestable(ctx, { id, userId: by.userId });
  const asked = { userId: by.userId, providerType: row.provider_type, isHouse: false };
  const limits = settings.current;
  await db.commit(await countQuestion(db, asked, { prompt: '', limits, now: clock.wallNow() }));
  const { told, calls } = await tryOut(ctx, row);
  const origin = { userId: by.userId, botId: null, turnId: null };
  const provider = { id: row.id, type: row.provider_type };
  const tokens = told.tokensIn + told.tokensOut;
  await db.commit([
    ...countAnswer(asked, { answer: '', tokens, limits, now: clock.wallNow() }),
    ...modelCallWrites(ctx, { ...origin, provider, purpose: 'test' }, calls),
    ...by.remember(told),
  ]);
  return told;
}

async function getTestable({ db }: Deps, key: { id: string; userId: string }): Promise<ProviderRow> {
  if (strategyOfId(key.id) !== null)
    throw new ConflictError(
      'provider-built-in',
      'A built-in strategy asks no model: there is nothing to test.',
    );
  const row = await findProvider(db.read, key);
  if (!row) throw new NotFoundError('provider', key.id);
  return row;
}

async function tryOut(ctx: Deps, row: ProviderRow): Promise<Trial> {
  const { clock, config, models, log } = ctx;
  const client = models.get(row.provider_type);
  if (!client) return notSent(row, `This server knows no providers of the type ${row.provider_type}.`);
  const refusal = refuseEndpoint(ctx, row);
  if (refusal !== null) return notSent(row, refusal);
  const wallNow = () => clock.wallNow();
  const limitMs = Math.min(config.turns.timeoutMs, LONGEST_MS);
  try {
    const reach = reachOf(ctx, row);
    // Whoever tests wants to know how it is now, however often it failed before.
    const access = { ...reach, circuit: `test:${ctx.newId()}` };
    const signal = AbortSignal.timeout(limitMs);
    const answer = await client.test({ access, wallNow, deadlineAt: wallNow() + limitMs, signal });
    return { told: answered(answer, reach.target.apiKey), calls: answer.calls };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    log.info({ providerId: row.id, err: error }, 'the test of a provider failed');
    return failed(row, error);
  }
}

/** What was allowed when it was saved may not be any more. */
function refuseEndpoint({ config }: Deps, row: ProviderRow): string | null {
  const { provider_type: providerType, api_endpoint: apiEndpoint } = row;
  const address = apiEndpoint ?? presetOf({ providerType, apiEndpoint }).baseUrl;
  if (address === null) return 'This provider has no address.';
  const check = checkEndpoint(address, config.outbound);
  return check.ok ? null : check.reason;
}

const NOTHING = {
  model: null,
  text: null,
  status: null,
  latencyMs: 0,
  tokensIn: 0,
  tokensOut: 0,
  cost: null,
} as const;

function notSent({ model_name: model }: ProviderRow, message: string): Trial {
  return { told: { ...NOTHING, ok: false, message, failure: 'refused', model }, calls: [] };
}

type Answer = Awaited<ReturnType<NonNullable<ReturnType<AppContext['models']['get']>>['test']>>;

function answered({ latencyMs, usage, costMicros, ...said }: Answer, key: string | null): ProviderTest {
  const { tokensIn, tokensOut } = usage;
  const cost = costMicros === null ? null : usd(costMicros);
  const price = cost === null ? 'what it cost is not known' : `it cost ${cost.toFixed(6)} USD`;
  return {
    ok: true,
    message: `The model has answered in ${latencyMs} ms. It read ${tokensIn} tokens and wrote ${tokensOut}; ${price}.`,
    failure: null,
    status: null,
    model: shown(said.model, key),
    text: shown(said.text, key),
    latencyMs,
    tokensIn,
    tokensOut,
    cost,
  };
}

/** What the other side says may be anything, and the key as well. */
function shown(text: string, key: string | null): string | null {
  if (key !== null && text.includes(key)) return null;
  return text.replace(/\p{C}/gu, ' ').trim().slice(0, SHOWN_CHARACTERS).toWellFormed();
}

function failed({ model_name: model }: ProviderRow, error: AppError): Trial {
  const calls = error instanceof ThinkingFailedError ? error.thinking.calls : [];
  const told: ProviderTest = {
    ok: false,
    message:
      error.code === 'unreadable-secret' ? 'The stored key cannot be read: enter it again.' : error.message,
    failure: error instanceof ModelError ? error.failure : 'refused',
    status: error instanceof ModelError ? error.status : null,
    model,
    text: null,
    latencyMs: sum(calls, (call) => call.latencyMs),
    tokensIn: sum(calls, (call) => call.tokensIn),
    tokensOut: sum(calls, (call) => call.tokensOut),
    cost: calls.some((call) => call.costMicros === null)
      ? null
      : usd(sum(calls, (call) => call.costMicros ?? 0)),
  };
  return { told, calls };
}

function sum(calls: readonly ModelCall[], of: (call: ModelCall) => number): number {
  return calls.reduce((total, call) => total + of(call), 0);
}
