import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createHttpServer } from '../../../http/server.ts';
import { steadyModels } from '../model-arena.ts';
import { testApp, type TestApp, type TestAppOptions } from '../test-app.ts';
import { DAWN } from '../scripted-market.ts';
import { DatabaseState } from './database-state.ts';
import { PRICES, furnish, tick, type Estate } from './estate.ts';
import { addUser, type User } from './people-of-all-kinds.ts';
import { Wire, type WireAnswer, type WireRequest } from './wire.ts';

const ENV = { RATE_LIMIT_PER_MINUTE: '10000000', TRUST_PROXY: '1' };
/** How long an answer waits for the next prices, which come only when the test says so. */
const PATIENCE_MS = 40;

/** An arena with two users who have one of everything, and whatever else a request may need. */
export class World implements AsyncDisposable {
  readonly t: TestApp;
  readonly wire: Wire;
  readonly state: DatabaseState;
  readonly owner: Estate;
  readonly other: Estate;
  readonly #close: () => void;
  #addresses = 0;
  #names = 0;

  private constructor({
    close,
    ...parts
  }: Pick<World, 't' | 'wire' | 'state' | 'owner' | 'other'> & { close: () => void }) {
    this.#close = close;
    this.t = parts.t;
    this.wire = parts.wire;
    this.state = parts.state;
    this.owner = parts.owner;
    this.other = parts.other;
  }

  static async open({ env, ...options }: TestAppOptions = {}): Promise<World> {
    const { models } = steadyModels();
    const t = await testApp({ models, ...options, env: { ...ENV, ...env } });
    const { url, close } = await doorOf(t);
    const wire = new Wire(url);
    await t.market.tick(DAWN, PRICES);
    const admin = await addUser(t, 'Ada Admin', 'admin');
    await allowMany(t, admin.userId);
    const owner = await furnish(t, wire, { user: await addUser(t, 'Olga Owner'), mark: 'olga' });
    const other = await furnish(t, wire, { user: await addUser(t, 'Otto Other'), mark: 'otto' });
    return new World({ t, wire, close, state: new DatabaseState(t.path), owner, other });
  }

  /** Each request from an address of its own, so that nobody is held up by what others tried before. */
  async send({ headers = {}, ...request }: WireRequest, patienceMs = PATIENCE_MS): Promise<WireAnswer> {
    this.#addresses += 1;
    const n = this.#addresses;
    const address = `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
    return await this.#withPrices(
      this.wire.send({ ...request, headers: { 'x-forwarded-for': address, ...headers } }),
      patienceMs,
    );
  }

  async addUser(role?: User['role']): Promise<User> {
    return await addUser(this.t, this.nextName('user'), role);
  }

  /** A name that nobody has yet. */
  nextName(what: string): string {
    this.#names += 1;
    return `${what} ${this.#names}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.state[Symbol.dispose]();
    await this.wire[Symbol.asyncDispose]();
    this.#close();
    await this.t[Symbol.asyncDispose]();
  }

  /** Prices come while it is waited for. */
  async #withPrices(answer: Promise<WireAnswer>, patienceMs: number): Promise<WireAnswer> {
    for (;;) {
      const { promise: patience, resolve } = Promise.withResolvers<null>();
      const timer = setTimeout(() => resolve(null), patienceMs);
      const first = await Promise.race([answer, patience]).finally(() => clearTimeout(timer));
      if (first) return first;
      await tick(this.t);
    }
  }
}

/** Where requests go. Behind a public address it is not the one that the arena tells of. */
async function doorOf({ app }: TestApp): Promise<{ url: string; close: () => void }> {
  if (app.ctx.config.http.publicUrl === null) return { url: app.url, close: () => {} };
  const server = createHttpServer(app.ctx).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => void server.close() };
}

/** Quotas have tests of their own. */
async function allowMany(t: TestApp, userId: string): Promise<void> {
  const trace = { actorId: userId, ip: null, requestId: null };
  const by = { userId, role: 'admin', trace, remember: () => [] } as const;
  const { settings } = t.app.ctx;
  await settings.change(by, 'max_bots_per_user', 10_000);
  await settings.change(by, 'max_providers_per_user', 1000);
  await settings.change(by, 'force_turns_per_hour', 3600);
}
