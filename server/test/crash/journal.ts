import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';

/** A file of JSON lines. A line that was written outlives the process, whatever ends it. */
export class Journal {
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, 'a');
  }

  note(entry: unknown): void {
    writeSync(this.#file, `${JSON.stringify(entry)}\n`);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** The whole lines of a journal; one cut off by a kill was never acknowledged. */
export function readJournal<Entry>(path: string): Entry[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.slice(0, -1).map((line) => JSON.parse(line) as Entry);
}
