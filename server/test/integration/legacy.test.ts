import BetterSqlite3 from 'better-sqlite3';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildApp } from '../../app.ts';
import { createVault } from '../../auth/credential-vault.ts';
import { buildConfig } from '../../config/config.ts';
import { parseEnv } from '../../config/env.ts';
import type { BotDetail } from '../../contract/http/bots.ts';
import { takeInstanceLock } from '../../db/instance-lock.ts';
import { checkDatabase } from '../../db/check/index.ts';
import { formatReport } from '../../legacy/report.ts';
import { legacySecretOf } from '../support/legacy/account-rows.ts';
import { dumpLegacyDatabase } from '../support/legacy/dump.ts';
import { makeLegacyArena, type LegacyArenaOptions } from '../support/legacy/make-legacy-arena.ts';
import { all, LEGACY_NOW, migrate } from '../support/legacy/migrate.ts';
import { writeLegacyDatabase } from '../support/legacy/write-legacy-database.ts';
import { masterKeyOf } from '../support/master-key.ts';
import { tempDatabasePath } from '../support/temp-database.ts';

const SMALL: LegacyArenaOptions = {
  seed: 7,
  bots: 4,
  ordersPerBot: 40,
  logsPerBot: 9,
  snapshots: 200,
  symbols: 20,
  orderShape: 'mixed',
  tables: 'empty',
};

function legacyFile(part: Partial<LegacyArenaOptions> = {}) {
  const file = tempDatabasePath();
  const arena = makeLegacyArena({ ...SMALL, ...part });
  writeLegacyDatabase(file, arena);
  return { file, arena };
}

const hashOf = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');
const beside = (file: string) => readdirSync(path.dirname(file)).sort();

const countOf = (file: string, table: string) =>
  all<{ n: number }>(file, `select count(*) as n from ${table}`)[0]?.n;

describe('a sound file', () => {
  it.each([
    ['running', 'empty'],
    ['audit', 'empty'],
    ['mixed', 'empty'],
    ['mixed', 'both'],
  ] as const)('of %s orders, tables %s: every record arrives once', async (orderShape, tables) => {
    const { file, arena } = legacyFile({ orderShape, tables });
    const report = await migrate(file);
    expect(report.quarantined).toBe(0);
    const { bots } = arena.state;
    expect(countOf(file, 'trades')).toBe(bots.length * SMALL.ordersPerBot);
    expect(countOf(file, 'bot_decisions')).toBe(bots.length * SMALL.logsPerBot);
    expect(countOf(file, "positions where status = 'open'")).toBe(bots.length * 2);
    expect(report.counts.snapshots).toMatchObject({ found: 200, imported: 200 });
    expect((await checkDatabase(file)).violations).toEqual([]);
    for (const { before, after, differences } of report.bots) {
      expect(after.balance).toBeCloseTo(before.balance ?? Number.NaN, 6);
      expect(after.totalValue).toBeCloseTo(before.totalValue ?? Number.NaN, 5);
      expect(after.realizedPnl).toBeCloseTo(before.realizedPnl ?? Number.NaN, 6);
      expect(after.winRate).toBeCloseTo(before.winRate ?? Number.NaN, 9);
      expect([after.tradeCount, after.openPositions]).toEqual([before.tradeCount, before.openPositions]);
      const rounded = ['the PnL of each open position is rounded to the micro-dollar'];
      expect([[], rounded]).toContainEqual(differences);
    }
  });

  it('rebuilds closed positions from pairs; exits that do not say their entry price stand alone', async () => {
    const { file } = legacyFile({ orderShape: 'running' });
    const report = await migrate(file);
    expect(report.bots.map(({ unmatchedOrders }) => unmatchedOrders)).toEqual([0, 0, 0, 0]);
    expect(countOf(file, "positions where status = 'closed'")).toBe((4 * (40 - 2)) / 2);
    const audit = legacyFile({ orderShape: 'audit' });
    const [first] = (await migrate(audit.file)).bots;
    expect(first?.unmatchedOrders).toBe(38);
    expect(countOf(audit.file, 'trades where position_id is not null')).toBe(4 * 2);
  });

  it('of trimmed history arrives as its balance says', async () => {
    const { file, arena } = legacyFile({ ordersTrimmed: 8 });
    await migrate(file);
    const cash = all<{ bot_id: string; cash: number }>(
      file,
      "select bot_id, sum(amount_micros) / 1e6 as cash from ledger_entries where account = 'cash' group by bot_id",
    );
    for (const { id, portfolio } of arena.state.bots)
      expect(cash.find((row) => row.bot_id === id)?.cash).toBeCloseTo(portfolio.balance, 6);
    expect((await checkDatabase(file)).violations).toEqual([]);
  });

  it('keeps what the new server has no use for, and reduces the state', async () => {
    const { file } = legacyFile();
    const { state } = await migrate(file);
    expect(state.before).toBeGreaterThan(100_000);
    expect(state.after).toBeLessThan(500);
    const kept = all<{ source_path: string }>(file, 'select source_path from legacy_archive');
    expect(kept.some(({ source_path }) => source_path.startsWith('leaderboard['))).toBe(true);
    expect(kept.some(({ source_path }) => source_path.startsWith('system_settings['))).toBe(true);
  });
});

