import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { FakeFault } from './script.ts';

const HUGE_BYTES = 100 * 1024 * 1024;
const PIECE = Buffer.alloc(64 * 1024, 'x');

/** How a body of the API begins, and goes on as long as one likes. */
export interface BodyStart {
  readonly contentType: string;
  readonly start: string;
}

export async function doFault(
  fault: FakeFault['fault'],
  response: ServerResponse,
  { contentType, start }: BodyStart,
): Promise<void> {
  switch (fault) {
    case 'hang':
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'hang-in-body':
      response.writeHead(200, { 'content-type': contentType }).write(start);
      return;
    case 'reset-in-body':
      response.writeHead(200, { 'content-type': contentType });
      response.write(start, () => response.socket?.resetAndDestroy());
      return;
    case 'huge':
      response.writeHead(200, { 'content-type': contentType });
      return send(bodyOf(start, HUGE_BYTES), response);
    case 'endless':
      response.writeHead(200, { 'content-type': contentType });
      return send(bodyOf(start, Infinity), response);
    case 'gzip-bomb':
      response.writeHead(200, { 'content-type': contentType, 'content-encoding': 'gzip' });
      return send(bodyOf(start, HUGE_BYTES).pipe(createGzip()), response);
    case 'redirect':
      response.writeHead(307, { location: response.req.url ?? '/' }).end();
      return;
    case 'html':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><h1>Welcome</h1>');
      return;
    case 'not-http':
      response.socket?.end('SSH-2.0-OpenSSH_9.9\r\n');
  }
}

function bodyOf(start: string, bytes: number): Readable {
  let left = bytes;
  const body = new Readable({
    read() {
      left -= PIECE.byteLength;
      this.push(left < 0 ? null : PIECE);
    },
  });
  body.push(start);
  return body;
}

/** Ends when whoever reads has had enough. */
async function send(body: NodeJS.ReadableStream, response: ServerResponse): Promise<void> {
  await pipeline(body, response).catch((error: unknown) => {
    if (!isClosedByPeer(error)) throw error;
  });
}

function isClosedByPeer(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  return ['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE'].includes(String(code));
}
