import { describe, expect, it } from 'vitest';
import { failureOf } from '../../../test/conformance/chat-failures.ts';
import { describeChatVendor, withResults } from '../../../test/conformance/chat.ts';
import { ANSWER_FORM, chatRequest, KEY, PRICE_TOOL } from '../../../test/support/fake-llm/chat-request.ts';
import { startFakeGemini } from '../../../test/support/fake-llm/gemini.ts';
import type { FakeLlmStep } from '../../../test/support/fake-llm/script.ts';
import { createOutbound } from '../../outbound/guarded-fetch.ts';
import { createGeminiVendor } from './gemini-vendor.ts';

describeChatVendor('gemini', {
  create: createGeminiVendor,
  start: startFakeGemini,
  words: { length: 'MAX_TOKENS', filter: 'SAFETY' },
});

/** @returns the reply and what was sent. */
async function ask(step: FakeLlmStep, changes: Parameters<typeof chatRequest>[1] & { path?: string } = {}) {
  const { path = '', ...request } = changes;
  await using fake = await startFakeGemini([step]);
  const outbound = createOutbound({ allowPrivate: true });
  try {
    const vendor = createGeminiVendor({ fetch: outbound.fetch });
    const reply = await vendor.complete(chatRequest(`${fake.url}${path}`, request));
    expect(fake.problems).toEqual([]);
    return { reply, sent: fake.requests[0] };
  } finally {
    await outbound.close();
  }
}

const body = (candidate: object, rest: object = {}): FakeLlmStep => ({
  status: 200,
  body: { candidates: [candidate], ...rest },
});

describe('what Gemini answers', () => {
  it('may be blocked before it begins', async () => {
    const blocked = { status: 200, body: { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } } };
    expect(await failureOf(ask(blocked))).toMatchObject({ failure: 'refused', isRetryable: false });
  });

  it('may have thought until nothing could be written', async () => {
    const usageMetadata = { promptTokenCount: 9, thoughtsTokenCount: 500, totalTokenCount: 509 };
    const { reply } = await ask(
      body({ finishReason: 'MAX_TOKENS', content: { role: 'model' } }, { usageMetadata }),
    );
    expect(reply).toMatchObject({ text: '', finishReason: 'length', usage: { tokensIn: 9, tokensOut: 500 } });
  });

  it('leaves its thoughts out of the text', async () => {
    expect((await ask({ text: 'Hold.', reasoning: 'Hm.' })).reply.text).toBe('Hold.');
  });

  it.each([
    ['STOP', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['RECITATION', 'filter'],
    ['SPII', 'filter'],
    ['MALFORMED_FUNCTION_CALL', 'other'],
    [null, 'other'],
  ])('ends with %s', async (finish, finishReason) => {
    expect((await ask({ text: 'x', finish })).reply.finishReason).toBe(finishReason);
  });

  it('counts what its own tools brought as read, and never more as kept than was read', async () => {
    const usageMetadata = { promptTokenCount: 10, toolUsePromptTokenCount: 5, cachedContentTokenCount: 99 };
    const { usage } = (await ask(body({ content: { parts: [{ text: 'x' }] } }, { usageMetadata }))).reply;
    expect(usage).toEqual({ tokensIn: 15, tokensCached: 15, tokensOut: 0 });
  });

  it.each([
    [400, { message: 'canary', details: [{ reason: 'API_KEY_INVALID' }] }, { failure: 'key' }],
    [
      429,
      { message: 'You exceeded your current quota, please check your plan and billing details.' },
      { failure: 'busy', retryAfterMs: null },
    ],
    [429, { details: [{ reason: 'x' }, { retryDelay: '34.5s' }] }, { failure: 'busy', retryAfterMs: 34_500 }],
    [503, { status: 'UNAVAILABLE' }, { failure: 'broken', isRetryable: true }],
  ])('says with %i what %j means', async (status, error, expected) => {
    expect(await failureOf(ask({ status, body: { error } }))).toMatchObject({ status, ...expected });
  });
});

describe('what is sent to Gemini', () => {
  it.each(['/v1beta', '/v1beta/', '/'])(
    'goes to the address that was saved, with %s behind its host',
    async (path) => {
      expect((await ask('x', { path })).sent?.path).toBe('/v1beta/models/model-1:generateContent');
    },
  );

  it.each(['gemini-2.5-flash', 'models/gemini-2.5-flash'])('names the model: %s', async (model) => {
    expect((await ask('x', { target: { model } })).sent?.model).toBe('gemini-2.5-flash');
  });

  it.each(['../../files', 'a/../b', 'x?key=1', 'x#', 'x y', ''])(
    'does not let a name lead elsewhere: %j',
    async (model) => {
      expect(await failureOf(ask('x', { target: { model } }))).toMatchObject({
        failure: 'refused',
        status: null,
      });
    },
  );

  it('has the key in a header alone, and none where there is none', async () => {
    const { sent } = await ask('x');
    expect([sent?.headers['x-goog-api-key'], sent?.path.includes(KEY)]).toEqual([KEY, false]);
    expect((await ask('x', { target: { apiKey: null } })).sent?.headers['x-goog-api-key']).toBeUndefined();
  });

  it('asks for no form beside tools', async () => {
    const { sent } = await ask('x', { answer: ANSWER_FORM, tools: [PRICE_TOOL] });
    expect(sent?.body['generationConfig']).toEqual({ maxOutputTokens: 500 });
  });

  it('sends the id of a call back where it had one', async () => {
    for (const id of ['fc-7', undefined]) {
      const call = { name: 'get_price', args: {}, ...(id === undefined ? {} : { id }) };
      const { reply } = await ask({ toolCalls: [call] }, { tools: [PRICE_TOOL] });
      const messages = withResults(chatRequest('').messages, reply, ['{"price":1}']);
      const { sent } = await ask('x', { messages, tools: [PRICE_TOOL] });
      const contents = sent?.body['contents'] as { parts: unknown[] }[];
      expect(contents.at(-1)?.parts).toEqual([
        {
          functionResponse: {
            ...(id === undefined ? {} : { id }),
            name: 'get_price',
            response: { output: { price: 1 } },
          },
        },
      ]);
    }
  });
});
