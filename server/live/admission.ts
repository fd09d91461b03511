import type { IncomingMessage } from 'node:http';
import { credentialState } from '../auth/credential-state.ts';
import { isAllowedOrigin } from '../auth/origin.ts';
import type { Revocation } from '../auth/revocations.ts';
import type { Principal } from '../auth/sessions.ts';
import type { AppContext } from '../context.ts';
import { AppError } from '../errors.ts';
import { clientAddress } from './client-address.ts';
import { Counts } from './counts.ts';
import { identify } from './identify.ts';
import { assertMay, standingOf, type LiveAction } from './policy.ts';
import type { LiveSocket } from './sockets.ts';

/** Sockets from one address, */
const MOST_OF_ADDRESS = 50;
/** and connections: those that have not said yet who they are, too. */
const MOST_CONNECTIONS = 100;
/** A refused connection is closed when its refusal has had the time to leave. */
const REFUSED_MS = 1000;

/** Somebody who is being identified while credentials may be taken back. */
interface Arrival {
  readonly revoked: Revocation[];
}

/** Lets sockets in, knows whose they are, and puts them out when what they came with is not good any more. */
export class Admission {
  readonly #ctx: AppContext;
  readonly #arrivals = new Set<Arrival>();
  readonly #ofUser = new Map<string, Map<LiveSocket, Principal>>();
  readonly #socketsFrom = new Counts();
  readonly #connectionsFrom = new Counts();
  readonly #stopListening: () => void;

  constructor(ctx: AppContext) {
    this.#ctx = ctx;
    this.#stopListening = ctx.auth.revocations.onRevoke((revocation) => this.#revoke(revocation));
  }

  stop(): void {
    this.#stopListening();
  }

  /** Why a request may not become a connection; null = it may. */
  refusal(request: IncomingMessage): string | null {
    if (!isAllowedOrigin(request, this.#ctx.config.http)) return 'this origin may not connect';
    const isFull = this.#connectionsFrom.of(this.#addressOf(request)) >= MOST_CONNECTIONS;
    return isFull ? 'there are too many connections from this address' : null;
  }

  /** Counts a connection until it is closed. */
  count(connection: Pick<LiveSocket['conn'], 'request' | 'once'>): void {
    connection.once('close', this.#connectionsFrom.take(this.#addressOf(connection.request)));
  }

  /**
   * Finds out whom the socket acts for; null = a stranger. It is counted until it is gone.
   * @throws AppError `not-signed-in`, `too-many-sockets`; then the connection ends soon.
   */
  async admit(socket: LiveSocket): Promise<Principal | null> {
    try {
      return await this.#admit(socket);
    } catch (error) {
      setTimeout(() => socket.conn.close(), REFUSED_MS).unref();
      throw error;
    }
  }

  /**
   * @param ownerId whose the room is; null = nobody's.
   * @throws AppError with the refusal as its code. Whose credential is not good any more is put out besides.
   */
  async assertMay(
    socket: LiveSocket,
    ownerId: string | null,
    ...actions: readonly LiveAction[]
  ): Promise<void> {
    const { principal } = socket.data;
    const state = principal ? await credentialState(this.#ctx, principal) : 'good';
    // The answer leaves before the connection ends.
    if (state !== 'good') setImmediate(() => socket.disconnect(true));
    for (const action of actions) assertMay(standingOf(principal, state, ownerId), action);
  }

  /** Puts out whose credential ran out, or was taken back where nobody told of it. */
  async recheck(): Promise<void> {
    const principals = [...this.#ofUser.values()].flatMap((sockets) => [...sockets.values()]);
    for (const principal of new Map(principals.map((known) => [known.credential.id, known])).values()) {
      if ((await credentialState(this.#ctx, principal)) === 'good') continue;
      const { userId, credential } = principal;
      this.#revoke({ userId, credentialId: credential.id, exceptId: null });
    }
  }

  #addressOf(request: IncomingMessage): string {
    return clientAddress(request, this.#ctx.config.http.trustedProxies);
  }

  async #admit(socket: LiveSocket): Promise<Principal | null> {
    const address = this.#addressOf(socket.request);
    if (this.#socketsFrom.of(address) >= MOST_OF_ADDRESS)
      throw tooMany(`There are ${MOST_OF_ADDRESS} connections from your address already.`);
    const release = this.#socketsFrom.take(address);
    whenGone(socket, release);
    try {
      const principal = await this.#identify(socket);
      assertMay(standingOf(principal, 'good', null), 'connect');
      if (principal) whenGone(socket, this.#remember(principal, socket));
      return principal;
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Once more when a credential was taken back meanwhile: what was read may be older than that. */
  async #identify(socket: LiveSocket): Promise<Principal | null> {
    const arrival: Arrival = { revoked: [] };
    this.#arrivals.add(arrival);
    try {
      for (;;) {
        const principal = await identify(this.#ctx, socket.handshake);
        const revoked = arrival.revoked.splice(0);
        if (!principal || !revoked.some((revocation) => concerns(revocation, principal))) return principal;
      }
    } finally {
      this.#arrivals.delete(arrival);
    }
  }

  #remember(principal: Principal, socket: LiveSocket): () => void {
    const { userId } = principal;
    const sockets = this.#ofUser.get(userId) ?? new Map<LiveSocket, Principal>();
    const most = this.#ctx.settings.current.sockets_per_user;
    if (sockets.size >= most) throw tooMany(`You have ${most} connections already. Close one first.`);
    this.#ofUser.set(userId, sockets.set(socket, principal));
    return () => {
      // A second time, others may stand under this name.
      if (sockets.delete(socket) && sockets.size === 0) this.#ofUser.delete(userId);
    };
  }

  #revoke(revocation: Revocation): void {
    for (const { revoked } of this.#arrivals) revoked.push(revocation);
    for (const [socket, principal] of this.#ofUser.get(revocation.userId) ?? [])
      if (concerns(revocation, principal)) putOut(socket);
  }
}

function concerns({ userId, credentialId, exceptId }: Revocation, principal: Principal): boolean {
  const { id } = principal.credential;
  return principal.userId === userId && (credentialId === null || credentialId === id) && exceptId !== id;
}

/** One that was let in a moment ago is not connected yet, and will not be. */
function putOut(socket: LiveSocket): void {
  if (socket.connected) socket.disconnect(true);
  else socket.conn.close();
}

/** Runs once or twice: a socket that never got as far as to be connected ends with its connection alone. */
function whenGone(socket: LiveSocket, run: () => void): void {
  socket.once('disconnect', run);
  if (socket.conn.readyState === 'open') socket.conn.once('close', run);
  else run();
}

function tooMany(message: string): AppError {
  return new AppError('too-many-sockets', message);
}
