import type { Endpoint } from '../api.ts';
import { ACCOUNT_ENDPOINTS } from './account.ts';
import { ADMIN_ENDPOINTS } from './admin.ts';
import { OWN_BOT_ENDPOINTS } from './own-bots.ts';
import { PROVIDER_ENDPOINTS } from './providers.ts';
import { PUBLIC_ENDPOINTS } from './public.ts';
import { THINKING_ENDPOINTS } from './thinking.ts';

/** Every operation that speaks JSON. Routes, policy and the OpenAPI document are made from these. */
export const ENDPOINTS = {
  ...PUBLIC_ENDPOINTS,
  ...OWN_BOT_ENDPOINTS,
  ...ACCOUNT_ENDPOINTS,
  ...PROVIDER_ENDPOINTS,
  ...ADMIN_ENDPOINTS,
  ...THINKING_ENDPOINTS,
} as const satisfies Readonly<Record<string, Endpoint>>;

export type EndpointName = keyof typeof ENDPOINTS;
