import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config } from '../config/config.ts';
import type { AppContext } from '../context.ts';
import { StartupError } from '../errors.ts';
import { createHttpServer } from '../http/server.ts';
import type { Lifecycle } from '../lifecycle.ts';
import { createGateway, type Gateway } from '../live/gateway.ts';

export interface Front {
  readonly url: string;
  readonly broadcastPrices: Gateway['broadcastPrices'];
}

/** HTTP and sockets, listening. */
export async function openFront(ctx: AppContext, lifecycle: Lifecycle): Promise<Front> {
  const sockets = { count: () => 0 };
  const server = createHttpServer(ctx, { socketCount: () => sockets.count() });
  const gateway = await createGateway(ctx, server);
  sockets.count = () => gateway.socketCount();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(ctx.config.http.port, ctx.config.http.host, resolve);
  lifecycle.defer('http', () => closeServer(server));
  lifecycle.defer('sockets', () => gateway.stop());
  await promise.catch((cause: unknown) => {
    throw new StartupError(listenProblem(ctx.config, cause), { cause });
  });
  warnOfPlainHttp(ctx);
  const { port } = server.address() as AddressInfo;
  const host = ctx.config.http.host === '0.0.0.0' ? 'localhost' : ctx.config.http.host;
  return {
    url: ctx.config.http.publicUrl ?? `http://${host}:${port}`,
    broadcastPrices: (changed) => gateway.broadcastPrices(changed),
  };
}

/** Passwords and cookies of others would travel in the clear. */
function warnOfPlainHttp({ config, log }: AppContext): void {
  const { host, publicUrl } = config.http;
  const isLocal = host === 'localhost' || host === '::1' || host.startsWith('127.');
  if (isLocal || publicUrl?.startsWith('https:')) return;
  log.warn(
    { host },
    'other machines reach this arena over plain http: put a proxy with https before it and set PUBLIC_URL',
  );
}

function listenProblem({ http }: Config, cause: unknown): string {
  const isTaken = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE';
  if (isTaken)
    return `Port ${http.port} is in use. Stop the other program, or set PORT to a free one (PORT=0 finds one).`;
  return `Could not listen on ${http.host}:${http.port}: ${cause instanceof Error ? cause.message : 'unknown error'}`;
}

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeAllConnections();
  await promise;
}