describe('in place', () => {
  it('copies the file first, and a second run changes nothing', async () => {
    const { file } = legacyFile();
    const before = JSON.stringify(dumpLegacyDatabase(file));
    const { backup } = await migrate(file);
    expect(JSON.stringify(dumpLegacyDatabase(backup ?? ''))).toBe(before);
    const moved = hashOf(file);
    const again = await migrate(file);
    expect([again.isDone, formatReport(again)]).toEqual([
      true,
      expect.stringContaining('nothing left to do'),
    ]);
    expect(hashOf(file)).toBe(moved);
  });

  it('refuses a file that a server or any program has open', async () => {
    const { file } = legacyFile();
    const before = JSON.stringify(dumpLegacyDatabase(file));
    const unlock = takeInstanceLock(file, 4711);
    await expect(migrate(file)).rejects.toThrow('4711');
    unlock();
    const other = new BetterSqlite3(file);
    other.prepare('select count(*) from users').get();
    await expect(migrate(file)).rejects.toThrow('open in another program');
    await expect(migrate(file, { to: tempDatabasePath() })).rejects.toThrow('open in another program');
    other.close();
    expect(JSON.stringify(dumpLegacyDatabase(file))).toBe(before);
    expect(beside(file).filter((name) => name.includes('before-migration'))).toEqual([]);
    expect((await migrate(file)).isDone).toBe(false);
  });

  it('dry leaves nothing behind', async () => {
    const { file } = legacyFile();
    const [before, files] = [hashOf(file), beside(file)];
    const report = await migrate(file, { isDryRun: true });
    expect(report.counts.orders).toMatchObject({ imported: 160 });
    expect(formatReport(report)).toContain('nothing was written');
    expect(hashOf(file)).toBe(before);
    expect(beside(file).filter((name) => !/lock-db|\.pid$/.test(name))).toEqual(files);
  });
});

describe('into another file', () => {
  it('leaves the source as it is, byte for byte, and is done once', async () => {
    const { file } = legacyFile();
    const [before, to] = [hashOf(file), tempDatabasePath()];
    expect((await migrate(file, { to })).backup).toBeNull();
    expect((await migrate(file, { to })).isDone).toBe(true);
    expect(hashOf(file)).toBe(before);
    expect((await checkDatabase(to)).violations).toEqual([]);
  });

  it('with data is refused, unless forced: then ids are merged', async () => {
    const to = tempDatabasePath();
    await migrate(legacyFile().file, { to });
    const other = legacyFile({ seed: 8, bots: 6 });
    await expect(migrate(other.file, { to })).rejects.toThrow('--force');
    const { counts } = await migrate(other.file, { to, isForced: true });
    expect(counts.bots).toEqual({ found: 6, imported: 2, known: 4, quarantined: 0 });
    expect(countOf(to, 'bots')).toBe(6);
    expect((await checkDatabase(to)).violations).toEqual([]);
  });

  it('of another program is refused', async () => {
    const to = tempDatabasePath();
    const db = new BetterSqlite3(to);
    db.exec('create table recipes (title text)');
    db.close();
    await expect(migrate(legacyFile().file, { to })).rejects.toThrow('no database of this arena');
  });
});

