import { createProvider, removeProvider, updateProvider } from '../../arena/provider-changes.ts';
import { readPresets } from '../../arena/presets-read.ts';
import { testProvider } from '../../arena/provider-test.ts';
import { readProvider, readProviders } from '../../arena/providers.ts';
import { changeWallet, createWallet, readWallet, readWallets, removeWallet } from '../../arena/wallets.ts';
import type { AppContext } from '../../context.ts';
import type { ProviderTest } from '../../contract/http/providers.ts';
import type { Api } from '../endpoint.ts';

/** What a change is remembered by. */
interface Made {
  readonly id: string;
}

/** What decides for one's bots, and one's exchange credentials. */
export function providerRoutes(api: Api, ctx: AppContext): void {
  api.own('listProviders', async ({ by }) => ({ items: await readProviders(ctx, by.userId) }));
  api.own('getProvider', ({ by, params }) => readProvider(ctx, { id: params.id, userId: by.userId }));
  api.act('createProvider', ({ by, body }) => ({
    run: () => createProvider(ctx, by, body),
    answer: ({ id }: Made) => readProvider(ctx, { id, userId: by.userId }),
  }));
  api.act('updateProvider', ({ by, params, body }) => ({
    run: () => updateProvider(ctx, by, { id: params.id, edit: body }),
    answer: ({ id }: Made) => readProvider(ctx, { id, userId: by.userId }),
  }));
  api.act('deleteProvider', ({ by, params }) => ({
    run: () => removeProvider(ctx, by, params.id),
    answer: () => undefined,
  }));
  api.on('listPresets', () => ({ items: readPresets(ctx) }));
  api.act('testProvider', ({ by, params }) => ({
    run: () => testProvider(ctx, by, params.id),
    answer: (told: ProviderTest) => told,
  }));
  walletRoutes(api, ctx);
}

function walletRoutes(api: Api, ctx: AppContext): void {
  api.own('listWallets', async ({ by }) => ({ items: await readWallets(ctx, by.userId) }));
  api.act('createWallet', ({ by, body }) => ({
    run: () => createWallet(ctx, by, body),
    answer: ({ id }: Made) => readWallet(ctx, { id, userId: by.userId }),
  }));
  api.act('updateWallet', ({ by, params, body }) => ({
    run: () => changeWallet(ctx, by, { id: params.id, edit: body }),
    answer: ({ id }: Made) => readWallet(ctx, { id, userId: by.userId }),
  }));
  api.act('deleteWallet', ({ by, params }) => ({
    run: () => removeWallet(ctx, by, params.id),
    answer: () => undefined,
  }));
}
