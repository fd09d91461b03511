import type { AppContext } from '../context.ts';
import { AppError, UpstreamError } from '../errors.ts';
import { ModelError } from '../llm/chat.ts';
import type { DecideResult } from '../llm/provider.ts';
import type { ActiveBot } from './active-bot.ts';
import type { Question } from './question.ts';

/** One that heeds its signal says what was spent. */
const GRACE_MS = 500;

export interface AskDeps {
  readonly ctx: Pick<AppContext, 'clock' | 'providers'>;
  readonly timeoutMs: number;
}

type Decide = () => Promise<DecideResult>;

export interface Asking {
  readonly question: Question;
  readonly signal: AbortSignal;
  /** Stands between: where an answer that is known already may take the place of asking. */
  readonly through?: (decide: Decide) => Promise<DecideResult>;
}

/**
 * Asks what decides for a bot, once. It ends with the signal or the time of a turn, whatever the decider does.
 * @throws what the decider throws, ModelError `timeout`, UpstreamError when this server has no such decider.
 */
export async function askDecider(
  { ctx, timeoutMs }: AskDeps,
  bot: Pick<ActiveBot, 'providerType' | 'providerConfig'>,
  { question, signal: ended, through = (decide) => decide() }: Asking,
): Promise<DecideResult> {
  const { clock, providers } = ctx;
  const provider = providers.get(bot.providerType);
  if (!provider) throw new UpstreamError(bot.providerType, 'this server has no such provider');
  const signal = AbortSignal.any([ended, AbortSignal.timeout(timeoutMs)]);
  const { prompt, view, access } = question;
  const decide = () =>
    provider.decide({
      prompt,
      view,
      access,
      config: bot.providerConfig,
      wallNow: () => clock.wallNow(),
      deadlineAt: clock.wallNow() + timeoutMs,
      signal,
    });
  try {
    return await Promise.race([through(decide), rejectOnAbort(signal)]);
  } catch (error) {
    // Whatever a decider says of being cancelled: what it knows of its costs is kept, all else is that time is up.
    throw signal.aborted && !(error instanceof ModelError) ? tooLate() : error;
  }
}

function tooLate(): ModelError {
  return new ModelError('turn', 'no answer in time', { failure: 'timeout', isRetryable: false });
}

/** A provider that ignores its signal does not hold the turn. */
function rejectOnAbort(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const fail = () => void setTimeout(() => reject(tooLate()), GRACE_MS).unref();
  if (signal.aborted) fail();
  else signal.addEventListener('abort', fail, { once: true });
  return promise;
}

/** What a decider threw, as something that can be told. */
export function toFailure(error: unknown): AppError {
  return error instanceof AppError
    ? error
    : new UpstreamError('provider', 'failed unexpectedly', { cause: error });
}
