import type { EndpointName } from '../contract/endpoints/index.ts';
import type { Principal } from '../auth/sessions.ts';
import { ForbiddenError, NotSignedInError } from '../errors.ts';

/** Who may call a route. What is somebody's own is asked for by owner in the query itself. */
export type Access = 'public' | 'signed-in' | 'user' | 'moderator' | 'admin';

/** How often: each class has its own count a minute, for each user or, of strangers, each address. */
export type RateClass = 'read' | 'write' | 'heavy' | 'login';

export interface RoutePolicy {
  readonly access: Access;
  /** `session`: not with an API key, whatever its scope. */
  readonly via: 'any' | 'session';
  /** What an API key needs. */
  readonly scope: 'read' | 'trade';
  readonly rate: RateClass;
}

const everyone: RoutePolicy = { access: 'public', via: 'any', scope: 'read', rate: 'read' };
const login: RoutePolicy = { access: 'public', via: 'any', scope: 'trade', rate: 'login' };
const ownRead: RoutePolicy = { access: 'signed-in', via: 'any', scope: 'read', rate: 'read' };
const trading: RoutePolicy = { access: 'user', via: 'any', scope: 'trade', rate: 'write' };
const accountRead: RoutePolicy = { access: 'signed-in', via: 'session', scope: 'read', rate: 'read' };
const account: RoutePolicy = { ...accountRead, scope: 'trade', rate: 'write' };
const guarded: RoutePolicy = { ...account, rate: 'login' };
const moderatorRead: RoutePolicy = { access: 'moderator', via: 'session', scope: 'read', rate: 'read' };
const moderation: RoutePolicy = { ...moderatorRead, scope: 'trade', rate: 'write' };
const adminRead: RoutePolicy = { ...moderatorRead, access: 'admin' };
const administration: RoutePolicy = { ...moderation, access: 'admin' };

/** Routes that do not speak JSON. */
export const RAW_ROUTES = {
  getAvatar: { method: 'get', path: '/api/v2/bots/:botId/avatar' },
  setAvatar: { method: 'put', path: '/api/v2/bots/:botId/avatar' },
  getOpenApi: { method: 'get', path: '/api/v2/openapi.json' },
  browseDocs: { method: 'get', path: '/api/v2/docs' },
  docsFile: { method: 'get', path: '/api/v2/docs/:file' },
} as const;
export type RawRouteName = keyof typeof RAW_ROUTES;

/** One row for each route; a route without one does not compile, and a test walks what is mounted. */
export const ROUTE_POLICY: Readonly<Record<EndpointName | RawRouteName, RoutePolicy>> = {
  getArena: everyone,
  getLeaderboard: everyone,
  getHealth: everyone,
  listMarkets: everyone,
  listCandles: everyone,
  listBots: everyone,
  getBot: everyone,
  listTrades: everyone,
  listPositions: everyone,
  listDecisions: everyone,
  listSnapshots: everyone,
  getAnalytics: { ...everyone, rate: 'heavy' },
  getAvatar: everyone,
  getOpenApi: everyone,
  browseDocs: everyone,
  docsFile: everyone,

  createBot: trading,
  importBot: trading,
  updateBot: trading,
  deleteBot: trading,
  cloneBot: trading,
  exportBot: ownRead,
  pauseBot: trading,
  resumeBot: trading,
  forceTurn: trading,
  closePosition: trading,
  adjustPosition: trading,
  resetBot: trading,
  takeSnapshot: { ...trading, rate: 'heavy' },
  setAvatar: { ...trading, rate: 'heavy' },
  deleteAvatar: trading,

  register: login,
  logIn: login,
  recover: login,
  resetPassword: login,
  getMe: everyone,
  logOut: account,
  refreshSession: account,
  listSessions: accountRead,
  endSession: account,
  endOtherSessions: account,
  changePassword: guarded,
  updateAccount: guarded,
  renewRecoveryCode: guarded,
  prepareSecondFactor: guarded,
  confirmSecondFactor: guarded,
  removeSecondFactor: guarded,
  listApiKeys: accountRead,
  createApiKey: account,
  deleteApiKey: account,
  getUsage: ownRead,
  listOwnAudit: accountRead,
  exportAccount: { ...accountRead, rate: 'heavy' },
  deleteAccount: guarded,

  listProviders: ownRead,
  getProvider: ownRead,
  createProvider: { ...account, access: 'user' },
  updateProvider: { ...account, access: 'user' },
  deleteProvider: { ...account, access: 'user' },
  listWallets: accountRead,
  createWallet: { ...account, access: 'user' },
  updateWallet: { ...account, access: 'user' },
  deleteWallet: { ...account, access: 'user' },

  previewBot: { ...trading, rate: 'heavy' },
  listVersions: ownRead,
  getHistorySummary: ownRead,
  forceSummarize: { ...trading, rate: 'heavy' },
  clearLearning: trading,
  listPresets: ownRead,
  testProvider: { ...account, access: 'user', rate: 'heavy' },
  getModelUsage: ownRead,
  getBudget: ownRead,
  setBudget: { ...account, access: 'user' },
  listModels: { ...everyone, rate: 'heavy' },
  listModelPrices: adminRead,
  setModelPrice: administration,
  deleteModelPrice: administration,

  listUsers: moderatorRead,
  listAudit: moderatorRead,
  hideUserName: moderation,
  hideBotName: moderation,
  moderatePause: moderation,
  moderateResume: moderation,
  updateUser: administration,
  deleteUser: administration,
  listInvites: adminRead,
  createInvite: administration,
  deleteInvite: administration,
  listSettings: adminRead,
  updateSetting: administration,
  listOrphans: adminRead,
  removeDemo: administration,
};

const RANK = { viewer: 1, user: 2, moderator: 3, admin: 4 } as const;
const LEAST_RANK = { 'signed-in': 1, user: 2, moderator: 3, admin: 4 } as const;

/** @throws NotSignedInError, ForbiddenError */
export function assertAllowed(policy: RoutePolicy, principal: Principal | null): void {
  const { access, via, scope } = policy;
  if (principal?.credential.kind === 'api-key') {
    if (via === 'session')
      throw new ForbiddenError('session-needed', 'An API key may not do this: log in on the page.');
    if (scope === 'trade' && principal.credential.scope !== 'trade')
      throw new ForbiddenError('scope-needed', 'This API key may only read: use one with the scope "trade".');
  }
  if (access === 'public') return;
  if (!principal) throw new NotSignedInError();
  if (RANK[principal.role] < LEAST_RANK[access])
    throw new ForbiddenError(
      'role-needed',
      access === 'user' ? 'A viewer may only look.' : `Only for the role ${access} and above.`,
    );
}
