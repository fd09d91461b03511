import BetterSqlite3 from 'better-sqlite3';
import { existsSync } from 'node:fs';
import { checkDatabase } from '../../db/check/index.ts';
import type { TurnStatus } from '../../db/schema/bot-turns.ts';
import type { Question } from './busy-traders.ts';
import { findLostRows } from './lost-rows.ts';
import { shrink, type WrittenRow } from './written-row.ts';
import type { SeenEvent } from './witness.ts';

/** A turn that was under way when the server ended. */
export interface CarriedTurn {
  readonly id: string;
  readonly status: TurnStatus;
}

export interface Evidence {
  readonly database: string;
  /** Groups of rows, in the order in which their commits were acknowledged. */
  readonly acknowledged: readonly (readonly WrittenRow[])[];
  readonly questions: readonly Question[];
  readonly seen: readonly SeenEvent[];
  /** What the round before left under way. */
  readonly carried: readonly CarriedTurn[];
  /** The server got as far as serving in this round: it has dealt with what was carried. */
  readonly wasReady: boolean;
}

export interface Verdict {
  /** One sentence for each thing that is wrong. */
  readonly violations: readonly string[];
  readonly carried: readonly CarriedTurn[];
  /** Answered turns of the round before that were applied from their stored answer. */
  readonly resumedTurns: number;
  readonly abandonedTurns: number;
  readonly appliedTurns: number;
}

/** Holds a database that a killed server left against everything that was promised. */
export async function verify(evidence: Evidence): Promise<Verdict> {
  if (!existsSync(evidence.database)) return verifyUnborn(evidence);
  const db = new BetterSqlite3(evidence.database, { readonly: true });
  try {
    if (!isMigrated(db)) return verifyUnborn(evidence);
    const { violations } = await checkDatabase(evidence.database);
    const after = carriedFate(db, evidence.carried);
    return {
      violations: [
        ...violations.map(({ invariant, message, count }) => `${invariant} ${message} (${count})`),
        ...findLostRows(db, evidence.acknowledged),
        ...checkSequences(db),
        ...checkDecisions(db),
        ...checkQuestions(evidence.questions),
        ...checkSeen(db, evidence.seen),
        ...checkCarried(after, evidence.wasReady),
      ],
      carried: listUnfinished(db),
      resumedTurns: after.filter(({ was, is }) => was === 'answered' && is === 'applied').length,
      abandonedTurns: after.filter(({ is }) => is === 'abandoned').length,
      appliedTurns: countApplied(db),
    };
  } finally {
    db.close();
  }
}

function isMigrated(db: BetterSqlite3.Database): boolean {
  const tables = db.prepare(`select name from sqlite_master where name = 'kysely_migration'`).all();
  return tables.length > 0 && db.prepare('select 1 from kysely_migration').all().length > 0;
}

/** A kill before or during the first migration: there is nothing yet, and nothing was promised. */
function verifyUnborn({ acknowledged, seen }: Evidence): Verdict {
  const violations =
    acknowledged.length + seen.length === 0 ? [] : ['rows were acknowledged by a database without tables'];
  return { violations, carried: [], resumedTurns: 0, abandonedTurns: 0, appliedTurns: 0 };
}

function checkSequences(db: BetterSqlite3.Database): string[] {
  const rows = db
    .prepare<[], { room: string; n: number }>(
      `select room, count(*) as n from arena_events group by room
       having min(seq) <> 1 or max(seq) <> count(*) or count(distinct seq) <> count(*)`,
    )
    .all();
  return rows.map(({ room, n }) => `the ${n} events of ${room} are not numbered 1, 2, 3 …`);
}

function checkDecisions(db: BetterSqlite3.Database): string[] {
  const rows = db
    .prepare<[], { id: string; n: number; same: number }>(
      `select t.id, count(d.id) as n, coalesce(min(d.raw_answer is t.raw_answer), 0) as same
       from bot_turns t left join bot_decisions d on d.turn_id = t.id
       where t.status = 'applied' group by t.id having n <> 1 or same <> 1`,
    )
    .all();
  return rows.map(({ id, n, same }) =>
    n === 1 && same === 0
      ? `turn ${id} was applied from another answer than its stored one`
      : `turn ${id} was applied ${n} times`,
  );
}

/** Each turn of each bot is put to its decider at most once, in whichever life of the server. */
function checkQuestions(questions: readonly Question[]): string[] {
  const counts = new Map<string, number>();
  for (const { bot, turnNo } of questions)
    counts.set(`${bot} #${turnNo}`, (counts.get(`${bot} #${turnNo}`) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count > 1)
    .map(([turn, count]) => `turn ${turn} was asked ${count} times`);
}

function checkSeen(db: BetterSqlite3.Database, seen: readonly SeenEvent[]): string[] {
  const find = db
    .prepare<[string, number], string>('select payload_json from arena_events where room = ? and seq = ?')
    .pluck();
  return seen
    .filter(({ room, seq, payload }) => shrink(find.get(room, seq)) !== payload)
    .map(({ room, seq }) => `event ${seq} of ${room} was sent and is not in the database as it was sent`);
}

interface Fate {
  readonly id: string;
  readonly was: TurnStatus;
  readonly is: TurnStatus | undefined;
  readonly reason: string | null;
}

function carriedFate(db: BetterSqlite3.Database, carried: readonly CarriedTurn[]): Fate[] {
  const find = db.prepare<[string], { status: TurnStatus; reason: string | null }>(
    'select status, reason from bot_turns where id = ?',
  );
  return carried.map(({ id, status }) => {
    const now = find.get(id);
    return { id, was: status, is: now?.status, reason: now?.reason ?? null };
  });
}

/** An answer is thrown away only when its bot was paused before it could fill; who has none is told so as soon as the server serves again. */
function checkCarried(fates: readonly Fate[], wasReady: boolean): string[] {
  const isRight = ({ was, is, reason }: Fate): boolean => {
    if (was === 'answered')
      return is === 'answered' || is === 'applied' || (is === 'abandoned' && /\bpaused\b/.test(reason ?? ''));
    return is === 'abandoned' || (!wasReady && is === was);
  };
  return fates
    .filter((fate) => !isRight(fate))
    .map(({ id, was, is }) => `turn ${id} was ${was} at the kill and is ${is ?? 'gone'} after the restart`);
}

function listUnfinished(db: BetterSqlite3.Database): CarriedTurn[] {
  return db
    .prepare<[], CarriedTurn>(
      `select id, status from bot_turns where status in ('claimed', 'asked', 'answered')`,
    )
    .all();
}

function countApplied(db: BetterSqlite3.Database): number {
  return db.prepare<[], number>(`select count(*) from bot_turns where status = 'applied'`).pluck().get() ?? 0;
}
