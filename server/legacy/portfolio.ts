import { readPosition, type LegacyPosition } from './open-positions.ts';
import type { Tally } from './tally.ts';
import { fieldsOf, idOf, microsOf, numberOf, timeOf, type Fields } from './values.ts';

/** A bot's book as the old server kept it. Money in micros. */
export interface LegacyBook {
  readonly cashMicros: number;
  readonly initialMicros: number;
  readonly positions: readonly LegacyPosition[];
  readonly realizedMicros: number;
  readonly tradeCount: number;
  readonly winCount: number;
  /** symbol -> end, epoch ms. */
  readonly cooldowns: Readonly<Record<string, number>>;
  /** Why the bot must be looked at before it trades on; null = its money is whole. */
  readonly problem: string | null;
  /** What the new book says otherwise than the old one, and why. */
  readonly differences: readonly string[];
}

interface Given {
  readonly path: string;
  readonly tally: Tally;
  /** Open rows of the table `positions`: they win over the state's. */
  readonly rows: readonly { readonly path: string; readonly fields: Fields }[];
  /** Positions the table calls closed. */
  readonly closedIds: ReadonlySet<string>;
  /** Nothing happened later, epoch ms. */
  readonly latest: number;
}

/** @param fields the bot's part of the state; of a bot that never ran, its row. */
export function readBook(fields: Fields, given: Given): LegacyBook {
  const { path, tally } = given;
  const differences: string[] = [];
  const portfolio = fieldsOf(fields.portfolio);
  if (!portfolio) tally.setAside(`${path}.portfolio`, fields.portfolio, 'not a portfolio');
  const positions = readPositions(portfolio?.positions, given, differences);
  const initialGiven = microsOf(fields.initialBalance ?? fields.initial_balance);
  const initial = initialGiven !== undefined && initialGiven >= 0 ? initialGiven : undefined;
  if (initial === undefined)
    tally.setAside(`${path}.initialBalance`, fields.initialBalance, 'not an amount to begin with');
  const margins = positions.reduce((sum, position) => sum + position.marginMicros, 0);
  const hasRun = 'portfolio' in fields || (Array.isArray(fields.orders) && fields.orders.length > 0);
  const balance = microsOf(portfolio?.balance);
  const isWhole = balance !== undefined && balance >= 0;
  if (hasRun && !isWhole) {
    const found = portfolio?.balance ?? 'missing';
    tally.setAside(`${path}.portfolio.balance`, found, 'not a balance: the account is empty');
    differences.push(
      'the old balance is no amount of money: the account holds no cash, and the bot is paused',
    );
  }
  // A bot the state has no book of has spent the margins of its table's positions.
  const fresh = Math.max(0, (initial ?? 0) - margins);
  const cashMicros = isWhole ? balance : hasRun ? 0 : fresh;
  if (initial === undefined)
    differences.push('the initial balance is unknown: what the book holds counts as deposited');
  return {
    cashMicros,
    initialMicros: initial ?? cashMicros + margins,
    positions,
    ...readCounters(fields, given, differences),
    cooldowns: readCooldowns(fields.symbolCooldowns, given),
    problem: hasRun && !isWhole ? 'its balance could not be read' : null,
    differences,
  };
}

function readPositions(value: unknown, given: Given, differences: string[]): LegacyPosition[] {
  const { path, tally, rows, closedIds, latest } = given;
  const list = Array.isArray(value) ? (value as unknown[]) : [];
  if (!Array.isArray(value)) tally.setAside(`${path}.portfolio.positions`, value, 'not a list of positions');
  const positions = new Map<string, LegacyPosition>();
  const take = (at: string, position: unknown, isState: boolean) => {
    const read = readPosition(at, position, latest);
    if (!read.ok) return tally.quarantine('positions', { path: at, value: position }, read.reason);
    const { id } = read.value;
    if (isState && closedIds.has(id)) {
      differences.push(`the table says that position ${id} is closed: it is not open here`);
      return tally.known('positions');
    }
    if (positions.has(id) && isState && rows.some((row) => idOf(row.fields.id) === id))
      return tally.known('positions');
    if (positions.has(id))
      return tally.quarantine(
        'positions',
        { path: at, value: position },
        'its id is taken by a position before it',
      );
    for (const dropped of read.value.dropped) tally.setAside(dropped.path, dropped.value, dropped.reason);
    positions.set(id, read.value);
  };
  for (const row of rows) take(row.path, row.fields, false);
  for (const [i, position] of list.entries()) take(`${path}.portfolio.positions[${i}]`, position, true);
  return [...positions.values()];
}

function readCounters(
  fields: Fields,
  { path, tally }: Given,
  differences: string[],
): Pick<LegacyBook, 'realizedMicros' | 'tradeCount' | 'winCount'> {
  const { tradeCount: trades, winRate, realizedPnl } = fields;
  const count = numberOf(trades) ?? -1;
  const isCount = Number.isSafeInteger(count) && count >= 0;
  const tradeCount = isCount ? count : 0;
  if (!isCount) tally.setAside(`${path}.tradeCount`, trades, 'no count: it starts at 0');
  const rate = numberOf(winRate) ?? -1;
  const isRate = rate >= 0 && rate <= 1;
  const winCount = isRate ? Math.round(rate * tradeCount) : 0;
  if (!isRate) tally.setAside(`${path}.winRate`, winRate, 'no fraction: the wins start at 0');
  else if (tradeCount > 0 && Math.abs(winCount / tradeCount - rate) > 1e-9)
    differences.push(
      `a win rate of ${rate} is no whole number of ${tradeCount} trades: the nearest is ${winCount}`,
    );
  else if (tradeCount === 0 && rate !== 0) differences.push('a win rate without trades counts as none');
  const realizedMicros = microsOf(realizedPnl);
  if (realizedMicros === undefined)
    tally.setAside(`${path}.realizedPnl`, realizedPnl, 'no amount: it starts at 0');
  return { realizedMicros: realizedMicros ?? 0, tradeCount, winCount };
}

function readCooldowns(value: unknown, { path, tally }: Given): Record<string, number> {
  const fields = fieldsOf(value);
  if (!fields) {
    tally.setAside(`${path}.symbolCooldowns`, value, 'not cooldowns by symbol');
    return {};
  }
  const cooldowns = new Map<string, number>();
  for (const [symbol, end] of Object.entries(fields)) {
    const at = timeOf(end);
    if (at === undefined) tally.setAside(`${path}.symbolCooldowns.${symbol}`, end, 'not a time');
    else cooldowns.set(symbol, at);
  }
  return Object.fromEntries(cooldowns);
}
