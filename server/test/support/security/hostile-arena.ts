import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { updateBot } from '../../../db/queries/bots-write.ts';
import type { Decision } from '../../../engine/model.ts';
import { UpstreamError } from '../../../errors.ts';
import { createHttpServer } from '../../../http/server.ts';
import { newSession } from '../../../auth/sessions.ts';
import { createGateway } from '../../../live/gateway.ts';
import { testApp, type TestApp } from '../test-app.ts';
import { BTC, DAWN, ETH, ScriptedMarket } from '../scripted-market.ts';
import { insertRows } from '../factories.ts';
import { settleTurns } from './estate.ts';
import { MARKUP } from './markup.ts';

const OPEN = { positions: 'public', reasoning: 'public', prompt: 'public' } as const;
/** As many decisions as one answer may hold. */
const DECISIONS = 20;

/** Served with its page: every text that somebody else may have written is markup. */
export interface HostileArena extends AsyncDisposable {
  readonly url: string;
  readonly t: TestApp;
  /** Decided, failed and was refused with every text; its prompt holds them all. */
  readonly carrierId: string;
  /** The cookie of its owner, who is an administrator, too. */
  readonly cookie: string;
  /** A turn with every text, as it comes over the live feed. */
  tradeLive(): Promise<void>;
}

export async function openHostileArena(clientDir: string): Promise<HostileArena> {
  // What trades there was never typed by anybody, and is text all the same.
  const symbols = [BTC, ETH, { ...ETH, symbol: MARKUP[11] ?? '' }];
  const t = await testApp({ market: new ScriptedMarket({ symbols }) });
  const prices = Object.fromEntries(symbols.map(({ symbol }, i) => [symbol, 50_000 / (i + 1)]));
  await t.market.tick(DAWN, prices);
  for (const [i, text] of MARKUP.entries()) await addBot(t, text, i);
  const { carrierId, userId } = await addCarrier(t);
  await t.market.minute(prices);
  await t.app.ctx.boards.refresh(t.app.ctx.clock.now(), new AbortController().signal);
  const front = await serve(t, clientDir);
  return {
    ...front,
    t,
    carrierId,
    cookie: await logIn(t, userId),
    tradeLive: async () => {
      await t.app.manager.forceTurn(carrierId);
      await settleTurns(t);
    },
    [Symbol.asyncDispose]: async () => {
      await front.close();
      await t[Symbol.asyncDispose]();
    },
  };
}

/** A user, a bot, a model and a reason to pause, all of them one text. */
async function addBot(t: TestApp, text: string, no: number): Promise<void> {
  const userId = `user-${no}`;
  await addUser(t, { userId, username: text, role: 'user' });
  const { botId } = await t.addBot([], { userId, name: text, prompt: text, publishing: OPEN });
  const { provider_id } = await t.db.read
    .selectFrom('bots')
    .select('provider_id')
    .where('id', '=', botId)
    .executeTakeFirstOrThrow();
  await t.db.transaction((trx) =>
    trx
      .updateTable('llm_providers')
      .set({ model_name: text, name: text })
      .where('id', '=', provider_id)
      .execute(),
  );
  const columns = { is_paused: no % 2, pause_reason: no % 2 === 1 ? text : null, updated_at: t.wall };
  await t.db.commit([updateBot(t.db.read, { botId, userId }, columns)]);
}

async function addCarrier(t: TestApp): Promise<{ carrierId: string; userId: string }> {
  const userId = 'user-carrier';
  await addUser(t, { userId, username: MARKUP.slice(0, 3).join(' '), role: 'admin' });
  const pages = Array.from({ length: Math.ceil(MARKUP.length / DECISIONS) }, (_, page) =>
    MARKUP.slice(page * DECISIONS, (page + 1) * DECISIONS),
  );
  const held = pages.map((texts) => texts.map((reasoning): Decision => ({ action: 'HOLD', reasoning })));
  const refused = pages.map((texts) =>
    texts.map((symbol): Decision => ({ action: 'LONG', symbol, size: 100, leverage: 1, reasoning: symbol })),
  );
  const failures = [MARKUP.join(' '), ...MARKUP.slice(0, 8)].map((text) => new UpstreamError(text, text));
  const opened: Decision = {
    action: 'LONG',
    symbol: 'BTCUSDT',
    size: 500,
    leverage: 2,
    reasoning: MARKUP[0],
  };
  const live = held.map((decisions) => decisions.slice(0, 5));
  const script = [[opened], ...held, ...refused, ...failures, MARKUP.join('\n'), ...live];
  const { botId } = await t.addBot(script, {
    userId,
    name: MARKUP[12] ?? '',
    prompt: MARKUP.join('\n'),
    publishing: OPEN,
    settings: { turnIntervalMs: 86_400_000 },
  });
  for (let turn = 0; turn < script.length - live.length; turn += 1) {
    await t.app.manager.forceTurn(botId);
    await settleTurns(t);
  }
  return { carrierId: botId, userId };
}

async function addUser(
  t: TestApp,
  { userId, username, role }: { userId: string; username: string; role: 'user' | 'admin' },
): Promise<void> {
  await insertRows(t.db, 'users', [
    { id: userId, username, password_hash: null, role, created_at: t.wall, deleted_at: null },
  ]);
}

/** Where it is logged in from is what browsers say of themselves. */
async function logIn(t: TestApp, userId: string): Promise<string> {
  const { ctx } = t.app;
  const sessions = MARKUP.map((userAgent) =>
    newSession(ctx, userId, { ip: userAgent.slice(0, 40), userAgent }),
  );
  await ctx.db.commit(sessions.map(({ write }) => write));
  return sessions[0]?.token ?? '';
}

async function serve(
  { app: { ctx } }: TestApp,
  clientDir: string,
): Promise<{ url: string; close: () => Promise<void> }> {
  const http = { ...ctx.config.http, clientDir, rateLimitPerMinute: 1_000_000 };
  const shown = { ...ctx, config: { ...ctx.config, http } };
  const server = createHttpServer(shown);
  const gateway = await createGateway(shown, server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      await gateway.stop();
      server.closeAllConnections();
      server.close();
    },
  };
}
