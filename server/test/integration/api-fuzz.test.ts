import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROUTE_POLICY } from '../../http/policy.ts';
import { ApiDocument, type OpenApi, type Operation } from '../support/security/api-document.ts';
import { settleTurns } from '../support/security/estate.ts';
import { attemptsAt, attemptToWire, type Attempt } from '../support/security/fuzz-requests.ts';
import type { RouteName } from '../support/security/mounted-routes.ts';
import { mint, type Minted, type PrincipalKind } from '../support/security/principals.ts';
import { SAMPLES } from '../support/security/samples.ts';
import { jsonOf, type WireRequest } from '../support/security/wire.ts';
import { World } from '../support/security/world.ts';

/** `SEED=7 RUNS=500 npx vitest run …` tries others, and more of them for each route. */
const SEED = Number(process.env.SEED ?? 1);
const RUNS = Number(process.env.RUNS ?? 20);
/** Of those that try a password, which takes a while. */
const SLOW_RUNS = Math.ceil(RUNS / 3);
const CALLERS: readonly PrincipalKind[] = [
  'owner',
  'trade key',
  'owner',
  'anonymous',
  'owner',
  'read key',
  'admin',
];
const OFFICIALS: readonly PrincipalKind[] = ['admin', 'moderator', 'admin', 'anonymous', 'admin', 'owner'];

let world: World;
let document: ApiDocument;
beforeAll(async () => {
  world = await World.open();
  const served = await world.send({ method: 'get', path: '/api/v2/openapi.json' });
  document = new ApiDocument(jsonOf(served) as OpenApi);
});
afterAll(() => world[Symbol.asyncDispose]());

const readers = new Map<PrincipalKind, Minted>();

/** Who only reads can do so again; who changes something may have changed themselves. */
async function callerOf({ operationId, method }: Operation, kind: PrincipalKind): Promise<Minted> {
  const sample = SAMPLES[operationId as RouteName];
  if (method !== 'get' || sample.whose === 'owner') return await mint(world, kind, sample);
  const reader = readers.get(kind) ?? (await mint(world, kind, sample));
  readers.set(kind, reader);
  return reader;
}

function kindsFor({ operationId }: Operation): readonly PrincipalKind[] {
  const { access } = ROUTE_POLICY[operationId as RouteName];
  return access === 'moderator' || access === 'admin' ? OFFICIALS : CALLERS;
}

/** What is wrong with what comes back. */
async function judge(
  operation: Operation,
  { attempt, kind }: { attempt: Attempt; kind: PrincipalKind },
): Promise<string[]> {
  const sample = SAMPLES[operation.operationId as RouteName];
  const { user, credential } = await callerOf(operation, kind);
  const made = await sample.make(world, user);
  const { headers, ...request } = attemptToWire(operation, attempt, made);
  const answer = await world.send({ ...request, headers: { ...headers, ...credential.headers } });
  const problems = document.problemsOf(operation, answer);
  if (answer.status >= 500) problems.push(`${operation.operationId}: ${answer.status}`);
  if (answer.status < 300 && isForbidden(operation, attempt))
    problems.push(`${operation.operationId}: took a body that the document forbids`);
  return problems.map(
    (problem) => `${problem}\n  as ${kind}: ${shown(request)}\n  ${answer.text.slice(0, 300)}`,
  );
}

function isForbidden(operation: Operation, { body }: Attempt): boolean {
  return body.kind === 'json' && operation.bodySchema !== null && !document.allowsBody(operation, body.value);
}

function shown({ method, path, body }: WireRequest): string {
  return `${method} ${path} ${Buffer.isBuffer(body) ? 'bytes' : (JSON.stringify(body) ?? '')}`;
}

describe('requests made from the document', () => {
  it('are answered as the document says, and none breaks the server', { timeout: 3_600_000 }, async () => {
    const problems: string[] = [];
    for (const [no, operation] of document.operations.entries()) {
      const isSlow = ROUTE_POLICY[operation.operationId as RouteName].rate === 'login';
      const numRuns = isSlow ? SLOW_RUNS : RUNS;
      const attempts = fc.sample(attemptsAt(document, operation), { seed: SEED * 1000 + no, numRuns });
      const kinds = kindsFor(operation);
      for (const [i, attempt] of attempts.entries()) {
        const kind = kinds[i % kinds.length] ?? 'owner';
        problems.push(...(await judge(operation, { attempt, kind })));
      }
      await settleTurns(world.t);
    }
    expect(problems).toEqual([]);
  });
});
