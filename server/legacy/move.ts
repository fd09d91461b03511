import type { BulkWriter } from '../db/dialects/bulk-writer.ts';
import type { LegacyState, LegacySource } from './source.ts';
import type { Tally } from './tally.ts';

/** Opens what the old server sealed and seals it anew. */
export interface Secrets {
  /** Whether the old server's key is known. */
  readonly canOpen: boolean;
  /** @returns the text sealed by the vault; undefined when the old key does not open it. */
  reseal(
    place: { table: 'llm_providers' | 'wallets'; rowId: string; userId: string; column: string },
    ciphertext: string,
  ): string | undefined;
}

/** Gives every record an id of its own: the one it had, or that with its bot's before it. */
export class IdClaims {
  readonly #taken = new Set<string>();

  /** Ids the target has already. */
  take(table: 'positions' | 'trades', ids: readonly string[]): void {
    for (const id of ids) this.#taken.add(`${table} ${id}`);
  }

  claim(table: 'positions' | 'trades', id: string, botId: string): string {
    let free = id;
    for (let i = 1; this.#taken.has(`${table} ${free}`); i += 1)
      free = `${botId}/${id}${i === 1 ? '' : `/${i}`}`;
    this.#taken.add(`${table} ${free}`);
    return free;
  }
}

/** What every part of the move needs. */
export interface Move {
  readonly source: LegacySource;
  readonly state: LegacyState;
  readonly target: BulkWriter;
  readonly tally: Tally;
  /** Whether the target may hold some of the records already. */
  readonly isMerge: boolean;
  readonly secrets: Secrets;
  /** Provider types this server can ask. */
  readonly providerTypes: ReadonlySet<string>;
  /** Ids of positions and trades given away so far: the old server's were unique within a bot only. */
  readonly ids: IdClaims;
  /** Nothing happened later, epoch ms. */
  readonly latest: number;
  /** When the old server last wrote, epoch ms: the time of what has none of its own. */
  readonly at: number;
}