describe('the server on a moved database', () => {
  it('goes on with the open positions at their last prices, and shows history, logs and curves', async () => {
    const { file, arena } = legacyFile();
    await migrate(file);
    const env = parseEnv({ PORT: '0', DATABASE_URL: file, LOG_LEVEL: 'silent' });
    const app = await buildApp(buildConfig(env, { clientDir: null, isTerminal: false, pid: process.pid }));
    const get = async (url: string) => (await fetch(`${app.url}/api/v2${url}`)).json() as Promise<never>;
    try {
      const { items: bots } = (await get('/bots')) as {
        items: { id: string; owner: { isHouse: boolean } }[];
      };
      expect(bots.map(({ id }) => id).sort()).toEqual(arena.state.bots.map(({ id }) => id).sort());
      for (const { id, portfolio } of arena.state.bots) {
        const bot: BotDetail = await get(`/bots/${id}`);
        expect(bot.isPaused).toBe(true);
        expect(bot.totalValue / portfolio.totalValue).toBeCloseTo(1, 1);
        for (const held of bot.openPositions) {
          const quote = arena.state.marketData.find(({ symbol }) => symbol === held.symbol);
          expect((held.markPrice ?? 0) / (quote?.price ?? 1)).toBeCloseTo(1, 1);
        }
        const { items: trades } = (await get(`/bots/${id}/trades?limit=200`)) as { items: unknown[] };
        const { items: logs } = (await get(`/bots/${id}/decisions`)) as { items: unknown[] };
        const { items: curve } = (await get(`/bots/${id}/snapshots`)) as { items: unknown[] };
        expect([trades.length, logs.length, curve.length > 5]).toEqual([40, 9, true]);
      }
    } finally {
      await app.stop();
    }
    expect((await checkDatabase(file)).violations).toEqual([]);
  });
});

describe('the command', () => {
  const run = (args: readonly string[]) =>
    spawnSync(process.execPath, ['scripts/migrate_state_to_tables.ts', ...args], { encoding: 'utf8' });

  it('exits 0 when all arrived or nothing is left, 2 when records are set aside, 1 when it is refused', () => {
    const { file, arena } = legacyFile();
    const json = `${file}.json`;
    const moved = run(['--from', file, '--json', json]);
    expect([moved.status, moved.stderr]).toEqual([0, '']);
    expect(moved.stdout).toContain('every record has arrived');
    expect(JSON.parse(readFileSync(json, 'utf8'))).toMatchObject({ quarantined: 0, isDone: false });
    expect([run(['--from', file]).status, run(['--help']).status]).toEqual([0, 0]);

    const damaged = tempDatabasePath();
    const [first, ...others] = arena.state.bots;
    const orders = [{ ...first?.orders[0], size: -1 }, ...(first?.orders.slice(1) ?? [])];
    writeLegacyDatabase(damaged, {
      ...arena,
      state: { ...arena.state, bots: [{ ...first, orders }, ...others] },
    });
    const partly = run(['--from', damaged]);
    expect([partly.status, partly.stdout.includes('1 × an order without a size')]).toEqual([2, true]);

    const refused = run(['--from', `${file}.gone`]);
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('does not exist')]);
    expect(run(['--form', file]).status).toBe(1);

    const unread = legacyFile().file;
    const told = run(['--from', unread, '--json', '/nowhere/report.json']);
    expect([told.status, told.stderr]).toEqual([0, expect.stringContaining('could not be written')]);
  });
});

describe('sealed keys', () => {
  const encryptionKey = Buffer.alloc(32, 9);

  it('are kept aside without the old key, and their bots wait', async () => {
    const { file } = legacyFile({ encryptionKey });
    const { bots, notes } = await migrate(file, { providerTypes: new Set(['gemini', 'openai']) });
    expect(notes.join()).toContain('sealed keys could not be read');
    const sealed = expect.stringContaining('sealed with a key that was not given') as string;
    const paused = 'it was paused on the old server';
    expect(bots.map(({ pauseReason }) => pauseReason)).toEqual([sealed, sealed, sealed, paused]);
    expect(countOf(file, 'llm_providers where api_key_encrypted is not null')).toBe(0);
  });

  it('are sealed anew with it', async () => {
    const { file } = legacyFile({ encryptionKey });
    await migrate(file, { legacyKey: encryptionKey.toString('hex') });
    const { vault } = createVault({
      masterKey: masterKeyOf(1),
      keys: all(file, 'select * from vault_keys'),
      userKeys: all(file, 'select * from vault_user_keys'),
      now: () => LEGACY_NOW,
    });
    const rows = all<{ id: string; user_id: string; api_key_encrypted: string }>(
      file,
      "select id, user_id, api_key_encrypted from llm_providers where id not like 'legacy-%'",
    );
    expect(rows.length).toBeGreaterThan(1);
    const column = 'api_key_encrypted';
    for (const { id, user_id: userId, api_key_encrypted: sealed } of rows)
      expect(vault.open({ table: 'llm_providers', rowId: id, userId, column }, sealed)).toBe(
        legacySecretOf(id, column),
      );
    expect(readFileSync(file).includes(legacySecretOf(rows[0]?.id ?? '', column))).toBe(false);
  });
});
