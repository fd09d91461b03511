import { readFileSync, writeFileSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** Changes a closed legacy database in place. */
export type Damage = (file: string) => void;

/** Puts a value at a pointer such as `bots/0/portfolio/balance`; a last step `-` appends. */
export function set(pointer: string, value: Json): Damage {
  return editState((state) => put(state, pointer, value));
}

/** Takes the key or element at a pointer away. */
export function drop(pointer: string): Damage {
  return editState((state) => {
    const { parent, key } = parentOf(state, pointer);
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete parent[key];
  });
}

/** Puts a copy of what is at `from`, with some fields changed, at `to`. */
export function copy(from: string, to: string, changes: JsonObject = {}): Damage {
  return editState((state) => {
    const original = structuredClone(at(state, from));
    put(state, to, isObject(original) ? { ...original, ...changes } : original);
  });
}

export function editState(change: (state: JsonObject) => void): Damage {
  return editText((text) => {
    const state: Json = JSON.parse(text);
    if (!isObject(state)) throw new TypeError('The state is no object');
    change(state);
    return JSON.stringify(state);
  });
}

export function editText(change: (text: string) => string): Damage {
  return withDatabase((db) => {
    const text = db.prepare<[], string>('SELECT state FROM arena_state').pluck().get();
    if (text === undefined) throw new TypeError('There is no state');
    db.prepare('UPDATE arena_state SET state = ?').run(change(text));
  });
}

/** One statement; parameters by position. */
export function sql(text: string, ...values: unknown[]): Damage {
  return withDatabase((db) => {
    const { changes } = db.prepare(text).run(...values);
    if (changes === 0 && !/^(create|drop|alter)/i.test(text))
      throw new TypeError(`No row is changed by ${text}`);
  });
}

export function bytes(change: (content: Buffer) => Buffer): Damage {
  return (file) => {
    // The log goes into the file first, and nothing is left beside it.
    withDatabase((db) => db.pragma('journal_mode = delete'))(file);
    writeFileSync(file, change(readFileSync(file)));
  };
}

export function both(...damages: readonly Damage[]): Damage {
  return (file) => {
    for (const damage of damages) damage(file);
  };
}

function withDatabase(use: (db: BetterSqlite3.Database) => void): Damage {
  return (file) => {
    const db = new BetterSqlite3(file, { fileMustExist: true });
    try {
      db.pragma('foreign_keys = off');
      use(db);
    } finally {
      db.close();
    }
  };
}

/** What is at a pointer. @throws TypeError when nothing is there. */
export function at(state: Json, pointer: string): Json {
  let value: Json | undefined = state;
  for (const key of pointer.split('/'))
    value = Array.isArray(value) ? value[Number(key)] : fieldOf(value, key);
  if (value === undefined) throw new TypeError(`Nothing at ${pointer}`);
  return value;
}

/** The objects of the list at a pointer. */
export function objectsAt(state: Json, pointer: string): JsonObject[] {
  const list = at(state, pointer);
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** Like `set`, on a state at hand. */
export function put(state: JsonObject, pointer: string, value: Json): void {
  const { parent, key } = parentOf(state, pointer);
  if (!Array.isArray(parent)) parent[key] = value;
  else if (key === '-') parent.push(value);
  else parent[Number(key)] = value;
}

function parentOf(state: JsonObject, pointer: string): { parent: Json[] | JsonObject; key: string } {
  const split = pointer.lastIndexOf('/');
  const parent = split < 0 ? state : at(state, pointer.slice(0, split));
  if (!Array.isArray(parent) && !isObject(parent)) throw new TypeError(`Nothing can be put at ${pointer}`);
  return { parent, key: pointer.slice(split + 1) };
}

function fieldOf(value: Json | undefined, key: string): Json | undefined {
  return isObject(value) ? value[key] : undefined;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
