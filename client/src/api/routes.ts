import type { EndpointName } from './contract.ts';

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/**
 * Where the endpoints are that the page calls by name. The contract's own table would bring zod into the bundle; a
 * test holds this one against it.
 */
export const ROUTES = {
  register: 'post /auth/register',
  logIn: 'post /auth/login',
  logOut: 'post /auth/logout',
  getMe: 'get /auth/me',
  refreshSession: 'post /auth/refresh',
  recover: 'post /auth/recover',
  resetPassword: 'post /auth/reset-password',

  listSessions: 'get /account/sessions',
  endSession: 'delete /account/sessions/:id',
  endOtherSessions: 'post /account/sessions/end-others',
  changePassword: 'post /account/password',
  updateAccount: 'patch /account',
  renewRecoveryCode: 'post /account/recovery-code',
  prepareSecondFactor: 'post /account/second-factor',
  confirmSecondFactor: 'post /account/second-factor/confirm',
  removeSecondFactor: 'post /account/second-factor/remove',
  listApiKeys: 'get /account/api-keys',
  createApiKey: 'post /account/api-keys',
  deleteApiKey: 'delete /account/api-keys/:id',
  getUsage: 'get /account/usage',
  listOwnAudit: 'get /account/audit-log',
  exportAccount: 'get /account/export',
  deleteAccount: 'post /account/delete',

  listBots: 'get /bots',
  createBot: 'post /bots',
  importBot: 'post /bots/import',
  updateBot: 'patch /bots/:botId',
  deleteBot: 'delete /bots/:botId',
  cloneBot: 'post /bots/:botId/clone',
  exportBot: 'get /bots/:botId/export',
  pauseBot: 'post /bots/:botId/pause',
  resumeBot: 'post /bots/:botId/resume',
  forceTurn: 'post /bots/:botId/force-turn',
  closePosition: 'post /bots/:botId/positions/:positionId/close',
  adjustPosition: 'patch /bots/:botId/positions/:positionId',
  resetBot: 'post /bots/:botId/reset',
  deleteAvatar: 'delete /bots/:botId/avatar',

  listProviders: 'get /providers',
  createProvider: 'post /providers',
  updateProvider: 'patch /providers/:id',
  deleteProvider: 'delete /providers/:id',
  listWallets: 'get /wallets',
  createWallet: 'post /wallets',
  updateWallet: 'patch /wallets/:id',
  deleteWallet: 'delete /wallets/:id',

  listUsers: 'get /admin/users',
  updateUser: 'patch /admin/users/:id',
  deleteUser: 'post /admin/users/:id/delete',
  hideUserName: 'put /moderation/users/:id/name',
  hideBotName: 'put /moderation/bots/:botId/name',
  moderatePause: 'post /moderation/bots/:botId/pause',
  moderateResume: 'post /moderation/bots/:botId/resume',
  listInvites: 'get /admin/invites',
  createInvite: 'post /admin/invites',
  deleteInvite: 'delete /admin/invites/:id',
  listSettings: 'get /admin/settings',
  updateSetting: 'put /admin/settings/:key',
  listAudit: 'get /admin/audit-log',
  listOrphans: 'get /admin/orphans',
  removeDemo: 'post /admin/remove-demo',
} as const satisfies Partial<Record<EndpointName, `${Method} /${string}`>>;

export type RouteName = keyof typeof ROUTES;
