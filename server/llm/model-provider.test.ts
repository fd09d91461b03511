import { describe, expect, it } from 'vitest';
import { UpstreamError } from '../errors.ts';
import { modelError, plainPolicy, scriptedVendor, type VendorStep } from '../test/support/scripted-vendor.ts';
import { hourlyCandles, TOOL_NOW, toolWorld } from '../test/support/tool-world.ts';
import { turnViewOf } from '../test/support/turn-view.ts';
import { DECISION_ANSWER } from './answer-schema.ts';
import type { ChatRequest, ToolCall } from './chat.ts';
import { createCallPolicy, type CallPolicy } from './call-policy.ts';
import { createModelProvider } from './model-provider.ts';
import { ThinkingFailedError, type DecideRequest, type ModelAccess } from './provider.ts';

const HOLD = '{"decisions":[{"action":"HOLD","reasoning":"Nothing to do."}]}';
const world = toolWorld({ BTC: hourlyCandles('BTC', [100, 110, 99]) });
const access: ModelAccess = {
  circuit: 'row-1',
  target: { baseUrl: null, apiKey: 'sk-1', model: 'asked-model', structure: 'schema', hasTools: true },
  price: { input: 2, output: 10, cachedInput: 0.5 },
  maxAnswerTokens: 4000,
  maxSteps: 3,
  tools: world,
};
/** 80 new and 20 cached tokens in, 10 out. */
const CALL_COST = 80 * 2 + 20 * 0.5 + 10 * 10;

function requestWith(changes: Partial<DecideRequest> = {}, reach: Partial<ModelAccess> = {}): DecideRequest {
  return {
    prompt: 'What now?',
    view: turnViewOf(),
    config: {},
    access: { ...access, ...reach },
    wallNow: () => TOOL_NOW,
    deadlineAt: TOOL_NOW + 60_000,
    signal: new AbortController().signal,
    ...changes,
  };
}

function setUp(script: readonly VendorStep[], policy: CallPolicy = plainPolicy()) {
  const vendor = scriptedVendor(script);
  return { vendor, client: createModelProvider(vendor, policy) };
}

const call = (id: string, name: string, args: object = {}): ToolCall => ({
  id,
  name,
  argumentsJson: JSON.stringify(args),
});
const returnsCall = (id: string) => call(id, 'returns', { symbol: 'BTC' });
const roles = (request: ChatRequest | undefined) => request?.messages.map(({ role }) => role);
const lastText = (request: ChatRequest | undefined) => request?.messages.at(-1)?.text;

async function failureOf(work: Promise<unknown>): Promise<ThinkingFailedError> {
  const error: unknown = await work.catch((reason: unknown) => reason);
  if (error instanceof ThinkingFailedError) return error;
  throw new Error('It was to fail as thinking fails.', { cause: error });
}

describe('one question', () => {
  it('is the prompt as it stands, and asks for the form of a decision', async () => {
    const { vendor, client } = setUp([{ text: HOLD }]);
    const result = await client.decide(requestWith({}, { maxSteps: 0 }));
    const [request, ...more] = vendor.requests;
    expect(more).toEqual([]);
    expect(request).toMatchObject({
      tools: [],
      answer: DECISION_ANSWER,
      maxTokensOut: 4000,
      target: access.target,
    });
    expect(request?.messages[1]).toEqual({ role: 'user', text: 'What now?' });
    expect(request?.messages[0]?.text).toMatch(/JSON.*data.*no instructions/);
    expect(result).toEqual({
      answer: HOLD,
      model: 'scripted-1',
      finishReason: 'stop',
      tokensIn: 100,
      tokensCached: 20,
      tokensOut: 10,
      costMicros: CALL_COST,
      thinking: {
        steps: [],
        mendedFrom: null,
        calls: [
          {
            purpose: 'decide',
            startedAt: TOOL_NOW,
            latencyMs: 250,
            model: 'asked-model',
            tokensIn: 100,
            tokensCached: 20,
            tokensOut: 10,
            costMicros: CALL_COST,
            failure: null,
            finishReason: 'stop',
          },
        ],
      },
    });
  });

  it('offers no tools to a model that has none', async () => {
    const { vendor, client } = setUp([{ text: HOLD }]);
    await client.decide(requestWith({}, { target: { ...access.target, hasTools: false } }));
    expect(vendor.requests).toMatchObject([{ tools: [], answer: DECISION_ANSWER }]);
    expect(lastText(vendor.requests[0])).toBe('What now?');
  });

  it('needs a model', async () => {
    const { client } = setUp([]);
    await expect(client.decide(requestWith({ access: null }))).rejects.toThrow(UpstreamError);
  });

  it('costs nothing known without a price', async () => {
    const { client } = setUp([{ text: HOLD }]);
    const result = await client.decide(requestWith({}, { price: null }));
    expect(result).toMatchObject({ costMicros: null, thinking: { calls: [{ costMicros: null }] } });
  });
});

