import { z } from 'zod';
import { endpoint } from '../api.ts';
import { auditResponseSchema, ownAuditQuerySchema } from '../http/admin.ts';
import {
  apiKeysResponseSchema,
  changePasswordBodySchema,
  confirmedBodySchema,
  createApiKeyBodySchema,
  createdApiKeySchema,
  deleteAccountBodySchema,
  loggedInSchema,
  loginBodySchema,
  meSchema,
  oneTimeCodeBodySchema,
  recoverBodySchema,
  recoveryCodeSchema,
  registerBodySchema,
  registeredSchema,
  resetPasswordBodySchema,
  secondFactorSchema,
  sessionsResponseSchema,
  updateAccountBodySchema,
  usageSchema,
} from '../http/auth.ts';

const idParamsSchema = z.object({ id: z.string().min(1).max(64) });
const post = { method: 'post', tag: 'Account' } as const;
const get = { method: 'get', tag: 'Account' } as const;

/** Registering, logging in, and what one does with one's own account. */
export const ACCOUNT_ENDPOINTS = {
  register: endpoint({
    ...post,
    path: '/api/v2/auth/register',
    summary: 'Makes an account and logs in',
    body: registerBodySchema,
    status: 201,
    answer: registeredSchema,
  }),
  logIn: endpoint({
    ...post,
    path: '/api/v2/auth/login',
    summary: 'Logs in; the session comes as a cookie',
    body: loginBodySchema,
    answer: loggedInSchema,
  }),
  logOut: endpoint({ ...post, path: '/api/v2/auth/logout', summary: 'Ends this session' }),
  getMe: endpoint({ ...get, path: '/api/v2/auth/me', summary: 'Who is asking', answer: meSchema }),
  refreshSession: endpoint({
    ...post,
    path: '/api/v2/auth/refresh',
    summary: 'Replaces the token of a session that is a day old',
  }),
  recover: endpoint({
    ...post,
    path: '/api/v2/auth/recover',
    summary: 'Mails a link to reset the password, where there is an address',
    body: recoverBodySchema,
    status: 202,
    answer: z.object({ message: z.string() }),
  }),
  resetPassword: endpoint({
    ...post,
    path: '/api/v2/auth/reset-password',
    summary: 'Sets a new password with a recovery code or a mailed link',
    body: resetPasswordBodySchema,
    answer: registeredSchema,
  }),
  listSessions: endpoint({
    ...get,
    path: '/api/v2/account/sessions',
    summary: 'Where one is logged in',
    answer: sessionsResponseSchema,
  }),
  endSession: endpoint({
    method: 'delete',
    path: '/api/v2/account/sessions/:id',
    tag: 'Account',
    summary: 'Ends a session',
    params: idParamsSchema,
  }),
  endOtherSessions: endpoint({
    ...post,
    path: '/api/v2/account/sessions/end-others',
    summary: 'Ends every session but this one',
  }),
  changePassword: endpoint({
    ...post,
    path: '/api/v2/account/password',
    summary: 'Changes the password; every other session ends',
    body: changePasswordBodySchema,
  }),
  updateAccount: endpoint({
    method: 'patch',
    path: '/api/v2/account',
    tag: 'Account',
    summary: 'Changes the mail address',
    body: updateAccountBodySchema,
  }),
  renewRecoveryCode: endpoint({
    ...post,
    path: '/api/v2/account/recovery-code',
    summary: 'A new recovery code; the one before is void',
    body: confirmedBodySchema,
    answer: recoveryCodeSchema,
  }),
  prepareSecondFactor: endpoint({
    ...post,
    path: '/api/v2/account/second-factor',
    summary: 'A secret for an authenticator app; it counts once a code is confirmed',
    body: confirmedBodySchema,
    answer: secondFactorSchema,
  }),
  confirmSecondFactor: endpoint({
    ...post,
    path: '/api/v2/account/second-factor/confirm',
    summary: 'Turns one-time codes on',
    body: oneTimeCodeBodySchema,
  }),
  removeSecondFactor: endpoint({
    ...post,
    path: '/api/v2/account/second-factor/remove',
    summary: 'Turns one-time codes off',
    body: confirmedBodySchema,
  }),
  listApiKeys: endpoint({
    ...get,
    path: '/api/v2/account/api-keys',
    summary: 'Keys of programs',
    answer: apiKeysResponseSchema,
  }),
  createApiKey: endpoint({
    ...post,
    path: '/api/v2/account/api-keys',
    summary: 'Makes a key; it is shown once',
    body: createApiKeyBodySchema,
    status: 201,
    answer: createdApiKeySchema,
  }),
  deleteApiKey: endpoint({
    method: 'delete',
    path: '/api/v2/account/api-keys/:id',
    tag: 'Account',
    summary: 'Deletes a key',
    params: idParamsSchema,
  }),
  getUsage: endpoint({
    ...get,
    path: '/api/v2/account/usage',
    summary: 'How much of each limit is used',
    answer: usageSchema,
  }),
  listOwnAudit: endpoint({
    ...get,
    path: '/api/v2/account/audit-log',
    summary: 'What happened to one’s account and bots, newest first',
    query: ownAuditQuerySchema,
    answer: auditResponseSchema,
  }),
  exportAccount: endpoint({
    ...get,
    path: '/api/v2/account/export',
    summary: 'Everything the arena has of oneself, but for secrets',
    answer: z.object({ exportedAt: z.int(), tables: z.record(z.string(), z.array(z.unknown())) }),
  }),
  deleteAccount: endpoint({
    ...post,
    path: '/api/v2/account/delete',
    summary: 'Deletes the account, its bots and its keys for good',
    body: deleteAccountBodySchema,
  }),
} as const;
