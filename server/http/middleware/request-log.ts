import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Response } from 'express';
import { pinoHttp } from 'pino-http';
import type { Logger } from '../../log.ts';
import type { Caller } from '../caller.ts';

/** What the log tells of a response, as far as it was found out. */
type Locals = Partial<Response<unknown, { caller?: Caller; isFlood?: boolean }>>;

/** Not known, not allowed, too often. */
const REFUSED: ReadonlySet<number> = new Set([401, 403, 429]);

/** Gives each request an id and a logger, and logs what became of it: successes and plain mistakes at debug only. */
export function requestLog(log: Logger) {
  return pinoHttp({
    logger: log.child({ subsystem: 'http' }),
    genReqId: (_req: IncomingMessage, res: ServerResponse) => {
      const id = randomUUID();
      res.setHeader('X-Request-Id', id);
      return id;
    },
    customLogLevel: (_req, res, error) => {
      if (error || res.statusCode >= 500) return 'error';
      return REFUSED.has(res.statusCode) && !(res as Locals).locals?.isFlood ? 'info' : 'debug';
    },
    customProps: (_req, res) => {
      const caller = (res as Locals).locals?.caller;
      return caller ? { ip: caller.ip, userId: caller.principal?.userId ?? null } : {};
    },
    // Headers may carry cookies and tokens; a query may not.
    serializers: {
      req: (req: { id: string; method: string; url: string }) => ({
        id: req.id,
        method: req.method,
        url: req.url,
      }),
      res: (res: { statusCode: number }) => ({ statusCode: res.statusCode }),
    },
  });
}
