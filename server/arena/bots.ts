import type { AppContext } from '../context.ts';
import type { BotSettings } from '../contract/http/bot-settings.ts';
import type { EventPayload } from '../contract/live-events.ts';
import { insertAuditEntry } from '../db/queries/audit-log.ts';
import { insertRow, updateBot } from '../db/queries/bots-write.ts';
import type { Write } from '../db/prepared.ts';
import { isUniqueViolation } from '../db/database.ts';
import { openAccount } from '../engine/account.ts';
import { toMicros } from '../engine/money.ts';
import { ConflictError } from '../errors.ts';
import type { BookStore } from './book-store.ts';
import type { BotManager } from './bot-manager.ts';
import { ledgerWrites } from './event-rows.ts';
import { publishToArena, publishToBot } from './publish.ts';

/** What the use cases that change bots need. */
export interface BotDeps {
  readonly ctx: Pick<AppContext, 'db' | 'clock' | 'newId'>;
  readonly books: BookStore;
  readonly manager: BotManager;
}

export interface NewBot {
  readonly userId: string;
  readonly name: string;
  readonly prompt: string;
  readonly providerId: string;
  readonly tradingSymbols: readonly string[] | null;
  readonly settings: BotSettings;
  readonly initialBalanceUsd: number;
}

export interface BotKey {
  readonly botId: string;
  readonly userId: string;
}

/** The rows of a new paper bot: itself, its account, its deposit, the audit line and the news. */
export function botCreation(ctx: BotDeps['ctx'], botId: string, bot: NewBot): Write[] {
  const { db, clock, newId } = ctx;
  const deposit = toMicros(bot.initialBalanceUsd);
  const { account, postings } = openAccount(deposit);
  const wallNow = clock.wallNow();
  return [
    insertRow(db.read, 'bots', {
      id: botId,
      user_id: bot.userId,
      name: bot.name,
      prompt: bot.prompt,
      provider_id: bot.providerId,
      trading_mode: 'paper',
      pause_reason: null,
      history_summary: null,
      trading_symbols: bot.tradingSymbols === null ? null : JSON.stringify(bot.tradingSymbols),
      settings_json: JSON.stringify(bot.settings),
      avatar_image: null,
      created_at: wallNow,
      updated_at: wallNow,
      deleted_at: null,
    }),
    insertRow(db.read, 'bot_accounts', {
      bot_id: botId,
      user_id: bot.userId,
      cash_micros: account.cashMicros,
      initial_balance_micros: deposit,
      last_turn_at: null,
    }),
    ...ledgerWrites({ userId: bot.userId, botId, epoch: 1 }, postings, {
      groupId: newId(),
      cause: 'deposit',
      positionId: null,
      tradeId: null,
      at: clock.pricedAt(),
    }),
    ...changeTold(ctx, { botId, userId: bot.userId }, 'created'),
  ];
}

/** Creates a bot; its first turn is due at once. @throws ConflictError `name-taken`. @returns its id. */
export async function createBot(deps: BotDeps, bot: NewBot): Promise<string> {
  const botId = deps.ctx.newId();
  try {
    await deps.ctx.db.commit(botCreation(deps.ctx, botId, bot));
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new ConflictError('name-taken', `You have a bot named "${bot.name}" already.`);
  }
  await reload(deps, botId);
  return botId;
}

/** Changes what the owner may edit; the bot's next turn uses it. @throws NotFoundError */
export async function editBot(
  deps: BotDeps,
  bot: BotKey,
  edit: Partial<Pick<NewBot, 'name' | 'prompt' | 'tradingSymbols' | 'settings'>>,
): Promise<void> {
  const { name, prompt, tradingSymbols, settings } = edit;
  await change(deps, bot, {
    name: 'updated',
    columns: {
      ...(name === undefined ? {} : { name }),
      ...(prompt === undefined ? {} : { prompt }),
      ...(tradingSymbols === undefined
        ? {}
        : { trading_symbols: tradingSymbols && JSON.stringify(tradingSymbols) }),
      ...(settings === undefined ? {} : { settings_json: JSON.stringify(settings) }),
    },
  });
}

/** Stops a bot's turns; its stops, targets and liquidation stay watched. @throws NotFoundError */
export async function pauseBot(deps: BotDeps, bot: BotKey, reason: string): Promise<void> {
  await change(deps, bot, { name: 'paused', columns: { is_paused: 1, pause_reason: reason } });
}

/** @throws NotFoundError */
export async function resumeBot(deps: BotDeps, bot: BotKey): Promise<void> {
  await change(deps, bot, { name: 'resumed', columns: { is_paused: 0, pause_reason: null } });
}

/** Hides a bot everywhere at once; its rows stay. @throws NotFoundError */
export async function deleteBot(deps: BotDeps, bot: BotKey): Promise<void> {
  await change(deps, bot, {
    name: 'deleted',
    columns: { deleted_at: deps.ctx.clock.wallNow(), is_active: 0 },
  });
}

type BotChange = Extract<EventPayload, { type: 'bot' }>['change'];

async function change(
  deps: BotDeps,
  bot: BotKey,
  { name, columns }: { name: BotChange; columns: Parameters<typeof updateBot>[2] },
): Promise<void> {
  const { db, clock } = deps.ctx;
  await db.commit([
    updateBot(db.read, bot, { ...columns, updated_at: clock.wallNow() }),
    ...changeTold(deps.ctx, bot, name),
  ]);
  await reload(deps, bot.botId);
}

/** The audit line and the live event of a change, for the same transaction. */
function changeTold(ctx: BotDeps['ctx'], { botId, userId }: BotKey, name: BotChange): Write[] {
  const payload: EventPayload = { type: 'bot', botId, change: name };
  const at = ctx.clock.now();
  return [
    insertAuditEntry({
      userId,
      actorId: userId,
      action: `bot.${name}`,
      subjectType: 'bot',
      subjectId: botId,
      details: {},
      at: ctx.clock.wallNow(),
      ip: null,
      requestId: null,
    }),
    publishToArena(at, payload),
    publishToBot(botId, at, payload),
  ];
}

async function reload({ books, manager }: BotDeps, botId: string): Promise<void> {
  await books.reload(botId);
  await manager.reload(botId);
}
