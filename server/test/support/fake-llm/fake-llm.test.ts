import { GoogleGenerativeAI } from '@google/generative-ai';
import OpenAI, { BadRequestError, RateLimitError } from 'openai';
import { describe, expect, it } from 'vitest';
import { startFakeGemini } from './gemini.ts';
import { startFakeOpenAi } from './openai.ts';

const ASKED = { model: 'm', messages: [{ role: 'user' as const, content: 'x' }] };
const CALL = { name: 'get_price', args: { symbol: 'BTCUSDT' } };

describe('the fake of OpenAI, read by its SDK', () => {
  it('answers, streams and fails as the API does', async () => {
    await using fake = await startFakeOpenAi([
      'Grüße 🦊',
      'Grüße 🦊',
      { text: 'x', toolCalls: [CALL] },
      { status: 429 },
    ]);
    const client = new OpenAI({ baseURL: fake.url, apiKey: 'k', maxRetries: 0 });
    expect((await client.chat.completions.create(ASKED)).choices[0]?.message.content).toBe('Grüße 🦊');
    const streamed = client.chat.completions.stream({ ...ASKED, stream_options: { include_usage: true } });
    const { choices, usage } = await streamed.finalChatCompletion();
    expect([choices[0]?.message.content, usage?.prompt_tokens]).toEqual(['Grüße 🦊', expect.any(Number)]);
    const { tool_calls } =
      (await client.chat.completions.stream(ASKED).finalChatCompletion()).choices[0]?.message ?? {};
    expect(tool_calls?.[0]).toMatchObject({ function: { arguments: '{"symbol":"BTCUSDT"}' } });
    await expect(client.chat.completions.create(ASKED)).rejects.toThrow(RateLimitError);
    expect(fake.requests).toHaveLength(4);
  });

  it.each([
    { model: '' },
    { messages: [] },
    { messages: [{ role: 'tool', tool_call_id: '1', content: 'x' }] },
    { messages: [{ role: 'assistant', content: null }] },
    { stream_options: { include_usage: true } },
    { response_format: { type: 'json_object' } },
    {
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'x', strict: true, schema: { type: 'object' } },
      },
    },
    { tools: [{ type: 'function', function: { name: 'not a name', description: '', parameters: {} } }] },
    {
      tools: [{ type: 'function', function: { name: 'x', description: '', parameters: { type: 'thing' } } }],
    },
    { unknown: 1 },
  ])('refuses what is no request: %j', async (changes) => {
    await using fake = await startFakeOpenAi();
    const client = new OpenAI({ baseURL: fake.url, apiKey: 'k', maxRetries: 0 });
    const asking = client.chat.completions.create({ ...ASKED, ...changes } as typeof ASKED);
    await expect(asking).rejects.toThrow(BadRequestError);
    expect([fake.requests.length, fake.problems.length]).toEqual([0, 1]);
  });
});

describe('the fake of Gemini, read by its SDK', () => {
  const modelOf = (url: string) =>
    new GoogleGenerativeAI('k').getGenerativeModel({ model: 'm' }, { baseUrl: url });

  it('answers, streams and fails as the API does', async () => {
    await using fake = await startFakeGemini([
      'Grüße 🦊',
      { text: 'Grüße 🦊', toolCalls: [CALL] },
      { status: 503 },
    ]);
    const model = modelOf(fake.url);
    expect((await model.generateContent('x')).response.text()).toBe('Grüße 🦊');
    const streamed = await (await model.generateContentStream('x')).response;
    expect([streamed.text(), streamed.functionCalls()]).toEqual(['Grüße 🦊', [CALL]]);
    await expect(model.generateContent('x')).rejects.toMatchObject({ status: 503 });
    expect(fake.requests).toHaveLength(3);
  });

  it.each([
    { contents: [] },
    { contents: [{ role: 'model', parts: [{ text: 'x' }] }] },
    { contents: [{ role: 'user', parts: [{ text: 'x', functionCall: { name: 'x' } }] }] },
    { contents: [{ role: 'user', parts: [{ functionResponse: { name: 'x', response: {} } }] }] },
    { generationConfig: { responseJsonSchema: {} } },
    { generationConfig: { temperature: 1 } },
    { tools: [] },
  ])('refuses what is no request: %j', async (changes) => {
    await using fake = await startFakeGemini();
    const asked = { contents: [{ role: 'user', parts: [{ text: 'x' }] }], ...changes };
    await expect(modelOf(fake.url).generateContent(asked as never)).rejects.toMatchObject({ status: 400 });
    expect([fake.requests.length, fake.problems.length]).toEqual([0, 1]);
  });
});
