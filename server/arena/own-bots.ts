import type { Actor, AppContext } from '../context.ts';
import type { BotSettings } from '../contract/http/bot-settings.ts';
import type { BotFile } from '../contract/http/own-bots.ts';
import { OWNER_VIEW, publishingOf, type Publishing } from '../contract/publishing.ts';
import { audited } from '../db/queries/audit-log.ts';
import { findOwnBot, holdBotLimit, type OwnBotRow } from '../db/queries/bots-write.ts';
import { useQuota } from '../db/queries/usage.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../errors.ts';
import { assertPrompt, assertSymbols } from './bot-template.ts';
import { getPublicBot } from './bots-read.ts';
import { createBot, editBot, pauseBot, resumeBot, type BotDeps, type BotEdit } from './bots.ts';
import { providerIdOf } from './house-providers.ts';
import { viewOf } from './projection.ts';
import { providerForBot } from './providers.ts';
import { forcedTurns } from './quotas.ts';

export interface OwnBotDeps extends BotDeps {
  readonly ctx: AppContext;
}

/** What a new bot is made of, as its owner says it. */
export interface BotDraft {
  readonly name: string;
  readonly prompt: string;
  readonly providerId: string;
  readonly tradingSymbols: readonly string[] | null;
  readonly settings: BotSettings;
  readonly publishing: Partial<Publishing>;
}

/**
 * Makes a bot of one's own. @returns its id.
 * @throws NotFoundError for a provider that is not one's own, ConflictError `name-taken` or `too-many-bots`,
 * InvalidInputError.
 */
export async function createOwnBot(
  deps: OwnBotDeps,
  by: Actor,
  { origin = {}, ...draft }: BotDraft & { origin?: { clonedFrom?: string; pauseReason?: string } },
): Promise<{ botId: string }> {
  const { ctx } = deps;
  const limits = ctx.settings.current;
  assertPrompt(ctx, draft.prompt);
  assertSymbols(ctx, draft.tradingSymbols);
  const provider = await providerForBot(ctx, by.userId, draft.providerId);
  const also = [
    ...provider.writes,
    holdBotLimit(ctx.db.read, { userId: by.userId, limit: limits.max_bots_per_user }),
  ];
  const bot = { ...draft, ...origin, providerId: provider.providerId, userId: by.userId };
  const botId = await createBot(
    deps,
    { ...bot, initialBalanceUsd: limits.initial_balance_usd },
    { ...by, also },
  );
  return { botId };
}

export type OwnBotEdit = Omit<BotEdit, 'publishing'> & { publishing?: Partial<Publishing> | undefined };

/** @throws NotFoundError for a bot that is not one's own, and as `createOwnBot` does. */
export async function updateOwnBot(
  deps: OwnBotDeps,
  by: Actor,
  { botId, ...edit }: OwnBotEdit & { botId: string },
): Promise<{ botId: string }> {
  const { ctx } = deps;
  const row = await getOwnBot(ctx, { botId, userId: by.userId });
  // One that was stored before placeholders were checked stays until it is edited.
  if (edit.prompt !== undefined && edit.prompt !== row.prompt) assertPrompt(ctx, edit.prompt);
  assertSymbols(ctx, edit.tradingSymbols ?? null);
  const { providerId, publishing, ...rest } = edit;
  const provider = providerId === undefined ? null : await providerForBot(ctx, by.userId, providerId);
  const published = publishing && { ...storedPublishing(row), ...publishing };
  await editBot(
    deps,
    { botId, userId: by.userId, by: { ...by, also: provider?.writes ?? [] } },
    {
      ...rest,
      ...(provider ? { providerId: provider.providerId } : {}),
      ...(published ? { publishing: published } : {}),
    },
  );
  return { botId };
}

/**
 * A paused copy of a bot: of one's own whole, of somebody else's what is published. A prompt that is not published does
 * not come along, and never the provider.
 */
export async function cloneBot(
  deps: OwnBotDeps,
  by: Actor,
  { botId, name, providerId }: { botId: string; name: string; providerId?: string | undefined },
): Promise<{ botId: string }> {
  const row = await getPublicBot(deps.ctx, botId);
  const isOwn = row.user_id === by.userId;
  const isBuiltIn = row.provider_type === 'house';
  const provider = providerId ?? (isOwn || isBuiltIn ? providerIdOf(row) : undefined);
  if (provider === undefined)
    throw new InvalidInputError('Choose one of your providers: the provider of the bot is not copied.', [
      { path: 'providerId', message: 'needed for a bot of another user' },
    ]);
  const view = viewOf(row, by.userId);
  const draft: BotDraft = {
    name,
    prompt: view.prompt === 'public' ? row.prompt : '',
    providerId: provider,
    tradingSymbols: row.trading_symbols === null ? null : (JSON.parse(row.trading_symbols) as string[]),
    settings: JSON.parse(row.settings_json) as BotSettings,
    publishing: isOwn ? (JSON.parse(row.publishing_json) as Partial<Publishing>) : {},
  };
  const origin = { clonedFrom: botId, pauseReason: 'A new copy: look it over, then resume it.' };
  return await createOwnBot(deps, by, { ...draft, origin });
}

