import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import net, { type Socket } from 'node:net';

/** A server on 127.0.0.1 that counts who came; `await using` closes it and every connection. */
export interface LocalServer extends AsyncDisposable {
  readonly port: number;
  /** Its address as a base URL over http. */
  readonly url: string;
  /** Connections since the start. */
  connections(): number;
  /** Resolves when nobody is connected any more. */
  idle(): Promise<void>;
}

export function serveHttp(listener: RequestListener): Promise<LocalServer> {
  return listen(createServer(listener));
}

export function serveHttps(options: { cert: string; key: string }, listener: RequestListener) {
  return listen(createTlsServer(options, listener));
}

/** Bytes as they are, for answers no HTTP library would send. */
export function serveRaw(onConnection: (socket: Socket) => void): Promise<LocalServer> {
  return listen(net.createServer(onConnection));
}

async function listen(server: Server | net.Server): Promise<LocalServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    // Whoever is cut off resets the connection; that is what these tests are about.
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    connections: () => connections,
    idle: async () => {
      await Promise.all(
        [...sockets].map((socket) => new Promise((resolve) => void socket.once('close', resolve))),
      );
    },
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => void server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
