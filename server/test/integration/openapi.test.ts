import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROUTE_POLICY } from '../../http/policy.ts';
import { apiRouter } from '../../http/routes/index.ts';
import { ApiDocument, type OpenApi } from '../support/security/api-document.ts';
import { settleTurns } from '../support/security/estate.ts';
import { mountedRoutes, type MountedRoute } from '../support/security/mounted-routes.ts';
import { mint } from '../support/security/principals.ts';
import { successOf, toWire } from '../support/security/requests.ts';
import { SAMPLES } from '../support/security/samples.ts';
import { jsonOf, type WireAnswer } from '../support/security/wire.ts';
import { World } from '../support/security/world.ts';

let world: World;
let routes: MountedRoute[];
let served: OpenApi;
let document: ApiDocument;
beforeAll(async () => {
  world = await World.open();
  routes = mountedRoutes(apiRouter(world.t.app.ctx, () => 0));
  served = jsonOf(await world.send({ method: 'get', path: '/api/v2/openapi.json' })) as OpenApi;
  document = new ApiDocument(served);
});
afterAll(() => world[Symbol.asyncDispose]());

/** A sample of the route, sent by somebody who may, or by nobody known. */
async function call(route: MountedRoute, who: 'those who may' | 'anonymous'): Promise<WireAnswer> {
  if (route.name === null) throw new Error(`${route.path} has no row`);
  const { access } = ROUTE_POLICY[route.name];
  const official = access === 'moderator' || access === 'admin' ? access : 'owner';
  const sample = SAMPLES[route.name];
  const { user, credential } = await mint(world, who === 'anonymous' ? who : official, sample);
  const made = await sample.make(world, user);
  const answer = await world.send(
    toWire(route, { ...made, headers: { ...made.headers, ...credential.headers } }),
  );
  if (answer.status < 300) await settleTurns(world.t);
  return answer;
}

describe('the document', () => {
  it('is OpenAPI 3.1', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(
      structuredClone(served) as unknown as Record<string, unknown>,
    );
    expect([valid, errors, validator.version]).toEqual([true, undefined, '3.1']);
  });

  it('has every route that is mounted, and no other', () => {
    const mounted = routes.map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    expect(document.operations.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual(
      mounted.toSorted(),
    );
    for (const { path, parameters } of document.operations)
      expect(parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)).toEqual(
        [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
      );
  });

  it('catches an answer that is not as it says', () => {
    const operation = document.operations.find(({ operationId }) => operationId === 'getMe');
    if (!operation) throw new Error('getMe is not documented');
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    const judge = (status: number, body: unknown) =>
      document.problemsOf(operation, { status, headers, text: JSON.stringify(body) });
    const nobody = { user: null, registration: 'open', hasMail: false };
    expect(judge(200, nobody)).toEqual([]);
    expect(judge(200, { ...nobody, registration: 'ajar' })).toHaveLength(1);
    expect(judge(200, { ...nobody, passwordHash: 'x' })).toHaveLength(1);
    expect(judge(418, nobody)).toEqual(['getMe: 418 is not documented']);
    expect(judge(404, nobody)).not.toEqual([]);
  });
});

describe('every route', () => {
  it.each(['those who may', 'anonymous'] as const)('answers %s as the document says', async (who) => {
    const problems: string[] = [];
    for (const route of routes) {
      const operation = document.operations.find(({ operationId }) => operationId === route.name);
      const answer = await call(route, who);
      problems.push(
        ...(operation ? document.problemsOf(operation, answer) : [`${route.path} is not documented`]),
      );
      if (who === 'those who may' && route.name !== null && answer.status !== successOf(route.name))
        problems.push(`${route.name}: ${answer.status} ${answer.text}`);
    }
    expect(problems).toEqual([]);
  });
});
