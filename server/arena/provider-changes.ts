import type { Actor, AppContext } from '../context.ts';
import type { ProviderOptions } from '../contract/http/providers.ts';
import { audited } from '../db/queries/audit-log.ts';
import {
  deleteProvider,
  findProvider,
  holdProviderLimit,
  insertProvider,
  listProviderUses,
  updateProviderAsRead,
  type ProviderRow,
} from '../db/queries/providers.ts';
import type { Write } from '../db/prepared.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../errors.ts';
import { checkEndpoint, originOf } from '../llm/outbound/endpoint-rules.ts';
import { presetOf } from '../llm/presets.ts';
import { strategyOfId } from './house-providers.ts';
import { keyPlace, optionsOf, withOptions } from './provider-row.ts';
import { providerVersionWrites, reloadBotsOf } from './versions.ts';

type Deps = Pick<AppContext, 'db' | 'clock' | 'config' | 'newId' | 'settings' | 'vault'>;

export interface ProviderDraft {
  readonly name: string;
  readonly providerType: 'openai' | 'gemini';
  /** null = the vendor's own. */
  readonly apiEndpoint: string | null;
  readonly modelName: string;
  readonly apiKey: string | null;
  /** What is not known of the endpoint by its address. */
  readonly options: ProviderOptions;
}

/** Absent = as it is. An `apiKey` of null takes the key away. */
export interface ProviderEdit {
  readonly name?: string | undefined;
  readonly apiEndpoint?: string | null | undefined;
  readonly modelName?: string | undefined;
  readonly apiKey?: string | null | undefined;
  /** In the place of all that were said before. */
  readonly options?: ProviderOptions | undefined;
}

/**
 * Stores how to reach a model, its key sealed.
 * @throws InvalidInputError for an address that is not allowed, ConflictError `too-many-providers`.
 */
export async function createProvider(ctx: Deps, by: Actor, draft: ProviderDraft): Promise<{ id: string }> {
  const { db, clock, newId, settings } = ctx;
  const [id, now] = [newId(), clock.wallNow()];
  const apiEndpoint = allowedEndpoint(ctx, draft);
  const key = sealKey(ctx, { id, userId: by.userId }, draft.apiKey);
  const { name, providerType, modelName, options } = draft;
  await db.commit([
    holdProviderLimit(db.read, { userId: by.userId, limit: settings.current.max_providers_per_user }),
    ...key.writes,
    insertProvider(db.read, {
      id,
      user_id: by.userId,
      name,
      provider_type: providerType,
      api_endpoint: apiEndpoint,
      model_name: modelName,
      api_key_encrypted: key.sealed,
      config_json: withOptions('{}', options),
      created_at: now,
      updated_at: now,
    }),
    audited(ctx, by, {
      ...subjectOf(id),
      action: 'provider.created',
      details: { name, providerType, apiEndpoint, modelName, options, hasKey: key.sealed !== null },
    }),
    ...by.remember({ id }),
  ]);
  return { id };
}

/**
 * Changes a provider; the next turn of its bots uses it, and another model or address is their next version. A key belongs
 * to the place it was given for: another origin forgets it, unless a new one comes along.
 * @throws NotFoundError, InvalidInputError, StaleWriteError, ConflictError `provider-built-in`.
 */
export async function updateProvider(
  ctx: Deps & Pick<AppContext, 'control' | 'market'>,
  by: Actor,
  { id, edit }: { id: string; edit: ProviderEdit },
): Promise<{ id: string }> {
  const { db, clock } = ctx;
  const row = await getOwn(ctx, { id, userId: by.userId });
  const apiEndpoint =
    edit.apiEndpoint === undefined
      ? row.api_endpoint
      : allowedEndpoint(ctx, { providerType: row.provider_type, apiEndpoint: edit.apiEndpoint });
  const key = nextKey(ctx, row, { apiEndpoint, apiKey: edit.apiKey });
  const saved = optionsOf(row);
  const { name = row.name, modelName = row.model_name, options = saved } = edit;
  const columns = {
    name,
    api_endpoint: apiEndpoint,
    model_name: modelName,
    api_key_encrypted: key.sealed,
    config_json: withOptions(row.config_json, options),
  };
  const before = {
    name: row.name,
    apiEndpoint: row.api_endpoint,
    modelName: row.model_name,
    options: saved,
  };
  await db.commit([
    ...key.writes,
    updateProviderAsRead(db.read, row, { ...columns, updated_at: clock.wallNow() }),
    ...providerVersionWrites(ctx, { id, userId: by.userId }),
    audited(ctx, by, {
      ...subjectOf(id),
      action: 'provider.updated',
      details: { before, after: { name, apiEndpoint, modelName, options }, key: key.change },
    }),
    ...by.remember({ id }),
  ]);
  await reloadBotsOf({ ctx, ...ctx.control }, { id, userId: by.userId });
  return { id };
}

