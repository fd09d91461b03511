import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { botsResponseSchema } from '../../contract/http/bots.ts';
import { errorSchema } from '../../contract/http/common.ts';
import { createHttpServer } from '../../http/server.ts';
import { PASSWORD } from '../support/security/people-of-all-kinds.ts';
import { jsonOf, type WireRequest } from '../support/security/wire.ts';
import { World } from '../support/security/world.ts';

const lines: string[] = [];
let world: World;
beforeAll(async () => {
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  world = await World.open({ log: pino({ level: 'trace' }, stream) });
});
afterAll(() => world[Symbol.asyncDispose]());

const asOlga = (request: WireRequest) =>
  world.send({ ...request, headers: { ...world.owner.session.headers, ...request.headers } });

/** What would look like a line of its own, or paint on a terminal. */
const FORGERIES = [
  '\n{"level":60,"msg":"forged"}',
  '\r\n{"level":60,"msg":"forged"}\r\n',
  '\u2028forged\u2029',
  '\u001b[2J\u001b[31mforged\u001b[0m',
  '\u0085forged',
  '\u0000forged',
  '","level":60,"msg":"forged',
];

/** Of either old set, or the end of a line or a paragraph. */
function isControl(code: number): boolean {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code === 0x2028 || code === 0x2029;
}

describe('the log', () => {
  it('keeps one record to a line, whatever people write', async () => {
    lines.length = 0;
    for (const text of FORGERIES) {
      const quoted = encodeURIComponent(text);
      await asOlga({ method: 'get', path: `/api/v2/bots/${quoted}?q=${quoted}` });
      await asOlga({ method: 'get', path: `/api/v2/${quoted}` });
      await asOlga({ method: 'post', path: '/api/v2/bots', body: { name: text, providerId: text } });
      await asOlga({
        method: 'post',
        path: '/api/v2/providers',
        body: { name: text, providerType: 'openai', modelName: 'm' },
      });
      await world.send({
        method: 'post',
        path: '/api/v2/auth/login',
        body: { username: text, password: text },
      });
      await world.send({
        method: 'get',
        path: '/api/v2/bots',
        headers: { authorization: `Bearer ${quoted}`, 'user-agent': quoted },
      });
      await world.send({ method: 'get', path: '/api/v2/bots', headers: { 'x-request-id': `x${quoted}` } });
    }
    expect(lines.length).toBeGreaterThan(FORGERIES.length * 6);
    for (const line of lines) {
      expect(line.endsWith('\n')).toBe(true);
      // Nothing but the end of the line is a sign that a terminal or another reader of lines would act on.
      const signs = line
        .slice(0, -1)
        .split('')
        .filter((letter) => isControl(letter.charCodeAt(0)));
      expect(signs).toEqual([]);
      const record = JSON.parse(line) as { level: number; msg?: string };
      expect([record.level < 60, record.msg]).not.toEqual([false, 'forged']);
    }
  });

  it('gives requests numbers of its own', async () => {
    const forged = 'ffffffff-0000-0000-0000-000000000000';
    const answer = await world.send({
      method: 'get',
      path: '/api/v2/health',
      headers: { 'x-request-id': forged },
    });
    expect(answer.headers['x-request-id']).not.toBe(forged);
  });

  it('takes anything for the address of a visitor without harm', async () => {
    const long = 'x'.repeat(4000);
    for (const address of [
      'garbage',
      '999.1.1.1',
      '[::1]:80',
      '::ffff:10.0.0.1',
      ',,,',
      '-',
      '1.2.3.4;drop',
      long,
    ]) {
      const body = { username: world.owner.username, password: 'not the password' };
      const headers = { 'x-forwarded-for': address };
      const { status } = await world.send({ method: 'post', path: '/api/v2/auth/login', body, headers });
      expect([address, status]).toEqual([address, 401]);
    }
  });
});

