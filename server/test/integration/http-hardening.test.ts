import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENDPOINTS } from '../../contract/endpoints/index.ts';
import { errorSchema } from '../../contract/http/common.ts';
import { RAW_ROUTES } from '../../http/policy.ts';
import { apiRouter } from '../../http/routes/index.ts';
import { createHttpServer } from '../../http/server.ts';
import { PUBLIC_READS } from '../support/public-reads.ts';
import { openReadWorld, type ReadWorld } from '../support/read-context.ts';
import { fillReadWorld, HOUSE } from '../support/read-sample.ts';

let world: ReadWorld;
let server: Server;
let port: number;
let clientDir: string;
beforeAll(async () => {
  clientDir = await mkdtemp(path.join(tmpdir(), 'arena-client-'));
  await mkdir(path.join(clientDir, 'assets'));
  await writeFile(path.join(clientDir, 'index.html'), '<!doctype html><title>Arena</title>');
  await writeFile(path.join(clientDir, 'assets', 'app-1a2b3c.js'), 'export {};');
  world = await openReadWorld({ clientDir });
  await fillReadWorld(world);
  server = createHttpServer(world.ctx).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await world[Symbol.asyncDispose]();
  await rm(clientDir, { recursive: true, force: true });
});

/** Sends bytes as they are and gives back what comes until the server hangs up. */
async function talk(bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.on('data', (data) => (answer += String(data)));
  // The server may hang up before everything is sent.
  socket.on('error', () => undefined);
  socket.write(bytes);
  await once(socket, 'close');
  return answer;
}

describe('policy', () => {
  test('every mounted route has its row, and every row its route', () => {
    const mounted = apiRouter(world.ctx, () => 0).stack.map(({ route }) => route);
    expect(mounted).not.toContain(undefined);
    const routes = mounted.flatMap((route) =>
      (route?.stack ?? []).map((layer) => `${layer.method.toUpperCase()} ${String(route?.path)}`),
    );
    expect([...new Set(routes)].toSorted()).toEqual(
      Object.values({ ...ENDPOINTS, ...RAW_ROUTES })
        .map(({ method, path: url }) => `${method.toUpperCase()} ${url}`)
        .toSorted(),
    );
  });
});

