import { Router, type IRouter } from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RAW_ROUTES, ROUTE_POLICY } from '../../http/policy.ts';
import { ENDPOINTS } from '../../contract/endpoints/index.ts';
import { apiRouter } from '../../http/routes/index.ts';
import { createHttpServer } from '../../http/server.ts';
import { settleTurns } from '../support/security/estate.ts';
import { mountedRoutes, type MountedRoute, type RouteName } from '../support/security/mounted-routes.ts';
import { mint, PRINCIPALS, verdictOn, type PrincipalKind } from '../support/security/principals.ts';
import { fingerprint, isChange, successOf, toWire } from '../support/security/requests.ts';
import { SAMPLES } from '../support/security/samples.ts';
import type { WireAnswer, WireRequest } from '../support/security/wire.ts';
import { World } from '../support/security/world.ts';

let world: World;
let routes: MountedRoute[];
beforeAll(async () => {
  world = await World.open();
  routes = mountedRoutes(apiRouter(world.t.app.ctx, () => 0));
});
afterAll(() => world[Symbol.asyncDispose]());

/** The routes that are in no row of the policy. */
function withoutRow(mounted: readonly MountedRoute[]): string[] {
  return mounted
    .filter(({ name }) => name === null || !Object.hasOwn(ROUTE_POLICY, name))
    .map(({ method, path }) => `${method} ${path}`);
}

describe('the table', () => {
  it('has a row for every route that the server answers, and no row without one', () => {
    const [app] = createHttpServer(world.t.app.ctx).listeners('request') as unknown as { router: IRouter }[];
    const answered = mountedRoutes(app?.router ?? Router());
    expect(answered).toEqual(routes);
    expect(withoutRow(answered)).toEqual([]);
    const names = answered.map(({ name }) => String(name));
    expect(names.toSorted()).toEqual(Object.keys(ROUTE_POLICY).toSorted());
  });

  it('misses a route that is mounted beside it', () => {
    const router = apiRouter(world.t.app.ctx, () => 0);
    const inner = Router().post('/api/v2/deep', (_req, res) => void res.end());
    router.get('/api/v2/bare', (_req, res) => void res.end()).use(inner);
    expect(withoutRow(mountedRoutes(router))).toEqual(['get /api/v2/bare', 'post /api/v2/deep']);
  });

  it('misses a route with another method than its row', () => {
    const router = Router().delete('/api/v2/arena', (_req, res) => void res.end());
    expect(withoutRow(mountedRoutes(router))).toEqual(['delete /api/v2/arena']);
  });
});

describe('the rows', () => {
  const rows = Object.entries({ ...ENDPOINTS, ...RAW_ROUTES }).map(([name, { method, path }]) => ({
    method,
    path,
    ...ROUTE_POLICY[name as RouteName],
  }));
  const under = (prefix: string) => rows.filter(({ path }) => path.startsWith(prefix));

  it('open nothing that changes something to strangers, but the ways to log in', () => {
    const open = rows.filter(({ method, access }) => method !== 'get' && access === 'public');
    expect(open.map(({ path }) => path)).toEqual(
      ['register', 'login', 'recover', 'reset-password'].map((way) => `/api/v2/auth/${way}`),
    );
    expect(new Set(open.map(({ rate }) => rate))).toEqual(new Set(['login']));
  });

  it('keep administration to officials, on the page', () => {
    expect(under('/api/v2/admin/').length).toBeGreaterThan(0);
    for (const row of [...under('/api/v2/admin/'), ...under('/api/v2/moderation/')])
      expect([row.path, row.access, row.via]).toEqual([
        row.path,
        expect.stringMatching(/^(moderator|admin)$/),
        'session',
      ]);
    const changes = under('/api/v2/admin/').filter(({ method }) => method !== 'get');
    expect(new Set(changes.map(({ access }) => access))).toEqual(new Set(['admin']));
  });

  it('keep the account and its secrets to its owner, on the page', () => {
    for (const row of [...under('/api/v2/account'), ...under('/api/v2/wallets')])
      expect([row.path, row.access]).not.toEqual([row.path, 'public']);
    const byKey = [...under('/api/v2/account'), ...under('/api/v2/wallets'), ...under('/api/v2/providers')]
      .filter(({ via }) => via === 'any')
      .map(({ method, path }) => `${method} ${path}`);
    expect(byKey).toEqual([
      'get /api/v2/account/usage',
      'get /api/v2/account/model-usage',
      'get /api/v2/account/budget',
      'get /api/v2/providers',
      'get /api/v2/providers/:id',
    ]);
  });

  it('let no key that may only read change anything, and no viewer', () => {
    const changes = rows.filter(({ method }) => method !== 'get');
    expect(changes.filter(({ scope }) => scope !== 'trade')).toEqual([]);
    const ofViewers = changes.filter(({ access }) => access === 'public' || access === 'signed-in');
    expect(ofViewers.filter(({ path }) => !/^\/api\/v2\/(auth|account)\b/.test(path))).toEqual([]);
  });
});

