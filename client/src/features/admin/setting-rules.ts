import type { SettingView } from '../../api/contract.ts';
import { adminText } from '../../ui/messages/admin.ts';

const text = adminText.settings;

/** `max_open_positions` -> `Max open positions`. */
export function settingName(key: string): string {
  const words = key.replaceAll('_', ' ');
  return words.slice(0, 1).toUpperCase() + words.slice(1);
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
