import type { SettingView } from '../../api/contract.ts';
import { adminText } from '../../ui/messages/admin.ts';

const text = adminText.settings;

/** `cooldown_ms` -> `Cooldown`, `llm_calls_per_day` -> `LLM calls per day`: the unit stands beside it. */
export function settingName(key: string): string {
  const words = key
    .replace(/_(usd|bps|ms)$/, '')
    .replaceAll('_', ' ')
    .replace(/^llm\b/, 'LLM');
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

const MEASURES: ReadonlySet<string> = new Set(['USD', 'bps', 'ms']);

/** The name with what it is measured in, unless the name says what is counted. */
export function settingLabel(key: string, unit: string): string {
  return MEASURES.has(unit) ? `${settingName(key)}, ${unit}` : settingName(key);
}

export const settingText = (value: number): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: 10 });

/** What is wrong with a typed value; null = nothing. */
export function settingProblem(
  { type, least, most }: Pick<SettingView, 'type' | 'least' | 'most'>,
  typed: string,
): string | null {
  const value = Number(typed);
  const isInside = typed.trim() !== '' && value >= least && value <= most;
  if (!isInside) return text.outside(settingText(least), settingText(most));
  return type === 'integer' && !Number.isInteger(value) ? text.whole : null;
}
