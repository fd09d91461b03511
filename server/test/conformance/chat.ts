import { afterEach, describe, expect, it } from 'vitest';
import { type ChatMessage, type ChatReply, type ChatRequest, type ChatVendor } from '../../llm/chat.ts';
import { createOutbound, type Outbound, type OutboundOptions } from '../../llm/outbound/guarded-fetch.ts';
import {
  describeFaults,
  describeSignals,
  describeStatuses,
  failureOf,
  type Bench,
  type Play,
} from './chat-failures.ts';
import { ANSWER_FORM, chatRequest, KEY, PRICE_TOOL } from '../support/fake-llm/chat-request.ts';
import type { FakeLlm, FakeLlmOptions, FakeLlmStep } from '../support/fake-llm/script.ts';

export interface ChatVendorCase {
  readonly create: (options: { fetch: typeof globalThis.fetch; wallNow: () => number }) => ChatVendor;
  readonly start: (script: readonly FakeLlmStep[], options?: FakeLlmOptions) => Promise<FakeLlm>;
  /** The API's words for why an answer ended. */
  readonly words: { readonly length: string; readonly filter: string };
}

const NOW = Date.UTC(2026, 0, 5, 12);
const UNICODE = 'Grüße, 世界 🦊👩‍👩‍👧 \u2028 "quoted" \\ and \n a line';

/**
 * What the arena relies on, whichever API a model speaks: answers, tools and counts in words of `chat.ts`, one request a
 * call, an end when the signal ends, and failures as ModelErrors that hold neither the key nor the upstream's words.
 */
export function describeChatVendor(name: string, vendorCase: ChatVendorCase): void {
  const opened: Outbound[] = [];
  const outbound = (options: Partial<OutboundOptions> = {}): Outbound => {
    const made = createOutbound({ allowPrivate: true, ...options });
    opened.push(made);
    return made;
  };
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((made) => made.close()));
  });

  /** Plays a script; ends with a look at what the fake was sent. */
  const play = async (
    script: readonly FakeLlmStep[],
    test: (bench: Bench) => Promise<unknown>,
    options: Partial<OutboundOptions> = {},
  ): Promise<void> => {
    await using fake = await vendorCase.start(script, { key: KEY });
    const vendor = vendorCase.create({ fetch: outbound(options).fetch, wallNow: () => NOW });
    await test({ fake, ask: (changes) => vendor.complete(chatRequest(fake.url, changes)) });
    expect(fake.problems).toEqual([]);
  };

  describe(`chat vendor: ${name}`, () => {
    describeAnswers(play);
    describeTools(play);
    describeEnds(vendorCase, play);
    describeStatuses(play);
    describeFaults(play);
    describeSignals(play);
  });
}

function describeAnswers(play: Play): void {
  it('answers with a text, its model and what was counted', () =>
    play(
      [
        {
          text: 'Hold.',
          usage: { tokensIn: 100, tokensOut: 20, tokensCached: 30, thoughts: 5 },
          model: 'model-1-x',
        },
      ],
      async ({ ask, fake }) => {
        expect(await ask()).toEqual({
          text: 'Hold.',
          toolCalls: [],
          finishReason: 'stop',
          model: 'model-1-x',
          usage: { tokensIn: 100, tokensCached: 30, tokensOut: 20 },
        });
        expect(fake.connections()).toBe(1);
      },
    ));

  it('says and reads every character', () =>
    play([({ text }) => ({ text: JSON.parse(`"${escapedIn(text)}"`) as string })], async ({ ask, fake }) => {
      const messages: ChatMessage[] = [{ role: 'user', text: `<${UNICODE}>` }];
      expect((await ask({ messages })).text).toBe(UNICODE);
      expect(fake.requests).toHaveLength(1);
    }));

  it.each(['schema', 'json', 'text'] as const)(
    'asks for a form as strongly as can be told: %s',
    (structure) =>
      play(['{"decisions":[]}'], async ({ ask, fake }) => {
        const reply = await ask({ answer: ANSWER_FORM, target: { structure } });
        expect(reply.text).toBe('{"decisions":[]}');
        const sent = fake.requests[0]?.text ?? '';
        expect(sent.includes('additionalProperties')).toBe(structure === 'schema');
        expect(/json_object|application\/json/.test(sent)).toBe(
          structure === 'json' || /application\/json/.test(sent),
        );
      }),
  );

  it('counts nothing where the endpoint counts nothing', () =>
    play([{ text: 'x', usage: null }], async ({ ask }) => {
      expect((await ask()).usage).toEqual({ tokensIn: 0, tokensCached: 0, tokensOut: 0 });
    }));

  it('tells how much may be written', () =>
    play(['x'], async ({ ask, fake }) => {
      await ask({ maxTokensOut: 4321 });
      expect(fake.requests[0]?.text).toContain('4321');
    }));

  it('waits for an answer that comes slowly', () =>
    play([{ text: 'a'.repeat(200), drip: { bytes: 100, everyMs: 5 } }], async ({ ask }) => {
      expect((await ask()).text).toBe('a'.repeat(200));
    }));

  it('reads an address with a slash at its end', () =>
    play(['x'], async ({ ask, fake }) => {
      expect((await ask({ target: { baseUrl: `${fake.url}/` } })).text).toBe('x');
    }));
}

