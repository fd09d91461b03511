/**
 * The outcome of `work`, or a rejection with the signal's reason once it is aborted and `work` has not ended by itself
 * within `graceMs`, whatever `work` does then.
 */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal, graceMs = 0): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  let timer: NodeJS.Timeout | undefined;
  const abort = (): void => {
    timer = setTimeout(() => reject(signal.reason), graceMs);
  };
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([aborted, work]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}
