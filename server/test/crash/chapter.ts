import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Question } from './busy-traders.ts';
import { readJournal } from './journal.ts';
import { describeEnding, endingOf, MARKETS, type Bug, type Ending, type ServerPlan } from './plan.ts';
import { ServerProcess, type Exit, type Ready } from './server-process.ts';
import { verify, type CarriedTurn, type Verdict } from './verify.ts';
import { Witness } from './witness.ts';
import type { WrittenRow } from './written-row.ts';

const SERVER_FILE = path.join(import.meta.dirname, 'crash-server.ts');
/** A failpoint that was not reached by then is not reached at all. */
const LIMIT_MS = 60_000;
const LAST_ROUND_MS = 300;

export interface RoundReport {
  readonly round: number;
  /** `K4`, `running`, `stopped` …: how the server ended. */
  readonly ending: string;
  /** From start to serving, ms; null when it was killed before. */
  readonly readyMs: number | null;
  readonly acknowledgedRows: number;
  readonly verdict: Verdict;
  readonly violations: readonly string[];
}

export interface ChapterReport {
  readonly rounds: readonly RoundReport[];
  readonly seenEvents: number;
  readonly resumedJoins: number;
  /** Kept when something was wrong; null when it is gone. */
  readonly folder: string | null;
}

export interface ChapterOptions {
  readonly seed: number;
  /** The round numbers; each decides how its round ends. A last one, a clean stop, follows them. */
  readonly rounds: readonly number[];
  readonly market: ServerPlan['market'];
  readonly bug?: Bug | null;
  readonly endingOf?: (seed: number, round: number) => Ending;
  /** Keep the folder when something was wrong; yes unless said otherwise. */
  readonly keepsFolder?: boolean;
}

/**
 * Kills one server after the other on the same database, and looks at what each left; ends with a clean stop, or where
 * something is wrong.
 */
export class Chapter {
  readonly #options: ChapterOptions;
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'arena-crash-'));
  readonly #witness = new Witness();
  readonly #acknowledged: (readonly WrittenRow[])[] = [];
  #carried: readonly CarriedTurn[] = [];

  constructor(options: ChapterOptions) {
    this.#options = options;
  }

  async run(): Promise<ChapterReport> {
    const { rounds, seed } = this.#options;
    const plans = rounds.map((round) => ({
      round,
      ending: (this.#options.endingOf ?? endingOf)(seed, round),
    }));
    const last = { round: (rounds.at(-1) ?? 0) + 1, ending: { kind: 'stopped', ms: LAST_ROUND_MS } as const };
    const reports: RoundReport[] = [];
    let isClean = true;
    for (const { round, ending } of [...plans, last]) {
      const report = await this.#round(round, ending);
      reports.push(report);
      isClean = report.violations.length === 0;
      // What follows would only say it again.
      if (!isClean) break;
    }
    const isKept = !isClean && this.#options.keepsFolder !== false;
    if (!isKept) rmSync(this.#folder, { recursive: true, force: true });
    return {
      rounds: reports,
      seenEvents: this.#witness.seen.length,
      resumedJoins: this.#witness.resumed,
      folder: isKept ? this.#folder : null,
    };
  }

  async #round(round: number, ending: Ending): Promise<RoundReport> {
    const plan = this.#planOf(round, ending);
    const server = new ServerProcess([SERVER_FILE, JSON.stringify(plan)]);
    const { ready, exit } = await this.#live(server, ending);
    const acknowledged = readJournal<readonly WrittenRow[]>(plan.journal);
    this.#acknowledged.push(...acknowledged);
    const verdict = await verify({
      database: this.#copyDatabase(plan.database),
      // The last round answers for all of them.
      acknowledged: ending.kind === 'stopped' ? this.#acknowledged : acknowledged,
      questions: readJournal<Question>(plan.questions),
      seen: this.#witness.seen,
      carried: this.#carried,
      wasReady: ready !== null,
    });
    this.#carried = verdict.carried;
    return {
      round,
      ending: describeEnding(ending),
      readyMs: ready?.ms ?? null,
      acknowledgedRows: acknowledged.flat().length,
      verdict,
      violations: [
        ...verdict.violations,
        ...this.#witness.complaints.splice(0),
        ...checkExit(exit, ending),
        ...(server.stderr === '' ? [] : [`the server said: ${server.stderr}`]),
      ],
    };
  }

  /** Runs a server until its end, with the witness watching. */
  async #live(server: ServerProcess, ending: Ending): Promise<{ ready: Ready | null; exit: Exit }> {
    const limit = setTimeout(() => server.kill('SIGABRT'), LIMIT_MS);
    if (ending.kind === 'starting') void sleep(ending.ms).then(() => server.kill('SIGKILL'));
    const ready = await server.ready;
    if (ready) this.#witness.watch(ready.url, 'arena');
    if (ending.kind === 'running' || ending.kind === 'stopped') {
      await sleep(ending.ms);
      server.kill(ending.kind === 'running' ? 'SIGKILL' : 'SIGTERM');
    }
    const exit = await server.exited;
    clearTimeout(limit);
    this.#witness.leave();
    return { ready, exit };
  }

  #planOf(round: number, ending: Ending): ServerPlan {
    const { seed, market, bug = null } = this.#options;
    return {
      database: path.join(this.#folder, 'arena.db'),
      journal: path.join(this.#folder, `acknowledged-${round}.jsonl`),
      questions: path.join(this.#folder, 'questions.jsonl'),
      market,
      seed: seed % 1000,
      point: ending.kind === 'point' ? { name: ending.name, hit: ending.hit } : null,
      bug,
      isHanging: false,
    };
  }

  /** The check works on a copy, so that the next server finds the file and its log as the kill left them. */
  #copyDatabase(database: string): string {
    const folder = path.join(this.#folder, 'copy');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    for (const suffix of ['', '-wal'])
      if (existsSync(database + suffix))
        copyFileSync(database + suffix, path.join(folder, `arena.db${suffix}`));
    return path.join(folder, 'arena.db');
  }
}

function checkExit({ code, signal }: Exit, ending: Ending): string[] {
  const isRight = ending.kind === 'stopped' ? code === 0 : signal === 'SIGKILL';
  if (isRight) return [];
  if (signal === 'SIGABRT') return [`the server did not end by ${describeEnding(ending)} in time`];
  return [`the server ended with ${signal ?? `code ${code}`}, not by ${describeEnding(ending)}`];
}

/** The market of a chapter: each in turn. */
export function marketOf(chapter: number): ServerPlan['market'] {
  return MARKETS[chapter % MARKETS.length] ?? 'paced';
}