describe('bodies', () => {
  const post = (body: string, type = 'application/json') =>
    asOlga({ method: 'post', path: '/api/v2/bots', body, headers: { 'content-type': type } });

  it.each([
    [
      'very deep lists',
      `{"name":"x","providerId":"house:flat","settings":${'['.repeat(45_000)}${']'.repeat(45_000)}}`,
    ],
    ['very deep objects', `${'{"settings":'.repeat(7000)}{}${'}'.repeat(7000)}`],
    [
      'very many fields',
      JSON.stringify(Object.fromEntries(Array.from({ length: 9000 }, (_, i) => [`k${i}`, 1]))),
    ],
    [
      'very many items',
      JSON.stringify({ name: 'x', providerId: 'y', tradingSymbols: Array.from({ length: 40_000 }, () => 1) }),
    ],
    [
      'very many digits',
      `{"name":"x","providerId":"house:flat","settings":{"minSizeUsd":${'9'.repeat(90_000)}}}`,
    ],
    ['halves of letters', '{"name":"\\ud800\\udc00\\ud800","providerId":"house:flat"}'],
    ['the same field many times', `{${Array.from({ length: 9000 }, () => '"name":1').join()}}`],
    ['nothing but blanks', ' '.repeat(90_000)],
    ['a number', '1e999'],
  ])('with %s are refused at once, in few words', async (_what, body) => {
    const before = performance.now();
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect(answer.text.length).toBeLessThan(5000);
    expect(performance.now() - before).toBeLessThan(2000);
  });

  it('of another kind are refused by every change, also by those that take none', async () => {
    const { botId } = world.owner;
    const before = world.state.version();
    const changes = [
      'post bots',
      `post bots/${botId}/force-turn`,
      `delete bots/${botId}`,
      `post bots/${botId}/snapshot`,
    ];
    for (const line of [
      ...changes,
      'post auth/logout',
      'post account/sessions/end-others',
      'post auth/login',
    ])
      for (const type of [
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
      ]) {
        const [method = '', path = ''] = line.split(' ');
        const request = { method, path: `/api/v2/${path}`, body: 'a=b', headers: { 'content-type': type } };
        expect([line, type, (await asOlga(request)).status]).toEqual([line, type, 415]);
      }
    expect(world.state.version()).toBe(before);
  });
});

describe('queries', () => {
  it.each([
    ['bots?limit=1&limit=2', 400],
    ['bots?q=a&q=b', 400],
    ['bots?q[]=a', 400],
    ['bots?q[$gt]=', 400],
    ['bots?limit=1e1', 200],
    ['bots?limit=0x10', 200],
    ['bots?limit=', 400],
    ['bots?limit=Infinity', 400],
    ['bots?limit=-1', 400],
    ['bots?limit=1.5', 400],
    ['bots?q=%00', 200],
    ['bots?q=%ff%fe', 200],
    ['bots/%00', 404],
    ['bots/..%2f..%2fhealth', 404],
    ['bots/%2e%2e/health', 404],
    ['markets/BTCUSDT%20/candles', 400],
  ])('%s is answered with %d', async (path, status) => {
    const answer = await asOlga({ method: 'get', path: `/api/v2/${path}` });
    expect([answer.status, answer.text.length < 5000]).toEqual([status, true]);
    const shape = status === 200 ? botsResponseSchema : errorSchema;
    expect(shape.parse(jsonOf(answer))).toEqual(jsonOf(answer));
  });

  it('that are too long are refused', async () => {
    const many = Array.from({ length: 900 }, (_, i) => `k${i}=1`).join('&');
    const [long, longer] = ['x'.repeat(101), 'x'.repeat(201)];
    for (const path of [`bots?q=${long}`, `bots?cursor=${longer}`, `bots?${many}`, `bots/${long}`]) {
      const answer = await asOlga({ method: 'get', path: `/api/v2/${path}` });
      expect([answer.status, answer.text.length < 5000]).toEqual([400, true]);
    }
  });
});

describe('slow and stubborn clients', () => {
  /** How often Node looks for them. */
  const CHECK_MS = 5000;

  it('are cut off, and others do not notice', { timeout: 30_000 }, async () => {
    const server = createHttpServer(world.t.app.ctx);
    Object.assign(server, { headersTimeout: 300, requestTimeout: 600 });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const sockets = Array.from({ length: 60 }, (_, i) => slow(port, i % 2 === 0 ? 'headers' : 'body'));
    const started = performance.now();
    while (performance.now() - started < 1000) {
      const before = performance.now();
      const answer = await fetch(`http://127.0.0.1:${port}/api/v2/health`);
      expect([answer.status, performance.now() - before < 1000]).toEqual([200, true]);
      await sleep(100);
    }
    const answers = await Promise.all(sockets);
    expect(performance.now() - started).toBeLessThan(2 * CHECK_MS + 2000);
    // Who goes on sending after the end may lose what the server said last.
    for (const answer of answers) expect(['HTTP/1.1 408', '']).toContain(answer.slice(0, 12));
    server.close();
    server.closeAllConnections();
  });

  /** Sends a letter now and then. @returns what it was told when it was cut off. */
  async function slow(port: number, part: 'headers' | 'body'): Promise<string> {
    const socket: Socket = connect(port, '127.0.0.1');
    let told = '';
    socket.on('data', (data) => (told += String(data))).on('error', () => undefined);
    const head = 'POST /api/v2/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
    socket.write(
      part === 'headers'
        ? 'GET /api/v2/health HTTP/1.1\r\nHost: x\r\nX-A: '
        : `${head}Content-Length: 1000\r\n\r\n{`,
    );
    const drip = setInterval(() => socket.write('a'), 50);
    const { promise, resolve } = Promise.withResolvers<void>();
    socket.once('close', () => resolve());
    await promise;
    clearInterval(drip);
    return told;
  }

  it('cannot make a login wait for them', async () => {
    const body = { username: world.owner.username, password: PASSWORD };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => world.send({ method: 'post', path: '/api/v2/auth/login', body })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
  });
});
