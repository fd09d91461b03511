import BetterSqlite3 from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENDPOINTS } from '../../contract/endpoints/index.ts';
import { ROUTE_POLICY } from '../../http/policy.ts';
import { ApiDocument, type OpenApi, type Operation } from '../support/security/api-document.ts';
import { changedTables } from '../support/security/database-state.ts';
import type { MountedRoute, RouteName } from '../support/security/mounted-routes.ts';
import { addSession, PASSWORD } from '../support/security/people-of-all-kinds.ts';
import {
  FIELDS_OF_ROWS,
  POLLUTING_MEMBERS,
  POLLUTING_QUERIES,
  SQL_PAYLOADS,
} from '../support/security/payloads.ts';
import { toWire } from '../support/security/requests.ts';
import { SAMPLES, type SampleRequest } from '../support/security/samples.ts';
import { hostileSample } from '../support/security/swaps.ts';
import { putInto, slotsOf, type Slot } from '../support/security/slots.ts';
import { jsonOf, type WireAnswer, type WireRequest } from '../support/security/wire.ts';
import { World } from '../support/security/world.ts';

const AT_ONCE = 8;

interface Target {
  readonly operation: Operation;
  readonly route: MountedRoute;
  readonly sample: SampleRequest;
}

let world: World;
let document: ApiDocument;
let targets: Target[];
/** Olga may do all that users do, and Ada the rest. */
let olga: Readonly<Record<string, string>>;
let ada: Readonly<Record<string, string>>;
beforeAll(async () => {
  world = await World.open();
  // Thousands of passwords would take minutes to hash, and have tests of their own.
  Object.assign(world.t.app.ctx.auth.passwords, {
    hash: (password: string) => Promise.resolve(`hash of ${password}`),
    verify: (_stored: string, password: string) =>
      Promise.resolve({ isRight: password === PASSWORD, isOutdated: false }),
  });
  const served = await world.send({ method: 'get', path: '/api/v2/openapi.json' });
  document = new ApiDocument(jsonOf(served) as OpenApi);
  const admin = await world.addUser('admin');
  ada = (await addSession(world.t, admin.userId)).headers;
  olga = (await addSession(world.t, world.owner.userId)).headers;
  targets = [];
  for (const operation of document.operations) {
    const name = operation.operationId as RouteName;
    const path = operation.path.replaceAll(/\{(\w+)\}/g, ':$1');
    // Olga is not to delete herself on the way.
    const sample = hostileSample(await SAMPLES[name].make(world, world.owner), world.owner);
    targets.push({ operation, route: { method: operation.method, path, name }, sample });
  }
}, 60_000);
afterAll(() => world[Symbol.asyncDispose]());

function request({ route, operation }: Target, sample: SampleRequest): WireRequest {
  const { access } = ROUTE_POLICY[operation.operationId as RouteName];
  // Who logs in anew is out where they were before.
  const isLogin = access === 'public' && operation.method !== 'get';
  const credential = access === 'moderator' || access === 'admin' ? ada : isLogin ? {} : olga;
  return toWire(route, { ...sample, headers: { ...sample.headers, ...credential } });
}

/** Runs so many at a time, in order. */
async function each<T>(
  items: readonly T[],
  run: (item: T) => Promise<void>,
  atOnce = AT_ONCE,
): Promise<void> {
  for (let i = 0; i < items.length; i += atOnce) await Promise.all(items.slice(i, i + atOnce).map(run));
}

function schema(): unknown {
  const db = new BetterSqlite3(world.t.path, { readonly: true });
  const rows = db.prepare('select type, name, sql from sqlite_master order by name').all();
  db.close();
  return rows;
}

describe('what looks like SQL', () => {
  const TOLD = /SQLITE_|SqliteError|syntax error|no such (table|column)|unrecognized token|datatype mismatch/;

  const KEPT: ReadonlySet<string> = new Set(['name', 'prompt', 'modelName']);

  it('is nothing but text, wherever it stands', { timeout: 120_000 }, async () => {
    expect(new Set(SQL_PAYLOADS).size).toBeGreaterThanOrEqual(40);
    const problems: string[] = [];
    const tables = schema();
    const before = world.state.digestsOf(world.other.userId);
    // First what only looks for something: later the texts are names, and found.
    for (const places of [['path', 'query'], ['body']] as const)
      for (const target of targets)
        for (const slot of slotsOf(document, target.operation)) {
          if (!places.some((place) => place === slot.place)) continue;
          const tryIt = async (text: string) => {
            const answer = await world.send(request(target, putInto(target.sample, slot, text)));
            const line = `${target.operation.operationId} ${slot.place} ${slot.at.join('.')} ${JSON.stringify(text)}`;
            for (const what of wrongWith(answer, slot, text))
              problems.push(`${line}: ${answer.status} ${what}`);
          };
          // What is kept is looked at in the answer: one after the other.
          await each(SQL_PAYLOADS, tryIt, KEPT.has(slot.at.at(-1) ?? '') ? 1 : AT_ONCE);
        }
    expect(problems.slice(0, 30)).toEqual([]);
    expect(changedTables(before, world.state.digestsOf(world.other.userId))).toEqual([]);
    expect(schema()).toEqual(tables);
  });

  function wrongWith(answer: WireAnswer, { place, at }: Slot, text: string): string[] {
    const { status, text: said } = answer;
    const isDone = status < 300;
    const found = isDone ? (jsonOf(answer) as Record<string, unknown> | undefined) : undefined;
    const field = at.at(-1) ?? '';
    // A preview shows the prompt with what follows it.
    const isPreview = found !== undefined && 'historyShown' in found;
    const value = KEPT.has(field) ? found?.[field] : undefined;
    const kept = isPreview && typeof value === 'string' ? value.slice(0, text.trim().length) : value;
    return [
      ...(status >= 500 ? ['broke the server'] : []),
      ...(TOLD.test(said.replaceAll(JSON.stringify(text).slice(1, -1), '')) ? ['tells of the database'] : []),
      ...(isDone && place === 'path' ? ['found something'] : []),
      ...(place === 'query' && Array.isArray(found?.items) && found.items.length > 0
        ? ['found something']
        : []),
      ...(typeof kept === 'string' && kept !== text && kept !== text.trim() ? [`became ${kept}`] : []),
    ];
  }
});

