import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildApp, type App, type Overrides } from '../../app.ts';
import { createBot, type NewBot } from '../../arena/bots.ts';
import { buildConfig } from '../../config/config.ts';
import { parseEnv } from '../../config/env.ts';
import type { Db } from '../../db/database.ts';
import { insertRow } from '../../db/queries/bots-write.ts';
import { fakeProvider, type FakeProvider, type FakeStep } from '../../llm/fake-provider.ts';
import type { LlmProvider } from '../../llm/provider.ts';
import { createProviders } from '../../llm/registry.ts';
import { silentLogger } from '../../log.ts';
import { expectCleanDatabase } from './check.ts';
import { DAWN, ScriptedMarket } from './scripted-market.ts';

type Env = Readonly<Record<string, string>>;

export interface TestAppOptions extends Omit<Overrides, 'providers' | 'source'> {
  /** A market the test drives, unless one is given; null = the one `env` names. */
  readonly market?: ScriptedMarket | null;
  readonly source?: Overrides['source'];
  readonly env?: Env;
  /** A database that is there already, and stays; otherwise one in a folder of its own. */
  readonly path?: string;
  /** False for a database that is broken on purpose. */
  readonly isChecked?: boolean;
}

export interface TestBot {
  readonly botId: string;
  readonly userId: string;
  readonly fake: FakeProvider;
}

const DEFAULTS: Env = {
  PORT: '0',
  SEED_DEMO: '0',
  LOG_LEVEL: 'silent',
  MARKET_SPEED: 'max',
  TURN_INTERVAL_MS: '60000',
  SNAPSHOT_INTERVAL_MS: '60000',
};

/**
 * The whole arena on a database file of its own: no demo, a market and bots that do what the test says, turns every
 * minute of the arena's clock. When it is disposed of, the arena stops and every invariant of the file is checked.
 */
export async function testApp(options: TestAppOptions = {}): Promise<TestApp> {
  const folder = options.path === undefined ? await mkdtemp(path.join(tmpdir(), 'arena-app-')) : null;
  const file = options.path ?? path.join(folder ?? '', 'arena.db');
  const app = new TestApp(file, { ...options, folder });
  await app.start();
  return app;
}

export class TestApp implements AsyncDisposable {
  readonly path: string;
  /** What the wall clock shows; tests set it. */
  wall = DAWN;
  market: ScriptedMarket;
  readonly #options: TestAppOptions & { readonly folder: string | null };
  readonly #providers: Map<string, LlmProvider>;
  #app: App | undefined;

  constructor(file: string, options: TestAppOptions & { readonly folder: string | null }) {
    this.path = file;
    this.#options = options;
    this.#providers = new Map(createProviders(options.models));
    this.market = options.market ?? new ScriptedMarket();
  }

  get app(): App {
    if (!this.#app) throw new Error('the arena is not running');
    return this.#app;
  }

  get db(): Db {
    return this.app.ctx.db;
  }

  async start(changes: { env?: Env; market?: ScriptedMarket } & Overrides = {}): Promise<void> {
    const { market, source, env, ...overrides } = this.#options;
    this.market = changes.market ?? this.market;
    const config = buildConfig(parseEnv({ ...DEFAULTS, DATABASE_URL: this.path, ...env, ...changes.env }), {
      clientDir: null,
      isTerminal: false,
      pid: process.pid,
    });
    this.#app = await buildApp(config, {
      log: silentLogger(),
      wallNow: () => this.wall,
      ...overrides,
      ...changes,
      source: source ?? (market === null ? undefined : this.market),
      providers: this.#providers,
    });
  }

  async stop(): Promise<void> {
    const app = this.#app;
    this.#app = undefined;
    await app?.stop();
  }

  async restart(changes: Parameters<TestApp['start']>[0] = {}): Promise<void> {
    await this.stop();
    await this.start(changes);
  }

  /** A user, known by name. */
  async addUser(name: string): Promise<string> {
    const userId = `user-${name}`;
    const row = { id: userId, username: name, password_hash: null, role: 'user', deleted_at: null } as const;
    await this.db.commit([insertRow(this.db.read, 'users', { ...row, created_at: this.wall })]);
    return userId;
  }

  /** A bot that answers with its script, of a user of its own unless one is named. */
  async addBot(
    script: readonly FakeStep[] = [],
    bot: Partial<Omit<NewBot, 'providerId'>> = {},
  ): Promise<TestBot> {
    const no = this.#providers.size;
    const fake = fakeProvider(script, `fake-${no}`);
    this.#providers.set(fake.type, fake);
    // The arena that runs has a map of its own.
    (this.app.ctx.providers as Map<string, LlmProvider>).set(fake.type, fake);
    const userId = bot.userId ?? (await this.addUser(`owner ${no}`));
    const providerId = `provider-${no}`;
    await this.db.commit([
      insertRow(this.db.read, 'llm_providers', {
        id: providerId,
        user_id: userId,
        name: fake.type,
        provider_type: fake.type,
        api_endpoint: null,
        model_name: 'scripted',
        api_key_encrypted: null,
        created_at: this.wall,
        updated_at: this.wall,
      }),
    ]);
    const botId = await createBot(this.app.bots, {
      name: `bot ${no}`,
      prompt: 'Trade.',
      tradingSymbols: null,
      settings: {},
      initialBalanceUsd: 10_000,
      ...bot,
      userId,
      providerId,
    });
    return { botId, userId, fake };
  }

  /** Every turn of a bot, in order. */
  async turns(botId: string) {
    return await this.db.read
      .selectFrom('bot_turns')
      .selectAll()
      .where('bot_id', '=', botId)
      .orderBy('turn_no')
      .execute();
  }

  async trades(botId: string) {
    return await this.db.read
      .selectFrom('trades')
      .selectAll()
      .where('bot_id', '=', botId)
      .orderBy('seq')
      .execute();
  }

  async positions(botId: string) {
    return await this.db.read
      .selectFrom('positions')
      .selectAll()
      .where('bot_id', '=', botId)
      .orderBy('opened_at')
      .execute();
  }

  /** The outcomes of every applied turn of a bot. */
  async outcomes(botId: string): Promise<{ code: string; accepted: boolean; message: string }[][]> {
    const rows = await this.db.read
      .selectFrom('bot_decisions')
      .select('notes_json')
      .where('bot_id', '=', botId)
      .orderBy('timestamp')
      .execute();
    return rows.map((row) => JSON.parse(row.notes_json) as never);
  }

  /** The events of a room, in order. */
  async events(room: string): Promise<{ seq: number; at: number; type: string; payload: unknown }[]> {
    const rows = await this.db.read
      .selectFrom('arena_events')
      .selectAll()
      .where('room', '=', room)
      .orderBy('seq')
      .execute();
    return rows.map(({ seq, at, type, payload_json }) => ({
      seq,
      at,
      type,
      payload: JSON.parse(payload_json) as unknown,
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    if (this.#options.isChecked ?? true) await expectCleanDatabase(this.path);
    if (this.#options.folder) await rm(this.#options.folder, { recursive: true, force: true });
  }
}
