import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { clientAddress } from './client-address.ts';

function requestFrom(remoteAddress: string | undefined, forwarded?: string): IncomingMessage {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return { socket: { remoteAddress }, headers } as unknown as IncomingMessage;
}

test.each<[string, { remote: string | undefined; forwarded?: string; proxies: number }, string]>([
  ['no proxy', { remote: '192.0.2.1', proxies: 0 }, '192.0.2.1'],
  ['a header nobody vouches for', { remote: '192.0.2.1', forwarded: '203.0.113.9', proxies: 0 }, '192.0.2.1'],
  ['one proxy', { remote: '10.0.0.1', forwarded: '203.0.113.9', proxies: 1 }, '203.0.113.9'],
  [
    'a visitor who lies',
    { remote: '10.0.0.1', forwarded: '1.1.1.1, 203.0.113.9', proxies: 1 },
    '203.0.113.9',
  ],
  ['two proxies', { remote: '10.0.0.1', forwarded: '203.0.113.9, 10.0.0.2', proxies: 2 }, '203.0.113.9'],
  ['fewer proxies than said', { remote: '10.0.0.1', forwarded: '203.0.113.9', proxies: 3 }, '203.0.113.9'],
  ['no header behind a proxy', { remote: '10.0.0.1', proxies: 1 }, '10.0.0.1'],
  ['an empty header', { remote: '10.0.0.1', forwarded: ' , ', proxies: 1 }, '10.0.0.1'],
  ['IPv4 written as IPv6', { remote: '::ffff:192.0.2.1', proxies: 0 }, '192.0.2.1'],
  ['a connection that is gone', { remote: undefined, proxies: 0 }, 'unknown'],
])('%s', (_what, { remote, forwarded, proxies }, address) => {
  expect(clientAddress(requestFrom(remote, forwarded), proxies)).toBe(address);
});

test('IPv6 counts by network, not by address', () => {
  const of = (address: string) => clientAddress(requestFrom(address), 0);
  expect(of('2001:db8:1:2::1')).toBe(of('2001:db8:1:2:ffff::9'));
  expect(of('2001:db8:1:2::1')).not.toBe(of('2001:db8:9:2::1'));
});
