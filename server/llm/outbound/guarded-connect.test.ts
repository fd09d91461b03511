import { describe, expect, it } from 'vitest';
import { AppError } from '../../errors.ts';
import { serveRaw } from '../../test/support/local-server.ts';
import { createGuardedConnector, type Resolve } from './guarded-connect.ts';

/** Public by every register, and given to nobody: what is sent there goes nowhere. */
const NOWHERE = '3ffe::1';

interface Attempt {
  readonly resolve: Resolve;
  readonly port: number;
  readonly allowPrivate?: boolean;
  readonly protocol?: string;
  readonly hostname?: string;
}

/** Opens one socket as undici would. @returns 'connected', or the code of the refusal. */
function attempt({ resolve, port, allowPrivate = false, ...target }: Attempt): Promise<string> {
  const connect = createGuardedConnector({ allowPrivate, resolve, timeoutMs: 300, maxBytes: 1024 });
  const { protocol = 'https:', hostname = 'llm.example.com' } = target;
  return new Promise((done) => {
    connect({ protocol, hostname, host: hostname, port: String(port) }, (error, socket) => {
      socket?.destroy();
      done(error === null ? 'connected' : String((error as NodeJS.ErrnoException).code));
    });
  });
}

const answer =
  (...addresses: string[]): Resolve =>
  () =>
    Promise.resolve(addresses);

describe('a name is refused', () => {
  it.each([
    [['127.0.0.1']],
    [['169.254.169.254']],
    [['10.1.2.3']],
    [['192.168.0.1']],
    [['100.64.0.1']],
    [['0.0.0.0']],
    [['::1']],
    [['fd00::1']],
    [['fe80::1%eth0']],
    [['::ffff:127.0.0.1']],
    [['64:ff9b::7f00:1']],
    [['2002:7f00:1::']],
    [[NOWHERE, '127.0.0.1']],
    [['127.0.0.1', NOWHERE]],
    [['1.1.1.1', '8.8.8.8', 'fd00::1']],
    [['not an address']],
    [[]],
  ])('that leads to %j', async (addresses) => {
    await using server = await serveRaw(() => {});
    const code = await attempt({ resolve: answer(...addresses), port: server.port });
    expect(code).toBe('refused-address');
    expect(server.connections()).toBe(0);
  });

  it.each(['169.254.169.254', 'fd00:ec2::254', '0.0.0.0', '::', '::ffff:127.0.0.1'])(
    'that leads to %s, even where private addresses are allowed',
    async (address) => {
      const resolve = answer(address);
      const codes = ['https:', 'http:'].map((protocol) =>
        attempt({ resolve, port: 9, protocol, allowPrivate: true }),
      );
      expect(await Promise.all(codes)).toEqual(['refused-address', 'refused-address']);
    },
  );

  it('that leads to a public address without TLS, even where private ones are allowed', async () => {
    const target = { port: 9, protocol: 'http:', hostname: 'ollama.internal', allowPrivate: true };
    expect(await attempt({ ...target, resolve: answer('1.1.1.1') })).toBe('refused-address');
    expect(await attempt({ ...target, resolve: answer('127.0.0.1', '1.1.1.1') })).toBe('refused-address');
  });
});

it('asks for addresses once, and connects to the ones it checked: the second answer comes too late', async () => {
  await using server = await serveRaw(() => {});
  const answers = [[NOWHERE], ['127.0.0.1'], ['127.0.0.1']];
  let asked = 0;
  const rebinding: Resolve = () => Promise.resolve(answers[asked++] ?? []);
  expect(await attempt({ resolve: rebinding, port: server.port })).not.toBe('refused-address');
  expect(asked).toBe(1);
  expect(await attempt({ resolve: rebinding, port: server.port })).toBe('refused-address');
  expect(asked).toBe(2);
  expect(server.connections()).toBe(0);
});

it.each(['127.0.0.1', '::1', '::ffff:127.0.0.1', '169.254.169.254'])(
  'refuses the address %s, for which nothing is looked up',
  async (hostname) => {
    await using server = await serveRaw(() => {});
    const resolve: Resolve = () => Promise.reject(new Error('not to be asked'));
    expect(await attempt({ resolve, port: server.port, hostname })).toBe('refused-address');
    expect(await attempt({ resolve, port: server.port, hostname, protocol: 'http:' })).toBe(
      'refused-address',
    );
    expect(server.connections()).toBe(0);
  },
);

it('speaks nothing but http and https', async () => {
  const resolve = answer('127.0.0.1');
  expect(await attempt({ resolve, port: 9, protocol: 'unix:', allowPrivate: true })).toBe('refused-address');
});

it('hands on why a name has no address', async () => {
  const resolve: Resolve = () => Promise.reject(new AppError('ENOTFOUND', 'no such host'));
  expect(await attempt({ resolve, port: 9 })).toBe('ENOTFOUND');
});

it('reaches a private host by its name where that is allowed', async () => {
  await using server = await serveRaw(() => {});
  const target = { port: server.port, protocol: 'http:', hostname: 'ollama.internal', allowPrivate: true };
  expect(await attempt({ ...target, resolve: answer('127.0.0.1') })).toBe('connected');
  expect(await attempt({ ...target, resolve: answer('::1', '127.0.0.1') })).toBe('connected');
  expect(server.connections()).toBe(2);
});
