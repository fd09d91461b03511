import { Secret, TOTP } from 'otpauth';
import { newInvite } from '../../../auth/register.ts';
import { prepareSecondFactor } from '../../../auth/second-factor.ts';
import { hashCode, newCode } from '../../../auth/tokens.ts';
import { insertModelPrice } from '../../../db/queries/model-prices.ts';
import { putRecoveryCode } from '../../../db/queries/recovery.ts';
import { updateUser } from '../../../db/queries/users.ts';
import { insertDecision } from '../factories.ts';
import type { RouteName } from './mounted-routes.ts';
import { picture } from './estate.ts';
import { addApiKey, addSession, PASSWORD, type User } from './people-of-all-kinds.ts';
import { jsonOf } from './wire.ts';
import type { World } from './world.ts';

/** A request that an endpoint can fulfil. */
export interface SampleRequest {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Sample {
  /** `owner`: the path names something of the owner's, and nobody else finds it. */
  readonly whose: 'owner' | 'anyone';
  /** What it needs is made anew each time. @param caller who will send it; null = nobody known. */
  readonly make: (world: World, caller: User | null) => SampleRequest | Promise<SampleRequest>;
}

const ofAnyone = (make: Sample['make'] = () => ({})): Sample => ({ whose: 'anyone', make });
const ofOwner = (make: Sample['make']): Sample => ({ whose: 'owner', make });
const confirmed = { body: { password: PASSWORD } };
const ownBot = ({ owner }: World) => ({ params: { botId: owner.botId } });
const ownPosition = ({ owner }: World) => ({
  params: { botId: owner.botId, positionId: owner.positionId },
});
const publicBot = ofAnyone(ownBot);
const house = { providerId: 'house:flat' };
const login = { name: 'A program', scope: 'read' };
const model = { name: 'A model', providerType: 'openai', modelName: 'gpt-x' };
const account = { name: 'An account', exchange: 'bybit', apiKey: 'key', apiSecret: 'secret' };

/** A minimal request that succeeds, for every route there is: a route without one does not compile. */
export const SAMPLES: Readonly<Record<RouteName, Sample>> = {
  getArena: ofAnyone(),
  getLeaderboard: ofAnyone(),
  getHealth: ofAnyone(),
  listMarkets: ofAnyone(),
  listCandles: ofAnyone(() => ({ params: { symbol: 'BTCUSDT' } })),
  listBots: ofAnyone(),
  getBot: publicBot,
  listTrades: publicBot,
  listPositions: publicBot,
  listDecisions: publicBot,
  listSnapshots: publicBot,
  getAnalytics: publicBot,
  getAvatar: publicBot,
  getOpenApi: ofAnyone(),
  browseDocs: ofAnyone(),
  docsFile: ofAnyone(() => ({ params: { file: 'start.js' } })),

  createBot: ofAnyone((world) => ({ body: { name: world.nextName('bot'), ...house } })),
  importBot: ofAnyone((world) => ({ body: { bot: botFile(world) } })),
  cloneBot: ofAnyone((world) => ({ ...ownBot(world), body: { name: world.nextName('clone'), ...house } })),
  updateBot: ofOwner((world) => ({ ...ownBot(world), body: { prompt: world.nextName('prompt') } })),
  deleteBot: ofOwner(async (world) => ({ params: { botId: (await freshBot(world)).id } })),
  exportBot: ofOwner(ownBot),
  pauseBot: ofOwner(async (world) => ({ params: { botId: (await freshBot(world)).id }, body: {} })),
  resumeBot: ofOwner(({ owner }) => ({ params: { botId: owner.pausedBotId } })),
  forceTurn: ofOwner(async (world) => ({ params: { botId: (await freshBot(world)).id } })),
  closePosition: ofOwner((world) => ({ ...ownPosition(world), body: { fraction: 0.01 } })),
  adjustPosition: ofOwner((world) => ({ ...ownPosition(world), body: { stopLoss: 40_000 } })),
  resetBot: ofOwner(async (world) => {
    const { id, name } = await freshBot(world);
    return { params: { botId: id }, body: { confirm: name } };
  }),
  takeSnapshot: ofOwner(ownBot),
  setAvatar: ofOwner(async (world) => ({
    ...ownBot(world),
    body: await picture(),
    headers: { 'content-type': 'image/png' },
  })),
  deleteAvatar: ofOwner(async (world) => ({ params: { botId: (await freshBot(world)).id } })),

  register: ofAnyone((world) => ({ body: { username: world.nextName('new'), password: PASSWORD } })),
  logIn: ofAnyone(({ owner }) => ({ body: { username: owner.username, password: PASSWORD } })),
  recover: ofAnyone(({ owner }) => ({ body: { username: owner.username } })),
  resetPassword: ofAnyone(async (world) => {
    const { username, recoveryCode } = await withRecoveryCode(world);
    return { body: { username, recoveryCode, password: `new ${PASSWORD}` } };
  }),
  getMe: ofAnyone(),
  logOut: ofAnyone(),
  refreshSession: ofAnyone(),
  listSessions: ofAnyone(),
  endSession: ofOwner(async ({ t, owner }) => ({
    params: { id: (await addSession(t, owner.userId)).id ?? '' },
  })),
  endOtherSessions: ofAnyone(),
  changePassword: ofAnyone(() => ({
    body: { currentPassword: PASSWORD, password: `new ${PASSWORD}` },
  })),
  updateAccount: ofAnyone(() => ({ body: { ...confirmed.body, email: 'somebody@example.com' } })),
  renewRecoveryCode: ofAnyone(() => confirmed),
  prepareSecondFactor: ofAnyone(() => confirmed),
  confirmSecondFactor: ofAnyone(async (world, caller) => ({
    body: { code: caller ? await oneTimeCode(world, caller) : '000000' },
  })),
  removeSecondFactor: ofAnyone(() => confirmed),
  listApiKeys: ofAnyone(),
  createApiKey: ofAnyone(() => ({ body: login })),
  deleteApiKey: ofOwner(async ({ t, owner }) => ({
    params: { id: (await addApiKey(t, owner.userId)).id ?? '' },
  })),
  getUsage: ofAnyone(),
  listOwnAudit: ofAnyone(),
  exportAccount: ofAnyone(),
  deleteAccount: ofAnyone((_world, caller) => ({
    body: { password: PASSWORD, confirm: caller?.username ?? 'nobody' },
  })),

  listProviders: ofAnyone(),
  getProvider: ofOwner(({ owner }) => ({ params: { id: owner.providerId } })),
  createProvider: ofAnyone(() => ({ body: model })),
  updateProvider: ofOwner(({ owner }) => ({
    params: { id: owner.providerId },
    body: { modelName: 'gpt-y' },
  })),
  deleteProvider: ofOwner(async (world) => ({
    params: { id: await fresh(world, '/api/v2/providers', model) },
  })),
  listWallets: ofAnyone(),
  createWallet: ofAnyone(() => ({ body: account })),
  updateWallet: ofOwner(({ owner }) => ({ params: { id: owner.walletId }, body: { apiKey: 'another' } })),
  deleteWallet: ofOwner(async (world) => ({
    params: { id: await spareWallet(world) },
  })),

  previewBot: ofOwner((world) => ({ ...ownBot(world), body: {} })),
  listVersions: ofOwner(ownBot),
  getHistorySummary: ofOwner(ownBot),
  forceSummarize: ofOwner(async (world) => ({ params: { botId: await experiencedBot(world) } })),
  clearLearning: ofOwner(async (world) => ({ params: { botId: (await freshBot(world)).id } })),
  listPresets: ofAnyone(),
  testProvider: ofOwner(({ owner }) => ({ params: { id: owner.providerId } })),
  getModelUsage: ofAnyone(),
  getBudget: ofAnyone(),
  setBudget: ofAnyone(() => ({ body: { dailyBudgetUsd: 5 } })),
  listModels: ofAnyone(),
  listModelPrices: ofAnyone(),
  setModelPrice: ofAnyone((world) => ({
    body: {
      preset: 'openai',
      model: world.nextName('model').replace(' ', '-'),
      price: { input: 1, output: 2 },
    },
  })),
  deleteModelPrice: ofAnyone(async (world) => ({ params: { id: await freshPrice(world) } })),

  listUsers: ofAnyone(),
  updateUser: ofAnyone(async (world) => ({
    params: { id: (await world.addUser()).userId },
    body: { role: 'viewer' },
  })),
  deleteUser: ofAnyone(async (world) => {
    const { userId, username } = await world.addUser();
    return { params: { id: userId }, body: { confirm: username } };
  }),
  hideUserName: ofAnyone(async (world) => ({
    params: { id: (await world.addUser()).userId },
    body: { isNameHidden: true },
  })),
  hideBotName: ofAnyone(async (world) => ({
    params: { botId: (await freshBot(world)).id },
    body: { isNameHidden: true },
  })),
  moderatePause: ofAnyone(async (world) => ({
    params: { botId: (await freshBot(world)).id },
    body: { reason: 'Too loud.' },
  })),
  moderateResume: ofAnyone(async (world) => ({ params: { botId: (await freshBot(world)).id } })),
  listInvites: ofAnyone(),
  createInvite: ofAnyone(() => ({ body: { role: 'user' } })),
  deleteInvite: ofAnyone(async (world) => ({ params: { id: await freshInvite(world) } })),
  listSettings: ofAnyone(),
  updateSetting: ofAnyone(() => ({ params: { key: 'cooldown_ms' }, body: { value: 60_000 } })),
  listAudit: ofAnyone(),
  listOrphans: ofAnyone(),
  removeDemo: ofAnyone(async (world) => {
    const { userId } = await world.addUser();
    await world.t.db.commit([updateUser(world.t.db.read, userId, { is_house: 1 })]);
    return {};
  }),
};

function botFile(world: World) {
  return {
    format: 'arena-bot',
    version: 1,
    name: world.nextName('file'),
    prompt: 'Trade.',
    strategy: 'flat',
    tradingSymbols: null,
    settings: {},
    publishing: {},
  };
}

/** A bot of the owner's that is there to be changed. */
async function freshBot(world: World): Promise<{ id: string; name: string }> {
  const name = world.nextName('bot');
  return { id: await fresh(world, '/api/v2/bots', { name, ...house }), name };
}

/** A paused bot of the owner's that has a model, and has decided often enough to learn from it. */
async function experiencedBot(world: World): Promise<string> {
  const { t, owner } = world;
  const file = { ...botFile(world), strategy: null };
  const botId = await fresh(world, '/api/v2/bots/import', { bot: file, providerId: owner.providerId });
  const { clock, newId } = t.app.ctx;
  for (let turnNo = 1; turnNo <= 5; turnNo += 1)
    await insertDecision(t.db, { id: newId(), botId, userId: owner.userId, turnNo, at: clock.now() });
  return botId;
}

async function fresh(world: World, path: string, body: object): Promise<string> {
  const { headers } = await addSession(world.t, world.owner.userId);
  const answer = await world.send({ method: 'post', path, body, headers });
  if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${answer.text}`);
  return (jsonOf(answer) as { id: string }).id;
}

/** Nobody has more than a few wallets: one that was not deleted does again. */
async function spareWallet(world: World): Promise<string> {
  const { id } = (await world.t.db.read
    .selectFrom('wallets')
    .select('id')
    .where('user_id', '=', world.owner.userId)
    .where('id', '!=', world.owner.walletId)
    .executeTakeFirst()) ?? { id: await fresh(world, '/api/v2/wallets', account) };
  return id;
}

async function freshInvite({ t }: World): Promise<string> {
  const { id, write } = newInvite(t.app.ctx, { role: 'user', createdBy: null, lifeMs: 3_600_000 });
  await t.db.commit([write]);
  return id;
}

async function freshPrice(world: World): Promise<string> {
  const row = {
    id: world.t.app.ctx.newId(),
    preset: 'openai',
    model: world.nextName('model'),
    input_usd: 1,
    output_usd: 2,
    cached_input_usd: null,
    valid_from: world.t.wall,
    created_at: world.t.wall,
  };
  await world.t.db.commit([insertModelPrice(world.t.db.read, row)]);
  return row.id;
}

async function withRecoveryCode(world: World): Promise<{ username: string; recoveryCode: string }> {
  const { userId, username } = await world.addUser();
  const recoveryCode = newCode();
  const row = { user_id: userId, code_hash: hashCode(recoveryCode), created_at: world.t.wall };
  await world.t.db.commit([putRecoveryCode(world.t.db.read, row)]);
  return { username, recoveryCode };
}

async function oneTimeCode({ t }: World, { userId, username, role }: User): Promise<string> {
  const trace = { actorId: userId, ip: null, requestId: null };
  const by = { userId, role, trace, remember: () => [] };
  const { secret } = await prepareSecondFactor(t.app.ctx, by, username);
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: t.wall });
}