describe('what reaches for prototypes', () => {
  const polluted = () => ({}) as Record<string, unknown>;

  it('changes no other object, and nobody', async () => {
    const [roles, problems] = [await rolesOf(), [] as string[]];
    for (const target of targets) {
      const bodies =
        target.sample.body === undefined || Buffer.isBuffer(target.sample.body) ? [{}] : [target.sample.body];
      const texts = bodies.flatMap((body) =>
        POLLUTING_MEMBERS.flatMap((member) => spoilt(JSON.stringify(body), member)),
      );
      await each(texts, async (text) => {
        const wire = request(target, target.sample);
        const headers = { ...wire.headers, 'content-type': 'application/json' };
        const { status } = await world.send({ ...wire, headers, body: text });
        if (status >= 500) problems.push(`${target.operation.operationId} ${text}: ${status}`);
      });
      await each(POLLUTING_QUERIES, async (query) => {
        const wire = request(target, target.sample);
        const { status } = await world.send({ ...wire, path: `${wire.path}?${query}` });
        const isRead = Object.hasOwn(ENDPOINTS, target.operation.operationId);
        if (status >= 500 || (isRead && status < 300))
          problems.push(`${target.operation.operationId} ?${query}: ${status}`);
      });
    }
    expect(problems.slice(0, 30)).toEqual([]);
    expect([polluted().polluted, polluted().role, polluted().items]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('polluted');
    expect(await rolesOf()).toEqual(roles);
  });

  /** The member at the beginning and at the end of the body, and of each object in it. */
  function spoilt(body: string, member: string): string[] {
    const opened = [...body.matchAll(/\{/g)].map(({ index }) => {
      const isEmpty = body[index + 1] === '}';
      return `${body.slice(0, index + 1)}${member}${isEmpty ? '' : ','}${body.slice(index + 1)}`;
    });
    return body === '{}' ? opened : [...opened, `${body.slice(0, -1)},${member}}`];
  }

  async function rolesOf(): Promise<unknown> {
    const { owner, other, t } = world;
    const query = t.db.read.selectFrom('users').select(['id', 'role', 'is_active', 'is_house']);
    return await query.where('id', 'in', [owner.userId, other.userId]).orderBy('id').execute();
  }
});

describe('fields that nobody may set', () => {
  it('are refused in every body and in every part of it, and nothing is done', async () => {
    const problems: string[] = [];
    for (const target of targets) {
      const { body } = target.sample;
      if (Buffer.isBuffer(body) || target.operation.method === 'get') continue;
      const known = Object.keys(document.resolve(target.operation.bodySchema ?? {}).properties ?? {});
      const fields = Object.entries(FIELDS_OF_ROWS).filter(([field]) => !known.includes(field));
      const bodies = fields.flatMap(([field, value]) => withField(body ?? {}, field, value));
      const before = world.state.version();
      for (const spoilt of bodies) {
        const { status, text } = await world.send(request(target, { ...target.sample, body: spoilt }), 5000);
        const isNamed = status === 400 && (text.includes('unknown field') || text.includes('takes no body'));
        if (!isNamed)
          problems.push(`${target.operation.operationId} ${JSON.stringify(spoilt)}: ${status} ${text}`);
      }
      if (before !== world.state.version())
        problems.push(`${target.operation.operationId}: changed something`);
    }
    expect(problems.slice(0, 30)).toEqual([]);
  });

  /** The field in each object of the body that does not know it. */
  function withField(body: object, field: string, value: unknown): object[] {
    const inner = Object.entries(body).flatMap(([name, member]: [string, unknown]) =>
      typeof member === 'object' && member !== null && !Array.isArray(member)
        ? withField(member, field, value).map((spoilt) => ({ ...body, [name]: spoilt }))
        : [],
    );
    return [...(Object.hasOwn(body, field) ? [] : [{ ...body, [field]: value }]), ...inner];
  }
});
