import type { Endpoint } from '../../../contract/api.ts';
import { ENDPOINTS, type EndpointName } from '../../../contract/endpoints/index.ts';
import type { Random } from '../../../llm/providers/house/seeded-random.ts';
import type { Estate } from './estate.ts';
import type { MountedRoute } from './mounted-routes.ts';
import { PASSWORD, type Credential } from './people-of-all-kinds.ts';
import { toWire } from './requests.ts';
import type { SampleRequest } from './samples.ts';
import type { WireRequest } from './wire.ts';

/** What somebody may know of somebody else: ids that turn up in addresses, and guesses. */
export interface Loot {
  /** By the part of an address that comes before them. */
  readonly byKind: Readonly<Record<string, string>>;
  readonly ids: readonly string[];
  readonly cursors: readonly string[];
}

export function lootOf(estate: Estate): Loot {
  const { botId, pausedBotId, positionId, closedPositionId, tradeId, decisionId, turnId } = estate;
  const { providerId, walletId, userId, username, session, key, cursors } = estate;
  const byKind = {
    bots: botId,
    positions: positionId,
    providers: providerId,
    wallets: walletId,
    sessions: session.id ?? '',
    'api-keys': key.id ?? '',
    users: userId,
  };
  const ids = Object.values(byKind)
    .concat([pausedBotId, closedPositionId, tradeId, decisionId, turnId, username])
    .concat([`${userId}:house:flat`, `bot:${botId}`, `user:${userId}`]);
  return { byKind, ids, cursors };
}

/** Whose things go where. */
export interface Swap {
  readonly route: MountedRoute;
  /** A request that is in order, from somebody who may send it. */
  readonly sample: SampleRequest;
  readonly attacker: Estate;
  readonly victim: Loot;
  readonly credential: Credential;
}

/** A request of the attacker in which things of the victim stand wherever an id, a name or a cursor may stand. */
export function swapped(random: Random, { route, sample, attacker, victim, credential }: Swap): WireRequest {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const theirs = () => disguise(random, pick(victim.ids));
  const own = lootOf(attacker);
  const params = Object.fromEntries(
    Object.entries(sample.params ?? {}).map(([name, value]) => {
      const kind = new RegExp(`([\\w-]+)/:${name}\\b`).exec(route.path)?.[1] ?? '';
      const dice = random();
      if (dice < 0.5) return [name, disguise(random, victim.byKind[kind] ?? theirs())];
      // A thing of one's own may open the way to one of somebody else's, while one has it.
      const isOwn = dice < 0.8 && route.method !== 'delete';
      return [name, isOwn ? (own.byKind[kind] ?? value) : theirs()];
    }),
  );
  const query = { ...sample.query, ...swapQuery(random, { route, victim, theirs }) };
  const headers = {
    ...sample.headers,
    ...credential.headers,
    ...(random() < 0.15 ? pick(CLAIMS)(pick(victim.ids)) : {}),
  };
  const body =
    sample.body === undefined || Buffer.isBuffer(sample.body)
      ? sample.body
      : swapBody(random, sample.body, theirs);
  const request = toWire(route, { params, query, body, headers });
  return random() < 0.05 ? { ...request, path: climb(request.path, pick(victim.ids)) } : request;
}

/** What a filter may look like besides those that the route knows. */
const FILTERS = ['userId', 'user_id', 'actorId', 'botId', 'viewerId', 'owner', 'cursor'];

function swapQuery(
  random: Random,
  { route, victim, theirs }: Pick<Swap, 'route' | 'victim'> & { theirs: () => string },
): Record<string, string> {
  const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)] ?? '';
  const valueOf = (name: string): string => {
    if (name === 'cursor') return random() < 0.8 ? pick(victim.cursors) : theirs();
    if (name === 'limit') return pick(['1', '50', '100']);
    if (name === 'from' || name === 'to') return pick(['0', '1770000000000', '9999999999999']);
    if (name === 'owner') return random() < 0.8 ? 'me' : theirs();
    return theirs();
  };
  const known = queryNames(route).filter(() => random() < 0.3);
  const names = random() < 0.06 ? [...known, pick(FILTERS)] : known;
  return Object.fromEntries(names.map((name) => [name, valueOf(name)]));
}

function queryNames({ name }: MountedRoute): string[] {
  const endpoint: Endpoint | undefined = ENDPOINTS[name as EndpointName];
  return endpoint ? Object.keys(endpoint.query.shape) : [];
}

const CLAIMS: readonly ((id: string) => Record<string, string>)[] = [
  (id) => ({ 'idempotency-key': `key-of-${id.slice(0, 40)}` }),
  (id) => ({ 'x-user-id': id, 'x-forwarded-user': id, 'x-remote-user': id }),
  (id) => ({
    'x-original-url': `/api/v2/bots/${encodeURIComponent(id)}`,
    'x-http-method-override': 'DELETE',
  }),
];
/** Never swapped: else the attacker would lock themselves out. */
const KEPT: ReadonlySet<string> = new Set([
  'password',
  'currentPassword',
  'format',
  'version',
  'exchange',
  'providerType',
]);
const OWNER_FIELDS = [
  'userId',
  'user_id',
  'ownerId',
  'botId',
  'id',
  'owner',
  'providerId',
  'clonedFrom',
  'actorId',
];

function swapBody(random: Random, body: unknown, theirs: () => string): unknown {
  if (typeof body !== 'object' || body === null) return body;
  const entries = Object.entries(body).map(([name, value]: [string, unknown]) => {
    if (typeof value === 'object') return [name, swapBody(random, value, theirs)];
    const isSwapped = typeof value === 'string' && !KEPT.has(name) && random() < 0.3;
    return [name, isSwapped ? theirs() : value];
  });
  if (random() < 0.1) entries.push([OWNER_FIELDS[Math.floor(random() * OWNER_FIELDS.length)], theirs()]);
  return Object.fromEntries(entries) as unknown;
}

/** The same id in another dress. */
function disguise(random: Random, id: string): string {
  const dresses = [
    (text: string) => text.toUpperCase(),
    (text: string) => ` ${text}`,
    (text: string) => `${text}\0`,
    (text: string) => `./${text}`,
    (text: string) => `%27 or id='${text}`,
    (text: string) => `${text}%`,
  ];
  const dress = random() < 0.1 ? dresses[Math.floor(random() * dresses.length)] : undefined;
  return dress ? dress(id) : id;
}

/** Out of the own folder into another. */
function climb(path: string, id: string): string {
  return path.replace(
    /(bots|providers|wallets|sessions|api-keys)\/([^/?]+)/,
    `$1/$2%2f..%2f${encodeURIComponent(id)}`,
  );
}

/** What the requests of somebody hostile begin with: bodies that are right, and steal nothing by being right. */
export function hostileSample(sample: SampleRequest, attacker: Estate): SampleRequest {
  const body = sample.body;
  if (typeof body !== 'object' || body === null || Buffer.isBuffer(body)) return sample;
  const isLogin = 'username' in body && 'password' in body;
  const changes = {
    ...(isLogin ? { password: `not ${PASSWORD}` } : {}),
    ...('currentPassword' in body ? { password: PASSWORD } : {}),
    // Deletes nobody: it is the name of somebody else.
    ...('confirm' in body && 'password' in body ? { confirm: `not ${attacker.username}` } : {}),
  };
  return { ...sample, body: { ...body, ...changes } };
}
