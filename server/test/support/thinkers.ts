import { createBot, type NewBot } from '../../arena/bots.ts';
import { createProvider } from '../../arena/provider-changes.ts';
import type { Actor } from '../../context.ts';
import type { TestApp } from './test-app.ts';

export interface Thinker {
  readonly botId: string;
  readonly userId: string;
  readonly modelName: string;
}

/** Somebody who asks for a change, through no request. */
export const actorOf = (userId: string): Actor => ({
  userId,
  role: 'user',
  trace: { actorId: userId, ip: null, requestId: null },
  remember: () => [],
});

/** A bot of a user of its own that asks a real vendor's API at `url`; needs `ALLOW_PRIVATE_ENDPOINTS`. */
export async function addThinker(
  t: TestApp,
  { type, url, modelName }: { type: 'openai' | 'gemini'; url: string; modelName: string },
  {
    owner = `owner of ${modelName}`,
    ...bot
  }: Partial<Pick<NewBot, 'name' | 'prompt' | 'settings'>> & { owner?: string } = {},
): Promise<Thinker> {
  const userId = await t.addUser(owner);
  const provider = await createProvider(t.app.ctx, actorOf(userId), {
    name: modelName,
    providerType: type,
    apiEndpoint: url,
    modelName,
    apiKey: 'sk-canary-of-the-key',
    options: { structure: 'schema', hasTools: true },
  });
  const botId = await createBot(t.app.bots, {
    name: `bot of ${modelName}`,
    prompt: 'Trade {{marketData}}',
    tradingSymbols: null,
    settings: {},
    initialBalanceUsd: 10_000,
    ...bot,
    userId,
    providerId: provider.id,
  });
  return { botId, userId, modelName };
}
