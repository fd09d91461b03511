import { z } from 'zod';
import type { Actor, AppContext } from '../context.ts';
import { audited } from '../db/queries/audit-log.ts';
import type { SettingView } from '../contract/http/admin.ts';
import type { Db } from '../db/database.ts';
import { insertRow } from '../db/queries/bots-write.ts';
import { listSettingRows, updateSettingRow } from '../db/queries/settings.ts';
import { InvalidInputError, NotFoundError, StartupError } from '../errors.ts';
import { SETTINGS, type SettingKey, type SettingMeaning } from './settings-table.ts';

export type Settings = Readonly<Record<SettingKey, number>>;

/** Writes the settings that have no row yet, with `overrides` as their first values. */
export async function seedSettings(db: Db, now: number, overrides: Partial<Settings> = {}): Promise<void> {
  const rows = await listSettingRows(db.read);
  const known = new Set(rows.map((row) => row.key));
  const missing = meanings().filter(([key]) => !known.has(key));
  if (missing.length === 0) return;
  await db.commit(
    missing.map(([key, { first, description }]) =>
      insertRow(db.read, 'system_settings', {
        key,
        value: String(overrides[key] ?? first),
        data_type: 'number',
        description,
        updated_at: now,
      }),
    ),
  );
}

/** @throws StartupError naming every row that is out of range. */
export async function loadSettings(db: Db): Promise<Settings> {
  const stored = new Map((await listSettingRows(db.read)).map((row) => [row.key, row.value]));
  const problems: string[] = [];
  const entries = meanings().map(([key, meaning]) => {
    const parsed = schemaOf(meaning).safeParse(Number(stored.get(key) ?? meaning.first));
    if (!parsed.success) problems.push(`${key}=${stored.get(key) ?? ''}: ${z.prettifyError(parsed.error)}`);
    return [key, parsed.data] as const;
  });
  if (problems.length > 0)
    throw new StartupError(`The table system_settings holds values out of range:\n${problems.join('\n')}`);
  return Object.fromEntries(entries) as Settings;
}

/** The arena's settings as they are now; whoever needs one asks here each time. */
export class SettingsStore {
  readonly #ctx: Pick<AppContext, 'db' | 'clock'>;
  readonly #listeners = new Set<(settings: Settings) => void>();
  #current: Settings;

  constructor(ctx: Pick<AppContext, 'db' | 'clock'>, settings: Settings) {
    this.#ctx = ctx;
    this.#current = settings;
  }

  get current(): Settings {
    return this.#current;
  }

  /** Tells at once of every change; returns the way to stop listening. */
  onChange(listener: (settings: Settings) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async list(): Promise<SettingView[]> {
    const rows = new Map((await listSettingRows(this.#ctx.db.read)).map((row) => [row.key, row]));
    return meanings().map(([key, { first, ...meaning }]) => ({
      key,
      ...meaning,
      value: this.#current[key],
      defaultValue: first,
      updatedAt: rows.get(key)?.updated_at ?? 0,
    }));
  }

  /** Changes a setting; it holds from now on. @throws NotFoundError, InvalidInputError when it is out of range. */
  async change(by: Actor, key: string, value: number): Promise<void> {
    if (!isSettingKey(key)) throw new NotFoundError('setting', key);
    const parsed = schemaOf(SETTINGS[key]).safeParse(value);
    if (!parsed.success) throw outOfRange(key, SETTINGS[key]);
    const { db, clock } = this.#ctx;
    await db.commit([
      updateSettingRow(db.read, { key, value: String(value), at: clock.wallNow() }),
      audited(this.#ctx, by, {
        userId: null,
        action: 'setting.changed',
        subjectType: 'setting',
        subjectId: key,
        details: { before: this.#current[key], after: value },
      }),
      ...by.remember({}),
    ]);
    this.#current = { ...this.#current, [key]: value };
    for (const listener of this.#listeners) listener(this.#current);
  }
}

function meanings(): [SettingKey, SettingMeaning][] {
  return Object.entries(SETTINGS) as [SettingKey, SettingMeaning][];
}

function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(SETTINGS, key);
}

function schemaOf({ type, least, most }: SettingMeaning): z.ZodType<number> {
  const number = z.number().min(least).max(most);
  return type === 'integer' ? number.int() : number;
}

function outOfRange(key: string, { type, least, most, unit }: SettingMeaning): InvalidInputError {
  const kind = type === 'integer' ? 'a whole number' : 'a number';
  const message = `${key} is ${kind} from ${least} to ${most} ${unit}`.trimEnd();
  return new InvalidInputError(`${message}.`, [{ path: 'value', message }]);
}