describe('analysis', () => {
  it('runs the tools of every round, then asks for the decision without any', async () => {
    const signed = {
      text: 'Let me look.',
      toolCalls: [returnsCall('a'), call('b', 'hack')],
      vendorState: { sig: 1 },
    };
    const { vendor, client } = setUp([signed, { toolCalls: [returnsCall('c')] }, { text: HOLD }]);
    const result = await client.decide(requestWith({}, { maxSteps: 2 }));
    const [first, second, final] = vendor.requests;

    expect(first?.tools.length).toBeGreaterThan(10);
    expect(first?.answer).toBeNull();
    expect(roles(second)).toEqual(['system', 'user', 'assistant', 'tool', 'tool']);
    expect(second?.messages[2]).toEqual({ role: 'assistant', ...signed });
    expect(second?.messages[3]).toMatchObject({ role: 'tool', callId: 'a', name: 'returns' });
    expect(second?.messages[3]?.text).toContain('"total_percent":-1');
    expect(second?.messages[4]?.text).toContain('There is no tool "hack"');
    expect(final).toMatchObject({ tools: [], answer: DECISION_ANSWER });
    expect(roles(final)).toEqual([...(roles(second) ?? []), 'assistant', 'tool', 'user']);
    expect(lastText(final)).toMatch(/^Decide now/);

    expect(result.answer).toBe(HOLD);
    expect(result.costMicros).toBe(3 * CALL_COST);
    expect(result.thinking.calls.map(({ purpose }) => purpose)).toEqual(['analysis', 'analysis', 'decide']);
    expect(result.thinking.steps).toMatchObject([
      { tool: 'returns', argumentsJson: '{"symbol":"BTC"}', isError: false, tookMs: 0 },
      { tool: 'hack', isError: true },
      { tool: 'returns', isError: false },
    ]);
  });

  it('is over when the model decides by itself', async () => {
    const { vendor, client } = setUp([{ text: HOLD }]);
    const { thinking } = await client.decide(requestWith());
    expect(vendor.requests).toHaveLength(1);
    expect(thinking.calls).toMatchObject([{ purpose: 'decide' }]);
  });

  it('runs eight calls of a reply, and answers the others with a sentence', async () => {
    const many = Array.from({ length: 10 }, (_, index) => returnsCall(`call-${index}`));
    const { vendor, client } = setUp([{ toolCalls: many }, { text: HOLD }]);
    const { thinking } = await client.decide(requestWith({}, { maxSteps: 1 }));
    expect(thinking.steps.map(({ isError }) => isError)).toEqual([
      ...Array<boolean>(8).fill(false),
      true,
      true,
    ]);
    const told = vendor.requests[1]?.messages.filter(({ role }) => role === 'tool');
    expect(told).toHaveLength(10);
    expect(told?.at(-1)?.text).toMatch(/^Not run: at most 8/);
  });

  it('ends when the conversation grows too large, and leaves out what does not fit', async () => {
    const shout = { text: 'A'.repeat(300_000), toolCalls: [returnsCall('a')] };
    const { vendor, client } = setUp([shout, { text: HOLD }]);
    await client.decide(requestWith());
    expect(roles(vendor.requests[1])).toEqual(['system', 'user', 'user']);
    const flood = { toolCalls: Array.from({ length: 500 }, (_, index) => returnsCall(`call-${index}`)) };
    const flooded = setUp([flood, { text: HOLD }]);
    const { thinking } = await flooded.client.decide(requestWith());
    expect(thinking.steps).toEqual([]);
    expect(roles(flooded.vendor.requests[1])).toEqual(['system', 'user', 'user']);
  });

  it('keeps of a wild call what fits a record', async () => {
    const wild = { id: 'a', name: 'x'.repeat(500), argumentsJson: `{"a":"${'y'.repeat(20_000)}"}` };
    const { client } = setUp([{ toolCalls: [wild] }, { text: HOLD }]);
    const { thinking } = await client.decide(requestWith());
    expect(thinking.steps[0]?.tool).toHaveLength(64);
    expect(thinking.steps[0]?.argumentsJson).toHaveLength(4000);
  });

  it('leaves time for the decision', async () => {
    let now = TOOL_NOW;
    const slow: CallPolicy = {
      async call(vendor, request, { onAttempt }) {
        const startedAt = now;
        now += 25_000;
        const reply = await vendor.complete(request);
        onAttempt?.({ startedAt, latencyMs: 25_000, reply });
        return reply;
      },
    };
    const { vendor, client } = setUp([{ toolCalls: [returnsCall('a')] }, { text: HOLD }], slow);
    await client.decide(requestWith({ wallNow: () => now }));
    expect(vendor.requests.map(({ tools }) => tools.length > 0)).toEqual([true, false]);
  });
});

