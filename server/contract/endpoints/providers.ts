import { z } from 'zod';
import { endpoint } from '../api.ts';
import {
  createProviderBodySchema,
  createWalletBodySchema,
  providerSchema,
  providersResponseSchema,
  updateProviderBodySchema,
  updateWalletBodySchema,
  walletSchema,
  walletsResponseSchema,
} from '../http/providers.ts';

const idParamsSchema = z.object({ id: z.string().min(1).max(64) });

/** What decides for bots, and where they could trade. Secrets go in and never come out. */
export const PROVIDER_ENDPOINTS = {
  listProviders: endpoint({
    method: 'get',
    path: '/api/v2/providers',
    tag: 'Providers',
    summary: "One's providers and the built-in strategies",
    answer: providersResponseSchema,
  }),
  getProvider: endpoint({
    method: 'get',
    path: '/api/v2/providers/:id',
    tag: 'Providers',
    summary: 'A provider',
    params: idParamsSchema,
    answer: providerSchema,
  }),
  createProvider: endpoint({
    method: 'post',
    path: '/api/v2/providers',
    tag: 'Providers',
    summary: 'Stores how to reach a model',
    body: createProviderBodySchema,
    status: 201,
    answer: providerSchema,
  }),
  updateProvider: endpoint({
    method: 'patch',
    path: '/api/v2/providers/:id',
    tag: 'Providers',
    summary: 'Changes a provider; another address forgets its key',
    params: idParamsSchema,
    body: updateProviderBodySchema,
    answer: providerSchema,
  }),
  deleteProvider: endpoint({
    method: 'delete',
    path: '/api/v2/providers/:id',
    tag: 'Providers',
    summary: 'Deletes a provider that no bot uses, and its key',
    params: idParamsSchema,
  }),
  listWallets: endpoint({
    method: 'get',
    path: '/api/v2/wallets',
    tag: 'Wallets',
    summary: "One's exchange credentials, without the secrets",
    answer: walletsResponseSchema,
  }),
  createWallet: endpoint({
    method: 'post',
    path: '/api/v2/wallets',
    tag: 'Wallets',
    summary: 'Stores exchange credentials',
    body: createWalletBodySchema,
    status: 201,
    answer: walletSchema,
  }),
  updateWallet: endpoint({
    method: 'patch',
    path: '/api/v2/wallets/:id',
    tag: 'Wallets',
    summary: 'Changes exchange credentials',
    params: idParamsSchema,
    body: updateWalletBodySchema,
    answer: walletSchema,
  }),
  deleteWallet: endpoint({
    method: 'delete',
    path: '/api/v2/wallets/:id',
    tag: 'Wallets',
    summary: 'Deletes exchange credentials',
    params: idParamsSchema,
  }),
} as const;
