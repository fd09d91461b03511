import { setImmediate as breathe } from 'node:timers/promises';
import type { AppContext } from '../context.ts';
import type { ModelReliability } from '../contract/http/thinking.ts';
import { modelCounts, type ModelCounts } from '../db/queries/decision-stats.ts';
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
  const models = countModels(ctx, dayOf(now) - (days - 1) * DAY_MS);
  known.set(days, { at: now, models });
  models.catch(() => known.delete(days));
  return await models;
}

async function countModels({ db }: Pick<AppContext, 'db'>, since: number): Promise<ModelReliability[]> {
  const counted = await db.all(modelCounts, { since, limit: MODELS });
  const limit = Math.min(MOST_OF_A_MODEL, Math.floor(LATENCIES / counted.length));
  const models: ModelReliability[] = [];
  for (const row of counted) {
    const { provider_type, model } = row;
    const answers = await db.all(answerLatencies, { provider_type, model, since, limit });
    models.push(
      viewOf(
        row,
        answers.map(({ latency_ms }) => latency_ms),
      ),
    );
    await breathe();
  }
  return models;
}

function viewOf(row: ModelCounts, latencies: readonly number[]): ModelReliability {
  return {
    providerType: row.provider_type,
    model: row.model,
    bots: row.bots,
    turns: row.turns,
    decisions: row.decisions,
    accepted: row.accepted,
    rejected: row.rejected,
    unparseable: row.unparseable,
    unknownSymbol: row.unknown_symbol,
    clamped: row.clamped,
    mended: row.mended,
    calls: row.calls,
    failedCalls: row.failed_calls,
    refused: row.refused,
    timedOut: row.timed_out,
    latencyP50Ms: nearestRank(latencies, 0.5),
    latencyP95Ms: nearestRank(latencies, 0.95),
  };
}
