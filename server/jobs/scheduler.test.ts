import { describe, expect, it, vi } from 'vitest';
import type { AppContext } from '../context.ts';
import { silentLogger } from '../log.ts';
import { Scheduler, type Job } from './scheduler.ts';

function contextAt(clock: { now: number }) {
  const log = silentLogger();
  const errors = vi.spyOn(log, 'error');
  // Jobs here use nothing but the clock and the log.
  const ctx = { clock: { now: () => clock.now, wallNow: () => clock.now }, log } as unknown as AppContext;
  return { ctx, errors };
}

function jobOf(run: Job['run'], everyMs = 1000, name = 'count'): Job {
  return { name, everyMs: () => everyMs, run };
}

describe('the scheduler', () => {
  it('runs a job once a bucket of its interval', async () => {
    const { ctx } = contextAt({ now: 0 });
    const runs: number[] = [];
    const scheduler = new Scheduler(ctx, [jobOf(async (_ctx, now) => void runs.push(now))]);
    for (const now of [1000, 1999, 2000, 2000, 1500, 5500]) await scheduler.runDue(now);
    expect(runs).toEqual([1000, 2000, 5500]);
  });

  it('runs what is due one after the other, in the order of the list', async () => {
    const { ctx } = contextAt({ now: 0 });
    const seen: string[] = [];
    const job = (name: string) =>
      jobOf(
        async () => {
          seen.push(`${name} begins`);
          await new Promise((resolve) => setImmediate(resolve));
          seen.push(`${name} ends`);
        },
        1000,
        name,
      );
    await new Scheduler(ctx, [job('first'), job('second')]).runDue(1000);
    expect(seen).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
  });

  it('never overlaps a job with itself: its buckets pass while it runs', async () => {
    const clock = { now: 1000 };
    const { ctx } = contextAt(clock);
    const { promise, resolve } = Promise.withResolvers<void>();
    let running = 0;
    const runs: number[] = [];
    const slow = jobOf(async (_ctx, now) => {
      running += 1;
      runs.push(now);
      expect(running).toBe(1);
      if (now === 1000) await promise;
      running -= 1;
    });
    const scheduler = new Scheduler(ctx, [slow]);
    const first = scheduler.runDue(1000);
    const second = scheduler.runDue(2000);
    expect(runs).toEqual([1000]);
    resolve();
    await Promise.all([first, second]);
    await scheduler.runDue(3000);
    expect(runs).toEqual([1000, 3000]);
  });

  it('logs a job that fails and tries it again in the next bucket', async () => {
    const { ctx, errors } = contextAt({ now: 0 });
    let runs = 0;
    const failing = jobOf(async () => {
      runs += 1;
      throw new Error('out of luck');
    });
    const scheduler = new Scheduler(ctx, [failing]);
    await scheduler.runDue(1000);
    await scheduler.runDue(2000);
    expect(runs).toBe(2);
    expect(errors).toHaveBeenCalledTimes(2);
    expect(errors).toHaveBeenCalledWith(expect.objectContaining({ job: 'count' }), 'job failed');
  });

  it('stops: tells those under way, waits for them, begins nothing more', async () => {
    const { ctx } = contextAt({ now: 0 });
    const seen: string[] = [];
    const patient = jobOf(async (_ctx, _now, signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      await new Promise((resolve) => setImmediate(resolve));
      seen.push('ended');
    });
    const scheduler = new Scheduler(ctx, [patient, jobOf(async () => void seen.push('second'))]);
    const due = scheduler.runDue(1000);
    await scheduler.stop();
    expect(seen).toEqual(['ended']);
    await due;
    await scheduler.runDue(2000);
    expect(seen).toEqual(['ended']);
  });

  it('is driven by the wall clock in real time, until it is stopped', async () => {
    vi.useFakeTimers({ now: 0 });
    try {
      const clock = { now: 0 };
      const { ctx } = contextAt(clock);
      const runs: number[] = [];
      const scheduler = new Scheduler(ctx, [jobOf(async (_ctx, now) => void runs.push(now))]);
      scheduler.startRealTime();
      for (clock.now = 1000; clock.now <= 3000; clock.now += 1000) await vi.advanceTimersByTimeAsync(1000);
      expect(runs.length).toBeGreaterThan(1);
      await scheduler.stop();
      const before = runs.length;
      clock.now = 60_000;
      await vi.advanceTimersByTimeAsync(5000);
      expect(runs).toHaveLength(before);
      const neverStarted = new Scheduler(ctx, []);
      await neverStarted.stop();
      neverStarted.startRealTime();
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});
