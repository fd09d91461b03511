import { Readable } from 'node:stream';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { UpstreamError } from '../../errors.ts';
import { serveHttp, serveRaw } from '../../test/support/local-server.ts';
import { createOutbound, OUTBOUND_LIMITS, type Outbound, type OutboundOptions } from './guarded-fetch.ts';

const KEY = 'sk-canary-of-the-key';
const CANARY = 'canary-of-the-upstream';
const CHUNKED = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';

const opened: Outbound[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((outbound) => outbound.close()));
});

function open(options: Partial<OutboundOptions> = {}): Outbound {
  const outbound = createOutbound({ allowPrivate: true, ...options });
  opened.push(outbound);
  return outbound;
}

/** The same piece for as long as somebody takes it. */
function endless(piece: string | Buffer): Readable {
  return new Readable({
    read() {
      this.push(piece);
    },
  });
}

const withKey = { headers: { authorization: `Bearer ${KEY}` } };

/** Everything an error shows to whoever prints, logs or serialises it must be free of the key and the upstream. */
async function failureOf(reading: Promise<unknown>): Promise<UpstreamError> {
  const error: unknown = await reading.then(
    () => new Error('it succeeded'),
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(UpstreamError);
  expect(inspect(error, { depth: 12, showHidden: true })).not.toMatch(/canary/);
  return error as UpstreamError;
}

const read = async (outbound: Outbound, url: string) => (await outbound.fetch(url, withKey)).text();

describe('a local Ollama, where private endpoints are allowed', () => {
  it('gets the request as it is and answers', async () => {
    await using server = await serveHttp(async (request, response) => {
      const pieces = (await request.setEncoding('utf8').toArray()) as string[];
      const { authorization, host, ...headers } = request.headers;
      response.setHeader('set-cookie', 'session=1').setHeader('x-request-id', 'r1');
      const length = headers['content-length'];
      response.end(
        JSON.stringify({
          method: request.method,
          url: request.url,
          authorization,
          host,
          length,
          body: pieces.join(''),
        }),
      );
    });
    const body = JSON.stringify({ prompt: 'Grüße' });
    const { fetch } = open();
    const response = await fetch(`${server.url}/v1/chat?beta=1`, { method: 'POST', body, ...withKey });
    expect(response).toBeInstanceOf(Response);
    expect([response.status, response.headers.get('x-request-id')]).toEqual([200, 'r1']);
    expect(response.headers.has('set-cookie')).toBe(false);
    expect(await response.json()).toEqual({
      method: 'POST',
      url: '/v1/chat?beta=1',
      authorization: `Bearer ${KEY}`,
      host: `127.0.0.1:${server.port}`,
      length: String(Buffer.byteLength(body)),
      body,
    });
  });

  it('may pack its answer, say no, or say nothing', async () => {
    await using server = await serveHttp((request, response) => {
      if (request.url === '/packed')
        response
          .setHeader('content-encoding', 'gzip')
          .end(gzipSync(String(request.headers['accept-encoding'])));
      else response.writeHead(Number(request.url?.slice(1))).end();
    });
    const { fetch } = open();
    expect(await (await fetch(`${server.url}/packed`)).text()).toBe('gzip');
    const statuses = [204, 401, 429, 500].map(
      async (status) => (await fetch(`${server.url}/${status}`)).status,
    );
    expect(await Promise.all(statuses)).toEqual([204, 401, 429, 500]);
  });

  it('takes a Request like the global fetch', async () => {
    await using server = await serveHttp((request, response) => void request.pipe(response));
    const request = new Request(server.url, { method: 'PUT', body: new Blob(['abc']) });
    expect(await (await open().fetch(request)).text()).toBe('abc');
  });

  it('is not reached where they are not', async () => {
    await using server = await serveHttp((_, response) => response.end());
    for (const url of [server.url, `http://localhost:${server.port}`, `https://127.0.0.1:${server.port}`]) {
      const { message } = await failureOf(read(open({ allowPrivate: false }), url));
      expect(message).toContain('is on a private network');
    }
    expect(server.connections()).toBe(0);
  });
});

describe('a host that is not what it was saved as', () => {
  it('is refused when its name leads inside', async () => {
    const outbound = open({ allowPrivate: false, resolve: () => Promise.resolve(['127.0.0.1']) });
    const { message, isRetryable } = await failureOf(read(outbound, 'https://llm.example.com:8443/v1'));
    expect(message).toMatch(
      /^llm\.example\.com:8443: its name leads to an address that an endpoint may not have/,
    );
    expect(isRetryable).toBe(false);
  });

  it.each([
    'data:text/plain,x',
    'blob:nodedata:1',
    'file:///etc/passwd',
    'about:blank',
    'unix:/run/docker.sock',
  ])('%s is no host at all', async (url) => {
    expect((await failureOf(read(open(), url))).message).toContain('must begin with https://');
  });

  it.each([301, 302, 303, 307, 308])('is not followed by a redirect of %i', async (status) => {
    await using inner = await serveHttp((_, response) => response.end());
    await using server = await serveHttp((_, response) => {
      response.writeHead(status, { location: `${inner.url}/${CANARY}` }).end(CANARY);
    });
    const outbound = open();
    const reading = outbound.fetch(server.url, { ...withKey, redirect: 'follow' });
    expect((await failureOf(reading)).message).toContain('it redirects, which is not followed');
    expect(inner.connections()).toBe(0);
  });
});

describe('an answer that does not end', () => {
  it('is cut off when the body is larger than the limit', async () => {
    await using server = await serveHttp((_, response) => void endless(CANARY.repeat(1000)).pipe(response));
    const { message, isRetryable } = await failureOf(read(open(), server.url));
    expect(message).toContain('its answer is larger than is accepted');
    expect(isRetryable).toBe(false);
    await server.idle();
  });

  it('is cut off by the time it takes in all, however steadily it drips', async () => {
    await using server = await serveHttp((_, response) => {
      const drip = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(drip));
    });
    const { message, isRetryable } = await failureOf(
      read(open({ limits: { bodyMs: 250, totalMs: 400 } }), server.url),
    );
    expect(message).toContain('it did not finish its answer in time');
    expect(isRetryable).toBe(true);
    await server.idle();
  });

  it('is cut off even when nobody reads it', async () => {
    await using server = await serveHttp((_, response) => void response.write('.'));
    const response = await open({ limits: { totalMs: 200 } }).fetch(server.url);
    expect(response.status).toBe(200);
    await server.idle();
  });

  it('is cut off when it falls silent', async () => {
    await using server = await serveHttp((_, response) => void response.write('.'));
    const { message } = await failureOf(read(open({ limits: { bodyMs: 200 } }), server.url));
    expect(message).toContain('it fell silent');
    await server.idle();
  });

  it('is cut off when it does not begin', async () => {
    await using server = await serveHttp(() => {});
    const { message } = await failureOf(read(open({ limits: { headersMs: 200 } }), server.url));
    expect(message).toContain('it did not answer in time');
    await server.idle();
  });

  it.each([
    { what: 'a header that drips', start: 'HTTP/1.1 200 OK\r\nx: ', piece: 'x', expected: 'did not answer' },
    { what: 'hint after hint', start: '', piece: 'HTTP/1.1 103 Hints\r\n\r\n', expected: 'did not finish' },
    { what: 'one long chunk', start: `${CHUNKED}5;`, piece: 'x', expected: 'fell silent' },
  ])('is cut off when it begins with $what', async ({ start, piece, expected }) => {
    await using server = await serveRaw((socket) => {
      socket.write(start);
      const drip = setInterval(() => socket.write(piece), 20);
      socket.on('close', () => clearInterval(drip));
    });
    // undici's own clock ticks twice a second.
    const limits = { headersMs: 250, bodyMs: 250, totalMs: 2000 };
    expect((await failureOf(read(open({ limits }), server.url))).message).toContain(expected);
    await server.idle();
  });

  it.each([
    ['hints', 'HTTP/1.1 103 Early Hints\r\n\r\n', ''],
    ['chunk extension', 'x', `${CHUNKED}5;`],
  ])('is cut off by what arrives, though none of its %s is body', async (_, piece, start) => {
    await using server = await serveRaw((socket) => {
      socket.write(start);
      endless(piece.repeat(1000)).pipe(socket);
    });
    expect((await failureOf(read(open(), server.url))).message).toContain('its answer is larger');
    await server.idle();
  });
});

