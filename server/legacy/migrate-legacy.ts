import { createHash, createSecretKey, randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, readSync, realpathSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createVault, type MasterKey } from '../auth/credential-vault.ts';
import { insertRow } from '../db/queries/bots-write.ts';
import { takeInstanceLock } from '../db/instance-lock.ts';
import { StartupError } from '../errors.ts';
import { createSecrets } from './legacy-secrets.ts';
import { explain, figuresAfter } from './figures.ts';
import { Bots, type BotMove } from './move-bots.ts';
import { People } from './move-people.ts';
import { moveMarket, moveRest, readMarks } from './move-rest.ts';
import { Curves } from './move-snapshots.ts';
import { IdClaims, type Move, type Secrets } from './move.ts';
import { refuseIfOpen } from './read-only.ts';
import type { BotReport, LegacyReport } from './report.ts';
import { LegacySource } from './source.ts';
import { Tally } from './tally.ts';
import { copyDatabase, inspect, Target } from './target.ts';
import { timeOf } from './values.ts';

/** Clocks differ. */
const MINUTE_MS = 60_000;

export interface LegacyOptions {
  readonly from: string;
  /** The same file: in place. */
  readonly to: string;
  readonly isDryRun: boolean;
  /** Merge into a target that has data. */
  readonly isForced: boolean;
  /** The key of the old server's secrets, as it was configured there. */
  readonly legacyKey: string | null;
  /** Called when secrets are sealed anew. */
  readonly masterKey: (facts: { isVaultNew: boolean }) => MasterKey;
  readonly providerTypes: ReadonlySet<string>;
  readonly pid: number;
  readonly now: () => number;
  /** @param done of `total` records, both as far as they are known. */
  readonly onProgress: (done: number, total: number) => void;
}

/**
 * Moves a database of the old server into tables, all in one transaction.
 * @throws StartupError when it is refused or fails; then nothing was changed.
 */
export async function migrateLegacy(options: LegacyOptions): Promise<LegacyReport> {
  try {
    return await refuseOrMove(options);
  } catch (error) {
    if (error instanceof StartupError) throw error;
    const what = error instanceof Error ? error.message : 'unknown error';
    throw new StartupError(`The move failed: ${what}. Nothing was changed.`, { cause: error });
  }
}

async function refuseOrMove(options: LegacyOptions): Promise<LegacyReport> {
  if (!existsSync(options.from))
    throw new StartupError(`${options.from} does not exist. Name the old database with --from.`);
  const from = realpathSync(options.from);
  const to = existsSync(options.to) ? realpathSync(options.to) : path.resolve(options.to);
  const isInPlace = from === to;
  if (isInPlace ? await isMoved(from) : await isDone(options, { from, to })) return doneReport(options);
  const locks: (() => void)[] = [];
  const stamp = new Date(options.now()).toISOString().replaceAll(/[:.]/g, '-');
  const backup = isInPlace && !options.isDryRun ? `${options.from}.before-migration-${stamp}.db` : null;
  // A dry run fills a database of its own.
  const filled = options.isDryRun ? `${to}.dry-run-${options.pid}.db` : to;
  const place = { read: backup ?? from, filled, isInPlace, backup };
  try {
    for (const file of new Set([from, to])) locks.push(takeInstanceLock(file, options.pid));
    refuseIfOpen(from);
    if (backup !== null) await copyDatabase(from, backup);
    return await fill(options, place);
  } finally {
    if (options.isDryRun) removeDatabase(filled);
    for (const unlock of locks) unlock();
  }
}

async function isMoved(file: string): Promise<boolean> {
  return (await inspect(file)).fingerprints.length > 0;
}

/** @returns whether this very source is in the target. @throws StartupError for a target that must not be touched. */
async function isDone(options: LegacyOptions, { from, to }: { from: string; to: string }): Promise<boolean> {
  if (!existsSync(to)) return false;
  const { kind, hasUsers, fingerprints } = await inspect(to);
  if (kind === 'other' || kind === 'legacy')
    throw new StartupError(`${options.to} is no database of this arena. Name another file with --to.`);
  if (fingerprints.includes(hashOf(from))) return true;
  if (hasUsers && !options.isForced)
    throw new StartupError(
      `${options.to} has data already. Name another file with --to, or merge into it by id with --force.`,
    );
  return false;
}

interface Place {
  /** The file that is read. */
  readonly read: string;
  /** The file that is written. */
  readonly filled: string;
  readonly isInPlace: boolean;
  readonly backup: string | null;
}

async function fill(options: LegacyOptions, place: Place): Promise<LegacyReport> {
  const startedAt = performance.now();
  const isNew = options.isDryRun || !existsSync(place.filled);
  const source = new LegacySource(place.read);
  let target: Target | undefined;
  try {
    const fingerprint = hashOf(place.read);
    target = new Target(place.filled);
    if (place.isInPlace && !options.isDryRun) {
      await target.refuseIfChanged(source);
      await target.clear();
    }
    await target.migrate();
    const report = await moveAll(options, { source, target, place, startedAt });
    const { writer } = target;
    const row = { fingerprint, report_json: JSON.stringify(report), finished_at: options.now() };
    writer.run(insertRow(writer.kysely, 'migration_runs', row));
    await target.commit();
    return report;
  } finally {
    source.close();
    target?.close();
    if (target?.isCommitted !== true) {
      if (isNew) removeDatabase(place.filled);
      if (place.backup !== null) removeDatabase(place.backup);
    }
  }
}