/** A refusal waits for nothing; one that hangs is shown by what comes of it in the end. */
const REFUSAL_LIMIT_MS = 5000;

/** What is wrong with what becomes of a route for somebody; nothing, when all is well. */
async function problemsOf(route: MountedRoute, kind: PrincipalKind): Promise<string[]> {
  if (route.name === null) return ['has no row'];
  const sample = SAMPLES[route.name];
  const { user, credential, enter } = await mint(world, kind, sample);
  const made = await sample.make(world, user);
  const request = toWire(route, { ...made, headers: { ...made.headers, ...credential.headers } });
  const verdict = verdictOn(kind, ROUTE_POLICY[route.name], sample);
  const leave = await enter();
  const problems =
    verdict === 'done'
      ? await problemsOfSuccess(route, request)
      : await problemsOfRefusal(route, { request, verdict, params: made.params ?? {} });
  await leave();
  return problems;
}

async function problemsOfSuccess(route: MountedRoute, request: WireRequest): Promise<string[]> {
  const answer = await world.send(request);
  if (isChange(route)) await settleTurns(world.t);
  return statusProblems(answer, route.name === null ? 200 : successOf(route.name));
}

interface Refused {
  readonly request: WireRequest;
  readonly verdict: number;
  readonly params: Readonly<Record<string, string>>;
}

/** Nothing may change, and what is foreign must look like what is not there. */
async function problemsOfRefusal(
  route: MountedRoute,
  { request, verdict, params }: Refused,
): Promise<string[]> {
  const { answer, problems } = await refuse(request);
  problems.push(...statusProblems(answer, verdict));
  if (verdict !== 404) return problems;
  const nowhere = Object.fromEntries(Object.keys(params).map((name) => [name, world.t.app.ctx.newId()]));
  const missing = await refuse({ ...request, path: toWire(route, { params: nowhere }).path });
  const [asForeign, asMissing] = [fingerprint(answer, params), fingerprint(missing.answer, nowhere)];
  if (asForeign !== asMissing) problems.push(`foreign ${asForeign} is not like missing ${asMissing}`);
  return [...problems, ...missing.problems];
}

async function refuse(request: WireRequest): Promise<{ answer: WireAnswer; problems: string[] }> {
  const before = world.state.version();
  const answer = await world.send(request, REFUSAL_LIMIT_MS);
  return { answer, problems: before === world.state.version() ? [] : ['refused, and changed something'] };
}

function statusProblems({ status, text }: WireAnswer, expected: number): string[] {
  return status === expected ? [] : [`${status} instead of ${expected}: ${text.slice(0, 200)}`];
}

describe('every mounted route', () => {
  it.each(PRINCIPALS)('does for %s what its row says, and nothing when it refuses', async (kind) => {
    const problems: string[] = [];
    for (const route of routes)
      for (const problem of await problemsOf(route, kind))
        problems.push(`${route.name ?? route.path}: ${problem}`);
    expect(problems).toEqual([]);
  });
});
