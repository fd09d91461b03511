import type { Actor, AppContext } from '../context.ts';
import type { BotSettings } from '../contract/http/bot-settings.ts';
import type { EventPayload } from '../contract/live-events.ts';
import type { Publishing } from '../contract/publishing.ts';
import { isUniqueViolation } from '../db/database.ts';
import { audited } from '../db/queries/audit-log.ts';
import { reviewBudgetPauses } from '../db/queries/budgets.ts';
import { insertRow, updateBot } from '../db/queries/bots-write.ts';
import { versionWrites } from '../db/queries/versions.ts';
import type { Write } from '../db/prepared.ts';
import { openAccount } from '../engine/account.ts';
import { toMicros } from '../engine/money.ts';
import { ConflictError } from '../errors.ts';
import type { BookStore } from './book-store.ts';
import type { BotManager } from './bot-manager.ts';
import { ledgerWrites } from './event-rows.ts';
import type { FillGate } from './fill-gate.ts';
import { publishToArena, publishToBot, publishToUser } from './publish.ts';

/** Where bots are run. */
export interface BotControl {
  readonly books: BookStore;
  readonly manager: BotManager;
  readonly gate: FillGate;
}

/** What the use cases that change bots need. */
export interface BotDeps extends BotControl {
  readonly ctx: Pick<AppContext, 'db' | 'clock' | 'newId' | 'market'>;
}

export interface NewBot {
  readonly userId: string;
  readonly name: string;
  readonly prompt: string;
  readonly providerId: string;
  readonly tradingSymbols: readonly string[] | null;
  readonly settings: BotSettings;
  readonly initialBalanceUsd: number;
  readonly publishing?: Partial<Publishing>;
  /** The bot it was made after. */
  readonly clonedFrom?: string | null;
  /** It begins paused, for this reason. */
  readonly pauseReason?: string | null;
}

export interface BotKey {
  readonly botId: string;
  /** Its owner. */
  readonly userId: string;
}

/** On whose request something is done, and what is written with it. */
export interface By extends Pick<Actor, 'trace' | 'remember'> {
  /** More for the same transaction, such as the use of a quota. */
  readonly also?: readonly Write[];
}

/** A bot, and on whose request something is done with it; the arena's own unless said otherwise. */
export interface BotOrder extends BotKey {
  readonly by?: By;
}

/** The arena does it by itself: nobody asks twice. */
export const ARENA_ITSELF: By = {
  trace: { actorId: null, ip: null, requestId: null },
  remember: () => [],
};

type CreationContext = Pick<BotDeps['ctx'], 'db' | 'clock' | 'newId'>;

/**
 * The rows of a new paper bot: itself, its version 1, its account, its deposit, the audit line and the news. Its provider's
 * row must be there before.
 */
export function botCreation(
  ctx: CreationContext,
  { botId, by = ARENA_ITSELF }: { botId: string; by?: By },
  bot: NewBot,
): Write[] {
  const deposit = toMicros(bot.initialBalanceUsd);
  const { account, postings } = openAccount(deposit);
  return [
    botRow(ctx, botId, bot),
    ...versionWrites({ botId, at: ctx.clock.wallNow() }),
    insertRow(ctx.db.read, 'bot_accounts', {
      bot_id: botId,
      user_id: bot.userId,
      cash_micros: account.cashMicros,
      initial_balance_micros: deposit,
      last_turn_at: null,
    }),
    ...ledgerWrites({ userId: bot.userId, botId, epoch: 1 }, postings, {
      groupId: ctx.newId(),
      cause: 'deposit',
      positionId: null,
      tradeId: null,
      at: ctx.clock.pricedAt(),
    }),
    ...changeTold(ctx, { botId, userId: bot.userId }, { name: 'created', by, details: { name: bot.name } }),
  ];
}

function botRow({ db, clock }: CreationContext, botId: string, bot: NewBot): Write {
  const now = clock.wallNow();
  const { pauseReason = null } = bot;
  return insertRow(db.read, 'bots', {
    id: botId,
    user_id: bot.userId,
    name: bot.name,
    prompt: bot.prompt,
    provider_id: bot.providerId,
    trading_mode: 'paper',
    is_paused: pauseReason === null ? 0 : 1,
    pause_reason: pauseReason,
    history_summary: null,
    trading_symbols: bot.tradingSymbols === null ? null : JSON.stringify(bot.tradingSymbols),
    settings_json: JSON.stringify(bot.settings),
    publishing_json: JSON.stringify(bot.publishing ?? {}),
    cloned_from: bot.clonedFrom ?? null,
    avatar_image: null,
    created_at: now,
    updated_at: now,
    deleted_at: null,
  });
}

/** Creates a bot; its first turn is due at once. @throws ConflictError `name-taken`. @returns its id. */
export async function createBot(deps: BotDeps, bot: NewBot, by: By = ARENA_ITSELF): Promise<string> {
  const botId = deps.ctx.newId();
  await commitNamed(deps, bot.name, [
    ...(by.also ?? []),
    ...botCreation(deps.ctx, { botId, by }, bot),
    ...by.remember({ botId }),
  ]);
  await reloadBot(deps, botId);
  return botId;
}

/** What an owner may edit. */
export interface BotEdit {
  readonly name?: string;
  readonly prompt?: string;
  readonly providerId?: string;
  readonly tradingSymbols?: readonly string[] | null;
  readonly settings?: BotSettings;
  readonly publishing?: Publishing;
}

