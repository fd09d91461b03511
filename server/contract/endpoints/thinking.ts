import { z } from 'zod';
import { endpoint } from '../api.ts';
import { botIdParamsSchema } from '../http/bots.ts';
import {
  arenaPriceSchema,
  arenaPricesResponseSchema,
  presetsResponseSchema,
  providerTestSchema,
  setPriceBodySchema,
} from '../http/providers.ts';
import {
  budgetBodySchema,
  budgetSchema,
  clearedSchema,
  learningSchema,
  modelsQuerySchema,
  modelsResponseSchema,
  modelUsageQuerySchema,
  modelUsageSchema,
  previewBodySchema,
  previewSchema,
  summarizedSchema,
  versionsQuerySchema,
  versionsResponseSchema,
} from '../http/thinking.ts';

const idParamsSchema = z.object({ id: z.string().min(1).max(64) });
const ofBot = { tag: 'Own bots', params: botIdParamsSchema } as const;

/** How bots think: models, prompts, memory and what they cost. */
export const THINKING_ENDPOINTS = {
  previewBot: endpoint({
    ...ofBot,
    method: 'post',
    path: '/api/v2/bots/:botId/preview',
    summary: 'The exact prompt of the next turn, and with dryRun what the model and the engine make of it',
    body: previewBodySchema,
    answer: previewSchema,
  }),
  listVersions: endpoint({
    ...ofBot,
    method: 'get',
    path: '/api/v2/bots/:botId/versions',
    summary: 'What a bot was made of from edit to edit, and what came of it',
    query: versionsQuerySchema,
    answer: versionsResponseSchema,
  }),
  getHistorySummary: endpoint({
    ...ofBot,
    method: 'get',
    path: '/api/v2/bots/:botId/history-summary',
    summary: 'What a bot has learnt',
    answer: learningSchema,
  }),
  forceSummarize: endpoint({
    ...ofBot,
    method: 'post',
    path: '/api/v2/bots/:botId/force-summarize',
    summary: 'Summarises the whole history of a bot now',
    answer: summarizedSchema,
  }),
  clearLearning: endpoint({
    ...ofBot,
    method: 'post',
    path: '/api/v2/bots/:botId/clear-learning',
    summary: 'Makes a bot forget its history; the summaries are kept for its owner',
    answer: clearedSchema,
  }),
  listPresets: endpoint({
    method: 'get',
    path: '/api/v2/model-presets',
    tag: 'Providers',
    summary: 'Endpoints that are known, their models and prices',
    answer: presetsResponseSchema,
  }),
  testProvider: endpoint({
    method: 'post',
    path: '/api/v2/providers/:id/test',
    tag: 'Providers',
    summary: 'Makes a real call, and tells what came of it',
    params: idParamsSchema,
    answer: providerTestSchema,
  }),
  getModelUsage: endpoint({
    method: 'get',
    path: '/api/v2/account/model-usage',
    tag: 'Account',
    summary: 'What one’s models took and cost',
    query: modelUsageQuerySchema,
    answer: modelUsageSchema,
  }),
  getBudget: endpoint({
    method: 'get',
    path: '/api/v2/account/budget',
    tag: 'Account',
    summary: 'What one’s models may cost a day',
    answer: budgetSchema,
  }),
  setBudget: endpoint({
    method: 'put',
    path: '/api/v2/account/budget',
    tag: 'Account',
    summary: 'Sets what one’s models may cost a day',
    body: budgetBodySchema,
    answer: budgetSchema,
  }),
  listModels: endpoint({
    method: 'get',
    path: '/api/v2/models',
    tag: 'Arena',
    summary: 'How reliably models decide',
    query: modelsQuerySchema,
    answer: modelsResponseSchema,
  }),
  listModelPrices: endpoint({
    method: 'get',
    path: '/api/v2/admin/model-prices',
    tag: 'Administration',
    summary: 'Prices that were set here, newest first',
    answer: arenaPricesResponseSchema,
  }),
  setModelPrice: endpoint({
    method: 'post',
    path: '/api/v2/admin/model-prices',
    tag: 'Administration',
    summary: 'Sets the price of a model from a time on',
    body: setPriceBodySchema,
    status: 201,
    answer: arenaPriceSchema,
  }),
  deleteModelPrice: endpoint({
    method: 'delete',
    path: '/api/v2/admin/model-prices/:id',
    tag: 'Administration',
    summary: 'Takes a price back; calls that were counted keep theirs',
    params: idParamsSchema,
  }),
} as const;
