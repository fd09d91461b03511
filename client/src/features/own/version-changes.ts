import type { BotSettings } from '../../api/contract.ts';
import type { BotVersion } from '../../api/thinking-queries.ts';
import { count, duration, money } from '../../ui/format.ts';
import { thinkingText } from '../../ui/messages/thinking.ts';

const text = thinkingText.versions;
export type ChangedPart = keyof typeof text.changed;

/** What differs from the version before; in the order it is told. */
export function changedParts(before: BotVersion, after: BotVersion): ChangedPart[] {
  const differs = (partOf: (version: BotVersion) => unknown) =>
    JSON.stringify(partOf(before)) !== JSON.stringify(partOf(after));
  const checks: [ChangedPart, boolean][] = [
    ['prompt', before.prompt !== after.prompt],
    ['model', differs(({ provider }) => [provider.id, provider.model, provider.endpoint])],
    ['settings', settingChanges(before.settings, after.settings).length > 0],
    ['symbols', differs(({ tradingSymbols }) => tradingSymbols?.toSorted() ?? null)],
  ];
  return checks.filter(([, isChanged]) => isChanged).map(([part]) => part);
}

type SettingName = keyof typeof text.settingNames;
const SETTING_NAMES = Object.keys(text.settingNames) as SettingName[];

export interface SettingLine {
  readonly name: SettingName;
  readonly label: string;
  /** As people read it; null = as the arena has it. */
  readonly value: string | null;
}

/** The settings that a version has of its own. */
export function settingLines(settings: BotSettings): SettingLine[] {
  return SETTING_NAMES.filter((name) => settings[name] !== undefined).map((name) => lineOf(name, settings));
}

/** Settings that differ, each as it was and as it is. */
export function settingChanges(before: BotSettings, after: BotSettings): [SettingLine, SettingLine][] {
  return SETTING_NAMES.filter((name) => before[name] !== after[name]).map((name) => [
    lineOf(name, before),
    lineOf(name, after),
  ]);
}

function lineOf(name: SettingName, settings: BotSettings): SettingLine {
  return { name, label: text.settingNames[name], value: shownSetting(name, settings[name]) };
}

/** What it means that a setting is absent, where that is not the arena's to say. */
const WHEN_ABSENT: Partial<Record<SettingName, string>> = {
  analysisSteps: text.none,
  dailyBudgetUsd: text.none,
  shareAnswers: text.off,
};

function shownSetting(name: SettingName, value: BotSettings[SettingName]): string | null {
  if (value === undefined) return WHEN_ABSENT[name] ?? null;
  if (typeof value === 'boolean') return value ? text.on : text.off;
  if (name === 'turnIntervalMs' || name === 'cooldownMs') return duration(value);
  return name === 'minSizeUsd' || name === 'dailyBudgetUsd' ? money(value) : count(value);
}
