import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiUrl, getJson, RequestError } from './client.ts';

describe('apiUrl', () => {
  it('leaves out what is not set', () => {
    expect(apiUrl('/bots')).toBe('/api/v2/bots');
    expect(apiUrl('/x', { symbol: 'BTCUSDT', cursor: null, limit: 5, q: '' })).toBe(
      '/api/v2/x?symbol=BTCUSDT&limit=5',
    );
  });
});

describe('getJson', () => {
  let server: Server;
  let base = '';

  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/ok') response.end('{"a":1}');
      else if (request.url === '/refused') {
        response.writeHead(404, { 'content-type': 'application/json; charset=utf-8' });
        response.end('{"error":{"code":"not-found","message":"There is no bot.","requestId":"r-1"}}');
      } else {
        response.statusCode = 502;
        response.end('<html>');
      }
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  it('reads an answer', async () => {
    await expect(getJson(`${base}/ok`)).resolves.toEqual({ a: 1 });
  });

  it('says what the server says', async () => {
    const error = await getJson(`${base}/refused`).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RequestError);
    expect(error).toMatchObject({
      status: 404,
      code: 'not-found',
      message: 'There is no bot.',
      requestId: 'r-1',
    });
  });

  it('says what it can when the answer is no JSON or there is none', async () => {
    await expect(getJson(`${base}/broken`)).rejects.toMatchObject({ status: 502, code: 'http' });
    await expect(getJson('http://127.0.0.1:1/')).rejects.toMatchObject({ status: 0, code: 'unreachable' });
  });
});