describe('an answer that is larger than it looks', () => {
  it('is cut off while it is unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(OUTBOUND_LIMITS.maxBodyBytes);
    await using server = await serveHttp((_, response) => {
      response.setHeader('content-encoding', 'gzip').write(bomb);
    });
    const before = process.memoryUsage().arrayBuffers;
    const { message } = await failureOf(read(open(), server.url));
    expect(message).toContain('its answer is larger than is accepted');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024);
    await server.idle();
  });

  it('is cut off when it unpacks to nothing', async () => {
    const emptyBlocks = Buffer.from('000000ffff'.repeat(80_000), 'hex');
    await using server = await serveHttp((_, response) => {
      response.setHeader('content-encoding', 'gzip').write(gzipSync('').subarray(0, 10));
      response.end(emptyBlocks);
    });
    expect((await failureOf(read(open(), server.url))).message).toContain('its answer is larger');
    await server.idle();
  });

  it.each(['gzip, gzip', 'br', 'zstd', 'deflate', 'x'])(
    'is refused when it is packed as %s',
    async (packing) => {
      await using server = await serveHttp((_, response) => {
        response.setHeader('content-encoding', packing).write(CANARY);
      });
      expect((await failureOf(read(open(), server.url))).message).toContain('packed in another way');
      await server.idle();
    },
  );

  it('may be as large as the limit, and no byte larger', async () => {
    await using server = await serveHttp((request, response) => {
      response.end(Buffer.alloc(Number(request.url?.slice(1)), 'x'));
    });
    const outbound = open({ limits: { maxBodyBytes: 1000 } });
    expect(await read(outbound, `${server.url}/1000`)).toHaveLength(1000);
    expect((await failureOf(read(outbound, `${server.url}/1001`))).message).toContain(
      'larger than is accepted',
    );
  });

  it.each([
    ['one header', `x: ${CANARY.repeat(3000)}\r\n`],
    ['many headers', `x: ${CANARY}\r\n`.repeat(3000)],
    ['trailers', `transfer-encoding: chunked\r\n\r\n0\r\n${`x: ${CANARY}\r\n`.repeat(3000)}`],
  ])('is refused for %s', async (_, headers) => {
    await using server = await serveRaw((socket) => void socket.write(`HTTP/1.1 200 OK\r\n${headers}\r\n`));
    expect((await failureOf(read(open(), server.url))).message).toContain('more headers than are accepted');
    await server.idle();
  });
});

