import { schedule, type ScheduledTask } from 'node-cron';
import type { AppContext } from '../context.ts';

export interface Job {
  readonly name: string;
  /** Distance of runs, ms of the arena's clock. */
  everyMs(ctx: AppContext): number;
  run(ctx: AppContext, now: number, signal: AbortSignal): Promise<void>;
}

interface Entry {
  readonly job: Job;
  bucket: number;
  running: Promise<void> | null;
}

/**
 * Runs each job once in every bucket of its interval: by node-cron in real time, at the clock's edges in a replay. A
 * job never overlaps itself: while it runs, its buckets pass.
 */
export class Scheduler {
  readonly #ctx: AppContext;
  readonly #entries: readonly Entry[];
  readonly #abort = new AbortController();
  #task: ScheduledTask | undefined;

  constructor(ctx: AppContext, jobs: readonly Job[]) {
    this.#ctx = ctx;
    this.#entries = jobs.map((job) => ({ job, bucket: -1, running: null }));
  }

  /** Lets the wall clock drive the jobs, to the second. */
  startRealTime(): void {
    if (this.#abort.signal.aborted) return;
    this.#task ??= schedule('* * * * * *', () => {
      const now = this.#ctx.clock.now();
      for (const entry of this.#entries) this.#startIfDue(entry, now);
    });
  }

  /** Runs what is due at `now`, one job after the other, and waits for it. */
  async runDue(now: number): Promise<void> {
    for (const entry of this.#entries) {
      this.#startIfDue(entry, now);
      await entry.running;
    }
  }

  /** No run begins after this; those under way are told and awaited. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#task?.destroy();
    await Promise.all(this.#entries.flatMap(({ running }) => running ?? []));
  }

  #startIfDue(entry: Entry, now: number): void {
    const bucket = Math.floor(now / entry.job.everyMs(this.#ctx));
    if (this.#abort.signal.aborted || bucket <= entry.bucket || entry.running) return;
    entry.bucket = bucket;
    entry.running = this.#run(entry, now);
  }

  /** A job's failure ends at this boundary: it is logged and the next bucket tries again. */
  async #run(entry: Entry, now: number): Promise<void> {
    try {
      await entry.job.run(this.#ctx, now, this.#abort.signal);
    } catch (error) {
      this.#ctx.log.error({ err: error, job: entry.job.name }, 'job failed');
    } finally {
      entry.running = null;
    }
  }
}
