import { insertCandle, markFinished, saveClock, saveProgress } from '../db/queries/market-state.ts';
import { UpstreamError } from '../errors.ts';
import type { Tick } from '../engine/model.ts';
import type { MarketBatch, MarketSource } from '../market/source.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { runExits, runFunding, type ExitDeps } from './exits.ts';
import type { FillGate } from './fill-gate.ts';
import type { MarketFeed } from './market-feed.ts';
import { publishToArena } from './publish.ts';

const RECONNECT_MS = 2000;

export interface DriverDeps extends ExitDeps {
  readonly source: MarketSource;
  readonly feed: MarketFeed;
  readonly gate: FillGate;
  /** Turns and jobs due by `edge` run now; the market waits for them. */
  readonly onEdge: (edge: number) => Promise<void>;
  /** After every batch, once prices, exits and fills are committed. */
  readonly onBatch: (ticks: readonly Tick[]) => void;
}

/** Pulls the market forward: prices, funding, exits, fills, then turns and jobs, each batch dealt with before the next. */
export class MarketDriver {
  readonly #deps: DriverDeps;
  readonly #abort = new AbortController();
  #state: unknown;
  #running: Promise<void> = Promise.resolve();
  /** Of the last batch dealt with: where a restart goes on. */
  #lastAt: number;

  constructor(deps: DriverDeps, state: unknown) {
    this.#deps = deps;
    this.#state = state;
    this.#lastAt = deps.feed.now();
  }

  /** @param resumeAt the clock the database has reached; null on a first start. */
  start(resumeAt: number | null): void {
    this.#running = this.#run(resumeAt);
  }

  /** Settles when the market has ended or was stopped; rejects when it cannot go on. */
  get ended(): Promise<void> {
    return this.#running;
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#running;
    const { ctx, feed } = this.#deps;
    if (!feed.isFinished) await ctx.db.commit([saveProgress(this.#progress())]);
  }

  async #run(resumeAt: number | null): Promise<void> {
    const { ctx, feed, gate } = this.#deps;
    if (feed.isFinished) {
      await gate.close(feed.now());
      return;
    }
    let from = resumeAt;
    while (!this.#abort.signal.aborted) {
      try {
        await this.#follow(from);
        break;
      } catch (error) {
        if (!(error instanceof UpstreamError)) throw error;
        ctx.log.error({ err: error }, 'the market feed broke; trying again');
        await pause(RECONNECT_MS, this.#abort.signal);
        from = feed.now();
        this.#state = this.#deps.source.state();
      }
    }
    if (!this.#abort.signal.aborted) await this.#finish();
  }

  async #follow(resumeAt: number | null): Promise<void> {
    const { signal } = this.#abort;
    for await (const batch of this.#deps.source.batches({ resumeAt, state: this.#state, signal })) {
      await this.#deal(batch);
      if (signal.aborted) return;
    }
  }

  async #deal(batch: MarketBatch): Promise<void> {
    const { ctx, feed, gate, onEdge, onBatch } = this.#deps;
    const ticks = feed.apply(batch);
    this.#lastAt = batch.at;
    await runFunding(this.#deps, batch.funding);
    await runExits(this.#deps, ticks);
    await ctx.db.commit([this.#saving(batch), ...batch.candles.map(insertCandle)]);
    await gate.release({ at: batch.at, isOpen: true });
    onBatch(ticks);
    if (batch.edge !== null) await onEdge(batch.edge);
  }

  /** The source's state is stored with each candle, the clock with each batch. */
  #saving(batch: MarketBatch) {
    if (batch.candles.length > 0) return saveProgress(this.#progress());
    return saveClock({ clock_at: batch.at, marks_json: JSON.stringify(this.#deps.feed.marks()) });
  }

  #progress() {
    const { feed, source } = this.#deps;
    return {
      clock_at: this.#lastAt,
      state_json: JSON.stringify(source.state()),
      marks_json: JSON.stringify(feed.marks()),
    };
  }

  async #finish(): Promise<void> {
    const { feed, gate } = this.#deps;
    const { db, log } = this.#deps.ctx;
    const at = feed.now();
    feed.finish();
    await gate.close(at);
    await db.commit([
      markFinished(db.read, at),
      publishToArena(at, { type: 'market', status: feed.status() }),
    ]);
    this.#deps.onBatch([]);
    log.info({ at }, 'the market has ended; everything stays visible with the last prices');
  }
}

/** Waits, and no longer once the signal aborts. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
