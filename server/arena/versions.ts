import type { AppContext } from '../context.ts';
import type { BotSettings } from '../contract/http/bot-settings.ts';
import type { BotVersionView } from '../contract/http/thinking.ts';
import type { Write } from '../db/prepared.ts';
import { listProviderUses } from '../db/queries/providers.ts';
import {
  getVersionPositions,
  getVersionTurns,
  listVersions,
  providerVersionWrites as versionWritesOfProvider,
  type VersionRow,
} from '../db/queries/versions.ts';
import { reloadBot, type BotDeps, type BotKey } from './bots.ts';
import { providerIdOf } from './house-providers.ts';
import { getOwnBot } from './own-bots.ts';
import { pageOf, type ListPage, type PageKey } from './paging.ts';
import { usd, winRate } from './views.ts';

interface ProviderKey {
  /** Of the provider's row. */
  readonly id: string;
  /** Its owner. */
  readonly userId: string;
}

/**
 * Gives each bot of a provider its next version, behind what changes the provider's model or address, in the same
 * transaction; where neither changed, nothing. `reloadBotsOf` belongs behind the commit.
 */
export function providerVersionWrites(
  { clock }: Pick<AppContext, 'clock'>,
  { id, userId }: ProviderKey,
): Write[] {
  return versionWritesOfProvider({ providerId: id, userId, at: clock.wallNow() });
}

/** Lets every bot of a provider decide under its present version. */
export async function reloadBotsOf(deps: BotDeps, { id, userId }: ProviderKey): Promise<void> {
  const uses = await listProviderUses(deps.ctx.db.read, userId);
  for (const bot of uses) if (bot.provider_id === id) await reloadBot(deps, bot.id);
}

/** What one's bot was made of from edit to edit, newest first, and what came of it. @throws NotFoundError */
export async function readVersions(
  { db }: Pick<AppContext, 'db'>,
  bot: BotKey,
  { after, limit }: { after: PageKey<number> | null; limit: number },
): Promise<ListPage<BotVersionView, number>> {
  const { version_id: currentId } = await getOwnBot({ db }, bot);
  const before = after?.key ?? Number.MAX_SAFE_INTEGER;
  const rows = await listVersions(db, { ...bot, before, limit: limit + 1 });
  const page = pageOf(rows, limit, (row) => ({ at: row.created_at, key: row.version_no }));
  const items: BotVersionView[] = [];
  for (const row of page.items)
    items.push({ ...versionView(row), isCurrent: row.id === currentId, result: await resultOf({ db }, row) });
  return { items, next: page.next };
}

function versionView(row: VersionRow): Omit<BotVersionView, 'isCurrent' | 'result'> {
  return {
    id: row.id,
    versionNo: row.version_no,
    prompt: row.prompt,
    provider: {
      id: providerIdOf(row),
      type: row.provider_type,
      model: row.model_name,
      endpoint: row.api_endpoint,
    },
    settings: JSON.parse(row.settings_json) as BotSettings,
    tradingSymbols: row.trading_symbols === null ? null : (JSON.parse(row.trading_symbols) as string[]),
    createdAt: row.created_at,
  };
}

async function resultOf(
  { db }: Pick<AppContext, 'db'>,
  { id, bot_id: botId }: VersionRow,
): Promise<BotVersionView['result']> {
  const { turns, first_at: firstAt, last_at: lastAt, cost_micros: cost } = await getVersionTurns(db, id);
  const none = { closed: 0, wins: 0, net_micros: 0 };
  const { closed, wins, net_micros } =
    firstAt === null || lastAt === null
      ? none
      : await getVersionPositions(db, { botId, versionId: id, firstAt, lastAt });
  return {
    turns,
    firstTurnAt: firstAt,
    lastTurnAt: lastAt,
    closedPositions: closed,
    wins,
    winRate: winRate(closed, wins),
    netPnl: usd(net_micros),
    modelCost: usd(cost),
  };
}
