import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fillPath } from './call.ts';
import { requestJson } from './client.ts';

describe('fillPath', () => {
  it('puts parameters in their places, encoded', () => {
    const path = '/bots/:botId/positions/:positionId/close';
    expect(fillPath(path, { botId: 'a b', positionId: 'p/1' })).toBe('/bots/a%20b/positions/p%2F1/close');
  });
});

interface Seen {
  readonly method: string | undefined;
  readonly key: string | undefined;
  readonly type: string | undefined;
  readonly body: string;
}

describe('requestJson', () => {
  let server: Server;
  let base = '';
  let seen: Seen[] = [];
  /** How many requests are cut off before an answer. */
  let lose = 0;

  beforeAll(async () => {
    server = createServer((request, response) => {
      void readBody(request).then((body) => {
        const { method, headers } = request;
        const key = headers['idempotency-key']?.toString();
        seen.push({ method, key, type: headers['content-type'], body });
        if (seen.length <= lose) return request.socket.destroy();
        if (request.url === '/never') return undefined;
        const isBad = body.includes('bad');
        response.writeHead(isBad ? 400 : 204, { 'content-type': 'application/json' });
        const details = [{ path: 'name', message: 'too long' }, 'no problem'];
        const error = { code: 'invalid-input', message: 'No.', details, requestId: 'r' };
        return response.end(isBad ? JSON.stringify({ error }) : undefined);
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    seen = [];
    lose = 0;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('gives every change a key of its own, and reads none', async () => {
    await requestJson(`${base}/bots`, { method: 'post', body: { name: 'A' } });
    await requestJson(`${base}/bots`, { method: 'post', body: { name: 'A' } });
    await requestJson(`${base}/bots`);
    const [first, second, read] = seen;
    expect(first).toMatchObject({ method: 'POST', type: 'application/json', body: '{"name":"A"}' });
    expect(first?.key).toMatch(/^[0-9a-f]{32}$/);
    expect(second?.key).not.toBe(first?.key);
    expect(read?.key).toBeUndefined();
  });

  it('sends a lost change again under the same key', async () => {
    lose = 2;
    await requestJson(`${base}/bots`, { method: 'post', body: {} });
    expect(seen).toHaveLength(3);
    expect(new Set(seen.map(({ key }) => key)).size).toBe(1);
  });

  it('does not log in or register twice by itself', async () => {
    lose = 1;
    const sent = requestJson(`${base}/auth/register`, { method: 'post', body: {} });
    await expect(sent).rejects.toMatchObject({ status: 0, code: 'unreachable' });
    expect(seen).toHaveLength(1);
  });

  it('tells what is wrong field by field', async () => {
    const sent = requestJson(`${base}/bots`, { method: 'post', body: { name: 'bad' } });
    await expect(sent).rejects.toMatchObject({ problems: [{ path: 'name', message: 'too long' }] });
    expect(seen).toHaveLength(1);
  });

  it('waits no longer than it is told to', async () => {
    const sent = requestJson(`${base}/never`, { timeoutMs: 10 });
    await expect(sent).rejects.toMatchObject({ status: 0, code: 'unreachable' });
  });

  it('sends a picture as its bytes', async () => {
    await requestJson(`${base}/avatar`, { method: 'put', body: new Blob(['x'], { type: 'image/png' }) });
    expect(seen[0]).toMatchObject({ type: 'image/png', body: 'x' });
  });
});

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const part of request) body += String(part);
  return body;
}
