import { createHash } from 'node:crypto';
import type { Reader } from '../../db/database.ts';

const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

export type Digests = Readonly<
  Record<'ledger' | 'trades' | 'positions' | 'decisions' | 'turns' | 'snapshots', string>
>;

/**
 * What an arena did, one hash a table: two runs that did the same have the same. Ids become the order of their first
 * appearance, also inside prompts and answers; columns of the wall clock (latencies) are left out.
 */
export async function digestDatabase(db: Reader): Promise<Digests> {
  const ordinals = new Map<string, string>();
  for (const { id } of await db.selectFrom('users').select('id').orderBy('id').execute())
    ordinalOf(ordinals, id);
  for (const { id } of await db.selectFrom('bots').select('id').orderBy('id').execute())
    ordinalOf(ordinals, id);
  const digest = (rows: readonly object[]) => digestRows(ordinals, rows);
  // Turns first: ids get their numbers in the order of what happened.
  const turns = await listTurns(db);
  return {
    turns: digest(turns),
    trades: digest(await db.selectFrom('trades').selectAll().orderBy('seq').execute()),
    positions: digest(await listPositions(db)),
    ledger: digest(await db.selectFrom('ledger_entries').selectAll().orderBy('id').execute()),
    decisions: digest(await listDecisions(db)),
    snapshots: digest(await listSnapshots(db)),
  };
}

/** One hash of all. */
export function combineDigests(digests: Digests): string {
  return createHash('sha256').update(JSON.stringify(digests)).digest('hex');
}

async function listTurns(db: Reader) {
  return await db
    .selectFrom('bot_turns')
    .select(['id', 'user_id', 'bot_id', 'turn_no', 'epoch', 'cause', 'status', 'due_at', 'reason'])
    .select(['claimed_at', 'answered_at', 'ended_at', 'decision_prices_json', 'model'])
    .select(['tokens_in', 'tokens_out', 'cost_micros'])
    .orderBy('bot_id')
    .orderBy('turn_no')
    .execute();
}

/** In the order of their first trades. */
async function listPositions(db: Reader) {
  return await db
    .selectFrom('positions as p')
    .selectAll('p')
    .orderBy((eb) =>
      eb
        .selectFrom('trades as t')
        .select((e) => e.fn.min('t.seq').as('seq'))
        .whereRef('t.position_id', '=', 'p.id'),
    )
    .execute();
}

async function listDecisions(db: Reader) {
  const rows = await db
    .selectFrom('bot_decisions as d')
    .innerJoin('bot_turns as t', 't.id', 'd.turn_id')
    .selectAll('d')
    .orderBy('t.bot_id')
    .orderBy('t.turn_no')
    .execute();
  return rows.map((row) => ({ ...row, latency_ms: null }));
}

async function listSnapshots(db: Reader) {
  return await db
    .selectFrom('bot_state_snapshots as s')
    .innerJoin('price_sets as p', 'p.id', 's.price_set_id')
    .selectAll('s')
    .select(['p.prices_json', 'p.ledger_seq', 'p.trade_seq', 'p.bucket_at'])
    .orderBy('s.id')
    .execute();
}

function digestRows(ordinals: Map<string, string>, rows: readonly object[]): string {
  const hash = createHash('sha256');
  for (const row of rows)
    hash.update(`${JSON.stringify(row).replaceAll(ID, (id) => ordinalOf(ordinals, id))}\n`);
  return hash.digest('hex');
}

function ordinalOf(ordinals: Map<string, string>, id: string): string {
  let ordinal = ordinals.get(id);
  if (ordinal === undefined) {
    ordinal = `#${ordinals.size + 1}`;
    ordinals.set(id, ordinal);
  }
  return ordinal;
}
