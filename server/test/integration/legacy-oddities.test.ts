import { describe, expect, it } from 'vitest';
import { checkDatabase } from '../../db/check/index.ts';
import { makeLegacyArena, type LegacyArena } from '../support/legacy/make-legacy-arena.ts';
import { all, migrate } from '../support/legacy/migrate.ts';
import type { OldBot } from '../support/legacy/old-arena.ts';
import { writeLegacyDatabase, type LegacySpec } from '../support/legacy/write-legacy-database.ts';
import { tempDatabasePath } from '../support/temp-database.ts';

const arenaOf = (tables: 'empty' | 'both' = 'empty'): LegacyArena =>
  makeLegacyArena({
    seed: 3,
    bots: 3,
    ordersPerBot: 12,
    logsPerBot: 4,
    snapshots: 30,
    symbols: 14,
    valuePoints: 5,
    orderShape: 'running',
    tables,
  });

/** The arena with its first bot changed. */
function withFirst(arena: LegacyArena, change: (bot: OldBot) => object): LegacySpec {
  const [first, ...others] = arena.state.bots;
  if (!first) throw new RangeError('no bots');
  return { ...arena, state: { ...arena.state, bots: [{ ...first, ...change(first) }, ...others] } };
}

async function move(spec: LegacySpec) {
  const file = tempDatabasePath();
  writeLegacyDatabase(file, spec);
  const report = await migrate(file);
  expect((await checkDatabase(file)).violations).toEqual([]);
  return { file, report };
}

describe('a bot', () => {
  it('is paused when its row or its state says so, and live when either says real', async () => {
    const { file } = await move(withFirst(arenaOf(), () => ({ isPaused: true, tradingMode: 'real' })));
    const [first] = all(
      file,
      "select trading_mode, is_paused, pause_reason from bots order by id = 'bot_astrologer' desc",
    );
    expect(first).toMatchObject({ trading_mode: 'live', is_paused: 1 });
  });

  it('with counters and no orders, and logs after the state was stamped, leaves clean books', async () => {
    const late = (bot: OldBot) =>
      bot.botLogs.map((log) => ({ ...log, timestamp: Date.UTC(2026, 10, 1, 0, 0, 1) }));
    const { report } = await move(
      withFirst(arenaOf(), (bot) => ({ orders: [], tradeCount: 53, realizedPnl: -180, botLogs: late(bot) })),
    );
    expect(report.bots[0]?.after).toMatchObject({ tradeCount: 53, realizedPnl: -180 });
  });

  it('that shares its name keeps what is left of it, however often', async () => {
    const arena = arenaOf();
    const name = `${'n'.repeat(63)}😀 and more`;
    const bots = arena.state.bots.map((bot) => ({ ...bot, name, userId: arena.state.bots[0]?.userId }));
    const rows = arena.tables.bots?.map((row) => ({ ...row, name, user_id: bots[0]?.userId ?? '' })) ?? [];
    const { file } = await move({
      ...arena,
      state: { ...arena.state, bots },
      tables: { ...arena.tables, bots: rows },
    });
    const names = all<{ name: string }>(file, 'select name from bots').map((row) => row.name);
    expect(new Set(names).size).toBe(3);
    expect(names).toContain(`${'n'.repeat(63)}😀`);
  });

  it('keeps points of one minute that no snapshot knows', async () => {
    const at = Date.UTC(2026, 8, 1);
    const valueHistory = [0, 20_000, 40_000].map((ms) => ({ timestamp: at + ms, value: 10_000 + ms }));
    const { file } = await move(withFirst(arenaOf(), () => ({ valueHistory })));
    expect(
      all(file, `select id from bot_state_snapshots where timestamp between ${at} and ${at + 60_000}`),
    ).toHaveLength(3);
  });

  it('keeps what it says besides, and a record too odd to be true is set aside alone', async () => {
    const { file, report } = await move(
      withFirst(arenaOf(), (bot) => ({
        mascot: { animal: 'owl' },
        orders: bot.orders.map((order, i) =>
          i === 0 ? { ...order, entryPrice: 1e-320, exitPrice: 0 } : order,
        ),
      })),
    );
    expect(report.counts.orders).toEqual({ found: 36, imported: 35, known: 0, quarantined: 1 });
    expect(all(file, "select json from legacy_archive where source_path like '%.mascot'")).toEqual([
      { json: '{"animal":"owl"}' },
    ]);
  });
});

it('a field that is no text is set aside, and its record arrives', async () => {
  const arena = arenaOf();
  const [first, ...others] = arena.tables.llm_providers ?? [];
  const odd = { ...first, api_endpoint: Buffer.from([7, 255]) };
  const { file, report } = await move({
    ...arena,
    tables: { ...arena.tables, llm_providers: [odd, ...others] },
  });
  expect(report.counts.providers?.imported).toBe(others.length + 1);
  expect(all(file, 'select source_path, json, reason from migration_quarantine')).toEqual([
    { source_path: 'llm_providers[0].api_endpoint', json: '"07ff"', reason: 'not a text' },
  ]);
});

describe('tables', () => {
  it('of any make are kept row by row', async () => {
    const { file } = await move({
      ...arenaOf(),
      tables: {
        ...arenaOf().tables,
        '"odd.name"': [
          { rowid: null, a: 1 },
          { rowid: 'b', a: 2 },
          { rowid: 'b', a: 3 },
        ],
      },
      columns: { '"odd.name"': ['rowid TEXT', 'a INTEGER'] },
    });
    const kept = all<{ source_path: string }>(
      file,
      "select source_path from legacy_archive where note like '%not know'",
    );
    expect(kept.map((row) => row.source_path)).toEqual(['odd.name[0]', 'odd.name[1]', 'odd.name[2]']);
  });

  it('that repeat the state’s logs a little earlier or later do not double them', async () => {
    const arena = arenaOf('both');
    const { file } = await move(arena);
    expect(all(file, 'select id from bot_decisions')).toHaveLength(12);
    const shifted = (bot: OldBot) => bot.botLogs.map((log) => ({ ...log, timestamp: log.timestamp + 900 }));
    const again = await move(withFirst(arena, (bot) => ({ botLogs: shifted(bot) })));
    expect(all(again.file, 'select id from bot_decisions')).toHaveLength(12);
  });
});

it('a source that has grown is merged without doubling what is there', async () => {
  const to = tempDatabasePath();
  const source = tempDatabasePath();
  const arena = arenaOf();
  writeLegacyDatabase(source, arena);
  await migrate(source, { to });
  const count = (table: string) => all<{ n: number }>(to, `select count(*) as n from ${table}`)[0]?.n;
  const before = ['audit_log', 'legacy_archive', 'trades', 'bot_state_snapshots', 'users'].map(count);
  writeLegacyDatabase(
    source,
    withFirst(arena, (bot) => ({ orders: bot.orders.slice(1) })),
  );
  const { counts, quarantined } = await migrate(source, { to, isForced: true });
  expect(['audit_log', 'legacy_archive', 'trades', 'bot_state_snapshots', 'users'].map(count)).toEqual(
    before,
  );
  expect([quarantined, counts.bots?.known, counts.snapshots?.known]).toEqual([0, 3, 30]);
});
