import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROUTE_POLICY } from '../../http/policy.ts';
import { apiRouter } from '../../http/routes/index.ts';
import { mountedRoutes, type MountedRoute } from '../support/security/mounted-routes.ts';
import { PASSWORD } from '../support/security/people-of-all-kinds.ts';
import { mint } from '../support/security/principals.ts';
import { toWire } from '../support/security/requests.ts';
import { SAMPLES } from '../support/security/samples.ts';
import type { WireAnswer } from '../support/security/wire.ts';
import { World } from '../support/security/world.ts';

const OURS = 'https://arena.example';

let front: World;
let plain: World;
beforeAll(async () => {
  front = await World.open({ env: { PUBLIC_URL: OURS } });
  plain = await World.open();
}, 60_000);
afterAll(async () => {
  await front[Symbol.asyncDispose]();
  await plain[Symbol.asyncDispose]();
});

type Who = 'those who may' | 'anonymous';

async function call(world: World, route: MountedRoute, who: Who): Promise<WireAnswer> {
  if (route.name === null) throw new Error(`${route.path} has no row`);
  const { access } = ROUTE_POLICY[route.name];
  const official = access === 'moderator' || access === 'admin' ? access : 'owner';
  const sample = SAMPLES[route.name];
  const { user, credential } = await mint(world, who === 'anonymous' ? who : official, sample);
  const made = await sample.make(world, user);
  return await world.send(toWire(route, { ...made, headers: { ...made.headers, ...credential.headers } }));
}

/** Of each answer its own. */
const OWN =
  /^(date|x-request-id|ratelimit-\w+|connection|keep-alive|etag|content-length|content-encoding|transfer-encoding|set-cookie)$/;

function shown({ headers }: WireAnswer): string {
  return Object.entries(headers)
    .filter(([name]) => !OWN.test(name))
    .map(([name, value]) => `${name}: ${String(value)}`)
    .sort()
    .join('\n');
}

const PAGE_POLICY =
  "default-src 'self';script-src 'self';style-src 'self';img-src 'self' data:;connect-src 'self';" +
  "form-action 'self';frame-ancestors 'none';object-src 'none';base-uri 'none'";
const PICTURE_POLICY = "default-src 'none'; sandbox";
const EVERYWHERE = {
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
};
const OVER_HTTPS = {
  'cross-origin-opener-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
};
/** The same for everyone: it may be kept, and is asked for again. */
const SHARED: ReadonlySet<string> = new Set([
  'getArena',
  'getOpenApi',
  'browseDocs',
  'docsFile',
  'getAvatar',
]);
const TYPES: Readonly<Record<string, string>> = {
  browseDocs: 'text/html; charset=utf-8',
  docsFile: 'text/javascript; charset=utf-8',
  getAvatar: 'image/webp',
};

/** Every header of an answer, but for those that are its own. */
function expected(
  { name, method }: MountedRoute,
  { status }: WireAnswer,
  { who, isHttps }: { who: Who; isHttps: boolean },
): string {
  const isDone = status < 300;
  const isPicture = isDone && name === 'getAvatar';
  // Who logs in is told what is theirs.
  const isOfNobody = who === 'anonymous' && method === 'get';
  const isOpen = isDone && (isOfNobody || SHARED.has(String(name)));
  const hasBody = status !== 204;
  const policy = isHttps ? `${PAGE_POLICY};upgrade-insecure-requests` : PAGE_POLICY;
  const lines = {
    ...EVERYWHERE,
    ...(isHttps ? OVER_HTTPS : {}),
    'cache-control': isOpen ? 'no-cache' : 'no-store',
    'content-security-policy': isPicture ? PICTURE_POLICY : policy,
    // What is no text is not compressed, and nothing is not either.
    vary: hasBody && !isPicture ? 'Cookie, Authorization, Accept-Encoding' : 'Cookie, Authorization',
    ...(hasBody
      ? { 'content-type': (isDone && TYPES[String(name)]) || 'application/json; charset=utf-8' }
      : {}),
    ...(isDone && name === 'exportAccount'
      ? { 'content-disposition': 'attachment; filename=arena-account.json' }
      : {}),
  };
  return Object.entries(lines)
    .map(([header, value]) => `${header}: ${value}`)
    .sort()
    .join('\n');
}

describe('the headers of every route', () => {
  it.each([
    { where: 'https', worldOf: () => front, isHttps: true },
    { where: 'http', worldOf: () => plain, isHttps: false },
  ])('are as they should be over $where', { timeout: 60_000 }, async ({ worldOf, isHttps }) => {
    const world = worldOf();
    for (const route of mountedRoutes(apiRouter(world.t.app.ctx, () => 0)))
      for (const who of ['those who may', 'anonymous'] as const) {
        const answer = await call(world, route, who);
        const line = `${String(route.name)} ${who} ${answer.status}`;
        expect(`${line}\n${shown(answer)}`).toBe(`${line}\n${expected(route, answer, { who, isHttps })}`);
      }
  });
});

describe('the cookie of a session', () => {
  const cookies = ({ headers }: WireAnswer) => [headers['set-cookie'] ?? []].flat();
  const attributes = (cookie: string) =>
    cookie
      .split('; ')
      .slice(1)
      .filter((one) => !one.startsWith('Expires='))
      .sort();

  it.each([
    { where: 'https', worldOf: () => front, name: '__Host-arena', secure: ['Secure'] },
    { where: 'http', worldOf: () => plain, name: 'arena', secure: [] },
  ])('is for this page alone over $where, and goes with the login', async ({ worldOf, name, secure }) => {
    const world = worldOf();
    const { username } = await world.addUser();
    const post = (path: string, body?: object, cookie = '') =>
      world.send({
        method: 'post',
        path: `/api/v2/auth/${path}`,
        body,
        headers: { 'sec-fetch-site': 'same-origin', cookie },
      });
    const login = await post('login', { username, password: PASSWORD });
    const [cookie = '', ...more] = cookies(login);
    expect(more).toEqual([]);
    expect(cookie).toMatch(new RegExp(`^${name}=ars_[\\w-]{43}; `));
    expect(attributes(cookie)).toEqual(['HttpOnly', 'Max-Age=2592000', 'Path=/', 'SameSite=Lax', ...secure]);
    const pair = cookie.split(';', 1)[0] ?? '';
    const [gone = ''] = cookies(await post('logout', undefined, pair));
    expect(gone).toMatch(new RegExp(`^${name}=; `));
    expect(gone).toContain('Expires=Thu, 01 Jan 1970');
    // One that is over is taken away, and its bearer is a stranger.
    const later = await world.send({ method: 'get', path: '/api/v2/auth/me', headers: { cookie: pair } });
    expect([later.status, cookies(later)[0]?.startsWith(`${name}=; `)]).toEqual([200, true]);
  });

  it('of plain http opens nothing behind https', async () => {
    const { owner } = front;
    const token = owner.session.secret ?? '';
    const me = async (cookie: string) =>
      (await front.send({ method: 'get', path: '/api/v2/auth/me', headers: { cookie } })).text;
    expect(await me(`arena=${token}`)).toContain('"user":null');
    expect(await me(`__Host-arena=${token}`)).toContain(owner.userId);
  });
});
