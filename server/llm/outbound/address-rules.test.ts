import { describe, expect, it } from 'vitest';
import { classifyAddress, isPublicAddress } from './address-rules.ts';

/** First and last of each range, and the addresses right outside of it that are public. */
const RANGES: readonly (readonly [
  kind: 'private' | 'forbidden',
  first: string,
  last: string,
  around: string[],
])[] = [
  ['forbidden', '0.0.0.0', '0.255.255.255', ['1.0.0.0']],
  ['private', '10.0.0.0', '10.255.255.255', ['9.255.255.255', '11.0.0.0']],
  ['private', '100.64.0.0', '100.127.255.255', ['100.63.255.255', '100.128.0.0']],
  ['private', '127.0.0.0', '127.255.255.255', ['126.255.255.255', '128.0.0.0']],
  ['forbidden', '169.254.0.0', '169.254.255.255', ['169.253.255.255', '169.255.0.0']],
  ['private', '172.16.0.0', '172.31.255.255', ['172.15.255.255', '172.32.0.0']],
  ['forbidden', '192.0.0.0', '192.0.0.255', ['191.255.255.255', '192.0.1.0']],
  ['forbidden', '192.0.2.0', '192.0.2.255', ['192.0.1.255', '192.0.3.0']],
  ['forbidden', '192.31.196.0', '192.31.196.255', ['192.31.195.255', '192.31.197.0']],
  ['forbidden', '192.52.193.0', '192.52.193.255', ['192.52.192.255', '192.52.194.0']],
  ['forbidden', '192.88.99.0', '192.88.99.255', ['192.88.98.255', '192.88.100.0']],
  ['private', '192.168.0.0', '192.168.255.255', ['192.167.255.255', '192.169.0.0']],
  ['forbidden', '192.175.48.0', '192.175.48.255', ['192.175.47.255', '192.175.49.0']],
  ['forbidden', '198.18.0.0', '198.19.255.255', ['198.17.255.255', '198.20.0.0']],
  ['forbidden', '198.51.100.0', '198.51.100.255', ['198.51.99.255', '198.51.101.0']],
  ['forbidden', '203.0.113.0', '203.0.113.255', ['203.0.112.255', '203.0.114.0']],
  ['forbidden', '224.0.0.0', '255.255.255.255', ['223.255.255.255']],
  ['forbidden', '2001::', '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff', ['2001:200::']],
  ['forbidden', '2001:db8::', '2001:db8:ffff::', ['2001:db7:ffff::', '2001:db9::']],
  ['forbidden', '2002::', '2002:ffff::', ['2001:ffff::', '2003::']],
  ['forbidden', '2620:4f:8000::', '2620:4f:8000:ffff::', ['2620:4f:7fff::', '2620:4f:8001::']],
  ['forbidden', '3fff::', '3fff:fff::', ['3ffe:ffff::', '3fff:1000::']],
  ['private', 'fc00::', 'fdff:ffff::', []],
];

describe('a range', () => {
  it.each(RANGES)('is %s: %s to %s, and ends there', (...[kind, first, last, around]) => {
    expect([first, last].map(classifyAddress)).toEqual([kind, kind]);
    expect(around.filter((ip) => !isPublicAddress(ip))).toEqual([]);
  });
});

it.each([
  // IPv4 inside: mapped, translated, compatible, and 127.0.0.1 behind 6to4, Teredo and both NAT64 prefixes.
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '::ffff:0:127.0.0.1',
  '::127.0.0.1',
  '2002:7f00:1::',
  '2001:0:7f00:1::',
  '64:ff9b::7f00:1',
  '64:ff9b:1::7f00:1',
  // Local, multicast, discarded, unassigned.
  '::',
  '::2',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
  '100::1',
  '4000::1',
  '5f00::1',
  // What clouds answer on, though it lies in networks that are private or even public.
  '169.254.169.254',
  '169.254.170.2',
  '100.100.100.200',
  '168.63.129.16',
  'fd00:ec2::254',
  'fd20:ce::254',
  'fd00:42::42',
  // No addresses.
  '',
  '127.1',
  '[::1]',
  '2130706433',
  'localhost',
  '1.1.1.1 ',
])('%s is forbidden', (ip) => {
  expect(classifyAddress(ip)).toBe('forbidden');
});

it.each(['1.1.1.1', '8.8.8.8', '2606:4700:4700::1111', '2a00:1450::1'])('%s is public', (ip) => {
  expect(isPublicAddress(ip)).toBe(true);
});

it.each(['::1', 'fd12:3456::1', '127.0.0.53', '10.1.2.3'])('%s is private', (ip) => {
  expect(classifyAddress(ip)).toBe('private');
});
