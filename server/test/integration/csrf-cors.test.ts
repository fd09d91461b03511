import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROUTE_POLICY } from '../../http/policy.ts';
import { apiRouter } from '../../http/routes/index.ts';
import { hostileOrigins } from '../support/hostile-origins.ts';
import { changedTables } from '../support/security/database-state.ts';
import { mountedRoutes, type MountedRoute } from '../support/security/mounted-routes.ts';
import { mint } from '../support/security/principals.ts';
import { isChange, toWire } from '../support/security/requests.ts';
import { SAMPLES } from '../support/security/samples.ts';
import type { WireAnswer, WireRequest } from '../support/security/wire.ts';
import { World } from '../support/security/world.ts';

const OURS = 'https://arena.example';
const PARTNER = 'https://partner.example';

/** Behind its own address with a partner, and on a machine of one's own. */
let front: World;
let plain: World;
beforeAll(async () => {
  front = await World.open({ env: { PUBLIC_URL: OURS, ALLOWED_ORIGINS: PARTNER } });
  plain = await World.open();
}, 60_000);
afterAll(async () => {
  await front[Symbol.asyncDispose]();
  await plain[Symbol.asyncDispose]();
});

const routesOf = ({ t }: World) => mountedRoutes(apiRouter(t.app.ctx, () => 0));

/** The route's sample from somebody who may, without a word of where it comes from. */
async function requestTo(world: World, route: MountedRoute): Promise<WireRequest> {
  if (route.name === null) throw new Error(`${route.path} has no row`);
  const { access } = ROUTE_POLICY[route.name];
  const kind = access === 'moderator' || access === 'admin' ? access : 'owner';
  const sample = SAMPLES[route.name];
  const { user, credential } = await mint(world, kind, sample);
  const made = await sample.make(world, user);
  const { cookie = '' } = credential.headers;
  return toWire(route, { ...made, headers: { ...made.headers, cookie } });
}

async function requestsTo(world: World, which: (route: MountedRoute) => boolean): Promise<WireRequest[]> {
  const requests: WireRequest[] = [];
  for (const route of routesOf(world).filter(which)) requests.push(await requestTo(world, route));
  return requests;
}

function codeOf({ status, text }: WireAnswer): string {
  return /"code":"([\w-]+)"/.exec(text)?.[1] ?? String(status);
}

const corsHeaders = ({ headers }: WireAnswer) =>
  Object.keys(headers).filter((name) => name.startsWith('access-control-'));

/** Behind a proxy that ends TLS the page's scheme is not known, unless PUBLIC_URL tells it. */
const onPlainHost = hostileOrigins('http://arena.example').filter(([why]) => why !== 'another scheme');
const onOurAddress = [...hostileOrigins(OURS), ...hostileOrigins(PARTNER)];

describe('pages of other sites', () => {
  it.each([
    { where: 'behind our address', worldOf: () => front, origins: onOurAddress },
    { where: 'without one', worldOf: () => plain, origins: onPlainHost },
  ])('change nothing $where', { timeout: 60_000 }, async ({ worldOf, origins }) => {
    const world = worldOf();
    const requests = await requestsTo(world, isChange);
    expect(requests.length * origins.length).toBeGreaterThan(1000);
    const before = world.state.version();
    const problems: string[] = [];
    for (const request of requests)
      for (const [why, origin] of origins) {
        const headers = { ...request.headers, host: 'arena.example', origin };
        const answer = await world.send({ ...request, headers }, 5000);
        const line = `${request.method} ${request.path} from ${why} (${origin})`;
        if (codeOf(answer) !== 'cross-site' || answer.status !== 403)
          problems.push(`${line}: ${answer.status}`);
        if (answer.headers['access-control-allow-origin'] !== undefined) problems.push(`${line}: may read`);
        if (world.state.version() !== before) problems.push(`${line}: changed something`);
        if ('set-cookie' in answer.headers) problems.push(`${line}: got a cookie`);
      }
    expect(problems.slice(0, 20)).toEqual([]);
  });
});

