const SECOND_MS = 1000;

/**
 * How long an answer asks to wait, ms; null when it does not say, or nothing that makes sense. `retry-after-ms` is the more
 * exact word of some vendors; `Retry-After` holds seconds or a date (RFC 9110, 10.2.3).
 * @param now wall clock, epoch ms.
 */
export function readRetryAfter(headers: Headers, now: number): number | null {
  const ms = numberOf(headers.get('retry-after-ms'));
  if (ms !== null) return ms;
  const text = headers.get('retry-after');
  const seconds = numberOf(text);
  if (seconds !== null) return seconds * SECOND_MS;
  const date = text?.endsWith('GMT') ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/** @param text such as `34s` or `0.5s`, as Google writes durations. */
export function readDuration(text: string): number | null {
  const seconds = numberOf(/^(\d.*)s$/.exec(text)?.[1] ?? null);
  return seconds === null ? null : seconds * SECOND_MS;
}

function numberOf(text: string | null): number | null {
  return text !== null && /^\s*\d+(?:\.\d+)?\s*$/.test(text) ? Number(text) : null;
}
