import type { BodyOf } from '../../api/call.ts';
import type { BotDetail, BotSettings, Publishing, Visibility } from '../../api/contract.ts';
import type { PreviewDraft } from '../../api/thinking-queries.ts';

export type VisibilityMode = 'owner' | 'delayed' | 'public';
export type PublishedPart = keyof Publishing;
export const PUBLISHED_PARTS = [
  'positions',
  'reasoning',
  'prompt',
] as const satisfies readonly PublishedPart[];

interface Published {
  readonly mode: VisibilityMode;
  readonly hours: string;
}

/** A bot as its form holds it: numbers as they are typed, '' = the arena's setting. */
export interface BotFormValues {
  name: string;
  kind: 'strategy' | 'provider';
  strategyId: string;
  providerId: string;
  prompt: string;
  symbolKind: 'all' | 'some';
  symbols: string[];
  turnSeconds: string;
  cooldownMinutes: string;
  maxOpenPositions: string;
  minSizeUsd: string;
  allowAdding: 'default' | 'yes' | 'no';
  /** '0' to '5'. */
  analysisSteps: string;
  maxAnswerTokens: string;
  dailyBudgetUsd: string;
  shareAnswers: boolean;
  publishing: Record<PublishedPart, Published>;
}

/** What the arena publishes of a user's bot when its owner says nothing. */
const FIRST_PUBLISHING: Publishing = { positions: 'public', reasoning: 'owner', prompt: 'owner' };
const FIRST_HOURS = '24';

export function newBotValues(strategyId: string, name: string): BotFormValues {
  return {
    name,
    kind: 'strategy',
    strategyId,
    providerId: '',
    prompt: '',
    symbolKind: 'all',
    symbols: [],
    turnSeconds: '',
    cooldownMinutes: '',
    maxOpenPositions: '',
    minSizeUsd: '',
    allowAdding: 'default',
    analysisSteps: '0',
    maxAnswerTokens: '',
    dailyBudgetUsd: '',
    shareAnswers: false,
    publishing: publishedOf(FIRST_PUBLISHING),
  };
}

/** @param strategyId the strategy to offer when a model decides now. */
export function valuesOfBot(
  bot: BotDetail,
  own: NonNullable<BotDetail['own']>,
  strategyId: string,
): BotFormValues {
  const { settings } = own;
  const isStrategy = own.providerId.startsWith('house:');
  return {
    name: bot.name,
    kind: isStrategy ? 'strategy' : 'provider',
    strategyId: isStrategy ? own.providerId : strategyId,
    providerId: isStrategy ? '' : own.providerId,
    prompt: bot.prompt ?? '',
    symbolKind: bot.tradingSymbols === null ? 'all' : 'some',
    symbols: bot.tradingSymbols ?? [],
    turnSeconds: typed(settings.turnIntervalMs, 1_000),
    cooldownMinutes: typed(settings.cooldownMs, 60_000),
    maxOpenPositions: typed(settings.maxOpenPositions, 1),
    minSizeUsd: typed(settings.minSizeUsd, 1),
    allowAdding: settings.allowAdding === undefined ? 'default' : settings.allowAdding ? 'yes' : 'no',
    analysisSteps: String(settings.analysisSteps ?? 0),
    maxAnswerTokens: typed(settings.maxAnswerTokens, 1),
    dailyBudgetUsd: typed(settings.dailyBudgetUsd, 1),
    shareAnswers: settings.shareAnswers ?? false,
    publishing: publishedOf(own.publishing),
  };
}

export function bodyOfValues(values: BotFormValues): BodyOf<'createBot'> & BodyOf<'updateBot'> {
  return {
    name: values.name.trim(),
    prompt: values.prompt,
    providerId: values.kind === 'strategy' ? values.strategyId : values.providerId,
    tradingSymbols: values.symbolKind === 'all' ? null : values.symbols,
    settings: settingsOf(values),
    publishing: {
      positions: visibilityOf(values.publishing.positions),
      reasoning: visibilityOf(values.publishing.reasoning),
      prompt: visibilityOf(values.publishing.prompt),
    },
  };
}

/** What a preview is about: what is typed, where something is. */
export function draftOfValues(values: BotFormValues): PreviewDraft {
  const { prompt, providerId, tradingSymbols, settings } = bodyOfValues(values);
  return { prompt, ...(providerId === '' ? {} : { providerId }), tradingSymbols, settings };
}

function settingsOf(values: BotFormValues): BotSettings {
  const { turnSeconds, cooldownMinutes, maxOpenPositions, minSizeUsd, allowAdding } = values;
  const { analysisSteps, maxAnswerTokens, dailyBudgetUsd, shareAnswers } = values;
  return {
    ...given('turnIntervalMs', turnSeconds, 1_000),
    ...given('cooldownMs', cooldownMinutes, 60_000),
    ...given('maxOpenPositions', maxOpenPositions, 1),
    ...given('minSizeUsd', minSizeUsd, 1),
    ...(allowAdding === 'default' ? {} : { allowAdding: allowAdding === 'yes' }),
    ...(analysisSteps === '0' ? {} : { analysisSteps: Number(analysisSteps) }),
    ...given('maxAnswerTokens', maxAnswerTokens, 1),
    ...given('dailyBudgetUsd', dailyBudgetUsd, 1),
    ...(shareAnswers ? { shareAnswers } : {}),
  };
}

/** `factor`: what one typed unit is in the setting's own. */
function given(key: keyof BotSettings, text: string, factor: number): BotSettings {
  if (text.trim() === '') return {};
  const value = Number(text) * factor;
  return { [key]: factor === 1 ? value : Math.round(value) };
}

function typed(value: number | undefined, factor: number): string {
  return value === undefined ? '' : String(value / factor);
}

function visibilityOf({ mode, hours }: Published): Visibility {
  return mode === 'delayed' ? { delayHours: Number(hours) } : mode;
}

function publishedOf(publishing: Publishing): BotFormValues['publishing'] {
  const of = (visibility: Visibility): Published =>
    typeof visibility === 'string'
      ? { mode: visibility, hours: FIRST_HOURS }
      : { mode: 'delayed', hours: String(visibility.delayHours) };
  return {
    positions: of(publishing.positions),
    reasoning: of(publishing.reasoning),
    prompt: of(publishing.prompt),
  };
}

/** Where the server's names are in the form. */
export const BOT_FIELDS = {
  'name-taken': 'name',
  tradingSymbols: 'symbols',
  'settings.turnIntervalMs': 'turnSeconds',
  'settings.cooldownMs': 'cooldownMinutes',
  'settings.maxOpenPositions': 'maxOpenPositions',
  'settings.minSizeUsd': 'minSizeUsd',
  'settings.analysisSteps': 'analysisSteps',
  'settings.maxAnswerTokens': 'maxAnswerTokens',
  'settings.dailyBudgetUsd': 'dailyBudgetUsd',
  'publishing.positions': 'publishing.positions.hours',
  'publishing.reasoning': 'publishing.reasoning.hours',
  'publishing.prompt': 'publishing.prompt.hours',
} as const;

/** `house:buy-and-hold` -> `Buy and hold`. */
export function strategyTitle(name: string): string {
  const words = name.replace(/^house:/, '').replaceAll('-', ' ');
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

/** A name nobody has to think about, with a number where it is taken. */
export function freeName(title: string, taken: readonly string[]): string {
  const used = new Set(taken.map((name) => name.toLowerCase()));
  for (let count = 2, name = title; ; name = `${title} ${count++}`) {
    if (!used.has(name.toLowerCase())) return name;
  }
}
