import compression from 'compression';
import express, { type Express } from 'express';
import { createServer, type Server } from 'node:http';
import type { AppContext } from '../context.ts';
import { identify } from './caller.ts';
import { errorHandler, unknownRoute } from './error-handler.ts';
import { clientFiles } from './middleware/client-files.ts';
import { announcedBodyLimit, jsonBody, requestLimit } from './middleware/limits.ts';
import { requestLog } from './middleware/request-log.ts';
import { otherOrigins, sameSiteOnly } from './middleware/same-site.ts';
import { securityHeaders } from './middleware/security-headers.ts';
import { apiRouter } from './routes/index.ts';

/** What /health shows of parts that are started after the server. */
export interface HttpParts {
  readonly socketCount?: () => number;
}

/** The HTTP server with its routes; the caller listens, attaches the sockets and closes it. */
export function createHttpServer(ctx: AppContext, parts: HttpParts = {}): Server {
  const server = createServer(
    // Whoever sends slowly or without end is cut off, not waited for.
    {
      maxHeaderSize: 16 * 1024,
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      connectionsCheckingInterval: 5000,
    },
    createExpressApp(ctx, parts),
  );
  server.keepAliveTimeout = 20_000;
  return server;
}

function createExpressApp(ctx: AppContext, { socketCount = () => 0 }: HttpParts): Express {
  const { publicUrl, rateLimitPerMinute, trustedProxies, clientDir } = ctx.config.http;
  const app = express();
  app.disable('x-powered-by');
  if (trustedProxies > 0) app.set('trust proxy', trustedProxies);
  app.use(requestLog(ctx.log), securityHeaders(publicUrl), announcedBodyLimit);
  app.use('/api', requestLimit(rateLimitPerMinute), otherOrigins(ctx), identify(ctx), sameSiteOnly(ctx));
  app.use('/api', compression({ threshold: 1024 }), jsonBody);
  app.use(apiRouter(ctx, socketCount));
  app.use('/api', unknownRoute);
  if (clientDir !== null) app.use(compression({ threshold: 1024 }), clientFiles(clientDir));
  app.use(unknownRoute, errorHandler);
  return app;
}
