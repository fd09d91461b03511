import { isIP } from 'node:net';
import { classifyAddress, type AddressKind } from './address-rules.ts';

export interface EndpointRules {
  /** Whether the administrator lets endpoints be on this machine and its networks. */
  readonly allowPrivate: boolean;
  /** The only hosts that endpoints may be on; absent or empty = any. */
  readonly hosts?: readonly string[];
}

export type EndpointCheck =
  | { readonly ok: true; readonly url: URL }
  | { readonly ok: false; readonly reason: string };

const MOST_CHARACTERS = 500;
const PUBLIC_PORTS: ReadonlySet<number> = new Set([443, 8443]);
const LEAST_PRIVATE_PORT = 1024;

/** Scheme, authority, path, and what may not follow it, as typed: parsing hides how a host was written. */
const TYPED_URL = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]+)([^?#]*)(.*)$/i;
const TYPED_HOST = /^(\[.*\]|[^:]*)(?::\d+)?$/;

/** Underscores are for containers, which are named with them. */
const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;
const LONGEST_HOST = 253;

/** Names that only mean something inside a network; so does every name without a dot. */
const PRIVATE_NAME =
  /(?:^|\.)(?:localhost|localdomain|local|internal|intranet|private|corp|home|lan|svc|home\.arpa)$/;

/** Where clouds keep the credentials of a machine. Their addresses are refused, too. */
const METADATA_NAMES = [
  'instance-data',
  'instance-data.ec2.internal',
  'metadata',
  'metadata.azure.internal',
  'metadata.goog',
  'metadata.google.internal',
  'metadata.tencentyun.com',
];

/**
 * What a base URL may be when it is saved: https, a public host, no disguise. The reason is a sentence for whoever typed
 * it. What a name resolves to is not known here: `guarded-fetch.ts` checks that whenever it connects.
 * @returns the URL without a slash at its end.
 */
export function checkEndpoint(text: string, rules: EndpointRules): EndpointCheck {
  const typed = refuseTyped(text);
  if (typed !== null) return { ok: false, reason: typed };
  const url = URL.parse(text);
  if (!url) return { ok: false, reason: 'This is not a valid web address.' };
  const reason = refuseTarget(url, rules) ?? refuseDisguise(text, url);
  if (reason !== null) return { ok: false, reason };
  url.pathname = url.pathname.replace(/\/+$/, '');
  return { ok: true, url };
}

/** The one place a key may be sent to, as `https://host:port`. A stored key belongs to the origin it was saved with. */
export function originOf(endpoint: string | URL): string {
  return new URL(endpoint).origin;
}

/** Why nothing may be sent to this host, whatever the path and query; null when it may be tried. */
export function refuseTarget(url: URL, rules: EndpointRules): string | null {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'The address must begin with https://.';
  if (url.username !== '' || url.password !== '')
    return 'The address must not contain a user name or password; the key has a field of its own.';
  return refuseHost(url, rules) ?? refusePort(url, rules);
}

function refuseTyped(text: string): string | null {
  if (text.length > MOST_CHARACTERS)
    return `The address is too long: at most ${MOST_CHARACTERS} characters are possible.`;
  if (/[\s\p{C}\\]/u.test(text))
    return 'The address must not contain spaces, invisible characters or backslashes.';
  const [, scheme, authority, , rest] = TYPED_URL.exec(text) ?? [];
  if (scheme === undefined || authority === undefined || !/^https?$/i.test(scheme))
    return 'The address must begin with https:// and a host name, such as https://api.example.com/v1.';
  if (authority.includes('@'))
    return 'The address must not contain a user name or password; the key has a field of its own.';
  return rest === '' ? null : 'The address must end with its path: no ? and no # in it.';
}

function refuseHost(url: URL, { allowPrivate, hosts = [] }: EndpointRules): string | null {
  const { hostname } = url;
  const kind = classifyHost(hostname);
  if (kind === 'malformed') return `"${hostname}" is not the full name of a host, such as api.example.com.`;
  if (kind === 'forbidden') return `${hostname} is reserved and cannot be an endpoint.`;
  if (kind === 'private' && !allowPrivate)
    return `${hostname} is on a private network. Use a public host, or ask the administrator to set ALLOW_PRIVATE_ENDPOINTS=1.`;
  if (kind === 'public' && url.protocol === 'http:')
    return 'The address must begin with https://: http:// would send the key readable to everyone on the way.';
  if (hosts.length > 0 && !hosts.includes(hostname))
    return `${hostname} is not among the hosts that models may be on here: ${hosts.join(', ')}.`;
  return null;
}

function refusePort(url: URL, { allowPrivate }: EndpointRules): string | null {
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  if (PUBLIC_PORTS.has(port)) return null;
  if (!allowPrivate) return `Port ${port} is not possible: use 443 or 8443.`;
  return port === 80 || port >= LEAST_PRIVATE_PORT
    ? null
    : `Port ${port} is not possible: use 80, 443 or one from ${LEAST_PRIVATE_PORT} up.`;
}

function classifyHost(hostname: string): AddressKind | 'malformed' {
  const address = hostname.replace(/^\[|\]$/g, '');
  if (isIP(address) !== 0) return classifyAddress(address);
  const isName = hostname.length <= LONGEST_HOST && hostname.split('.').every((label) => LABEL.test(label));
  if (!isName) return 'malformed';
  if (METADATA_NAMES.some((name) => `.${hostname}`.endsWith(`.${name}`))) return 'forbidden';
  return !hostname.includes('.') || PRIVATE_NAME.test(hostname) ? 'private' : 'public';
}

/** What was typed must be what it means: no 0x7f.1, no %6c, no letters that only look like others. */
function refuseDisguise(text: string, url: URL): string | null {
  const authority = TYPED_URL.exec(text)?.[2] ?? '';
  const typed = TYPED_HOST.exec(authority)?.[1]?.toLowerCase();
  return typed === url.hostname ? null : `The host means ${url.hostname}: write it that way.`;
}
