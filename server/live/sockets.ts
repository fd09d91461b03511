import type { Server, Socket } from 'socket.io';
import type { Principal } from '../auth/sessions.ts';
import type { ClientToServerEvents, ServerToClientEvents } from '../contract/live-events.ts';

type NoEvents = Record<string, never>;

/** What the gateway remembers of a socket. */
export interface SocketState {
  /** Whom it acts for, as long as it lives; null = a stranger. */
  readonly principal: Principal | null;
  /** Joins and leaves of one socket follow each other. */
  queue: Promise<void>;
  /** How often it may still ask, and when that was counted (monotonic ms). */
  tokens: number;
  tokensAt: number;
  /** Bytes beyond the limit it may have unsent: its room's snapshot, until that is read or `graceUntil` passes. */
  graceBytes: number;
  graceUntil: number;
}

export type LiveServer = Server<ClientToServerEvents, ServerToClientEvents, NoEvents, SocketState>;
export type LiveSocket = Socket<ClientToServerEvents, ServerToClientEvents, NoEvents, SocketState>;

/** Of a socket that has asked for nothing yet. @param now monotonic ms. */
export function freshState(
  principal: Principal | null,
  { now, tokens }: { now: number; tokens: number },
): SocketState {
  return { principal, queue: Promise.resolve(), tokens, tokensAt: now, graceBytes: 0, graceUntil: 0 };
}
