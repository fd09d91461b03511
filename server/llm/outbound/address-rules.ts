import { BlockList, isIP } from 'node:net';

/**
 * `private`: this machine and the networks it may be part of. `forbidden`: never an endpoint, whatever is allowed
 * (metadata services, link-local, multicast, documentation, addresses that carry another one inside).
 */
export type AddressKind = 'public' | 'private' | 'forbidden';

type Subnet = readonly [network: string, prefix: number];

const PRIVATE_V4: readonly Subnet[] = [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
];

/** The rest of IANA's special-purpose registry, and hosts of clouds that answer with credentials. */
const FORBIDDEN_V4: readonly Subnet[] = [
  ['0.0.0.0', 8],
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

const PRIVATE_V6: readonly Subnet[] = [
  ['::1', 128],
  ['fc00::', 7],
];

/** Outside of it nothing is public: mapped and translated IPv4 (`::ffff:`, `64:ff9b:`), link-local, multicast. */
const GLOBAL_V6: readonly Subnet[] = [['2000::', 3]];

/** Teredo and other protocol assignments, 6to4, documentation, AS112, and the clouds' metadata hosts. */
const FORBIDDEN_V6: readonly Subnet[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
  ['fd00:42::42', 128],
  ['fd00:ec2::254', 128],
  ['fd20:ce::254', 128],
];

const V4 = { private: listOf(PRIVATE_V4, 'ipv4'), forbidden: listOf(FORBIDDEN_V4, 'ipv4') };
const V6 = {
  private: listOf(PRIVATE_V6, 'ipv6'),
  forbidden: listOf(FORBIDDEN_V6, 'ipv6'),
  global: listOf(GLOBAL_V6, 'ipv6'),
};

function listOf(subnets: readonly Subnet[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of subnets) list.addSubnet(network, prefix, family);
  return list;
}

/** `ip` as the system writes it, IPv6 without brackets; what is no address, or has a zone, is forbidden. */
export function classifyAddress(ip: string): AddressKind {
  const family = isIP(ip);
  if (family === 4) return classifyV4(ip);
  return family === 6 && !ip.includes('%') ? classifyV6(ip) : 'forbidden';
}

export function isPublicAddress(ip: string): boolean {
  return classifyAddress(ip) === 'public';
}

function classifyV4(ip: string): AddressKind {
  if (V4.forbidden.check(ip, 'ipv4')) return 'forbidden';
  return V4.private.check(ip, 'ipv4') ? 'private' : 'public';
}

function classifyV6(ip: string): AddressKind {
  if (V6.forbidden.check(ip, 'ipv6')) return 'forbidden';
  if (V6.private.check(ip, 'ipv6')) return 'private';
  return V6.global.check(ip, 'ipv6') ? 'public' : 'forbidden';
}