/**
 * The bot's next turn uses what was changed; when it decides by something else from now on, that is its next version.
 * @throws NotFoundError, ConflictError `name-taken`.
 */
export async function editBot(deps: BotDeps, bot: BotOrder, edit: BotEdit): Promise<void> {
  const { name, prompt, providerId, tradingSymbols, settings, publishing } = edit;
  const decidesBy = [prompt, providerId, tradingSymbols, settings];
  await change(deps, bot, {
    name: 'updated',
    details: { changed: Object.keys(edit) },
    newName: name,
    mayBeVersion: decidesBy.some((part) => part !== undefined),
    columns: {
      ...(name === undefined ? {} : { name }),
      ...(prompt === undefined ? {} : { prompt }),
      ...(providerId === undefined ? {} : { provider_id: providerId }),
      ...(tradingSymbols === undefined
        ? {}
        : { trading_symbols: tradingSymbols && JSON.stringify(tradingSymbols) }),
      ...(settings === undefined ? {} : { settings_json: JSON.stringify(settings) }),
      ...(publishing === undefined ? {} : { publishing_json: JSON.stringify(publishing) }),
    },
  });
}

export interface Pause {
  /** Its owner reads it. */
  readonly reason: string;
  /** Its owner cannot resume it. */
  readonly isHeld?: boolean;
}

/** Stops a bot's turns until somebody lets it go on; its stops, targets and liquidation stay watched. @throws NotFoundError */
export async function pauseBot(
  deps: BotDeps,
  bot: BotOrder,
  { reason, isHeld = false }: Pause,
): Promise<void> {
  const columns = { is_paused: 1, pause_reason: reason, resume_at: null, ...(isHeld ? { is_held: 1 } : {}) };
  await change(deps, bot, { name: 'paused', details: { reason }, columns });
}

/** Also one that a moderator holds: the caller asks about that. @throws NotFoundError */
export async function resumeBot(deps: BotDeps, bot: BotOrder): Promise<void> {
  const columns = { is_paused: 0, pause_reason: null, resume_at: null, is_held: 0 };
  await change(deps, bot, { name: 'resumed', columns });
}

/** Hides a bot everywhere at once; its rows stay. @throws NotFoundError */
export async function deleteBot(deps: BotDeps, bot: BotOrder): Promise<void> {
  const columns = { deleted_at: deps.ctx.clock.wallNow(), is_active: 0 };
  await change(deps, bot, { name: 'deleted', columns });
}

/** Sets a bot's picture (base64 of a WebP), or takes it away. @throws NotFoundError */
export async function setAvatar(deps: BotDeps, bot: BotOrder, image: string | null): Promise<void> {
  await change(deps, bot, {
    name: 'updated',
    details: { changed: ['avatar'] },
    columns: { avatar_image: image },
  });
}

type ChangeName = Extract<EventPayload, { type: 'bot' }>['change'];

interface BotChange {
  readonly name: ChangeName;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly columns: Parameters<typeof updateBot>[2];
  readonly newName?: string | undefined;
  /** It touches what its versions are told apart by. */
  readonly mayBeVersion?: boolean;
}

async function change(
  deps: BotDeps,
  { by = ARENA_ITSELF, ...bot }: BotOrder,
  { columns, newName, mayBeVersion = false, ...told }: BotChange,
): Promise<void> {
  const { db, clock } = deps.ctx;
  const now = clock.wallNow();
  await commitNamed(deps, newName, [
    ...(by.also ?? []),
    updateBot(db.read, bot, { ...columns, updated_at: now }),
    ...(mayBeVersion
      ? [...versionWrites({ botId: bot.botId, at: now }), reviewBudgetPauses(db.read, { ...bot, at: now })]
      : []),
    ...changeTold(deps.ctx, bot, { ...told, by }),
    ...by.remember({ botId: bot.botId }),
  ]);
  await reloadBot(deps, bot.botId);
}

/** The audit line and the live event of a change, for the same transaction. */
export function changeTold(
  ctx: Pick<AppContext, 'clock'>,
  { botId, userId }: BotKey,
  { name, by, details = {} }: Pick<BotChange, 'name' | 'details'> & { by: By },
): Write[] {
  return [
    audited(ctx, by, { userId, action: `bot.${name}`, subjectType: 'bot', subjectId: botId, details }),
    ...changeNews(ctx, { botId, userId }, name),
  ];
}

/** The live event of a change, for everyone, those who watch the bot and its owner. */
export function changeNews(
  { clock }: Pick<AppContext, 'clock'>,
  { botId, userId }: BotKey,
  change: ChangeName,
): Write[] {
  const payload: EventPayload = { type: 'bot', botId, change };
  const at = clock.now();
  return [publishToArena(at, payload), publishToBot(botId, at, payload), publishToUser(userId, at, payload)];
}

/** Takes a bot from its rows again, wherever it is kept in memory. */
export async function reloadBot({ books, manager }: BotDeps, botId: string): Promise<void> {
  await books.reload(botId);
  await manager.reload(botId);
}

async function commitNamed(
  { ctx }: BotDeps,
  name: string | undefined,
  writes: readonly Write[],
): Promise<void> {
  try {
    await ctx.db.commit(writes);
  } catch (error) {
    if (name === undefined || !isUniqueViolation(error)) throw error;
    throw new ConflictError('name-taken', `You have a bot named "${name}" already.`);
  }
}
