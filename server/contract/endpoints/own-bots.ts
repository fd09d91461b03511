import { z } from 'zod';
import { endpoint } from '../api.ts';
import { botDetailSchema, botIdParamsSchema } from '../http/bots.ts';
import {
  adjustedPositionSchema,
  adjustPositionBodySchema,
  botFileSchema,
  cloneBotBodySchema,
  closedPositionSchema,
  closePositionBodySchema,
  createBotBodySchema,
  forcedTurnSchema,
  importBotBodySchema,
  pauseBotBodySchema,
  resetBotBodySchema,
  takenSnapshotSchema,
  updateBotBodySchema,
} from '../http/own-bots.ts';

const positionParamsSchema = botIdParamsSchema.extend({ positionId: z.string().min(1).max(64) });
const own = { tag: 'Own bots', params: botIdParamsSchema } as const;
const post = { ...own, method: 'post' } as const;

/** What owners do with their bots. A bot of somebody else is not found. */
export const OWN_BOT_ENDPOINTS = {
  createBot: endpoint({
    method: 'post',
    path: '/api/v2/bots',
    tag: 'Own bots',
    summary: 'Makes a bot; its first turn is due at once',
    body: createBotBodySchema,
    status: 201,
    answer: botDetailSchema,
  }),
  importBot: endpoint({
    method: 'post',
    path: '/api/v2/bots/import',
    tag: 'Own bots',
    summary: 'Makes a bot of an exported file; it begins paused',
    body: importBotBodySchema,
    status: 201,
    answer: botDetailSchema,
  }),
  updateBot: endpoint({
    ...own,
    method: 'patch',
    path: '/api/v2/bots/:botId',
    summary: 'Changes a bot; its next turn uses it',
    body: updateBotBodySchema,
    answer: botDetailSchema,
  }),
  deleteBot: endpoint({
    ...own,
    method: 'delete',
    path: '/api/v2/bots/:botId',
    summary: 'Hides a bot everywhere; its rows stay in the books',
  }),
  cloneBot: endpoint({
    ...post,
    path: '/api/v2/bots/:botId/clone',
    summary: 'Makes a paused copy of a bot',
    description:
      'The prompt and the provider are copied from own bots; the prompt also where it is published.',
    body: cloneBotBodySchema,
    status: 201,
    answer: botDetailSchema,
  }),
  exportBot: endpoint({
    ...own,
    method: 'get',
    path: '/api/v2/bots/:botId/export',
    summary: 'A bot as a file that can be imported again',
    answer: botFileSchema,
  }),
  pauseBot: endpoint({
    ...post,
    path: '/api/v2/bots/:botId/pause',
    summary: 'Stops the turns; stops, targets and liquidation stay watched',
    body: pauseBotBodySchema,
    answer: botDetailSchema,
  }),
  resumeBot: endpoint({
    ...post,
    path: '/api/v2/bots/:botId/resume',
    summary: 'Lets the turns go on',
    answer: botDetailSchema,
  }),
  forceTurn: endpoint({
    ...post,
    path: '/api/v2/bots/:botId/force-turn',
    summary: 'Gives the bot a turn now',
    description: '409 while a turn is running; 429 beyond the hourly limit.',
    status: 202,
    answer: forcedTurnSchema,
  }),
  closePosition: endpoint({
    ...post,
    path: '/api/v2/bots/:botId/positions/:positionId/close',
    summary: 'Closes a position by hand, whole or in part',
    params: positionParamsSchema,
    body: closePositionBodySchema,
    answer: closedPositionSchema,
  }),
  adjustPosition: endpoint({
    ...own,
    method: 'patch',
    path: '/api/v2/bots/:botId/positions/:positionId',
    summary: 'Sets or removes stop and target by hand',
    params: positionParamsSchema,
    body: adjustPositionBodySchema,
    answer: adjustedPositionSchema,
  }),
  resetBot: endpoint({
    ...post,
    path: '/api/v2/bots/:botId/reset',
    summary: 'Closes everything and begins a new epoch with a new deposit; history is kept',
    body: resetBotBodySchema,
    answer: botDetailSchema,
  }),
  takeSnapshot: endpoint({
    ...post,
    path: '/api/v2/bots/:botId/snapshot',
    summary: 'Writes the figures of this moment, unless this interval has them already',
    answer: takenSnapshotSchema,
  }),
  deleteAvatar: endpoint({
    ...own,
    method: 'delete',
    path: '/api/v2/bots/:botId/avatar',
    summary: "Removes the bot's picture",
  }),
} as const;