/** One's own bot as a file, without keys and results. */
export async function exportBot(
  ctx: Pick<AppContext, 'db'>,
  bot: { botId: string; userId: string },
): Promise<BotFile> {
  const row = await getOwnBot(ctx, bot);
  return {
    format: 'arena-bot',
    version: 1,
    name: row.name,
    prompt: row.prompt,
    strategy: row.provider_type === 'house' ? row.model_name : null,
    tradingSymbols: row.trading_symbols === null ? null : (JSON.parse(row.trading_symbols) as string[]),
    settings: JSON.parse(row.settings_json) as BotSettings,
    publishing: JSON.parse(row.publishing_json) as Partial<Publishing>,
  };
}

/** Makes a paused bot of such a file. */
export async function importBot(
  deps: OwnBotDeps,
  by: Actor,
  { bot, name, providerId }: { bot: BotFile; name?: string | undefined; providerId?: string | undefined },
): Promise<{ botId: string }> {
  const provider = providerId ?? (bot.strategy === null ? undefined : `house:${bot.strategy}`);
  if (provider === undefined)
    throw new InvalidInputError('Choose one of your providers: a file does not hold any.', [
      { path: 'providerId', message: 'needed for this file' },
    ]);
  const origin = { pauseReason: 'Imported: look it over, then resume it.' };
  return await createOwnBot(deps, by, { ...bot, name: name ?? bot.name, providerId: provider, origin });
}

/** Pauses one's bot; what a moderator said stands. @throws NotFoundError */
export async function pauseOwnBot(
  deps: OwnBotDeps,
  by: Actor,
  { botId, reason }: { botId: string; reason: string },
): Promise<void> {
  const bot = { botId, userId: by.userId };
  const { is_held: isHeld, pause_reason: said } = await getOwnBot(deps.ctx, bot);
  const told = isHeld === 1 && said !== null ? said : reason || 'Paused by its owner.';
  await pauseBot(deps, { ...bot, by }, { reason: told });
}

/** @throws NotFoundError, ConflictError `held` while a moderator holds it. */
export async function resumeOwnBot(deps: OwnBotDeps, by: Actor, botId: string): Promise<void> {
  const bot = { botId, userId: by.userId };
  assertFree(await getOwnBot(deps.ctx, bot));
  await resumeBot(deps, { ...bot, by });
}

/** Gives one's bot a turn now, so many times an hour. @throws NotFoundError, ConflictError, RateLimitedError */
export async function forceOwnTurn(
  deps: OwnBotDeps,
  by: Actor,
  botId: string,
): Promise<{ turnId: string; turnNo: number }> {
  const { ctx, manager } = deps;
  assertFree(await getOwnBot(ctx, { botId, userId: by.userId }));
  const use = useQuota(forcedTurns(botId, ctx.settings.current), ctx.clock.wallNow());
  return await manager.forceTurn(botId, (turn) => [
    use,
    audited(ctx, by, {
      action: 'bot.turn-forced',
      subjectType: 'bot',
      subjectId: botId,
      details: { turnNo: turn.turnNo },
    }),
    ...by.remember(turn),
  ]);
}

/** @throws NotFoundError for unknown and foreign bots alike. */
export async function getOwnBot(
  { db }: Pick<AppContext, 'db'>,
  bot: { botId: string; userId: string },
): Promise<OwnBotRow> {
  const row = await findOwnBot(db.read, bot);
  if (!row) throw new NotFoundError('bot', bot.botId);
  return row;
}

function assertFree({ is_held: isHeld, pause_reason: said }: OwnBotRow): void {
  if (isHeld === 0) return;
  throw new ConflictError('held', `${said ?? 'Paused by a moderator.'} Only a moderator can let it go on.`);
}

function storedPublishing(row: OwnBotRow): Publishing {
  return row.is_house === 1 ? OWNER_VIEW : publishingOf({ isHouse: false, stored: row.publishing_json });
}