function describeTools(play: Play): void {
  const tools = [PRICE_TOOL];

  it('lets a model call tools and tells it what came of them', () =>
    play(
      [
        {
          text: 'I look.',
          toolCalls: [
            { name: 'get_price', args: { symbol: 'BTCUSDT' } },
            { name: 'get_price', args: { symbol: 'ETHUSDT' } },
          ],
        },
        { toolCalls: [{ name: 'get_price', args: { symbol: UNICODE } }] },
        'Done.',
      ],
      async ({ ask, fake }) => {
        const first = await ask({ tools });
        expect([first.text, first.finishReason]).toEqual(['I look.', 'tools']);
        expect(first.toolCalls.map((call) => [call.name, JSON.parse(call.argumentsJson)])).toEqual([
          ['get_price', { symbol: 'BTCUSDT' }],
          ['get_price', { symbol: 'ETHUSDT' }],
        ]);
        const afterFirst = withResults(chatRequest('').messages, first, [
          '{"price":61000.5}',
          'no such symbol',
        ]);
        const second = await ask({ tools, messages: afterFirst });
        expect(JSON.parse(second.toolCalls[0]?.argumentsJson ?? '')).toEqual({ symbol: UNICODE });
        const messages = withResults(afterFirst, second, ['[]']);
        expect(await ask({ tools, messages })).toMatchObject({ text: 'Done.', finishReason: 'stop' });
        const last = fake.requests[2]?.text ?? '';
        for (const told of ['61000.5', 'no such symbol', 'ETHUSDT']) expect(last).toContain(told);
      },
    ));

  it('tells all calls of a conversation apart', () => {
    const call = { name: 'get_price', args: {} };
    return play([{ toolCalls: [call, call] }, { toolCalls: [call] }], async ({ ask }) => {
      const first = await ask({ tools });
      const messages = withResults(chatRequest('').messages, first, ['1', '2']);
      const second = await ask({ tools, messages });
      const ids = [...first.toolCalls, ...second.toolCalls].map(({ id }) => id);
      expect(new Set(ids).size).toBe(3);
      expect(ids).not.toContain('');
    });
  });

  it('keeps tools from a model that cannot call any', () =>
    play(['x'], async ({ ask, fake }) => {
      await ask({ tools, target: { hasTools: false } });
      expect(fake.requests[0]?.text).not.toContain('get_price');
    }));

  it('goes on with a conversation that another vendor began', () =>
    play(['x'], async ({ ask }) => {
      const messages: ChatMessage[] = [
        { role: 'user', text: 'What now?' },
        { role: 'assistant', text: 'Hold.', toolCalls: [], vendorState: { of: 'another' } },
        { role: 'user', text: 'Sure?' },
      ];
      expect((await ask({ messages })).text).toBe('x');
    }));
}

function describeEnds({ words }: ChatVendorCase, play: Play): void {
  it.each(['', 'Half an ans'])('takes an answer that ran out of tokens as it is: %j', (text) =>
    play([{ text, finish: words.length }], async ({ ask }) => {
      expect(await ask()).toMatchObject({ text, finishReason: 'length' });
    }),
  );

  it('takes what a filter left, and a filter that left nothing as a refusal', () =>
    play([{ text: 'Half', finish: words.filter }, { finish: words.filter }], async ({ ask }) => {
      expect(await ask()).toMatchObject({ text: 'Half', finishReason: 'filter' });
      expect(await failureOf(ask())).toMatchObject({ failure: 'refused', isRetryable: false, status: null });
    }));

  it('has a word for ends it does not know', () =>
    play([{ text: 'x', finish: 'ODD' }], async ({ ask }) => {
      expect((await ask()).finishReason).toBe('other');
    }));
}

/** The conversation with an answer and what came of its calls. */
export function withResults(
  messages: readonly ChatMessage[],
  { text, toolCalls, vendorState }: ChatReply,
  results: readonly string[],
): ChatRequest['messages'] {
  const told = toolCalls.map(({ id, name }, index): ChatMessage => {
    return { role: 'tool', callId: id, name, text: results[index] ?? '' };
  });
  return [...messages, { role: 'assistant', text, toolCalls, vendorState }, ...told];
}

/** As it stands between the two signs, escaped as in JSON. */
function escapedIn(text: string): string {
  return /<(.*)>/s.exec(text)?.[1] ?? '';
}
