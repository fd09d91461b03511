import { describe, expect, it } from 'vitest';
import { failureOf } from '../../../test/conformance/chat-failures.ts';
import { describeChatVendor, withResults } from '../../../test/conformance/chat.ts';
import { ANSWER_FORM, chatRequest, PRICE_TOOL } from '../../../test/support/fake-llm/chat-request.ts';
import { startFakeOpenAi } from '../../../test/support/fake-llm/openai.ts';
import type { FakeLlmStep } from '../../../test/support/fake-llm/script.ts';
import { createOutbound, type Outbound } from '../../outbound/guarded-fetch.ts';
import { createOpenAiVendor } from './openai-vendor.ts';
import { bodyOf } from './request-body.ts';

const words = { length: 'length', filter: 'content_filter' };
describeChatVendor('openai', { create: createOpenAiVendor, start: startFakeOpenAi, words });
describeChatVendor('openai, streaming', {
  create: (options) => createOpenAiVendor({ ...options, streams: true }),
  start: startFakeOpenAi,
  words,
});

/** Asks with a vendor that asks for whole answers, or for streams. @returns the reply and what was sent. */
async function ask(
  step: FakeLlmStep,
  { streams = false, ...changes }: Parameters<typeof chatRequest>[1] & { streams?: boolean } = {},
) {
  await using fake = await startFakeOpenAi([step]);
  await using outbound = disposable(createOutbound({ allowPrivate: true }));
  const vendor = createOpenAiVendor({ fetch: outbound.fetch, streams });
  const reply = await vendor.complete(chatRequest(fake.url, changes));
  await fake.idle();
  expect(fake.problems).toEqual([]);
  return { reply, sent: fake.requests[0] };
}

function disposable(outbound: Outbound) {
  return { ...outbound, [Symbol.asyncDispose]: () => outbound.close() };
}

const body = (message: object, rest: object = {}): FakeLlmStep => ({
  status: 200,
  body: { model: 'm', choices: [{ index: 0, message, finish_reason: 'stop' }], ...rest },
});
const sse = (...events: readonly unknown[]): FakeLlmStep => ({
  status: 200,
  headers: { 'content-type': 'text/event-stream' },
  body: `${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n`,
});
const delta = (delta: object, finish_reason: string | null = null) => ({
  model: 'm',
  choices: [{ index: 0, delta, finish_reason }],
});

