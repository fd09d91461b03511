import type { JoinAnswer, LiveEvent, Prices, RoomSnapshot } from '../api/contract.ts';
import { judgeEvent, UNKNOWN_ROOM, type RoomProgress } from './room-progress.ts';

export type ConnectionState = 'connecting' | 'live' | 'reconnecting' | 'offline';

/** The part of a socket.io client the page needs; `join` resolves with the answer or rejects when none comes. */
export interface LiveSocket {
  onConnect(listener: () => void): void;
  onDisconnect(listener: () => void): void;
  onSnapshot(listener: (snapshot: RoomSnapshot) => void): void;
  onEvent(listener: (event: LiveEvent) => void): void;
  onPrices(listener: (prices: Prices) => void): void;
  join(room: string, lastSeq: number | null): Promise<JoinAnswer>;
  leave(room: string): void;
  /** Connects anew, as whoever is logged in now. */
  reopen(): void;
  close(): void;
}

export interface LiveHandlers {
  readonly snapshot: (snapshot: RoomSnapshot) => void;
  readonly event: (event: LiveEvent) => void;
  readonly prices: (prices: Prices) => void;
  /** The connection is back after it was lost; what no event carries may have changed meanwhile. */
  readonly reconnected: () => void;
}

const RETRY_MS = 2_000;
const OFFLINE_AFTER_MS = 20_000;
/** A refusal that trying again will not change. */
const FINAL_CODES = new Set(['not-found', 'invalid-input', 'not-signed-in', 'forbidden']);

/**
 * One socket for the page. Rooms are joined with the last `seq` they reached, so that a reconnect resumes; events
 * reach the handlers once each and in order, and a gap joins again. `subscribe` and `state` feed `useSyncExternalStore`.
 */
export class LiveClient {
  readonly #socket: LiveSocket;
  readonly #handlers: LiveHandlers;
  readonly #rooms = new Map<string, RoomProgress>();
  readonly #listeners = new Set<() => void>();
  #isConnected = false;
  #wasConnected = false;
  #state: ConnectionState = 'connecting';
  #offlineTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(socket: LiveSocket, handlers: LiveHandlers) {
    this.#socket = socket;
    this.#handlers = handlers;
    socket.onConnect(() => this.#connected());
    socket.onDisconnect(() => this.#disconnected());
    socket.onSnapshot((snapshot) => this.#takeSnapshot(snapshot));
    socket.onEvent((event) => this.#takeEvent(event));
    socket.onPrices((prices) => this.#handlers.prices(prices));
    this.#offlineTimer = setTimeout(() => this.#setState('offline'), OFFLINE_AFTER_MS);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): ConnectionState => this.#state;

  /** The last event of `room` that was applied; null while nothing is known. */
  seqOf(room: string): number | null {
    return this.#rooms.get(room)?.seq ?? null;
  }

  /** Follows `room` from `seq` on, or from its snapshot when `seq` is null. Returns how to stop. */
  join(room: string, seq: number | null): () => void {
    this.#rooms.set(room, { seq, isJoining: false });
    if (this.#isConnected) void this.#ask(room);
    return () => {
      this.#rooms.delete(room);
      if (this.#isConnected) this.#socket.leave(room);
    };
  }

  /** Somebody logged in or out: the server asks who it is when a connection opens. */
  reopen(): void {
    this.#socket.reopen();
  }

  close(): void {
    clearTimeout(this.#offlineTimer);
    this.#rooms.clear();
    this.#socket.close();
  }

  #connected(): void {
    this.#isConnected = true;
    clearTimeout(this.#offlineTimer);
    this.#setState('live');
    for (const room of this.#rooms.keys()) void this.#ask(room);
    if (this.#wasConnected) this.#handlers.reconnected();
    this.#wasConnected = true;
  }

  #disconnected(): void {
    this.#isConnected = false;
    for (const [room, progress] of this.#rooms) this.#rooms.set(room, { ...progress, isJoining: false });
    this.#setState('reconnecting');
    clearTimeout(this.#offlineTimer);
    this.#offlineTimer = setTimeout(() => this.#setState('offline'), OFFLINE_AFTER_MS);
  }

  async #ask(room: string): Promise<void> {
    const asked = { ...(this.#rooms.get(room) ?? UNKNOWN_ROOM), isJoining: true };
    this.#rooms.set(room, asked);
    const answer = await this.#socket
      .join(room, asked.seq)
      .catch((): JoinAnswer => ({ ok: false, code: 'no-answer', message: '' }));
    const joined = this.#rooms.get(room);
    if (!joined || !this.#isConnected) return;
    this.#rooms.set(room, { ...joined, isJoining: false });
    if (!answer.ok && !FINAL_CODES.has(answer.code)) this.#askLater(room);
  }

  #askLater(room: string): void {
    setTimeout(() => {
      if (this.#isConnected && this.#rooms.has(room)) void this.#ask(room);
    }, RETRY_MS);
  }

  #takeSnapshot(snapshot: RoomSnapshot): void {
    const room = this.#rooms.get(snapshot.room);
    if (!room) return;
    this.#rooms.set(snapshot.room, { ...room, seq: snapshot.seq });
    this.#handlers.snapshot(snapshot);
  }

  #takeEvent(event: LiveEvent): void {
    const room = this.#rooms.get(event.room);
    if (!room) return;
    const verdict = judgeEvent(room, event.seq);
    if (verdict === 'rejoin') void this.#ask(event.room);
    if (verdict !== 'apply') return;
    this.#rooms.set(event.room, { ...room, seq: event.seq });
    this.#handlers.event(event);
  }

  #setState(state: ConnectionState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
