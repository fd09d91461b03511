import type { RoomSnapshot } from '../../contract/live-events.ts';
import { LiveClient } from '../support/live-client.ts';
import { shrink } from './written-row.ts';

/** An event as a client was sent it. */
export interface SeenEvent {
  readonly room: string;
  readonly seq: number;
  readonly payload: unknown;
}

/** A client that outlives the servers: it follows the arena, comes back with its last `seq`, and forgets nothing. */
export class Witness {
  readonly seen: SeenEvent[] = [];
  /** What it was sent that it should not have been. */
  readonly complaints: string[] = [];
  /** How often it was given what it had missed. */
  resumed = 0;
  readonly #lastSeqs = new Map<string, number>();
  #client: LiveClient | undefined;

  /** Joins the room again, or for the first time. */
  watch(url: string, room: string): void {
    const client = new LiveClient(url);
    this.#client = client;
    client.socket.on('snapshot', (snapshot) => this.#begin(snapshot));
    client.socket.on('event', ({ room, seq, payload }) => {
      this.#follow({ room, seq, payload: shrink(JSON.stringify(payload)) });
    });
    void this.#join(client, room);
  }

  leave(): void {
    this.#client?.[Symbol.dispose]();
    this.#client = undefined;
  }

  async #join(client: LiveClient, room: string): Promise<void> {
    try {
      const answer = await client.join(room, this.#lastSeqs.get(room));
      if (!answer.ok) this.complaints.push(`could not join ${room}: ${answer.message}`);
      else if (answer.mode === 'resumed') this.resumed += 1;
    } catch (error) {
      // The server was killed before it answered.
      if (client.socket.connected) throw error;
    }
  }

  #begin({ room, seq }: RoomSnapshot): void {
    const last = this.#lastSeqs.get(room) ?? 0;
    if (seq < last) this.complaints.push(`${room} went back from event ${last} to ${seq}`);
    this.#lastSeqs.set(room, seq);
  }

  #follow(event: SeenEvent): void {
    const last = this.#lastSeqs.get(event.room);
    if (event.seq !== (last ?? 0) + 1)
      this.complaints.push(`${event.room}: event ${event.seq} came after ${last ?? 'nothing'}`);
    this.#lastSeqs.set(event.room, event.seq);
    this.seen.push(event);
  }
}
