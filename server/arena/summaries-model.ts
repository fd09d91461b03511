import { AppError } from '../errors.ts';
import { ThinkingFailedError, type ModelCall } from '../llm/provider.ts';
import type { ActiveBot } from './active-bot.ts';
import { cleanSummary } from './summaries-stored.ts';

/** What a model may write, its thoughts included. */
const MAX_TOKENS_OUT = 8192;
/** A provider that is told to stop may still say what it has spent. */
const GRACE_MS = 1000;

export interface ModelText {
  readonly text: string;
  readonly calls: readonly ModelCall[];
}

/**
 * Asks a bot's model for a text. Ends when the signal says so.
 * @throws ThinkingFailedError with what was spent, when the model gives none.
 */
export type Summarise = (
  bot: ActiveBot,
  prompt: string,
  options: { readonly maxTokensOut: number; readonly signal: AbortSignal },
) => Promise<ModelText>;

/** No summary came of it; the message is for the bot's owner. */
export class SummaryFailedError extends AppError {
  override name = 'SummaryFailedError';
  readonly calls: readonly ModelCall[];

  constructor(reason: string, { calls, cause }: { calls: readonly ModelCall[]; cause?: unknown }) {
    const why = reason.replace(/\.$/, '');
    super('summary-failed', `There is no new summary: ${why}. The one before stands.`, { cause });
    this.calls = calls;
  }
}

/** @returns a text that can be stored. @throws SummaryFailedError, whatever the provider does. */
export async function askForSummary(
  summarise: Summarise,
  bot: ActiveBot,
  { prompt, timeoutMs, stop }: { prompt: string; timeoutMs: number; stop: AbortSignal },
): Promise<ModelText> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]);
  const { text: answer, calls } = await inTime(
    async () => await summarise(bot, prompt, { maxTokensOut: MAX_TOKENS_OUT, signal }),
    signal,
  ).catch((error: unknown) => {
    throw failureOf(error);
  });
  const text = cleanSummary(answer);
  if (text === null) throw new SummaryFailedError('the model has answered with nothing', { calls });
  return { text, calls };
}

function failureOf(error: unknown): SummaryFailedError {
  if (error instanceof SummaryFailedError) return error;
  const calls = error instanceof ThinkingFailedError ? error.thinking.calls : [];
  const reason = error instanceof AppError ? error.message : 'the provider failed unexpectedly';
  return new SummaryFailedError(reason, { calls, cause: error });
}

/** A provider that ignores its signal holds nothing up. */
async function inTime<T>(run: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  let timer: NodeJS.Timeout | undefined;
  const giveUp = () => {
    const late = new SummaryFailedError('no answer came in time', { calls: [], cause: signal.reason });
    timer = setTimeout(() => reject(late), GRACE_MS);
  };
  if (signal.aborted) giveUp();
  else signal.addEventListener('abort', giveUp, { once: true });
  try {
    return await Promise.race([run(), promise]);
  } finally {
    signal.removeEventListener('abort', giveUp);
    clearTimeout(timer);
  }
}
