import { insertAuditRow } from '../db/queries/audit-log.ts';
import { insertRow } from '../db/queries/bots-write.ts';
import type { Move } from './move.ts';
import { fieldsOf, idOf, jsonOf, priceOf, textOf, timeOf } from './values.ts';

/** Tables with a place of their own; the rows of all others are kept as they are. */
const MOVED = [
  'arena_state',
  'users',
  'llm_providers',
  'wallets',
  'bots',
  'trades',
  'positions',
  'bot_decisions',
  'bot_state_snapshots',
  'audit_log',
];
const NOTES: Readonly<Record<string, readonly ['settings' | 'leaderboard rows' | 'other rows', string]>> = {
  system_settings: ['settings', 'settings of the old server: this one has its own'],
  leaderboard: ['leaderboard rows', 'derived: the boards are computed anew'],
};

/** The last prices the old server saw, by symbol. */
export function readMarks({ state, tally }: Move): ReadonlyMap<string, number> {
  const marks = new Map<string, number>();
  const list = state.other('marketData');
  if (!Array.isArray(list)) {
    tally.setAside('arena_state.marketData', list, 'not a list of prices');
    return marks;
  }
  for (const [i, value] of (list as unknown[]).entries()) {
    const symbol = textOf(fieldsOf(value)?.symbol);
    const price = priceOf(fieldsOf(value)?.price);
    const record = { path: `arena_state.marketData[${i}]`, value };
    if (symbol === undefined || price === undefined)
      tally.quarantine('prices', record, 'a market without a symbol or a price');
    else if (marks.has(symbol)) tally.quarantine('prices', record, 'a second price of the symbol');
    else {
      marks.set(symbol, price);
      tally.imported('prices');
    }
  }
  return marks;
}

/** Binds the database to the market the old server saw: whichever comes next takes over its clock and marks. */
export function moveMarket(
  { target, at }: Move,
  marks: ReadonlyMap<string, number>,
  held: ReadonlySet<string>,
): void {
  const startPrices = Object.fromEntries([...marks].filter(([symbol]) => held.has(symbol)));
  target.run(
    insertRow(target.kysely, 'market_state', {
      id: 1,
      source: 'legacy',
      fingerprint: 'legacy',
      started_at: at,
      clock_at: at,
      state_json: 'null',
      marks_json: JSON.stringify(
        Object.fromEntries([...marks].map(([symbol, price]) => [symbol, { price, at }])),
      ),
      finished_at: null,
    }),
  );
  target.run(
    insertRow(target.kysely, 'arena_state', {
      id: 1,
      state: JSON.stringify({ startPrices }),
      updated_at: at,
    }),
  );
}

/** The audit log, and everything the arena has no table for. */
export async function moveRest({ source, state, target, tally, at, isMerge }: Move): Promise<void> {
  const known = isMerge
    ? new Set((await target.kysely.selectFrom('audit_log').select('details_json').execute()).map(detailsOf))
    : new Set<string>();
  for (const { path, fields } of source.rows('audit_log')) {
    if (known.has(jsonOf(fields))) {
      tally.known('audit entries');
      continue;
    }
    const createdAt = timeOf(fields.created_at ?? fields.timestamp);
    if (createdAt === undefined && fields.created_at !== undefined)
      tally.setAside(`${path}.created_at`, fields.created_at, 'not a time');
    target.run(
      insertAuditRow({
        user_id: idOf(fields.user_id) ?? null,
        actor_id: idOf(fields.user_id) ?? null,
        action: textOf(fields.action) ?? 'legacy',
        subject_type: textOf(fields.entity_type) ?? 'legacy',
        subject_id: idOf(fields.entity_id) ?? '',
        details_json: jsonOf(fields),
        created_at: createdAt ?? at,
        ip: null,
        request_id: null,
      }),
    );
    tally.imported('audit entries');
  }
  for (const table of source.tables) {
    if (MOVED.includes(table)) continue;
    const [kind, note] = NOTES[table] ?? ['other rows', 'of a table this server does not know'];
    for (const { path, fields } of source.rows(table)) tally.archive(kind, { path, value: fields }, note);
  }
  for (const { path, fields } of source.otherStates())
    tally.quarantine('other rows', { path, value: fields }, 'a second state');
  for (const key of state.otherKeys)
    if (key !== 'marketData')
      tally.archive(
        'values',
        { path: `arena_state.${key}`, value: state.other(key) },
        'of no use to this server',
      );
}

function detailsOf({ details_json }: { details_json: string }): string {
  return details_json;
}
