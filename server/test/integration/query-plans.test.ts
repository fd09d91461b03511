import { CompiledQuery, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compilePrepared, type PreparedQuery } from '../../db/prepared.ts';
import { ANALYTICS_READS } from '../../db/queries/analytics.ts';
import { API_KEY_READS } from '../../db/queries/api-keys.ts';
import { BOT_READS } from '../../db/queries/bots-read.ts';
import { BUDGET_READS } from '../../db/queries/budgets.ts';
import { CANDLE_READS } from '../../db/queries/candles.ts';
import { DECISION_STAT_READS } from '../../db/queries/decision-stats.ts';
import { DECISION_READS } from '../../db/queries/decisions.ts';
import { EVENT_READS } from '../../db/queries/events.ts';
import { IDEMPOTENCY_READS } from '../../db/queries/idempotency.ts';
import { LEADERBOARD_READS } from '../../db/queries/leaderboard-read.ts';
import { MEMORY_READS } from '../../db/queries/memory.ts';
import { MODEL_CALL_READS } from '../../db/queries/model-calls.ts';
import { MODEL_COST_READS } from '../../db/queries/model-costs.ts';
import { POSITION_READS } from '../../db/queries/positions.ts';
import { RELEASE_READS } from '../../db/queries/releases.ts';
import { SESSION_READS } from '../../db/queries/sessions.ts';
import { SNAPSHOT_READS } from '../../db/queries/snapshots.ts';
import { SUMMARY_READS } from '../../db/queries/summaries.ts';
import { TRADE_READS } from '../../db/queries/trades.ts';
import { USER_READS } from '../../db/queries/users.ts';
import { VERSION_READS } from '../../db/queries/versions.ts';
import { insertBot, insertRows, insertSnapshots, insertUser, NOON, tradeRow } from '../support/factories.ts';
import { openReadWorld, type ReadWorld } from '../support/read-context.ts';

type AnyQuery = PreparedQuery<never, unknown>;

const READS: Readonly<Record<string, Readonly<Record<string, AnyQuery>>>> = {
  analytics: ANALYTICS_READS,
  apiKeys: API_KEY_READS,
  bots: BOT_READS,
  budgets: BUDGET_READS,
  candles: CANDLE_READS,
  decisionStats: DECISION_STAT_READS,
  decisions: DECISION_READS,
  events: EVENT_READS,
  idempotency: IDEMPOTENCY_READS,
  leaderboard: LEADERBOARD_READS,
  memory: MEMORY_READS,
  modelCalls: MODEL_CALL_READS,
  modelCosts: MODEL_COST_READS,
  positions: POSITION_READS,
  releases: RELEASE_READS,
  sessions: SESSION_READS,
  snapshots: SNAPSHOT_READS,
  summaries: SUMMARY_READS,
  trades: TRADE_READS,
  users: USER_READS,
  versions: VERSION_READS,
};
/** `order by id desc limit 1` reads the end of the table, whatever its length, and is still called a scan. */
const LAST_ROW_ONLY: readonly AnyQuery[] = [EVENT_READS.lastId];
const CASES = Object.entries(READS).flatMap(([file, reads]) =>
  Object.entries(reads)
    .filter(([, query]) => !LAST_ROW_ONLY.includes(query))
    .map(([name, query]) => ({ name: `${file}.${name}`, query })),
);

/** Tables that grow with time; `s`, `h`, `d`, … are the aliases queries give them. */
const GROWING = [
  'trades',
  'positions',
  'bot_decisions',
  'ledger_entries',
  'bot_state_snapshots',
  'price_sets',
  'arena_events',
  'candles',
  'bot_turns',
  'bot_equity_hours',
  'users',
  'sessions',
  'api_keys',
  'idempotency_keys',
  'history_summaries',
  'llm_calls',
  'decision_stats',
  'bot_cost_hours',
];
const ALIASES = ['d', 't', 's', 'h', 'f', 'l', 'p', 'c'];