describe('headers', () => {
  test('of every route', async () => {
    for (const { path: url } of PUBLIC_READS) {
      const answer = await request(server).get(
        url.replace(':botId', HOUSE.botId).replace(':symbol', 'BTCUSDT'),
      );
      expect(answer.headers).toMatchObject({
        'content-security-policy':
          "default-src 'self';script-src 'self';style-src 'self';img-src 'self' data:;connect-src 'self';" +
          "form-action 'self';frame-ancestors 'none';object-src 'none';base-uri 'none'",
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'same-origin',
        'x-frame-options': 'DENY',
        'cache-control': 'no-cache',
        'ratelimit-limit': expect.stringMatching(/^\d+$/),
      });
      expect(answer.headers).not.toHaveProperty('x-powered-by');
      expect(answer.headers).not.toHaveProperty('strict-transport-security');
      expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
      expect(answer.headers['x-request-id']).toMatch(/^[\da-f-]{36}$/);
    }
  });

  test('an https address adds HSTS and upgrades', async () => {
    const secure = { ...world.ctx, config: { ...world.ctx.config } };
    secure.config.http = { ...secure.config.http, publicUrl: 'https://arena.example' };
    const { headers } = await request(createHttpServer(secure)).get('/api/v2/health');
    expect(headers['strict-transport-security']).toContain('max-age=');
    expect(headers['content-security-policy']).toContain('upgrade-insecure-requests');
  });

  test('a client that has the answer gets no body', async () => {
    const first = await request(server).get('/api/v2/bots');
    expect(first.headers.etag).toMatch(/^(W\/)?"/);
    await request(server).get('/api/v2/bots').set('If-None-Match', String(first.headers.etag)).expect(304);
  });

  test('long answers are compressed, short ones not', async () => {
    const long = await request(server).get('/api/v2/arena').set('Accept-Encoding', 'gzip');
    const short = await request(server).get('/api/v2/leaderboard?period=day').set('Accept-Encoding', 'gzip');
    expect(long.headers['content-encoding']).toBe('gzip');
    expect(short.headers).not.toHaveProperty('content-encoding');
  });
});

describe('failures', () => {
  test('unknown routes, methods and broken paths have the one error shape', async () => {
    const answers = await Promise.all([
      request(server).get('/api/v2/nothing').expect(404),
      request(server).get('/api/v1/arena').expect(404),
      request(server).post('/api/v2/markets').send({}).expect(404),
      request(server).get('/api/v2/bots/%E0%A4%A').expect(400),
      request(server).post('/api/v2/bots').set('Content-Type', 'application/json').send('{"a":').expect(400),
      request(server)
        .post('/api/v2/bots')
        .send({ text: 'x'.repeat(100 * 1024) })
        .expect(413),
    ]);
    for (const { body } of answers) expect(errorSchema.parse(body)).toEqual(body);
    expect(answers.map(({ body }) => body.error.code)).toEqual([
      'not-found',
      'not-found',
      'not-found',
      'bad-request',
      'invalid-json',
      'body-too-large',
    ]);
  });

  test.each(['limit=2&limit=3', 'limit[]=2', 'limit[a]=2', 'q=a&q=b', 'limit=2&LIMIT=3'])(
    'a parameter that comes twice, or in pieces, is refused: %s',
    async (query) => {
      const { body } = await request(server).get(`/api/v2/bots?${query}`).expect(400);
      expect(body.error.code).toBe('invalid-input');
    },
  );

  test('a compressed body is refused: it could grow without end', async () => {
    const answer = await request(server)
      .post('/api/v2/bots')
      .set('Content-Type', 'application/json')
      .set('Content-Encoding', 'gzip')
      .send('{}');
    expect(answer.status).toBe(415);
  });

  test('an unexpected error says nothing of the inside', async () => {
    const broken = {
      ...world.ctx,
      databaseHealth: () => {
        throw new Error('disk /dev/secret is on fire');
      },
    };
    const answer = await request(createHttpServer(broken)).get('/api/v2/health').expect(500);
    expect(answer.body.error).toMatchObject({ code: 'internal', requestId: answer.headers['x-request-id'] });
    expect(answer.text).not.toContain('secret');
  });

  test('more requests than allowed are refused, with headers that say when to come back', async () => {
    const strict = { ...world.ctx, config: { ...world.ctx.config } };
    strict.config.http = { ...strict.config.http, rateLimitPerMinute: 2 };
    const limited = createHttpServer(strict);
    limited.listen(0);
    for (const remaining of ['1', '0']) {
      const answer = await request(limited).get('/api/v2/health').expect(200);
      expect(answer.headers['ratelimit-remaining']).toBe(remaining);
    }
    const refused = await request(limited).get('/api/v2/health').expect(429);
    expect(refused.body.error.code).toBe('rate-limited');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    limited.close();
  });
});

describe('raw sockets', () => {
  test('headers without end are cut at 16 KiB', async () => {
    const answer = await talk(
      `GET /api/v2/health HTTP/1.1\r\nHost: x\r\nX-Long: ${'y'.repeat(20_000)}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  });

  test('a body announced as huge is refused before it comes', async () => {
    const answer = await talk(
      'POST /api/v2/bots HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10000000000\r\n\r\n{',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toMatch(/connection: close/i);
  });

  test('a body without a length is refused before it comes', async () => {
    const answer = await talk(
      'POST /api/v2/bots HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 411 /);
    expect(answer).toMatch(/connection: close/i);
  });

  test('what is no HTTP is refused', async () => {
    expect(await talk('HELO arena\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('who sends slowly is not waited for', () => {
    expect(server.headersTimeout).toBeLessThanOrEqual(10_000);
    expect(server.requestTimeout).toBeLessThanOrEqual(30_000);
  });
});

describe('the page', () => {
  test('hashed files are kept for ever, the page itself is asked for again', async () => {
    const asset = await request(server).get('/assets/app-1a2b3c.js').expect(200);
    expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    for (const url of ['/', '/bots/some-bot', '/index.html']) {
      const page = await request(server).get(url).expect(200);
      expect(page.headers['cache-control']).toBe('no-cache');
      expect(page.text).toContain('<title>Arena</title>');
    }
  });

  test('a missing file, a path out of the folder and unknown API routes are not the page', async () => {
    await request(server).get('/assets/app-old.js').expect(404);
    const up = await talk('GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(up).not.toContain('root:');
    const { body } = await request(server).get('/api/nothing').expect(404);
    expect(body.error.code).toBe('not-found');
  });

  test('without a built page there is only the API', async () => {
    const bare = { ...world.ctx, config: { ...world.ctx.config } };
    bare.config.http = { ...bare.config.http, clientDir: null };
    const { body } = await request(createHttpServer(bare)).get('/').expect(404);
    expect(body.error.code).toBe('not-found');
  });
});
