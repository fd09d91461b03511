import { readBudget, setBudget } from '../../arena/budgets.ts';
import {
  readModelPrice,
  readModelPrices,
  removeModelPrice,
  setModelPrice,
} from '../../arena/model-price-changes.ts';
import { readModelReliability } from '../../arena/model-reliability.ts';
import { readModelUsage } from '../../arena/model-usage.ts';
import type { AppContext } from '../../context.ts';
import type { Api } from '../endpoint.ts';

/** What models cost, how much of it one allows, and how well they do. */
export function spendingRoutes(api: Api, ctx: AppContext): void {
  api.own('getModelUsage', ({ by, query }) => readModelUsage(ctx, { ...query, userId: by.userId }));
  api.own('getBudget', ({ by }) => readBudget(ctx, by.userId));
  api.act('setBudget', ({ by, body }) => ({
    run: () => setBudget(ctx, by, body),
    answer: () => readBudget(ctx, by.userId),
  }));
  api.on('listModels', async ({ query }) => ({ items: await readModelReliability(ctx, query.days) }));
  priceRoutes(api, ctx);
}

function priceRoutes(api: Api, ctx: AppContext): void {
  api.own('listModelPrices', async () => ({ items: await readModelPrices(ctx) }));
  api.act('setModelPrice', ({ by, body }) => ({
    run: () => setModelPrice(ctx, by, body),
    answer: ({ id }: { id: string }) => readModelPrice(ctx, id),
  }));
  api.act('deleteModelPrice', ({ by, params }) => ({
    run: () => removeModelPrice(ctx, by, params.id),
    answer: () => undefined,
  }));
}