describe('what others make of the API', () => {
  it.each(['whole', 'stream'] as const)(
    'is read whichever form it has, and whichever was asked for: %s',
    async (form) => {
      for (const streams of [false, true])
        expect((await ask({ text: 'Hold.', form }, { streams })).reply).toMatchObject({
          text: 'Hold.',
          finishReason: 'stop',
        });
    },
  );

  it('is read under another content type', async () => {
    const odd = { text: 'Hold.', contentType: 'text/plain' };
    for (const form of ['whole', 'stream'] as const)
      expect((await ask({ ...odd, form })).reply.text).toBe('Hold.');
  });

  it('may be long within the cap, which a stream of it would break', async () => {
    const text = 'hold '.repeat(40_000);
    expect((await ask({ text })).reply.text).toBe(text);
    expect(await failureOf(ask({ text }, { streams: true }))).toMatchObject({ failure: 'too-large' });
  });

  it('ends with [DONE], though the connection stays', async () => {
    const { reply } = await ask({ text: 'Hold.', staysOpen: true }, { streams: true });
    expect(reply.text).toBe('Hold.');
  });

  it.each([
    [{ content: null }, ''],
    [{}, ''],
    [
      {
        content: [
          { type: 'thinking', thinking: [] },
          { type: 'text', text: 'Hold.' },
        ],
      },
      'Hold.',
    ],
    [{ content: 'Hold.', reasoning_content: 'Hm.' }, 'Hold.'],
  ])('has contents such as %j', async (message, text) => {
    expect((await ask(body(message))).reply.text).toBe(text);
  });

  it.each([
    [{ prompt_tokens: 10, completion_tokens: 2 }, [10, 0, 2]],
    [
      { prompt_tokens: 10, completion_tokens: 2, prompt_cache_hit_tokens: 4, prompt_cache_miss_tokens: 6 },
      [10, 4, 2],
    ],
    // Grok's total holds the thoughts that its completion does not.
    [{ prompt_tokens: 10, completion_tokens: 2, total_tokens: 30 }, [10, 0, 20]],
    [{ prompt_tokens: 10, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 99 } }, [10, 10, 2]],
    [{ prompt_tokens: 'many', completion_tokens: -2, prompt_tokens_details: null }, [0, 0, 0]],
    [null, [0, 0, 0]],
  ])('counts as in %j', async (usage, counts) => {
    const { usage: counted } = (await ask(body({ content: 'x' }, { usage }))).reply;
    expect([counted.tokensIn, counted.tokensCached, counted.tokensOut]).toEqual(counts);
  });

  it.each([
    [
      'without an index or an id',
      [
        { function: { name: 'a', arguments: '{"x":' } },
        { function: { arguments: '1}' } },
        { function: { name: 'b', arguments: '{}' } },
      ],
    ],
    [
      'all with the same index',
      [
        { index: 0, id: '1', function: { name: 'a', arguments: '{"x":1}' } },
        { index: 0, id: '2', function: { name: 'b', arguments: '' } },
      ],
    ],
    [
      'with the id in every piece',
      [
        { index: 0, id: '1', function: { name: 'a', arguments: '{"x"' } },
        { index: 0, id: '1', function: { name: 'a', arguments: ':1}' } },
        { index: 1, id: '2', function: { name: 'b', arguments: null } },
      ],
    ],
  ])('streams its calls %s', async (_, pieces) => {
    const events = [...pieces.map((piece) => delta({ tool_calls: [piece] })), delta({}, 'stop')];
    const { toolCalls, finishReason } = (await ask(sse(...events), { streams: true })).reply;
    expect(toolCalls.map(({ name, argumentsJson }) => [name, argumentsJson])).toEqual([
      ['a', '{"x":1}'],
      ['b', '{}'],
    ]);
    expect(new Set(toolCalls.map(({ id }) => id)).size).toBe(2);
    expect(finishReason).toBe('tools');
  });

  it('makes objects of arguments', async () => {
    const call = { function: { name: 'a', arguments: { x: 1 } } };
    const { toolCalls } = (await ask(body({ content: '', tool_calls: [call, call] }))).reply;
    expect(toolCalls).toEqual([
      { id: 'call_0', name: 'a', argumentsJson: '{"x":1}' },
      { id: 'call_1', name: 'a', argumentsJson: '{"x":1}' },
    ]);
  });

  it.each([
    ['as a whole answer', { status: 200, body: { error: { code: 429, message: 'canary' } } }, 'busy', 429],
    ['without a code', { status: 200, body: { error: 'canary' } }, 'broken', 500],
    [
      'in the middle of a stream',
      sse(delta({ content: 'Ho' }), { error: { code: 402, message: 'canary' } }),
      'credit',
      402,
    ],
    ['as the reason of its end', sse(delta({ content: 'Ho' }, 'error')), 'broken', 500],
  ] as const)('has errors with status 200: %s', async (...[, step, failure, status]) => {
    expect(await failureOf(ask(step))).toMatchObject({ failure, status });
  });

  it('is cut off when its stream ends without a reason', async () => {
    const cut = sse(delta({ content: 'Hold on to' }));
    expect(await failureOf(ask(cut, { streams: true }))).toMatchObject({
      failure: 'garbled',
      isRetryable: true,
    });
  });

  it('is no answer when its signal ends it, though it has said why it ends', async () => {
    const turn = new AbortController();
    const step: FakeLlmStep = {
      text: 'Hold.',
      finish: 'stop',
      cutAt: -'data: [DONE]\n\n'.length,
      staysOpen: true,
    };
    const ending: FakeLlmStep = () => {
      setTimeout(() => turn.abort(), 200);
      return step;
    };
    const failure = await failureOf(ask(ending, { streams: true, signal: turn.signal }));
    expect(failure).toMatchObject({ failure: 'timeout', isRetryable: false });
  });

  it('refuses in a field of its own', async () => {
    const failure = await failureOf(ask(body({ content: null, refusal: 'canary' })));
    expect(failure).toMatchObject({ failure: 'refused' });
  });

  it.each([
    [400, { error: 'Incorrect API key provided: canary' }, 'key'],
    [400, { error: { message: 'Your credit balance is too low to access the canary' } }, 'credit'],
    [403, { error: { message: 'Your team has used all available credits' } }, 'credit'],
    [500, { error: { message: 'insufficient_quota could not be read' } }, 'broken'],
    [429, { error: { code: 'rate_limit_exceeded', message: 'You exceeded your current canary' } }, 'busy'],
  ])('says with %i what %j means', async (status, error, failure) => {
    expect(await failureOf(ask({ status, body: error }))).toMatchObject({ failure, status });
  });
});