describe('an answer that cannot be read', () => {
  it('is sent back once with what is wrong, and kept', async () => {
    const { vendor, client } = setUp([{ text: 'I would buy.' }, { text: HOLD }]);
    const result = await client.decide(requestWith({}, { maxSteps: 0 }));
    const repair = vendor.requests[1];
    expect(repair).toMatchObject({ tools: [], answer: DECISION_ANSWER });
    expect(roles(repair)).toEqual(['system', 'user', 'assistant', 'user']);
    expect(repair?.messages[2]).toMatchObject({ text: 'I would buy.', toolCalls: [] });
    expect(lastText(repair)).toContain('it holds no JSON object or list');
    expect(result).toMatchObject({ answer: HOLD, costMicros: 2 * CALL_COST });
    expect(result.thinking).toMatchObject({
      mendedFrom: 'I would buy.',
      calls: [{ purpose: 'decide' }, { purpose: 'repair' }],
    });
  });

  it('is the result as it is when the second cannot be read either', async () => {
    const { vendor, client } = setUp([{ text: 'Buy!' }, { text: 'Sell!' }]);
    const result = await client.decide(requestWith());
    expect(result).toMatchObject({ answer: 'Sell!', thinking: { mendedFrom: 'Buy!' } });
    expect(vendor.requests).toHaveLength(2);
  });

  it('is told to be brief when it was cut off', async () => {
    const cut = { text: '{"decisions":[{"action":"LO', finishReason: 'length' as const };
    const { vendor, client } = setUp([cut, cut]);
    const result = await client.decide(requestWith());
    expect(lastText(vendor.requests[1])).toContain('cut off because it was too long');
    expect(result).toMatchObject({
      answer: cut.text,
      finishReason: 'length',
      thinking: { mendedFrom: cut.text },
    });
  });

  it('may be empty, which is a message no vendor takes', async () => {
    const { vendor, client } = setUp([{ text: ' ' }, { text: HOLD }]);
    const { thinking } = await client.decide(requestWith({}, { maxSteps: 0 }));
    expect(roles(vendor.requests[1])).toEqual(['system', 'user', 'user']);
    expect(thinking.mendedFrom).toBe(' ');
  });

  it('is shown again in part when it is long', async () => {
    const { vendor, client } = setUp([{ text: 'no '.repeat(50_000) }, { text: HOLD }]);
    await client.decide(requestWith());
    expect(vendor.requests[1]?.messages[2]?.text.length).toBe(32_768);
  });

  it('stays when no time is left', async () => {
    let now = TOOL_NOW;
    const late = async () => {
      now += 60_000;
      return { text: 'Buy!' };
    };
    const { vendor, client } = setUp([late]);
    const result = await client.decide(requestWith({ wallNow: () => now }));
    expect(result).toMatchObject({ answer: 'Buy!', thinking: { mendedFrom: null } });
    expect(vendor.requests).toHaveLength(1);
  });

  it('is not asked to be mended when a single decision of it is wrong', async () => {
    const text = '{"decisions":[{"action":"LONG","size":"much"}]}';
    const { client } = setUp([{ text }]);
    expect(await client.decide(requestWith())).toMatchObject({
      answer: text,
      thinking: { mendedFrom: null },
    });
  });
});

