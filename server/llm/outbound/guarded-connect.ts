import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import { callbackify } from 'node:util';
import { buildConnector } from 'undici';
import { classifyAddress } from './address-rules.ts';
import type { EndpointRules } from './endpoint-rules.ts';
import { refusedAddress, tooLarge } from './failures.ts';

/** Every address of a host name, in the order to try them. Rejects with the system's error when there is none. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

export interface ConnectOptions extends EndpointRules {
  readonly resolve: Resolve;
  readonly timeoutMs: number;
  /** That one socket may receive: hints, chunk extensions and padding are no part of a body, and need not end either. */
  readonly maxBytes: number;
}

export const resolveBySystem: Resolve = async (hostname) => {
  const found = await lookup(hostname, { all: true });
  return found.map(({ address }) => address);
};

/**
 * Opens sockets to addresses that were checked, and to no others. The check is in the socket's own lookup: the name is
 * resolved once, and the answer that was checked is the one it connects to. One bad address refuses the whole answer.
 */
export function createGuardedConnector(options: ConnectOptions): buildConnector.connector {
  const connectors = {
    'https:': connectorOf(options, isSafeForTls),
    'http:': connectorOf(options, isPrivate),
  };
  return (target, callback) => {
    if (target.protocol !== 'https:' && target.protocol !== 'http:') callback(refusedAddress(), null);
    else connectors[target.protocol](target, callback);
  };
}

type AddressRule = (ip: string, rules: EndpointRules) => boolean;

const isSafeForTls: AddressRule = (ip, { allowPrivate }) => {
  const kind = classifyAddress(ip);
  return kind === 'public' || (kind === 'private' && allowPrivate);
};

/** Without TLS a key never leaves the administrator's own networks, not even when a private name resolves elsewhere. */
const isPrivate: AddressRule = (ip, { allowPrivate }) => allowPrivate && classifyAddress(ip) === 'private';

function connectorOf(options: ConnectOptions, rule: AddressRule): buildConnector.connector {
  const isAllowed = (ip: string) => rule(ip, options);
  const connect = buildConnector({
    allowH2: false,
    timeout: options.timeoutMs,
    // Stated, so that NODE_TLS_REJECT_UNAUTHORIZED=0 cannot undo it.
    rejectUnauthorized: true,
    lookup: guardLookup(options.resolve, isAllowed),
  });
  const connectWithin: buildConnector.connector = (target, callback) => {
    connect(target, (...outcome) => {
      if (outcome[1]) limitBytes(outcome[1], options.maxBytes);
      callback(...outcome);
    });
  };
  return (target, callback) => {
    // An address needs no lookup, so it would slip past the one above.
    const isRefused = isIP(target.hostname) !== 0 && !isAllowed(target.hostname);
    if (isRefused) callback(refusedAddress(), null);
    else connectWithin(target, callback);
  };
}

function limitBytes(socket: Socket, maxBytes: number): void {
  socket.on('readable', () => {
    if (socket.bytesRead > maxBytes) socket.destroy(tooLarge());
  });
}

function guardLookup(resolve: Resolve, isAllowed: (ip: string) => boolean): LookupFunction {
  const find = async (hostname: string) => {
    const addresses = await resolve(hostname);
    if (addresses.length === 0 || !addresses.every(isAllowed)) throw refusedAddress();
    return addresses.map((address) => ({ address, family: isIP(address) }));
  };
  const findFor = callbackify(find);
  return (hostname, { all }, callback) =>
    findFor(hostname, (error, found) => {
      if (error || all) callback(error, found);
      else callback(null, found[0]?.address ?? '', found[0]?.family);
    });
}
