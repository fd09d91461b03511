import { setImmediate as breathe } from 'node:timers/promises';
import type { AppContext } from '../context.ts';
import type { ModelReliability } from '../contract/http/thinking.ts';
import {
  botsOfDay,
  COUNTS,
  countsOfDay,
  NO_COUNTS,
  type Counts,
  type ModelName,
} from '../db/queries/decision-stats.ts';
import { answerLatencies } from '../db/queries/model-calls.ts';
import { DAY_MS, dayOf } from './days.ts';
import { nearestRank } from './nearest-rank.ts';

const MODELS = 200;
const LATENCIES = 20_000;
const MOST_OF_A_MODEL = 2000;
const SHARED_MS = 60_000;

interface Kept {
  readonly at: number;
  readonly models: Promise<ModelReliability[]>;
}
const kept = new WeakMap<AppContext['db'], Map<number, Kept>>();

/**
 * How reliably each model decides, over all bots that use it and the last `days` days (UTC, wall clock), this one
 * included; the 200 most asked, the busiest first. Counts are exact. Percentiles of latency are by nearest rank over the
 * newest answers of a model: 2,000 of it and 20,000 of all models at most. Whoever asks within a minute reads the same.
 */
export async function readModelReliability(
  ctx: Pick<AppContext, 'db' | 'clock'>,
  days: number,
): Promise<ModelReliability[]> {
  const now = ctx.clock.wallNow();
  const known = kept.get(ctx.db) ?? new Map<number, Kept>();
  kept.set(ctx.db, known);
  const last = known.get(days);
  if (last && now >= last.at && now - last.at < SHARED_MS) return await last.models;
  const models = readModels(ctx, { from: dayOf(now) - (days - 1) * DAY_MS, to: dayOf(now) });
  known.set(days, { at: now, models });
  models.catch(() => known.delete(days));
  return await models;
}

interface Days {
  readonly from: number;
  readonly to: number;
}

async function readModels({ db }: Pick<AppContext, 'db'>, days: Days): Promise<ModelReliability[]> {
  const counted = (await countModels(db, days)).toSorted((a, b) => b.counts.calls - a.counts.calls);
  const shown = counted.slice(0, MODELS);
  const limit = Math.min(MOST_OF_A_MODEL, Math.floor(LATENCIES / shown.length));
  const models: ModelReliability[] = [];
  for (const model of shown) {
    const answers = await db.all(answerLatencies, { ...model.name, since: days.from, limit });
    models.push(
      viewOf(
        model,
        answers.map(({ latency_ms }) => latency_ms),
      ),
    );
    await breathe();
  }
  return models;
}

interface CountedModel {
  readonly name: ModelName;
  readonly bots: Set<string>;
  counts: Counts;
}

/** A day at a time, so that many bots hold nobody up. */
async function countModels(db: AppContext['db'], { from, to }: Days): Promise<CountedModel[]> {
  const models = new Map<string, CountedModel>();
  const modelOf = ({ provider_type, model }: ModelName): CountedModel => {
    const key = JSON.stringify([provider_type, model]);
    const known = models.get(key) ?? { name: { provider_type, model }, bots: new Set(), counts: NO_COUNTS };
    models.set(key, known);
    return known;
  };
  for (let day_at = from; day_at <= to; day_at += DAY_MS) {
    for (const row of await db.all(countsOfDay, { day_at })) {
      const model = modelOf(row);
      model.counts = add(model.counts, row);
    }
    for (const row of await db.all(botsOfDay, { day_at })) modelOf(row).bots.add(row.bot_id);
    await breathe();
  }
  return [...models.values()];
}

function add(a: Counts, b: Readonly<Counts>): Counts {
  return Object.fromEntries(COUNTS.map((name) => [name, a[name] + b[name]])) as Counts;
}

function viewOf({ name, bots, counts }: CountedModel, latencies: readonly number[]): ModelReliability {
  return {
    providerType: name.provider_type,
    model: name.model,
    bots: bots.size,
    turns: counts.turns,
    decisions: counts.decisions,
    accepted: counts.accepted,
    rejected: counts.rejected,
    unparseable: counts.unparseable,
    unknownSymbol: counts.unknown_symbol,
    clamped: counts.clamped,
    mended: counts.mended,
    calls: counts.calls,
    failedCalls: counts.failed_calls,
    refused: counts.refused,
    timedOut: counts.timed_out,
    latencyP50Ms: nearestRank(latencies, 0.5),
    latencyP95Ms: nearestRank(latencies, 0.95),
  };
}
