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
import { createGateway, type Gateway } from '../../live/gateway.ts';
import type { ReadWorld } from './read-context.ts';

export interface LiveWorld extends AsyncDisposable {
  readonly url: string;
  readonly server: Server;
  readonly gateway: Gateway;
}

/** A listening server with its gateway. */
export async function openLiveWorld(world: ReadWorld): Promise<LiveWorld> {
  const server = createHttpServer(world.ctx);
  const gateway = await createGateway(world.ctx, server);
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

/** A client that remembers what it is sent, in order. */
export class LiveClient implements Disposable {
  readonly socket: Socket<ServerToClientEvents, ClientToServerEvents>;
  readonly frames: Frame[] = [];
  readonly prices: Prices[] = [];

  constructor(url: string, transport: 'websocket' | 'polling' = 'websocket') {
    this.socket = io(url, { transports: [transport], reconnection: false, forceNew: true });
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

  join(room: string, lastSeq?: number): Promise<JoinAnswer> {
    return this.socket.timeout(10_000).emitWithAck('join', { room, lastSeq });
  }

  [Symbol.dispose](): void {
    this.socket.disconnect();
  }
}
