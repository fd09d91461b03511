import type { Actor, AppContext } from '../context.ts';
import { audited } from '../db/queries/audit-log.ts';
import type { WalletView } from '../contract/http/providers.ts';
import {
  deleteWallet,
  findWallet,
  holdWalletLimit,
  insertWallet,
  listWallets,
  updateWallet,
  type WalletRow,
} from '../db/queries/wallets.ts';
import type { Write } from '../db/prepared.ts';
import { NotFoundError } from '../errors.ts';
import { hintOf } from './secret-hint.ts';

const MOST_WALLETS = 50;

type Deps = Pick<AppContext, 'db' | 'clock' | 'newId' | 'vault'>;
type SecretColumn = 'api_key_encrypted' | 'api_secret_encrypted';

export interface WalletDraft {
  readonly name: string;
  readonly exchange: string;
  readonly apiKey: string;
  readonly apiSecret: string;
}

/** Absent = as it is. */
export interface WalletEdit {
  readonly name?: string | undefined;
  readonly apiKey?: string | undefined;
  readonly apiSecret?: string | undefined;
}

/** A user's exchange credentials, oldest first, without the secrets. */
export async function readWallets(ctx: Pick<Deps, 'db' | 'vault'>, userId: string): Promise<WalletView[]> {
  return (await listWallets(ctx.db.read, userId)).map((row) => viewOf(ctx, row));
}

/** @throws NotFoundError */
export async function readWallet(
  ctx: Pick<Deps, 'db' | 'vault'>,
  key: { id: string; userId: string },
): Promise<WalletView> {
  const row = await findWallet(ctx.db.read, key);
  if (!row) throw new NotFoundError('wallet', key.id);
  return viewOf(ctx, row);
}

/** Stores exchange credentials, sealed. @throws ConflictError `too-many-wallets`. */
export async function createWallet(ctx: Deps, by: Actor, draft: WalletDraft): Promise<{ id: string }> {
  const { db, clock, newId } = ctx;
  const [id, now] = [newId(), clock.wallNow()];
  const { name, exchange } = draft;
  const sealed = seal(ctx, { id, userId: by.userId }, draft);
  await db.commit([
    holdWalletLimit(db.read, { userId: by.userId, limit: MOST_WALLETS }),
    ...sealed.writes,
    insertWallet(db.read, {
      id,
      user_id: by.userId,
      name,
      exchange,
      api_key_encrypted: null,
      api_secret_encrypted: null,
      ...sealed.columns,
      created_at: now,
      updated_at: now,
    }),
    audited(ctx, by, { ...subjectOf(id), action: 'wallet.created', details: { name, exchange } }),
    ...by.remember({ id }),
  ]);
  return { id };
}

/** @throws NotFoundError */
export async function changeWallet(
  ctx: Deps,
  by: Actor,
  { id, edit }: { id: string; edit: WalletEdit },
): Promise<{ id: string }> {
  const { db, clock } = ctx;
  const key = { id, userId: by.userId };
  const before = await readWallet(ctx, key);
  const { name = before.name } = edit;
  const sealed = seal(ctx, key, edit);
  const replaced = Object.keys(edit).filter((field) => field !== 'name');
  await db.commit([
    ...sealed.writes,
    updateWallet(db.read, key, { name, ...sealed.columns, updated_at: clock.wallNow() }),
    audited(ctx, by, {
      ...subjectOf(id),
      action: 'wallet.updated',
      details: { before: { name: before.name }, after: { name }, replaced },
    }),
    ...by.remember({ id }),
  ]);
  return { id };
}

/** Deletes the row, secrets and all. @throws NotFoundError */
export async function removeWallet(ctx: Deps, by: Actor, id: string): Promise<void> {
  const key = { id, userId: by.userId };
  const { name, exchange } = await readWallet(ctx, key);
  await ctx.db.commit([
    deleteWallet(ctx.db.read, key),
    audited(ctx, by, { ...subjectOf(id), action: 'wallet.deleted', details: { name, exchange } }),
    ...by.remember({}),
  ]);
}

function viewOf({ vault }: Pick<Deps, 'vault'>, row: WalletRow): WalletView {
  const hint = (column: SecretColumn) => hintOf(vault, placeOf(row.user_id, row.id, column), row[column]);
  return {
    id: row.id,
    name: row.name,
    exchange: row.exchange,
    apiKey: hint('api_key_encrypted'),
    apiSecret: hint('api_secret_encrypted'),
    createdAt: row.created_at,
  };
}

function seal(
  { vault }: Deps,
  { id, userId }: { id: string; userId: string },
  { apiKey, apiSecret }: Pick<WalletEdit, 'apiKey' | 'apiSecret'>,
): { columns: Partial<Record<SecretColumn, string>>; writes: readonly Write[] } {
  const secrets = { api_key_encrypted: apiKey, api_secret_encrypted: apiSecret };
  const columns: Partial<Record<SecretColumn, string>> = {};
  const writes: Write[] = [];
  for (const column of ['api_key_encrypted', 'api_secret_encrypted'] as const) {
    const secret = secrets[column];
    if (secret === undefined) continue;
    const one = vault.seal(placeOf(userId, id, column), secret);
    columns[column] = one.sealed;
    writes.push(...one.writes);
  }
  return { columns, writes };
}

function placeOf(userId: string, rowId: string, column: SecretColumn) {
  return { table: 'wallets', rowId, userId, column } as const;
}

function subjectOf(subjectId: string) {
  return { subjectType: 'wallet', subjectId };
}
