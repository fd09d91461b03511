import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { io, type Socket } from 'socket.io-client';
import type {
  ClientToServerEvents,
  JoinAnswer,
  LiveEvent,
  Prices,
  RoomSnapshot,
  ServerToClientEvents,
} from '../../contract/live-events.ts';
import { createHttpServer } from '../../http/server.ts';
import { createGateway, type Gateway, type GatewayOptions } from '../../live/gateway.ts';
import type { ReadWorld } from './read-context.ts';

export interface LiveWorld extends AsyncDisposable {
  readonly url: string;
  readonly server: Server;
  readonly gateway: Gateway;
}

/** A listening server with its gateway. */
export async function openLiveWorld(
  world: Pick<ReadWorld, 'ctx'>,
  options?: GatewayOptions,
): Promise<LiveWorld> {
  const server = createHttpServer(world.ctx);
  const gateway = await createGateway(world.ctx, server, options);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    server,
    gateway,
    async [Symbol.asyncDispose]() {
      await gateway.stop();
      server.closeAllConnections();
      server.close();
    },
  };
}

type Frame = { snapshot: RoomSnapshot } | { event: LiveEvent };
type Transport = 'websocket' | 'polling';

export interface LiveClientOptions {
  readonly transport?: Transport;
  readonly apiKey?: unknown;
  /** As a browser would send them: `cookie`, `origin`, … */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A client that remembers what it is sent, in order. */
export class LiveClient implements Disposable {
  readonly socket: Socket<ServerToClientEvents, ClientToServerEvents>;
  readonly frames: Frame[] = [];
  readonly prices: Prices[] = [];
  /** Everything that came over the wire, as text. */
  readonly raw: string[] = [];
  /** Why it was not let in, or why it was put out. */
  refusal: { message: string; code: string | undefined } | undefined;

  constructor(url: string, options: Transport | LiveClientOptions = {}) {
    const {
      transport = 'websocket',
      apiKey,
      headers,
    } = typeof options === 'string' ? { transport: options } : options;
    this.socket = io(url, {
      transports: [transport],
      reconnection: false,
      forceNew: true,
      ...(apiKey === undefined ? {} : { auth: { apiKey } }),
      ...(headers ? { extraHeaders: headers } : {}),
    });
    this.socket.io.on('open', () => this.socket.io.engine.on('data', (data) => this.raw.push(String(data))));
    this.socket.on('connect_error', (error: Error & { data?: { code: string } }) => {
      this.refusal = { message: error.message, code: error.data?.code };
    });
    this.socket.on('disconnect', (reason) => {
      this.refusal = { message: reason, code: undefined };
    });
    this.socket.on('snapshot', (snapshot) => this.frames.push({ snapshot }));
    this.socket.on('event', (event) => this.frames.push({ event }));
    this.socket.on('prices', (prices) => this.prices.push(prices));
  }

  get events(): LiveEvent[] {
    return this.frames.flatMap((frame) => ('event' in frame ? [frame.event] : []));
  }

  get snapshots(): RoomSnapshot[] {
    return this.frames.flatMap((frame) => ('snapshot' in frame ? [frame.snapshot] : []));
  }

  /** Resolves when it is let in. @throws Error with the refusal's message. */
  async connected(): Promise<this> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    if (this.socket.connected) return this;
    if (this.refusal) throw new Error(this.refusal.message);
    this.socket.once('connect', resolve).once('connect_error', reject);
    await promise;
    return this;
  }

  join(room: string, lastSeq?: number): Promise<JoinAnswer> {
    return this.socket.timeout(10_000).emitWithAck('join', { room, lastSeq });
  }

  [Symbol.dispose](): void {
    this.socket.disconnect();
  }
}