describe('what is sent', () => {
  it('holds a schema strictly only where it may be', async () => {
    const open = { name: 'open', schema: { ...ANSWER_FORM.schema, additionalProperties: true } };
    for (const [answer, strict] of [
      [ANSWER_FORM, true],
      [open, false],
    ] as const) {
      const { sent } = await ask('{}', { answer });
      expect(sent?.body['response_format']).toEqual({
        type: 'json_schema',
        json_schema: { ...answer, strict },
      });
    }
  });

  it('has the limit that all know; only OpenAI itself knows the newer one', async () => {
    const { sent } = await ask('x', { maxTokensOut: 77 });
    expect([sent?.body['max_tokens'], sent?.body['max_completion_tokens']]).toEqual([77, undefined]);
    const request = chatRequest('');
    expect(bodyOf(request, { host: 'api.openai.com', streams: false })).toMatchObject({
      max_completion_tokens: 500,
    });
  });

  it('goes to OpenAI where no address is given', async () => {
    const asked: string[] = [];
    const fetch: typeof globalThis.fetch = (input) => {
      asked.push(new Request(input).url);
      return Promise.resolve(
        Response.json({ choices: [{ message: { content: 'x' }, finish_reason: 'stop' }] }),
      );
    };
    await createOpenAiVendor({ fetch }).complete(chatRequest('', { target: { baseUrl: null } }));
    expect(asked).toEqual(['https://api.openai.com/v1/chat/completions']);
  });

  it('reads the address of the method as that of the API', async () => {
    await using fake = await startFakeOpenAi(['x']);
    await using outbound = disposable(createOutbound({ allowPrivate: true }));
    const vendor = createOpenAiVendor({ fetch: outbound.fetch });
    expect((await vendor.complete(chatRequest(`${fake.url}/chat/completions`))).text).toBe('x');
  });

  it('has no key where there is none, whatever the environment has, and tells nothing of the machine', async () => {
    process.env['OPENAI_API_KEY'] = 'sk-of-the-environment';
    process.env['OPENAI_ORG_ID'] = 'org-of-the-environment';
    try {
      const headers = (await ask('x', { target: { apiKey: null } })).sent?.headers ?? {};
      expect(JSON.stringify(headers)).not.toMatch(/of-the-environment|node|linux|none/i);
      expect(headers['authorization']).toBeUndefined();
    } finally {
      delete process.env['OPENAI_API_KEY'];
      delete process.env['OPENAI_ORG_ID'];
    }
  });

  it.each([false, true])(
    'gives back what DeepSeek thought before it called tools (streaming: %s)',
    async (streams) => {
      const call: FakeLlmStep = {
        reasoning: 'I need the price.',
        toolCalls: [{ name: 'get_price', args: {} }],
      };
      const { reply } = await ask(call, { streams, tools: [PRICE_TOOL] });
      const messages = withResults(chatRequest('').messages, reply, ['1']);
      const { sent } = await ask('x', { messages, tools: [PRICE_TOOL] });
      expect(sent?.text).toContain('"reasoning_content":"I need the price."');
      expect((await ask({ text: 'x', reasoning: 'Hm.' })).reply).not.toHaveProperty('vendorState');
    },
  );
});
