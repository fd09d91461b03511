import type { Candle } from '../engine/model.ts';
import { formatUsd } from '../engine/money.ts';
import { openPositions, tradeRecord, unrealizedPnl } from './prompt/account.ts';
import { isoMinute } from './prompt/format.ts';
import { tellHistory, type ToldHistory } from './prompt/history.ts';
import { marketTable } from './prompt/market.ts';
import { performance, recentTrades, summary } from './prompt/memory.ts';
import { ANSWER_FORM, cooldowns, PLAIN_ANSWER_FORM, rules } from './prompt/rules.ts';
import { candleTable, indicatorTable } from './prompt/tables.ts';
import { candlesKey, parseTemplate, type Placeholder, type TemplatePart } from './prompt/template.ts';
import type { TurnMemory, TurnView } from './provider.ts';

export { candlesNeeded } from './prompt/template.ts';

/** All that a prompt says besides its template. */
export interface PromptFacts {
  readonly view: TurnView;
  /** null for deciders that read no memory: nothing is told of it. */
  readonly memory: TurnMemory | null;
  /** Closed candles, oldest first, of each of `candlesNeeded(template)`, by `SYMBOL:INTERVAL:N`. */
  readonly candles: ReadonlyMap<string, readonly Candle[]>;
  /** What the past turns may take together. */
  readonly historyBudgetTokens: number;
}

export interface RenderedPrompt {
  readonly prompt: string;
  /** Past turns told, and those left out as the budget is too small; 0 without memory. */
  readonly historyShown: number;
  readonly historyDropped: number;
}

type Facts = PromptFacts & { readonly history: ToldHistory };

const VALUES: Readonly<Record<Placeholder, (facts: Facts) => string>> = {
  totalValue: ({ view }) => formatUsd(view.equityMicros),
  availableBalance: ({ view }) => formatUsd(view.account.cashMicros),
  unrealizedPnl: ({ view }) => unrealizedPnl(view),
  openPositions: ({ view, memory }) => openPositions(view, memory),
  marketData: ({ view }) => marketTable(view),
  currentDate: ({ view }) => isoMinute(view.now),
  cooldowns: ({ view }) => cooldowns(view),
  rules: ({ view }) => rules(view),
  indicators: ({ view }) => indicatorTable(view),
  performance: ({ memory }) => performance(memory),
  recentTrades: ({ view, memory }) => recentTrades(view, memory),
  summary: ({ memory }) => summary(memory),
  history: ({ history }) => history.text,
};

/** What stands before a value that the template did not place, in the order of the prompt. */
const FIGURES = [
  ['currentDate', 'Date: '],
  ['totalValue', 'Total value: '],
  ['availableBalance', 'Available balance: '],
  ['unrealizedPnl', 'Unrealised PnL: '],
] as const;
const BOOK = [
  ['openPositions', '## Open positions\n'],
  ['marketData', '## Market\n'],
] as const;
const MEMORY = [
  ['performance', '## Performance\n'],
  ['recentTrades', '## Closed positions, newest first\n'],
  ['summary', '## Summary of earlier turns\n'],
  ['history', '## Past turns\n'],
] as const;
const LIMITS = [
  ['cooldowns', '## Cooldowns\n'],
  ['rules', '## Rules\n'],
] as const;

/**
 * The exact text a decider is shown. Every placeholder of the template is replaced; what it does not place follows in a
 * fixed order, memory only where there is some, indicators and candles never; the form of the answer ends it. Placeholders
 * that mean nothing stay as text, values are never searched for placeholders. Amounts are USD. The same template and facts
 * give the same text, and nothing in it tells bots with equal books and memories apart.
 */
export function renderPrompt(template: string, given: PromptFacts): RenderedPrompt {
  const facts = { ...given, history: tellHistory(given.memory, given.historyBudgetTokens) };
  const { parts } = parseTemplate(template);
  const valueOf = remember((name: Placeholder) => VALUES[name](facts));
  const body = parts.map((part) => textOf(part, { facts, valueOf })).join('');
  const placed = new Set<Placeholder>(parts.flatMap((part) => (part.kind === 'value' ? [part.name] : [])));
  const missing = (sections: readonly (readonly [Placeholder, string])[]): string[] =>
    sections.filter(([name]) => !placed.has(name)).map(([name, heading]) => heading + valueOf(name));
  const account = ['## Account', ...missing(FIGURES), tradeRecord(facts.view)].join('\n');
  const memory = facts.memory ? missing(MEMORY) : [];
  const form = facts.memory ? ANSWER_FORM : PLAIN_ANSWER_FORM;
  const sections = [body.trim(), account, ...missing(BOOK), ...memory, ...missing(LIMITS), form];
  return {
    prompt: sections.filter(Boolean).join('\n\n'),
    historyShown: facts.history.shown,
    historyDropped: facts.history.dropped,
  };
}

function textOf(
  part: TemplatePart,
  { facts, valueOf }: { facts: Facts; valueOf: (name: Placeholder) => string },
): string {
  if (part.kind === 'value') return valueOf(part.name);
  if (part.kind === 'candles')
    return candleTable(part.table, facts.candles.get(candlesKey(part.table)) ?? [], facts.view);
  return part.text;
}

/** A value that is placed twice is made once. */
function remember(make: (name: Placeholder) => string): (name: Placeholder) => string {
  const made = new Map<Placeholder, string>();
  return (name) => {
    const text = made.get(name) ?? make(name);
    made.set(name, text);
    return text;
  };
}