/**
 * Deletes a provider and its key.
 * @throws NotFoundError, ConflictError `provider-in-use` naming the bots, or `provider-built-in`.
 */
export async function removeProvider(ctx: Deps, by: Actor, id: string): Promise<void> {
  const { db, clock } = ctx;
  const key = { id, userId: by.userId };
  const row = await getOwn(ctx, key);
  const uses = (await listProviderUses(db.read, by.userId)).filter((bot) => bot.provider_id === id);
  if (uses.length > 0) throw inUse(uses.map((bot) => bot.name));
  await db.commit([
    deleteProvider(db.read, { ...key, at: clock.wallNow() }, () => inUse([])),
    audited(ctx, by, { ...subjectOf(id), action: 'provider.deleted', details: { name: row.name } }),
    ...by.remember({}),
  ]);
}

async function getOwn({ db }: Deps, key: { id: string; userId: string }): Promise<ProviderRow> {
  if (strategyOfId(key.id) !== null)
    throw new ConflictError('provider-built-in', 'A built-in strategy is the same for everyone.');
  const row = await findProvider(db.read, key);
  if (!row) throw new NotFoundError('provider', key.id);
  return row;
}

/** The vendor's own address is looked at as well: the administrator may have named other hosts only. */
function allowedEndpoint(
  { config }: Deps,
  endpoint: { readonly providerType: string; readonly apiEndpoint: string | null },
): string | null {
  const address = endpoint.apiEndpoint ?? presetOf(endpoint).baseUrl;
  if (address === null) return null;
  const check = checkEndpoint(address, config.outbound);
  if (!check.ok) throw new InvalidInputError(check.reason, [{ path: 'apiEndpoint', message: check.reason }]);
  return endpoint.apiEndpoint === null ? null : check.url.href.replace(/\/$/, '');
}

interface KeyChange {
  readonly sealed: string | null;
  readonly writes: readonly Write[];
  readonly change: 'kept' | 'set' | 'removed';
}

function nextKey(
  ctx: Deps,
  row: ProviderRow,
  { apiEndpoint, apiKey }: { apiEndpoint: string | null; apiKey: string | null | undefined },
): KeyChange {
  const isElsewhere = placeOf(apiEndpoint) !== placeOf(row.api_endpoint);
  const next = apiKey === undefined && isElsewhere ? null : apiKey;
  if (next === undefined) return { sealed: row.api_key_encrypted, writes: [], change: 'kept' };
  const key = sealKey(ctx, { id: row.id, userId: row.user_id }, next);
  const had = row.api_key_encrypted !== null;
  return { ...key, change: next !== null ? 'set' : had ? 'removed' : 'kept' };
}

/** One that cannot be read, as the old server may have stored it, is a place of its own. */
function placeOf(endpoint: string | null): string {
  if (endpoint === null) return '';
  return URL.canParse(endpoint) ? originOf(endpoint) : endpoint;
}

function sealKey({ vault }: Deps, { id, userId }: { id: string; userId: string }, key: string | null) {
  return key === null ? { sealed: null, writes: [] } : vault.seal(keyPlace(userId, id), key);
}

function inUse(bots: readonly string[]): ConflictError {
  const named = bots.slice(0, 5).map((name) => `"${name}"`);
  const more = bots.length > named.length ? ` and ${bots.length - named.length} more` : '';
  const who = bots.length === 0 ? 'a bot' : `${named.join(', ')}${more}`;
  return new ConflictError(
    'provider-in-use',
    `This provider decides for ${who}. Give each another one or delete it first.`,
    { details: { bots } },
  );
}

function subjectOf(subjectId: string) {
  return { subjectType: 'provider', subjectId };
}
