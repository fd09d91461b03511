import type { Router } from 'express';
import { z } from 'zod';
import { getBot, readBots } from '../../arena/bots-read.ts';
import { readBotSnapshots, readDecisions, readPositions, readTrades } from '../../arena/history.ts';
import type { ListPage } from '../../arena/paging.ts';
import type { AppContext } from '../../context.ts';
import {
  decisionsQuerySchema,
  positionsQuerySchema,
  snapshotsQuerySchema,
  tradesQuerySchema,
} from '../../contract/http/bots.ts';
import { botListQuerySchema, type Page } from '../../contract/http/common.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { parseQuery } from '../parse.ts';

export function botRoutes(router: Router, ctx: AppContext): void {
  router.get('/api/v2/bots', async (req, res) => {
    const { cursor, ...query } = parseQuery(botListQuerySchema, req.query);
    res.json(toPage(await readBots(ctx, { ...query, after: decodeCursor(cursor, z.string()) })));
  });
  router.get('/api/v2/bots/:botId', async (req, res) => {
    parseQuery(z.object({}), req.query);
    res.json(await getBot(ctx, req.params.botId));
  });
  router.get('/api/v2/bots/:botId/trades', async (req, res) => {
    const { cursor, ...query } = parseQuery(tradesQuerySchema, req.query);
    const after = decodeCursor(cursor, z.int());
    res.json(toPage(await readTrades(ctx, req.params.botId, { ...query, after })));
  });
  router.get('/api/v2/bots/:botId/positions', async (req, res) => {
    const { cursor, ...query } = parseQuery(positionsQuerySchema, req.query);
    const after = decodeCursor(cursor, z.string());
    res.json(toPage(await readPositions(ctx, req.params.botId, { ...query, after })));
  });
  router.get('/api/v2/bots/:botId/decisions', async (req, res) => {
    const { cursor, ...query } = parseQuery(decisionsQuerySchema, req.query);
    const after = decodeCursor(cursor, z.string());
    res.json(toPage(await readDecisions(ctx, req.params.botId, { ...query, after })));
  });
  router.get('/api/v2/bots/:botId/snapshots', async (req, res) => {
    const query = parseQuery(snapshotsQuerySchema, req.query);
    res.json({ items: await readBotSnapshots(ctx, req.params.botId, query), nextCursor: null });
  });
}

function toPage<Item>({ items, next }: ListPage<Item, string> | ListPage<Item, number>): Page<Item> {
  return { items, nextCursor: encodeCursor(next) };
}
