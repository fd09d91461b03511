import { z } from 'zod';
import {
  decidedSchema,
  equityPointSchema,
  positionSchema,
  tradeSchema,
  botDetailSchema,
} from './http/bots.ts';
import { usdSchema, timeSchema } from './http/common.ts';
import type { ArenaResponse } from './http/arena.ts';
import { marketStatusSchema } from './http/markets.ts';

/** The book of a bot after a change. Its open positions are listed whole. */
export const bookSchema = z
  .object({
    cash: usdSchema,
    margin: usdSchema,
    realizedPnl: usdSchema,
    fees: usdSchema,
    funding: usdSchema,
    tradeCount: z.int(),
    winRate: z.number().nullable(),
    positions: z.array(positionSchema),
  })
  .meta({ id: 'Book' });
export type BookView = z.infer<typeof bookSchema>;

/** A turn was applied: what was decided and what was filled. Reasoning and outcomes are null where private. */
export const turnEventSchema = z.object({
  type: z.literal('turn'),
  botId: z.string(),
  botName: z.string(),
  turnNo: z.int(),
  decisionId: z.string(),
  executionSuccess: z.boolean(),
  decisions: z.array(decidedSchema),
  trades: z.array(tradeSchema),
  book: bookSchema,
  nextTurnAt: timeSchema.nullable(),
  /** When what is withheld is shown, in a `released` event; null = it never is, or nothing is withheld. */
  releasesAt: timeSchema.nullable(),
});

/** The engine closed (part of) a position: stop, target, liquidation; or a person did. */
export const exitEventSchema = z.object({
  type: z.literal('exit'),
  botId: z.string(),
  botName: z.string(),
  /** null where positions are withheld. */
  trade: tradeSchema.nullable(),
  book: bookSchema,
  releasesAt: timeSchema.nullable(),
});

/** A person moved the stop or target of a position. */
export const adjustedEventSchema = z.object({
  type: z.literal('adjusted'),
  botId: z.string(),
  positionId: z.string(),
  book: bookSchema,
});

/** What was withheld of a bot up to a time may be seen now: read it again. */
export const releasedEventSchema = z.object({
  type: z.literal('released'),
  botId: z.string(),
  parts: z.array(z.enum(['positions', 'reasoning', 'prompt'])),
  upTo: timeSchema,
});

export const fundingEventSchema = z.object({
  type: z.literal('funding'),
  botId: z.string(),
  symbol: z.string(),
  positionId: z.string(),
  rate: z.number(),
  amount: usdSchema,
  book: bookSchema,
});

/** One snapshot bucket. In room `arena`: of every bot; in room `bot:<id>`: of that bot. */
export const equityEventSchema = z.object({
  type: z.literal('equity'),
  timestamp: timeSchema,
  values: z.array(z.tuple([z.string(), usdSchema])),
});

/** A bot came, went or changed; `gone` hides it. Its public figures are read again. */
export const botEventSchema = z.object({
  type: z.literal('bot'),
  botId: z.string(),
  change: z.enum(['created', 'updated', 'paused', 'resumed', 'deleted', 'reset']),
});

/** A turn ended without trades: the provider failed or the answer was refused whole. */
export const turnFailedEventSchema = z.object({
  type: z.literal('turn-failed'),
  botId: z.string(),
  botName: z.string(),
  turnNo: z.int(),
  /** null where private. */
  reason: z.string().nullable(),
  nextTurnAt: timeSchema.nullable(),
});

export const marketEventSchema = z.object({ type: z.literal('market'), status: marketStatusSchema });

export const eventPayloadSchema = z.discriminatedUnion('type', [
  turnEventSchema,
  turnFailedEventSchema,
  exitEventSchema,
  fundingEventSchema,
  adjustedEventSchema,
  releasedEventSchema,
  equityEventSchema,
  botEventSchema,
  marketEventSchema,
]);
export type EventPayload = z.infer<typeof eventPayloadSchema>;

/** What `event` carries: `seq` is 1, 2, 3 … within the room, `at` the arena's clock. */
export const liveEventSchema = z.object({
  room: z.string(),
  seq: z.int(),
  at: timeSchema,
  payload: eventPayloadSchema,
});
export type LiveEvent = z.infer<typeof liveEventSchema>;

/** The feed is the events people read. */
export const feedItemSchema = z.object({
  seq: z.int(),
  at: timeSchema,
  payload: z.discriminatedUnion('type', [turnEventSchema, turnFailedEventSchema, exitEventSchema]),
});
export type FeedItem = z.infer<typeof feedItemSchema>;

/** Volatile: may be dropped. Prices and the equity they imply, of at most 100 bots. */
export const pricesSchema = z.object({
  at: timeSchema,
  /** symbol -> price; only those that changed. */
  prices: z.record(z.string(), z.number()),
  values: z.array(z.tuple([z.string(), usdSchema])),
});
export type Prices = z.infer<typeof pricesSchema>;

export const botRoomStateSchema = z.object({
  seq: z.int(),
  bot: botDetailSchema,
  equity: z.array(equityPointSchema),
});
export type BotRoomState = z.infer<typeof botRoomStateSchema>;

/** What a user's own room adds to the others is in its events. */
export const userRoomStateSchema = z.object({ userId: z.string() });
export type UserRoomState = z.infer<typeof userRoomStateSchema>;

/**
 * `arena` and `bot:<id>` are for everyone and carry what owners publish; `user:<id>` is for that very user and carries
 * the news of the user's own bots, whole.
 */
export const roomSchema = z.string().regex(/^(arena|(bot|user):[\w-]{1,64})$/);
export const joinSchema = z.object({ room: roomSchema, lastSeq: z.int().min(0).optional() });
export type Join = z.infer<typeof joinSchema>;

/**
 * Answer to `join`. `resumed`: the missed events follow as `event`, nothing else is needed.
 * `snapshot`: nothing was known or too much was missed: one `snapshot` frame precedes, events after its `seq` follow.
 */
export type JoinAnswer =
  | { ok: true; mode: 'resumed' | 'snapshot'; seq: number }
  | { ok: false; code: string; message: string };

export type RoomSnapshot =
  | { room: 'arena'; seq: number; state: ArenaResponse }
  | { room: `bot:${string}`; seq: number; state: BotRoomState }
  | { room: `user:${string}`; seq: number; state: UserRoomState };

export interface ServerToClientEvents {
  /** First frame of a room joined without (or with too old a) `lastSeq`: the room's state at `seq`. */
  snapshot: (snapshot: RoomSnapshot) => void;
  event: (event: LiveEvent) => void;
  prices: (prices: Prices) => void;
}

export interface ClientToServerEvents {
  join: (join: Join, answer: (answer: JoinAnswer) => void) => void;
  leave: (room: string) => void;
}