describe('a failure', () => {
  it('tells all that was spent before it', async () => {
    const script = [
      modelError('broken'),
      { toolCalls: [returnsCall('a')] },
      modelError('busy'),
      modelError('busy'),
    ];
    const { client } = setUp(script, plainPolicy(2));
    const error = await failureOf(client.decide(requestWith({}, { maxSteps: 1 })));
    expect(error).toMatchObject({ failure: 'busy', message: 'scripted: failed as busy' });
    expect(error.thinking.steps).toHaveLength(1);
    const spent = { tokensIn: 0, tokensCached: 0, tokensOut: 0, costMicros: 0, finishReason: null };
    expect(error.thinking.calls).toMatchObject([
      { purpose: 'analysis', failure: 'broken', model: 'asked-model', ...spent },
      { purpose: 'analysis', failure: null, costMicros: CALL_COST },
      { purpose: 'decide', failure: 'busy', ...spent },
      { purpose: 'decide', failure: 'busy', ...spent },
    ]);
  });

  it('of the repair keeps the answer that could not be read', async () => {
    const { client } = setUp([{ text: 'Buy!' }, modelError('timeout')]);
    const error = await failureOf(client.decide(requestWith()));
    expect(error).toMatchObject({ failure: 'timeout', thinking: { mendedFrom: 'Buy!' } });
  });

  it('is no failure of the model when it is a bug', async () => {
    const { client } = setUp([new TypeError('a bug')]);
    await expect(client.decide(requestWith())).rejects.toThrow(TypeError);
  });

  it('is the cancelling of a turn, however silent the vendor is', async () => {
    const turn = new AbortController();
    const silent = () => new Promise<VendorStep>(() => turn.abort(new Error('shutting down')));
    const { client } = setUp([{ toolCalls: [returnsCall('a')] }, silent]);
    const error = await failureOf(client.decide(requestWith({ signal: turn.signal })));
    expect(error).toMatchObject({ failure: 'timeout', isRetryable: false });
    expect(error.message).toContain('cancelled');
    expect(error.thinking).toMatchObject({ calls: [{ purpose: 'analysis' }], steps: [{ tool: 'returns' }] });
  });

  it('is on the bill when the vendor is cut off', async () => {
    const turn = new AbortController();
    const obedient = ({ signal }: ChatRequest) =>
      new Promise<VendorStep>((resolve) => {
        signal.addEventListener('abort', () => setTimeout(() => resolve(modelError('timeout')), 10));
        turn.abort(new Error('shutting down'));
      });
    const { client } = setUp([obedient], createCallPolicy());
    const error = await failureOf(client.decide(requestWith({ signal: turn.signal })));
    expect(error.thinking.calls).toMatchObject([{ purpose: 'analysis', failure: 'timeout' }]);
  });

  it('is a tool that hangs when the turn is cancelled', async () => {
    const turn = new AbortController();
    const hanging = () => new Promise<never>(() => turn.abort(new Error('shutting down')));
    const { client } = setUp([{ toolCalls: [returnsCall('a')] }]);
    const request = requestWith({ signal: turn.signal }, { tools: { ...world, candles: hanging } });
    expect(await failureOf(client.decide(request))).toMatchObject({ failure: 'timeout' });
  });

  it('is the end of the time, by a timer or before a word is sent', async () => {
    const silent = () => new Promise<VendorStep>(() => undefined);
    const { client } = setUp([silent]);
    const timedOut = await failureOf(client.decide(requestWith({ deadlineAt: TOOL_NOW + 520 })));
    expect(timedOut).toMatchObject({ failure: 'timeout', isRetryable: true });
    const none = setUp([]);
    expect(await failureOf(none.client.decide(requestWith({ deadlineAt: TOOL_NOW })))).toMatchObject({
      failure: 'timeout',
      thinking: { calls: [] },
    });
  });
});

describe('what else a model is asked', () => {
  const { circuit, target, price } = access;
  const reach = {
    access: { circuit, target, price },
    wallNow: () => TOOL_NOW,
    deadlineAt: TOOL_NOW + 60_000,
    signal: new AbortController().signal,
  };

  it('a test is one small call', async () => {
    const { vendor, client } = setUp([{ text: 'ready', model: 'scripted-1-0' }]);
    expect(await client.test(reach)).toMatchObject({
      latencyMs: 250,
      usage: { tokensIn: 100, tokensCached: 20, tokensOut: 10 },
      costMicros: CALL_COST,
      model: 'scripted-1-0',
      text: 'ready',
      calls: [{ purpose: 'test', failure: null }],
    });
    expect(vendor.requests).toMatchObject([{ tools: [], answer: null, messages: [{ role: 'user' }] }]);
    const { client: locked } = setUp([modelError('key')]);
    expect(await failureOf(locked.test(reach))).toMatchObject({
      failure: 'key',
      thinking: { calls: [{ purpose: 'test', failure: 'key' }] },
    });
  });

  it('a summary is free text', async () => {
    const { vendor, client } = setUp([{ text: 'It lost.' }]);
    const summary = await client.summarise({ ...reach, prompt: 'Summarise.', maxTokensOut: 300 });
    expect(summary).toMatchObject({
      text: 'It lost.',
      finishReason: 'stop',
      calls: [{ purpose: 'summary' }],
    });
    expect(vendor.requests).toMatchObject([{ answer: null, tools: [], maxTokensOut: 300 }]);
  });
});
