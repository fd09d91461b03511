import { setTimeout as wait } from 'node:timers/promises';

/** Waits `ms`; may reject, or resolve early, once the signal aborts. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

/** The longest wait a Node timer holds. */
const LONGEST_MS = 2 ** 31 - 1;

/** Waits in real time. */
export const sleepInRealTime: Sleep = async (ms, signal) => {
  await wait(Math.min(ms, LONGEST_MS), undefined, { signal });
};

/** Waits; false when the signal ended the wait. Failures that are not the abort are thrown. */
export async function sleepUnlessAborted(sleep: Sleep, ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  try {
    await sleep(ms, signal);
  } catch (cause) {
    if (!signal.aborted) throw cause;
  }
  return !signal.aborted;
}
