import { afterAll, beforeAll, expect, it } from 'vitest';
import { ROUTE_POLICY } from '../../http/policy.ts';
import { apiRouter } from '../../http/routes/index.ts';
import { seededRandom } from '../../llm/providers/house/seeded-random.ts';
import { changedTables } from '../support/security/database-state.ts';
import { mountedRoutes, type MountedRoute } from '../support/security/mounted-routes.ts';
import { addApiKey, addSession, type Credential } from '../support/security/people-of-all-kinds.ts';
import { SAMPLES, type SampleRequest } from '../support/security/samples.ts';
import { hostileSample, lootOf, swapped } from '../support/security/swaps.ts';
import type { WireAnswer, WireRequest } from '../support/security/wire.ts';
import { World } from '../support/security/world.ts';

/** `SEED=7 PROBES=50000 npx vitest run …` tries others, and more of them. */
const SEED = process.env.SEED ?? '1';
const PROBES = Number(process.env.PROBES ?? 5000);

interface Target extends MountedRoute {
  readonly sample: SampleRequest;
}

let world: World;
let targets: Target[];
beforeAll(async () => {
  world = await World.open();
  targets = [];
  for (const route of mountedRoutes(apiRouter(world.t.app.ctx, () => 0))) {
    if (route.name === null) throw new Error(`${route.path} has no row`);
    const sample = await SAMPLES[route.name].make(world, world.other);
    targets.push({ ...route, sample: hostileSample(sample, world.other) });
  }
});
afterAll(() => world[Symbol.asyncDispose]());

/** Who the attacker comes as: on the page, or with a key of one scope or the other. */
async function login(): Promise<Credential[]> {
  const { t, other } = world;
  const keys = (['trade', 'read'] as const).map((scope) => addApiKey(t, other.userId, { scope }));
  return await Promise.all([addSession(t, other.userId), ...keys]);
}

/** The probe of this number: the same each time, but for the ids. */
function probeOf(
  index: number,
  credentials: readonly Credential[],
): { target: Target; request: WireRequest } {
  const random = seededRandom(`${SEED}:${index}`);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  let target = pick(targets);
  if (isSlow(target) && random() < 0.9) target = pick(targets.filter((one) => !isSlow(one)));
  const credential = random() < 0.7 ? credentials[0] : pick(credentials.slice(1));
  const { body } = target.sample;
  const isNamed = typeof body === 'object' && body !== null && ('name' in body || 'bot' in body);
  const sample = isNamed ? { ...target.sample, body: { ...body, name: `probe ${index}` } } : target.sample;
  const swap = { route: target, sample, attacker: world.other, victim: lootOf(world.owner) };
  if (!credential) throw new Error('there is no credential');
  return { target, request: swapped(random, { ...swap, credential }) };
}

function isSlow({ name }: Target): boolean {
  return name !== null && ROUTE_POLICY[name].rate === 'login';
}

/** What an answer tells that it must not. */
function leaks(answer: WireAnswer, secrets: readonly string[]): string[] {
  const said = `${answer.text} ${JSON.stringify(answer.headers)}`;
  return secrets.filter((secret) => said.includes(secret)).map((secret) => `tells ${secret}`);
}

it(
  '5,000 swapped ids, cursors and bodies open nothing of somebody else',
  { timeout: 3_600_000 },
  async () => {
    const { owner, state } = world;
    const secrets = [...owner.canaries, owner.session.secret ?? '', owner.key.secret ?? ''];
    const problems: string[] = [];
    const statuses = new Map<number, number>();
    let credentials = await login();
    let [version, before] = [state.version(), state.digestsOf(owner.userId)];
    for (let index = 0; index < PROBES; index += 1) {
      const { target, request } = probeOf(index, credentials);
      const answer = await world.send(request);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      const found = leaks(answer, secrets);
      if (answer.status >= 500) found.push(`fails with ${answer.status}`);
      if (version !== state.version()) {
        const after = state.digestsOf(owner.userId);
        found.push(...changedTables(before, after).filter((table) => !isByRight(target, table)));
        [version, before] = [state.version(), after];
      }
      const line = `SEED=${SEED} probe ${index}: ${request.method} ${request.path}`;
      problems.push(...found.map((what) => `${line} ${JSON.stringify(request.body)}: ${what}`));
      if (answer.status === 401 && !isSlow(target)) credentials = await login();
    }
    expect(problems).toEqual([]);
    // Not all doors were closed: the attacker's own requests went through.
    expect(statuses.get(200) ?? 0).toBeGreaterThan(PROBES / 10);
    expect(statuses.get(404) ?? 0).toBeGreaterThan(PROBES / 10);
  },
);

/** What others may cause by right: that a wrong password was tried is written down, and figures are taken of all bots at once. */
function isByRight({ name }: Target, table: string): boolean {
  if (name === 'takeSnapshot') return table === 'bot_state_snapshots' || table === 'bot_equity_hours';
  return table === 'audit_log' && (name === 'logIn' || name === 'recover' || name === 'resetPassword');
}
