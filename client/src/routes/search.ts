import type { ModelUsageBy } from '../api/own-queries.ts';
import type { RankBy } from '../api/queries.ts';
import type { CandleInterval, Period, Range } from '../api/contract.ts';
import type { FeedFilter } from '../features/arena/feed-lines.ts';
import type { Unit } from '../features/arena/equity-data.ts';
import { pathOf } from '../features/session/path-of.ts';
import { SEARCH_LENGTH } from '../ui/search-field.tsx';

const RANGES = ['1h', '6h', '1d', '1w', 'all'] as const satisfies readonly Range[];
const PERIODS = ['day', 'week', 'month', 'all'] as const satisfies readonly Period[];
const UNITS = ['usd', 'pct', 'log'] as const satisfies readonly Unit[];
const FILTERS = ['all', 'trades', 'decisions'] as const satisfies readonly FeedFilter[];
const INTERVALS = ['1m', '5m', '15m', '1h', '4h', '1d'] as const satisfies readonly CandleInterval[];
const TABS = ['decisions', 'trades', 'equity', 'learning', 'versions', 'about'] as const;
export const ACCOUNT_TABS = ['security', 'sessions', 'keys', 'spending', 'usage', 'log', 'data'] as const;
export const ADMIN_TABS = ['users', 'invites', 'settings', 'prices', 'log', 'care'] as const;
export const MODEL_PERIODS = ['day', 'week', 'month', 'quarter'] as const;
export const SPENDING_PERIODS = ['week', 'month', 'quarter', 'year'] as const;
const SPENDING_BY = ['day', 'bot', 'model', 'purpose'] as const satisfies readonly ModelUsageBy[];

type Raw = Record<string, unknown>;

/** One of `allowed`; anything else in an address is the fallback, never an error. */
function oneOf<Value extends string>(value: unknown, allowed: readonly Value[], fallback: Value): Value {
  return allowed.find((candidate) => candidate === value) ?? fallback;
}

/** The router reads `?q=123` as a number. */
const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

const searchOf = (value: unknown): string => textOf(value).slice(0, SEARCH_LENGTH);

const symbolOf = (value: unknown): string | undefined => {
  const text = textOf(value);
  return /^[A-Z0-9]{2,30}$/.test(text) ? text : undefined;
};

export const arenaSearch = (raw: Raw) => ({
  range: oneOf(raw.range, RANGES, '1d'),
  unit: oneOf(raw.unit, UNITS, 'usd'),
  view: oneOf(raw.view, ['chart', 'table'] as const, 'chart'),
  period: oneOf(raw.period, PERIODS, 'all'),
  feed: oneOf(raw.feed, FILTERS, 'all'),
});

export const botSearch = (raw: Raw) => ({
  tab: oneOf(raw.tab, TABS, 'decisions'),
  interval: oneOf(raw.interval, INTERVALS, '15m'),
  range: oneOf(raw.range, RANGES, '1d'),
  symbol: symbolOf(raw.symbol),
  traded: symbolOf(raw.traded),
});

export const boardSearch = (raw: Raw) => ({
  period: oneOf(raw.period, PERIODS, 'all'),
  rank: oneOf(raw.rank, ['return', 'net'] as const satisfies readonly RankBy[], 'return'),
  q: searchOf(raw.q),
});
export const modelsSearch = (raw: Raw) => ({
  period: oneOf(raw.period, MODEL_PERIODS, 'week'),
  q: searchOf(raw.q),
});
export const listSearch = (raw: Raw) => ({ q: searchOf(raw.q) });
export const marketSearch = (raw: Raw) => ({
  interval: oneOf(raw.interval, INTERVALS, '15m'),
});

/** Where to go once one is logged in. */
export const enterSearch = (raw: Raw) => ({ to: pathOf(raw.to) });
export const accountSearch = (raw: Raw) => ({
  tab: oneOf(raw.tab, ACCOUNT_TABS, 'security'),
  period: oneOf(raw.period, SPENDING_PERIODS, 'month'),
  by: oneOf(raw.by, SPENDING_BY, 'day'),
});
export const providersSearch = (raw: Raw) => ({
  tab: oneOf(raw.tab, ['providers', 'wallets'] as const, 'providers'),
});
export const adminSearch = (raw: Raw) => ({
  tab: oneOf(raw.tab, ADMIN_TABS, 'users'),
  q: searchOf(raw.q),
  action: searchOf(raw.action),
  user: searchOf(raw.user),
});