describe('what went wrong is told in words of ours', () => {
  it.each([
    ['what is not HTTP', `${CANARY}\r\n\r\n`, 'cannot be read'],
    ['a header that is none', `HTTP/1.1 200 OK\r\n${CANARY}\r\n\r\n`, 'cannot be read'],
    ['a status that is none', `HTTP/1.1 799 ${CANARY}\r\ncontent-length: 0\r\n\r\n`, 'status 799'],
    [
      'an upgrade nobody asked for',
      `HTTP/1.1 101 ${CANARY}\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n`,
      'failed',
    ],
    [
      'two lengths',
      `HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n${CANARY}`,
      'cannot be read',
    ],
    ['damaged gzip', `HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n${CANARY}`, 'cannot be read'],
  ])('after %s', async (_, bytes, expected) => {
    await using server = await serveRaw((socket) => void socket.end(bytes));
    expect((await failureOf(read(open(), server.url))).message).toContain(expected);
  });

  it('after a connection that breaks in the middle', async () => {
    await using server = await serveRaw((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n${CANARY}`, () =>
        socket.resetAndDestroy(),
      );
    });
    const { message, isRetryable } = await failureOf(read(open(), server.url));
    expect([message, isRetryable]).toEqual([`127.0.0.1:${server.port}: the connection failed`, true]);
  });

  it.each(['end', 'resetAndDestroy'] as const)('after chunks that end too soon: %s', async (ending) => {
    await using server = await serveRaw((socket) => {
      const head = CHUNKED.replace('transfer', 'connection: close\r\ntransfer');
      socket.write(`${head}ff\r\n${CANARY}`, () => void socket[ending]());
    });
    expect(await failureOf(read(open(), server.url))).toMatchObject({
      failure: 'network',
      isRetryable: true,
    });
  });

  it('when nobody listens, and when there is no such host', async () => {
    const { port } = await closedServer();
    const refused = await failureOf(read(open(), `http://127.0.0.1:${port}`));
    expect([refused.message, refused.isRetryable]).toEqual([
      `127.0.0.1:${port}: it refuses connections on this port`,
      true,
    ]);
    const resolve = () => Promise.reject(Object.assign(new Error(CANARY), { code: 'ENOTFOUND' }));
    const missing = await failureOf(read(open({ resolve }), 'https://llm.example.com'));
    expect([missing.message, missing.isRetryable]).toEqual([
      'llm.example.com: there is no host of this name',
      false,
    ]);
  });

  it('when a lookup hangs', async () => {
    const outbound = open({ resolve: () => new Promise(() => {}), limits: { connectMs: 200 } });
    const { message } = await failureOf(read(outbound, 'https://llm.example.com'));
    expect(message).toContain('it did not accept a connection in time');
  });

  it.each([`${KEY}\nx: y`, `${KEY}\u20ac`, `${KEY}\0`])(
    'when the key is none that HTTP can carry: %j',
    async (key) => {
      await using server = await serveHttp((_, response) => response.end());
      const reading = open().fetch(server.url, { headers: { authorization: key } });
      expect((await failureOf(reading)).message).toContain('a header such as the key');
      expect(server.connections()).toBe(0);
    },
  );
});

describe('whoever asked', () => {
  it('ends it with a signal and gets the reason back, before and within the body', async () => {
    await using server = await serveHttp((request, response) => {
      if (request.url === '/body') response.write('.');
    });
    const { fetch } = open();
    for (const path of ['/silent', '/body']) {
      const turn = new AbortController();
      const reason = new Error('the turn is over');
      setTimeout(() => turn.abort(reason), 100);
      const reading = fetch(`${server.url}${path}`, { signal: turn.signal }).then((response) =>
        response.text(),
      );
      await expect(reading).rejects.toBe(reason);
      await server.idle();
    }
  });

  it('ends it by closing everything', async () => {
    await using server = await serveHttp((request, response) => {
      if (request.url === '/body') response.write('.');
    });
    const outbound = open();
    const readings = ['/silent', '/body'].map((path) => failureOf(read(outbound, `${server.url}${path}`)));
    setTimeout(() => void outbound.close(), 200);
    for (const { message } of await Promise.all(readings)) expect(message).toContain('the arena is stopping');
    await server.idle();
    expect((await failureOf(read(outbound, server.url))).message).toContain('the arena is stopping');
  });

  it('cannot bring a dispatcher of its own', async () => {
    const dispatcher = {
      dispatch: () => {
        throw new Error('not to be used');
      },
    };
    await using server = await serveHttp((_, response) => response.end('x'));
    const init: RequestInit = Object.assign({}, { dispatcher: dispatcher as never });
    expect(await (await open().fetch(server.url, init)).text()).toBe('x');
  });
});

/** A port that was free a moment ago. */
async function closedServer(): Promise<{ port: number }> {
  await using server = await serveRaw(() => {});
  return { port: server.port };
}
