import { messages } from './messages.ts';

const clockFormat = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const minuteFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const exactDayFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });
const exactFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

export const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** 12:41:07 */
export const clockTime = (ms: number): string => clockFormat.format(ms);
/** 12:41 */
export const minuteTime = (ms: number): string => minuteFormat.format(ms);
/** 21 Nov */
export const day = (ms: number): string => dayFormat.format(ms);
/** 21 Nov 2026: a day of the calendar, which is UTC's. */
export const exactDay = (ms: number): string => exactDayFormat.format(ms);
/** 21 Nov 2026, 12:41:07 */
export const exactTime = (ms: number): string => exactFormat.format(ms);

/** 21 Nov 12:41, or 12:41:07 when it is of the last 12 hours. */
export function shortTime(ms: number, now: number): string {
  return Math.abs(now - ms) < 12 * 3_600_000 ? clockTime(ms) : `${day(ms)} ${minuteTime(ms)}`;
}

/** When something of `at` is shown, which may be days later: 14:20, or 21 Nov 14:20. */
export function releaseTime(ms: number, at: number): string {
  return Math.abs(ms - at) < 12 * 3_600_000 ? minuteTime(ms) : `${day(ms)} ${minuteTime(ms)}`;
}

/** "12 s ago", "in 3 min"; both times on the arena's clock. */
export function relativeTime(ms: number, now: number): string {
  const { time } = messages;
  const seconds = Math.round(Math.abs(now - ms) / 1000);
  const isPast = ms <= now;
  if (seconds < 2) return time.now;
  if (seconds < 60) return isPast ? time.secondsAgo(seconds) : time.inSeconds(seconds);
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return isPast ? time.minutesAgo(minutes) : time.inMinutes(minutes);
  const hours = Math.round(minutes / 60);
  if (hours < 48) return isPast ? time.hoursAgo(hours) : time.inHours(hours);
  const days = Math.round(hours / 24);
  return isPast ? time.daysAgo(days) : time.inDays(days);
}
