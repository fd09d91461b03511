import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import type { Decision } from '../../../engine/model.ts';
import type { FakeProvider } from '../../../llm/fake-provider.ts';
import type { TestApp } from '../test-app.ts';
import { PASSWORD, addApiKey, addSession, type Credential, type User } from './people-of-all-kinds.ts';
import { jsonOf, type Wire, type WireAnswer } from './wire.ts';

export const PRICES = { BTCUSDT: 50_000, ETHUSDT: 3000 };

/** One of everything that a user can have. */
export interface Estate extends User {
  readonly session: Credential;
  readonly key: Credential;
  /** Holds an open and a closed position. */
  readonly botId: string;
  readonly botName: string;
  /** Paused, for a reason that is nobody's business. */
  readonly pausedBotId: string;
  readonly positionId: string;
  readonly closedPositionId: string;
  readonly tradeId: string;
  readonly decisionId: string;
  readonly turnId: string;
  readonly providerId: string;
  readonly walletId: string;
  /** Of lists of the bot, each after its first item. */
  readonly cursors: readonly string[];
  /** What decides for the bot, with all it was asked. */
  readonly fake: FakeProvider;
  /** Texts that nobody else is shown. */
  readonly canaries: readonly string[];
}

const asked = (reasoning: string) => ({ size: 2000, leverage: 10, reasoning }) as const;

/** @param mark makes the user's private texts known by sight. */
export async function furnish(
  t: TestApp,
  wire: Wire,
  { user, mark }: { user: User; mark: string },
): Promise<Estate> {
  const secret = (what: string) => `canary-${mark}-${what}`;
  const [session, key] = [await addSession(t, user.userId), await addApiKey(t, user.userId)];
  const ask = (line: string, body?: unknown, headers = {}) =>
    must(wire, { line, body, headers: { ...session.headers, ...headers } });
  const traded = await tradeSome(t, user, secret);
  const bot = `/api/v2/bots/${traded.botId}`;
  const idOf = async (answer: Promise<unknown>) => ((await answer) as { id: string }).id;
  const provider = { name: secret('provider'), providerType: 'openai', modelName: 'gpt-x' };
  const providerId = await idOf(
    ask('post /api/v2/providers', {
      ...provider,
      apiEndpoint: `https://${mark}.example.com/canary-${mark}-path`,
      apiKey: secret('provider-key'),
    }),
  );
  const wallet = { name: secret('wallet'), exchange: 'binance' };
  const walletId = await idOf(
    ask('post /api/v2/wallets', {
      ...wallet,
      apiKey: secret('wallet-key'),
      apiSecret: secret('wallet-secret'),
    }),
  );
  const paused = {
    name: `paused of ${user.username}`,
    prompt: secret('second-prompt'),
    providerId: 'house:flat',
  };
  const pausedBotId = await idOf(
    ask('post /api/v2/bots', paused, { 'idempotency-key': `key-of-${user.userId}` }),
  );
  await ask(`post /api/v2/bots/${pausedBotId}/pause`, { reason: secret('pause') });
  await ask('post /api/v2/account/api-keys', { name: secret('key-name'), scope: 'read' });
  await ask('patch /api/v2/account', { email: `canary-${mark}-mail@example.com`, password: PASSWORD });
  await ask('post /api/v2/account/second-factor', { password: PASSWORD });
  await ask(`post ${bot}/snapshot`);
  await ask(`put ${bot}/avatar`, await picture(), { 'content-type': 'image/png' });
  return {
    ...user,
    ...traded,
    session,
    key,
    pausedBotId,
    providerId,
    walletId,
    cursors: await cursorsOf(ask, bot),
    canaries: [
      'prompt',
      'second-prompt',
      'reasoning',
      'note',
      'provider',
      'provider-key',
      'wallet',
      'wallet-key',
    ]
      .concat(['wallet-secret', 'pause', 'key-name', 'mail', 'path'])
      .map(secret),
  };
}

/** A bot with three trades: one position is closed again, one stays open. */
async function tradeSome(t: TestApp, user: User, secret: (what: string) => string) {
  const opened: readonly Decision[] = [
    { action: 'LONG', symbol: 'BTCUSDT', ...asked(secret('reasoning')) },
    { action: 'SHORT', symbol: 'ETHUSDT', ...asked(secret('reasoning')) },
  ];
  const closed: readonly Decision[] = [{ action: 'CLOSE', symbol: 'ETHUSDT', reasoning: secret('note') }];
  const botName = `bot of ${user.username}`;
  const held: readonly Decision[] = [{ action: 'HOLD', reasoning: secret('reasoning') }];
  const { botId, fake } = await t.addBot([opened, closed, held], {
    userId: user.userId,
    name: botName,
    prompt: secret('prompt'),
    settings: { turnIntervalMs: 86_400_000 },
  });
  for (let turn = 0; turn < 2; turn += 1) {
    await t.app.manager.forceTurn(botId);
    await settleTurns(t);
  }
  const [positions, trades] = [await t.positions(botId), await t.trades(botId)];
  const [turn] = await t.turns(botId);
  return {
    botId,
    fake,
    botName,
    positionId: positions.find(({ status }) => status === 'open')?.id ?? '',
    closedPositionId: positions.find(({ status }) => status === 'closed')?.id ?? '',
    tradeId: trades[0]?.id ?? '',
    decisionId: trades[0]?.decision_id ?? '',
    turnId: turn?.id ?? '',
  };
}

/** Lets every turn that was asked decide and fill. */
export async function settleTurns(t: TestApp): Promise<void> {
  await t.app.manager.decided();
  await tick(t);
  while (t.app.manager.counts().running > 0) await tick(t);
  // A turn that has ended is read from its rows again before the next one.
  await sleep(1);
}

/** The same prices, a second later. */
export async function tick(t: TestApp): Promise<void> {
  await t.market.tick(t.app.ctx.clock.now() + 1000, PRICES);
}

export async function picture(): Promise<Buffer> {
  return await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
}

async function cursorsOf(ask: (line: string) => Promise<unknown>, bot: string): Promise<string[]> {
  const pages = await Promise.all(
    ['trades', 'positions', 'decisions'].map((list) => ask(`get ${bot}/${list}?limit=1`)),
  );
  return pages.map((page) => (page as { nextCursor: string }).nextCursor);
}

/** @returns what it says. @throws Error unless it is answered with 2xx. */
async function must(
  wire: Wire,
  { line, ...rest }: { line: string; body?: unknown; headers: Readonly<Record<string, string>> },
): Promise<unknown> {
  const [method = '', path = ''] = line.split(' ');
  const answer: WireAnswer = await wire.send({ method, path, ...rest });
  if (answer.status >= 300) throw new Error(`${line}: ${answer.status} ${answer.text}`);
  return jsonOf(answer);
}