let world: ReadWorld;
beforeAll(async () => {
  world = await openReadWorld();
  await insertUser(world.db, { id: 'u' });
  await insertBot(world.db, { id: 'b', userId: 'u' });
  await insertRows(
    world.db,
    'trades',
    Array.from({ length: 200 }, (_, i) =>
      tradeRow({ id: `t${i}`, botId: 'b', userId: 'u', executed_at: NOON + i }),
    ),
  );
  await insertSnapshots(
    world.db,
    Array.from({ length: 200 }, (_, i) => ({ botId: 'b', userId: 'u', at: NOON + i * 60_000, value: 1 })),
  );
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

async function planOf(query: AnyQuery): Promise<string[]> {
  const { sql: text, bind } = compilePrepared(world.db.read, query);
  const values = bind({}).map((value) => value ?? 0);
  const { rows } = await world.db.read.executeQuery<{ detail: string }>(
    CompiledQuery.raw(`explain query plan ${text}`, values),
  );
  return rows.map((row) => row.detail);
}

/** `SCAN x` walks the whole table; `SCAN x USING COVERING INDEX` walks a whole index. */
function scansOf(plan: readonly string[]): string[] {
  const tables = [...GROWING, ...ALIASES].join('|');
  return plan.filter((line) => new RegExp(`^SCAN (${tables})( |$)`).test(line));
}

describe('reads of growing tables', () => {
  test.each(CASES)('$name finds its rows by an index', async ({ query }) => {
    expect(scansOf(await planOf(query))).toEqual([]);
  });

  test('newest-first pages need no sorting', async () => {
    for (const query of [
      TRADE_READS.ofBot,
      TRADE_READS.ofSymbol,
      POSITION_READS.ofBot,
      POSITION_READS.ofSymbol,
    ]) {
      const plan = await planOf(query);
      expect(plan.join('\n')).not.toContain('TEMP B-TREE');
    }
  });

  test('a page of one symbol does not walk the other symbols', async () => {
    expect((await planOf(TRADE_READS.ofSymbol)).join()).toContain('trades_by_symbol');
    expect((await planOf(POSITION_READS.ofSymbol)).join()).toContain('positions_by_symbol');
    expect((await planOf(POSITION_READS.closedOfSymbol)).join()).toContain('positions_by_symbol');
  });

  test('the trade that opened a position is found by its moment, and decisions before their texts are read', async () => {
    expect((await planOf(MEMORY_READS.opening)).join()).toMatch(
      /trades_by_time \(bot_id=\? AND executed_at=\?\)/,
    );
    expect((await planOf(MEMORY_READS.decisions)).join()).toContain(
      'USING COVERING INDEX bot_decisions_by_time',
    );
  });

  test('what models cost and took is read from indexes alone, and the newest calls without sorting', async () => {
    for (const query of [BUDGET_READS.spentByBot, BUDGET_READS.spentByUser, MODEL_CALL_READS.user])
      expect((await planOf(query)).join()).toContain('USING COVERING INDEX llm_calls_of_');
    expect((await planOf(DECISION_STAT_READS.botsOfDay)).join()).toContain('USING COVERING INDEX');
    const latencies = (await planOf(MODEL_CALL_READS.answerLatencies)).join();
    expect(latencies).toContain('llm_calls_of_model');
    expect(latencies).not.toContain('TEMP B-TREE');
    expect((await planOf(BUDGET_READS.botsToResume)).join()).toContain('bots_resuming');
    expect((await planOf(LEADERBOARD_READS.netBoard)).join()).toContain('leaderboard_net');
    expect((await planOf(LEADERBOARD_READS.netBoard)).join()).not.toContain('TEMP B-TREE');
  });

  test('open positions and the feed are found by their partial indexes', async () => {
    expect((await planOf(POSITION_READS.openOfBot)).join()).toContain('positions_open');
    expect((await planOf(EVENT_READS.feed)).join()).toContain('arena_events_feed');
  });

  test('what came of a version is summed up from indexes, without its long prompts', async () => {
    expect((await planOf(VERSION_READS.turns)).join()).toContain('COVERING INDEX bot_decisions_by_version');
    expect((await planOf(VERSION_READS.positions)).join()).toContain(
      'SEARCH d USING COVERING INDEX bot_decisions_by_version (version_id=? AND timestamp=? AND id=?)',
    );
  });

  test('a query without an index is noticed', async () => {
    const { rows } = await sql<{
      detail: string;
    }>`explain query plan select * from trades as t where pnl > 0`.execute(world.db.read);
    expect(scansOf(rows.map((row) => row.detail))).not.toEqual([]);
  });
});
