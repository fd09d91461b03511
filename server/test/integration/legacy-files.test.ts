import BetterSqlite3 from 'better-sqlite3';
import { createDecipheriv } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { legacySecretOf } from '../support/legacy/account-rows.ts';
import { dumpLegacyDatabase } from '../support/legacy/dump.ts';
import { makeLegacyArena } from '../support/legacy/make-legacy-arena.ts';
import {
  legacyMutations,
  smallLegacyArena,
  writeMutatedDatabase,
} from '../support/legacy/mutations/index.ts';
import type { OldBot, OldOrder, OldState } from '../support/legacy/old-arena.ts';
import { LEGACY_TABLES } from '../support/legacy/old-tables.ts';
import { writeLegacyDatabase } from '../support/legacy/write-legacy-database.ts';
import { tempDatabasePath } from '../support/temp-database.ts';

const isExit = (order: OldOrder) => ('exitPrice' in order ? order.exitPrice > 0 : order.side === 'exit');
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function expectCoherent(bot: OldBot, state: OldState): void {
  const { balance, positions, pnl, totalValue } = bot.portfolio;
  const exits = bot.orders.filter(isExit);
  const margins = sum(positions.map(({ size }) => size));
  expect(balance + margins).toBeCloseTo(bot.initialBalance + sum(exits.map((order) => order.pnl)), 6);
  expect(totalValue).toBeCloseTo(balance + margins + pnl, 6);
  expect(bot.realizedPnl).toBeCloseTo(sum(exits.map((order) => order.pnl)), 6);
  expect(bot.tradeCount).toBe(exits.length);
  expect(bot.winRate).toBeCloseTo(exits.filter((order) => order.pnl > 0).length / exits.length, 9);
  for (const position of positions) {
    const { price = Number.NaN } = state.marketData.find(({ symbol }) => symbol === position.symbol) ?? {};
    const move = (price - position.entryPrice) * (position.type === 'LONG' ? 1 : -1);
    expect(position.pnl).toBeCloseTo(((position.size * position.leverage) / position.entryPrice) * move, 6);
  }
  for (const entry of bot.orders.filter((order) => !isExit(order)))
    expect(entry.pnl).toBeCloseTo(entry.size * -0.03, 9);
  const times = bot.orders.map(({ timestamp }) => timestamp);
  expect(times).toEqual(times.toSorted((a, b) => b - a));
}

describe('makeLegacyArena', () => {
  it.each([1, 2, 3, 4])('keeps books that add up, seed %i', (seed) => {
    const { state } = smallLegacyArena(seed);
    for (const bot of state.bots) {
      expectCoherent(bot, state);
      expect([bot.orders.length, bot.botLogs.length, bot.portfolio.positions.length]).toEqual([12, 5, 2]);
    }
  });

  it('does not add up once orders are trimmed', () => {
    const { state } = makeLegacyArena({ ...SMALL, ordersTrimmed: 8 });
    for (const { orders, realizedPnl, tradeCount } of state.bots) {
      expect(orders).toHaveLength(12);
      expect(tradeCount).toBeGreaterThan(orders.filter(isExit).length);
      expect(realizedPnl).not.toBeCloseTo(sum(orders.filter(isExit).map(({ pnl }) => pnl)), 2);
    }
  });

  it('fills the tables with the records of the blob', () => {
    const { state, tables } = makeLegacyArena({ ...SMALL, tables: 'both' });
    const ids = (rows: readonly { readonly id?: unknown }[] = []) => rows.map(({ id }) => String(id)).sort();
    expect(ids(tables.trades)).toEqual(ids(state.bots.flatMap(({ orders }) => orders)));
    const open = tables.positions?.filter(({ status }) => status === 'open');
    expect(ids(open)).toEqual(ids(state.bots.flatMap(({ portfolio }) => portfolio.positions)));
    expect(tables.bot_decisions).toHaveLength(2 * SMALL.logsPerBot);
  });

  it('seals keys that can be opened, when it gets a key', () => {
    const encryptionKey = Buffer.alloc(32, 7);
    const { tables } = makeLegacyArena({ ...SMALL, encryptionKey });
    for (const { id, api_key_encrypted } of tables.llm_providers ?? [])
      expect(open(String(api_key_encrypted), encryptionKey)).toBe(
        legacySecretOf(String(id), 'api_key_encrypted'),
      );
  });
});

const SMALL = {
  seed: 9,
  bots: 2,
  ordersPerBot: 12,
  logsPerBot: 6,
  snapshots: 10,
  symbols: 14,
  orderShape: 'mixed',
  tables: 'empty',
} as const;

function open(sealed: string, key: Buffer): string {
  const [iv = '', tag = '', data = ''] = sealed.split(':');
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'hex'));
  decipher.setAuthTag(Buffer.from(tag, 'hex'));
  return decipher.update(data, 'hex', 'utf8') + decipher.final('utf8');
}

describe('writeLegacyDatabase', () => {
  it('writes the tables of the old server, on WAL', () => {
    const file = tempDatabasePath();
    writeLegacyDatabase(file, smallLegacyArena());
    expect(Object.keys(dumpLegacyDatabase(file)).sort()).toEqual(Object.keys(LEGACY_TABLES).sort());
    const db = new BetterSqlite3(file);
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    db.close();
  });

  it('leaves out, adds and changes tables as the spec says', () => {
    const file = tempDatabasePath();
    writeLegacyDatabase(file, {
      tables: { users: [{ id: 'u1', shoe_size: 43 }], alerts: [{ above: 5 }] },
      columns: { users: ['id TEXT', 'shoe_size INTEGER'], alerts: ['above REAL'] },
    });
    const dump = dumpLegacyDatabase(file);
    expect(Object.keys(dump)).toEqual(['users', 'alerts']);
    expect(dump.users?.sql).toContain('shoe_size INTEGER');
  });
});

describe('legacyMutations', () => {
  it('have names of their own', () => {
    expect(new Set(legacyMutations.map(({ name }) => name)).size).toBe(legacyMutations.length);
    expect(legacyMutations.length).toBeGreaterThanOrEqual(55);
  });

  it('each change a sound file', () => {
    const file = tempDatabasePath();
    const sound = { empty: dumpOf('empty'), both: dumpOf('both') };
    const idle = legacyMutations.filter((mutation) => {
      writeMutatedDatabase(file, mutation);
      return tryDump(file) === sound[mutation.tables];
    });
    expect(idle.map(({ name }) => name)).toEqual([]);
  });
});

function dumpOf(tables: 'empty' | 'both'): string | undefined {
  const file = tempDatabasePath();
  writeLegacyDatabase(file, smallLegacyArena(1, tables));
  return tryDump(file);
}

/** Some mutations leave nothing that can be read. */
function tryDump(file: string): string | undefined {
  try {
    return JSON.stringify(dumpLegacyDatabase(file));
  } catch {
    return undefined;
  }
}
