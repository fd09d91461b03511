import type { BulkWriter } from '../db/dialects/bulk-writer.ts';
import { prepared, write } from '../db/prepared.ts';
import { jsonOf, type Fields } from './values.ts';

/** What a source's records are counted by. */
export type Kind =
  | 'users'
  | 'providers'
  | 'wallets'
  | 'bots'
  | 'orders'
  | 'positions'
  | 'decisions'
  | 'snapshots'
  | 'value points'
  | 'prices'
  | 'settings'
  | 'audit entries'
  | 'leaderboard rows'
  | 'other rows'
  | 'values';

export interface Count {
  /** found = imported + known + quarantined. */
  found: number;
  imported: number;
  /** The same record again: in the state and in a table, or already moved. */
  known: number;
  quarantined: number;
}

const quarantineInsert = prepared<{ source_path: string; json: string; reason: string }>((db, param) =>
  db.insertInto('migration_quarantine').values(param.pick('source_path', 'json', 'reason')),
);
interface Archived {
  source_path: string;
  json: string;
  note: string;
}
const archiveInsert = prepared<Archived>((db, param) =>
  db.insertInto('legacy_archive').values(param.pick('source_path', 'json', 'note')),
);
function archiveKey({ source_path, json }: Pick<Archived, 'source_path' | 'json'>): string {
  return `${source_path} ${json}`;
}

/** Counts what becomes of every record, and keeps what fits no table. */
export class Tally {
  readonly counts = new Map<Kind, Count>();
  /** Why records were set aside, and how many for each reason. */
  readonly reasons = new Map<string, number>();
  /** What was changed on the way, in sentences. */
  readonly notes: string[] = [];
  readonly #target: BulkWriter;
  readonly #onRecord: () => void;
  readonly #archived: ReadonlySet<string>;

  /** @param options.archived what the target's archive holds already. */
  constructor(
    target: BulkWriter,
    options: { archived: readonly Pick<Archived, 'source_path' | 'json'>[]; onRecord: () => void },
  ) {
    this.#target = target;
    this.#onRecord = options.onRecord;
    this.#archived = new Set(options.archived.map(archiveKey));
  }

  /** @returns what sets the counts back to where they are now. */
  mark(): () => void {
    const counts = [...this.counts].map(([kind, count]) => [kind, { ...count }] as const);
    const reasons = [...this.reasons];
    const notes = this.notes.length;
    return () => {
      this.counts.clear();
      for (const [kind, count] of counts) this.counts.set(kind, count);
      this.reasons.clear();
      for (const [reason, count] of reasons) this.reasons.set(reason, count);
      this.notes.length = notes;
    };
  }

  imported(kind: Kind): void {
    this.#count(kind).imported += 1;
    this.#found(kind);
  }

  known(kind: Kind): void {
    this.#count(kind).known += 1;
    this.#found(kind);
  }

  /** Keeps a record that fits no table. */
  quarantine(kind: Kind, record: { readonly path: string; readonly value: unknown }, reason: string): void {
    this.#target.run(
      write(quarantineInsert, { source_path: record.path, json: jsonOf(record.value), reason }),
    );
    this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + 1);
    this.#count(kind).quarantined += 1;
    this.#found(kind);
  }

  /** Keeps a value of an imported record that its column cannot hold. Nothing is kept where nothing was. */
  setAside(path: string, value: unknown, reason: string): void {
    if (value === null || value === undefined) return;
    this.quarantine('values', { path, value }, reason);
  }

  /** Keeps an intact record the arena has no use for. */
  archive(kind: Kind, record: { readonly path: string; readonly value: unknown }, note: string): void {
    const row = { source_path: record.path, json: jsonOf(record.value), note };
    if (this.#archived.has(archiveKey(row))) return this.known(kind);
    this.#target.run(write(archiveInsert, row));
    this.imported(kind);
  }

  /** Keeps what a record says besides the fields that are moved. */
  archiveRest(path: string, fields: Fields, moved: ReadonlySet<string>): void {
    for (const [key, value] of Object.entries(fields))
      if (!moved.has(key) && value !== null)
        this.archive('values', { path: `${path}.${key}`, value }, 'of no use to this server');
  }

  note(sentence: string): void {
    this.notes.push(sentence);
  }

  get quarantined(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count.quarantined, 0);
  }

  #found(kind: Kind): void {
    this.#count(kind).found += 1;
    this.#onRecord();
  }

  #count(kind: Kind): Count {
    let count = this.counts.get(kind);
    if (!count) {
      count = { found: 0, imported: 0, known: 0, quarantined: 0 };
      this.counts.set(kind, count);
    }
    return count;
  }
}
