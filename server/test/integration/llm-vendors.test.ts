import { LLMock } from '@copilotkit/aimock';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ChatVendor } from '../../llm/chat.ts';
import { createOutbound } from '../../llm/outbound/guarded-fetch.ts';
import { createGeminiVendor } from '../../llm/providers/gemini/gemini-vendor.ts';
import { createOpenAiVendor } from '../../llm/providers/openai/openai-vendor.ts';
import { failureOf } from '../conformance/chat-failures.ts';
import { withResults } from '../conformance/chat.ts';
import { ANSWER_FORM, chatRequest, PRICE_TOOL } from '../support/fake-llm/chat-request.ts';

/** Somebody else's idea of both APIs, so that our fakes cannot hide our mistakes. */
const mock = new LLMock({ port: 0 });
const outbound = createOutbound({ allowPrivate: true });
const { fetch } = outbound;

beforeAll(async () => {
  await mock.start();
});
beforeEach(() => {
  mock.clearFixtures();
  mock.clearRequests();
});
afterAll(async () => {
  await outbound.close();
  await mock.stop();
});

const VENDORS: readonly (readonly [name: string, basePath: string, vendor: ChatVendor])[] = [
  ['openai', '/v1', createOpenAiVendor({ fetch })],
  ['openai, streaming', '/v1', createOpenAiVendor({ fetch, streams: true })],
  ['gemini', '', createGeminiVendor({ fetch })],
];

describe.each(VENDORS)('%s', (...[, basePath, vendor]) => {
  const ask = (changes: Parameters<typeof chatRequest>[1] = {}) =>
    vendor.complete(chatRequest(`${mock.url}${basePath}`, changes));

  it('answers', async () => {
    mock.onMessage('What now?', { content: 'Grüße 🦊, hold.' });
    const reply = await ask({ answer: ANSWER_FORM });
    expect(reply).toMatchObject({ text: 'Grüße 🦊, hold.', finishReason: 'stop', toolCalls: [] });
    expect(mock.getRequests()).toHaveLength(1);
  });

  it('counts what was counted', async () => {
    mock.onMessage('What now?', {
      content: 'x',
      usage: {
        prompt_tokens: 11,
        completion_tokens: 7,
        total_tokens: 18,
        promptTokenCount: 11,
        candidatesTokenCount: 7,
      },
    });
    expect((await ask()).usage).toMatchObject({ tokensIn: 11, tokensOut: 7 });
  });

  it('calls tools and is told what came of them', async () => {
    const call = { name: 'get_price', arguments: '{"symbol":"BTCUSDT"}' };
    mock.on({ userMessage: 'What now?', hasToolResult: false }, { toolCalls: [call, call] });
    mock.on({ hasToolResult: true }, { content: 'It is 61000.' });
    const first = await ask({ tools: [PRICE_TOOL] });
    expect(first.finishReason).toBe('tools');
    expect(first.toolCalls.map(({ argumentsJson }) => JSON.parse(argumentsJson) as unknown)).toEqual([
      { symbol: 'BTCUSDT' },
      { symbol: 'BTCUSDT' },
    ]);
    const messages = withResults(chatRequest('').messages, first, ['{"price":61000}', '{"price":61001}']);
    expect((await ask({ tools: [PRICE_TOOL], messages })).text).toBe('It is 61000.');
    const told = JSON.stringify(mock.getLastRequest()?.body);
    for (const price of ['61000', '61001']) expect(told).toContain(price);
  });

  it.each([
    [401, { failure: 'key', isRetryable: false }],
    [429, { failure: 'busy', isRetryable: true }],
    [503, { failure: 'broken', isRetryable: true }],
  ] as const)('tells what %i means', async (status, expected) => {
    mock.nextRequestError(status, { message: 'canary-of-the-upstream', type: 'x' });
    mock.onMessage('What now?', { content: 'x' });
    expect(await failureOf(ask())).toMatchObject({ status, ...expected });
    expect(mock.getRequests()).toHaveLength(1);
  });

  it('is told how long to wait', async () => {
    mock.onMessage('What now?', { error: { message: 'x', type: 'rate_limit' }, status: 429, retryAfter: 3 });
    expect(await failureOf(ask())).toMatchObject({ failure: 'busy', retryAfterMs: 3000 });
  });

  it('notices a connection that breaks', async () => {
    mock.onMessage('What now?', { content: 'x' }, { chaos: { disconnectRate: 1 } });
    expect(await failureOf(ask())).toMatchObject({ failure: 'network', isRetryable: true });
  });
});