async function moveAll(
  options: LegacyOptions,
  parts: { source: LegacySource; target: Target; place: Place; startedAt: number },
): Promise<LegacyReport> {
  const { source, target, place } = parts;
  const { writer } = target;
  const state = source.state();
  if (state.botCount === null && state.bytes > 0)
    throw new StartupError('The state of the old server has no list of bots. Nothing was changed.');
  const total = [...source.tables].reduce((sum, table) => sum + source.countRows(table), state.botCount ?? 0);
  let done = 0;
  const isMerge = await hasMarket(target);
  const tally = new Tally(writer, {
    archived: await writer.kysely.selectFrom('legacy_archive').select(['source_path', 'json']).execute(),
    onRecord() {
      done += 1;
      if (done % 1000 === 0) options.onProgress(done, Math.max(done, total));
    },
  });
  const stateAt = timeOf(state.updatedAt);
  if (stateAt === undefined) tally.setAside('arena_state.updated_at', state.updatedAt, 'not a time');
  const at = Math.min(stateAt ?? options.now(), options.now());
  const secrets = await openSecrets(options, target);
  const move: Move = {
    source,
    state,
    target: writer,
    tally,
    isMerge,
    secrets,
    providerTypes: options.providerTypes,
    ids: await claimsOf(target),
    latest: options.now() + MINUTE_MS,
    at,
  };
  const people = new People(move);
  await people.moveAll();
  const marks = readMarks(move);
  const curves = new Curves(move);
  const bots = new Bots(move, { people, curves, marks });
  await bots.moveAll();
  await curves.moveAll();
  await moveRest(move);
  const held = await target.writer.kysely
    .selectFrom('positions')
    .select('symbol')
    .distinct()
    .where('status', '=', 'open')
    .execute();
  if (isMerge) tally.note('The target’s market goes on: the old prices are not taken over.');
  else moveMarket(move, marks, new Set(held.map(({ symbol }) => symbol)));
  return {
    from: options.from,
    to: options.to,
    isDryRun: options.isDryRun,
    isDone: false,
    backup: place.backup,
    counts: Object.fromEntries(tally.counts),
    quarantined: tally.quarantined,
    reasons: Object.fromEntries(tally.reasons),
    notes: tally.notes,
    bots: await reportBots(target, bots.moved, marks),
    state: { before: state.bytes, after: await stateBytes(target) },
    rows: done,
    ms: performance.now() - parts.startedAt,
  };
}

async function claimsOf({ writer }: Target): Promise<IdClaims> {
  const claims = new IdClaims();
  for (const table of ['positions', 'trades'] as const) {
    const rows = await writer.kysely.selectFrom(table).select('id').execute();
    claims.take(
      table,
      rows.map(({ id }) => id),
    );
  }
  return claims;
}

async function reportBots(
  { writer }: Target,
  moved: readonly BotMove[],
  marks: ReadonlyMap<string, number>,
): Promise<BotReport[]> {
  const reports: BotReport[] = [];
  for (const bot of moved) {
    const after = await figuresAfter(writer, bot.id, marks);
    reports.push({ ...bot, after, differences: [...bot.differences, ...explain(bot.before, after)] });
  }
  return reports;
}

async function hasMarket({ writer }: Target): Promise<boolean> {
  return (await writer.kysely.selectFrom('market_state').select('id').executeTakeFirst()) !== undefined;
}

async function stateBytes({ writer }: Target): Promise<number> {
  const row = await writer.kysely.selectFrom('arena_state').select('state').executeTakeFirst();
  return Buffer.byteLength(row?.state ?? '');
}

/** Without the old key there is nothing to seal, and no vault is needed. */
async function openSecrets(options: LegacyOptions, { writer }: Target): Promise<Secrets> {
  if (options.legacyKey === null) return { canOpen: false, reseal: () => undefined };
  const keys = await writer.kysely.selectFrom('vault_keys').selectAll().execute();
  const userKeys = await writer.kysely.selectFrom('vault_user_keys').selectAll().execute();
  const masterKey = options.isDryRun
    ? { keys: [createSecretKey(randomBytes(32))], origin: 'a key of this dry run' }
    : options.masterKey({ isVaultNew: keys.length === 0 });
  const { vault, writes } = createVault({ masterKey, keys, userKeys, now: options.now });
  for (const write of writes) writer.run(write);
  return createSecrets(writer, { vault, legacyKey: options.legacyKey });
}

function doneReport({ from, to, isDryRun }: LegacyOptions): LegacyReport {
  return {
    from,
    to,
    isDryRun,
    isDone: true,
    backup: null,
    counts: {},
    quarantined: 0,
    reasons: {},
    notes: [],
    bots: [],
    state: { before: 0, after: 0 },
    rows: 0,
    ms: 0,
  };
}

/** Of the file and of what its log adds to it. */
function hashOf(file: string): string {
  const hash = createHash('sha256');
  const piece = Buffer.alloc(1024 * 1024);
  for (const part of [file, `${file}-wal`]) {
    if (!existsSync(part)) continue;
    const handle = openSync(part, 'r');
    for (let read = readSync(handle, piece); read > 0; read = readSync(handle, piece))
      hash.update(piece.subarray(0, read));
    closeSync(handle);
  }
  return hash.digest('hex');
}

function removeDatabase(file: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${file}${suffix}`, { force: true });
}
