import type { Db } from '../db/database.ts';
import { listOpened, listPastDecisions, type OpenedRow } from '../db/queries/memory.ts';
import { MICROS_PER_USD } from '../engine/money.ts';
import type { PastResult, PastTurn } from '../llm/provider.ts';
import { keptTurnOf, type KeptDecision, type KeptTurn } from './memory-turns.ts';

/** The newest so many turns are remembered. */
export const MOST_TURNS = 400;
/** Of all bots together, about 1 KB each. */
const MOST_KEPT = 20_000;
/** A turn opens few positions. */
const MOST_OPENED = 2 * MOST_TURNS;

/** Which turns of a bot. */
export interface Past {
  readonly botId: string;
  readonly epoch: number;
  /** Those decided after it, arena's clock. */
  readonly after: number;
}

interface Kept extends Past {
  /** Oldest first. */
  readonly turns: readonly KeptTurn[];
}

/**
 * What bots decided, in memory: what a decision says lies behind its prompt, and to walk past a hundred prompts takes
 * milliseconds in every turn. Rows of decisions never change, so that only newer ones are read.
 */
class KeptTurns {
  /** The bot that was asked for last comes last. */
  readonly #kept = new Map<string, Kept>();
  #count = 0;

  /** Newest at most 400, oldest first. */
  async read(db: Db, past: Past): Promise<readonly KeptTurn[]> {
    const known = this.#kept.get(past.botId);
    const isKept = known?.epoch === past.epoch && known.after <= past.after;
    const turns = isKept ? since(known.turns, past.after) : [];
    const newer = await readTurns(db, { ...past, after: turns.at(-1)?.at ?? past.after });
    const all = [...turns, ...newer].slice(-MOST_TURNS);
    this.#keep({ ...past, turns: all });
    return all;
  }

  #keep(kept: Kept): void {
    this.#count += kept.turns.length - (this.#kept.get(kept.botId)?.turns.length ?? 0);
    this.#kept.delete(kept.botId);
    this.#kept.set(kept.botId, kept);
    for (const [botId, { turns }] of this.#kept) {
      if (this.#count <= MOST_KEPT || botId === kept.botId) return;
      this.#kept.delete(botId);
      this.#count -= turns.length;
    }
  }
}

const keptOf = new WeakMap<Db, KeptTurns>();

/** What a bot decided and what came of it: the newest 400 turns, oldest first. */
export async function readHistory(db: Db, past: Past): Promise<PastTurn[]> {
  const known = keptOf.get(db) ?? new KeptTurns();
  keptOf.set(db, known);
  return await withResults(db, past.botId, await known.read(db, past));
}

/** The same from further back than a bot needs in its turns: nothing of it is kept. */
export async function readWholeHistory(db: Db, past: Past): Promise<PastTurn[]> {
  return await withResults(db, past.botId, await readTurns(db, past));
}

async function readTurns(db: Db, past: Past): Promise<KeptTurn[]> {
  const rows = await listPastDecisions(db, { ...past, limit: MOST_TURNS });
  return rows.map(keptTurnOf).toReversed();
}

/** Positions go on after the turn that opened them. */
async function withResults(db: Db, botId: string, turns: readonly KeptTurn[]): Promise<PastTurn[]> {
  const first = turns.find(({ decisions }) => decisions.some(({ opened }) => opened !== null));
  const rows = first ? await listOpened(db, { botId, from: first.at, limit: MOST_OPENED }) : [];
  const byId = new Map(rows.map((row) => [row.id, row]));
  return turns.map(({ decisions, ...turn }) => ({
    ...turn,
    decisions: decisions.map((decision) => withResult(decision, byId)),
  }));
}

function withResult(
  { opened, ...decision }: KeptDecision,
  byId: ReadonlyMap<string, OpenedRow>,
): PastTurn['decisions'][number] {
  const row = opened === null ? undefined : byId.get(opened);
  return { ...decision, result: row ? resultOf(row) : null };
}

export function resultOf(row: OpenedRow): PastResult {
  return { status: row.status, netUsd: row.net_micros / MICROS_PER_USD, closeCause: row.close_cause };
}

function since(turns: readonly KeptTurn[], after: number): readonly KeptTurn[] {
  return turns.filter(({ at }) => at > after);
}