describe('where a request says it comes from', () => {
  type Says = Readonly<Record<string, string>>;
  const rename = async (credential: 'cookie' | 'key', says: Says) => {
    const { owner } = front;
    const shown = credential === 'key' ? owner.key.headers : { cookie: owner.session.headers.cookie ?? '' };
    const path = `/api/v2/bots/${owner.botId}`;
    const body = { prompt: front.nextName('prompt') };
    return codeOf(await front.send({ method: 'patch', path, body, headers: { ...shown, ...says } }));
  };

  it.each<[string, Says, string]>([
    ['our page', { origin: OURS, 'sec-fetch-site': 'same-origin' }, '200'],
    ['our page in an old browser', { origin: OURS }, '200'],
    ['our page in a browser without Origin', { 'sec-fetch-site': 'same-origin' }, '200'],
    ['nowhere', {}, 'cross-site'],
    ['the address bar', { 'sec-fetch-site': 'none' }, 'cross-site'],
    ['a subdomain', { 'sec-fetch-site': 'same-site' }, 'cross-site'],
    ['another site', { 'sec-fetch-site': 'cross-site' }, 'cross-site'],
    ['another site that claims to be ours', { origin: OURS, 'sec-fetch-site': 'cross-site' }, 'cross-site'],
    ['a subdomain that claims to be ours', { origin: OURS, 'sec-fetch-site': 'same-site' }, 'cross-site'],
    ['a browser that is not one', { origin: OURS, 'sec-fetch-site': 'Same-Origin' }, 'cross-site'],
    ['a partner', { origin: PARTNER }, 'cross-site'],
    ['a partner as if it were us', { origin: PARTNER, 'sec-fetch-site': 'same-origin' }, 'cross-site'],
    ['another page of this machine', { origin: 'http://localhost:5173' }, 'cross-site'],
    ['another page of this machine by number', { origin: 'http://127.0.0.1:5173' }, 'cross-site'],
  ])('with a cookie: %s', async (_who, says, code) => {
    expect(await rename('cookie', says)).toBe(code);
  });

  it.each<[string, Says, string]>([
    ['nowhere', {}, '200'],
    ['a partner', { origin: PARTNER, 'sec-fetch-site': 'cross-site' }, '200'],
    ['our page', { origin: OURS }, '200'],
    ['another site', { origin: 'https://evil.example' }, 'cross-site'],
    ['another site without Origin', { 'sec-fetch-site': 'cross-site' }, 'cross-site'],
  ])('with a key: %s', async (_who, says, code) => {
    expect(await rename('key', says)).toBe(code);
  });
});

describe('answers to pages of other sites', () => {
  it('are for nobody where nobody is listed', async () => {
    for (const request of await requestsTo(plain, (route) => !isChange(route)))
      for (const origin of ['https://evil.example', 'null', 'http://arena.example', PARTNER]) {
        const answer = await plain.send({ ...request, headers: { ...request.headers, origin } });
        expect([request.path, corsHeaders(answer)]).toEqual([request.path, []]);
      }
  });

  it('are for whom is listed, to the letter, and never with a cookie', async () => {
    const path = '/api/v2/bots';
    const listed = await front.send({ method: 'get', path, headers: { origin: PARTNER } });
    expect(listed.headers['access-control-allow-origin']).toBe(PARTNER);
    expect(String(listed.headers.vary)).toMatch(/\bOrigin\b/);
    expect(corsHeaders(listed)).not.toContain('access-control-allow-credentials');
    for (const [why, origin] of [...hostileOrigins(PARTNER), ['our own', OURS] as const]) {
      const answer = await front.send({ method: 'get', path, headers: { origin } });
      expect([why, answer.headers['access-control-allow-origin']]).toEqual([why, undefined]);
    }
  });

  it('say beforehand what may be asked, without doing it', async () => {
    const before = front.state.version();
    for (const { method, path } of routesOf(front)) {
      const ask = (origin: string) => ({
        method: 'options',
        path: path.replaceAll(/:\w+/g, 'x'),
        headers: {
          origin,
          'access-control-request-method': method.toUpperCase(),
          'access-control-request-headers': 'authorization',
        },
      });
      const partner = await front.send(ask(PARTNER));
      expect([path, partner.status, partner.headers['access-control-allow-origin']]).toEqual([
        path,
        204,
        PARTNER,
      ]);
      expect(String(partner.headers['access-control-allow-headers'])).toContain('Authorization');
      expect(corsHeaders(partner)).not.toContain('access-control-allow-credentials');
      const hostile = await front.send(ask('https://evil.example'));
      expect([path, hostile.headers['access-control-allow-origin']]).toEqual([path, undefined]);
    }
    expect(front.state.version()).toBe(before);
  });
});

describe('reading', () => {
  it.each(['get', 'head'])('by %s changes nothing, whoever reads', async (method) => {
    const problems: string[] = [];
    for (const request of await requestsTo(plain, (route) => !isChange(route))) {
      const before = plain.state.digests();
      const { status } = await plain.send({ ...request, method });
      const changed = changedTables(before, plain.state.digests()).filter(
        // That somebody took a copy of everything is written down.
        (table) => !(table === 'audit_log' && request.path === '/api/v2/account/export'),
      );
      if (status >= 400 || changed.length > 0)
        problems.push(`${request.path}: ${status}, ${changed.join(', ')}`);
    }
    expect(problems).toEqual([]);
  });
});
