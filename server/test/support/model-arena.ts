import type { ChatReply, ChatRequest, ChatVendor } from '../../llm/chat.ts';
import { createModelProvider, type ModelClient } from '../../llm/model-provider.ts';
import type { Person } from './people.ts';
import { plainPolicy } from './scripted-vendor.ts';
import { testApp, type TestApp, type TestAppOptions } from './test-app.ts';

type Answer = Partial<ChatReply> | Error;

export const decisions = (...list: readonly object[]): Answer => ({
  text: JSON.stringify({ decisions: list }),
});
export const HOLD = decisions({ action: 'HOLD', reasoning: 'Nothing to do.' });

/** A vendor in memory that gives the same answer until the test sets another one. */
export class SteadyVendor implements ChatVendor {
  readonly type = 'openai';
  readonly requests: ChatRequest[] = [];
  answer: Answer | ((request: ChatRequest) => Answer) = HOLD;

  async complete(request: ChatRequest): Promise<ChatReply> {
    this.requests.push(request);
    const answer = typeof this.answer === 'function' ? this.answer(request) : this.answer;
    if (answer instanceof Error) throw answer;
    return {
      text: '',
      toolCalls: [],
      finishReason: 'stop',
      model: 'exact-name-2026-01-01',
      usage: { tokensIn: 1000, tokensCached: 0, tokensOut: 0 },
      ...answer,
    };
  }
}

export interface ModelArena extends AsyncDisposable {
  readonly t: TestApp;
  readonly vendor: SteadyVendor;
}

/** What an arena asks in the place of the vendors on the network. */
export function steadyModels(): { vendor: SteadyVendor; models: ReadonlyMap<string, ModelClient> } {
  const vendor = new SteadyVendor();
  return { vendor, models: new Map([[vendor.type, createModelProvider(vendor, plainPolicy())]]) };
}

/** An arena whose bots of type `openai` ask a model in memory; each request takes 250 ms of a wall clock that stands still. */
export async function modelArena(options: TestAppOptions = {}): Promise<ModelArena> {
  const { vendor, models } = steadyModels();
  const env = { RATE_LIMIT_PER_MINUTE: '1000000', ...options.env };
  const t = await testApp({ models, ...options, env });
  return { t, vendor, [Symbol.asyncDispose]: () => t[Symbol.asyncDispose]() };
}

/** A provider whose model costs 10 USD for a million tokens read: a question of 1,000 costs a cent. @returns its id. */
export async function addModel(who: Person, changes: object = {}): Promise<string> {
  const made = await who.must(201, 'post /providers', {
    name: 'A model',
    providerType: 'openai',
    apiEndpoint: 'https://models.example.com/v1',
    modelName: 'm-1',
    apiKey: 'sk-canary-0123456789',
    options: { price: { input: 10, output: 0 } },
    ...changes,
  });
  return (made.body as { id: string }).id;
}

/** @returns its id. */
export async function addModelBot(
  who: Person,
  bot: { name: string; providerId: string; settings?: object },
): Promise<string> {
  const made = await who.must(201, 'post /bots', { prompt: 'Trade.', ...bot });
  return (made.body as { id: string }).id;
}
