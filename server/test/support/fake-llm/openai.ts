import { problemOfOpenAi } from './openai-request.ts';
import {
  piecesOf,
  usageOf,
  type FakeAnswer,
  type FakeLlm,
  type FakeLlmOptions,
  type FakeLlmRequest,
  type FakeLlmStep,
} from './script.ts';
import { startFakeLlm, type Dialect } from './server.ts';

/** A server that speaks OpenAI's chat completions. */
export function startFakeOpenAi(
  script: readonly FakeLlmStep[] = [],
  options: FakeLlmOptions = {},
): Promise<FakeLlm> {
  return startFakeLlm(OPENAI, script, options);
}

const OPENAI: Dialect = {
  basePath: '/v1',
  check: ({ body }) => problemOfOpenAi(body),
  identify: (path, { model, stream }) =>
    path === '/v1/chat/completions' ? { model: String(model), isStream: stream === true } : null,
  keyOf: ({ authorization }) => String(authorization).replace(/^Bearer /, ''),
  whole,
  stream,
  error: (status, message) => ({
    error: { message, type: status === 401 ? 'invalid_request_error' : 'api_error', param: null, code: null },
  }),
  start: (isStream) => {
    const [before] = JSON.stringify({ choices: [{ index: 0, delta: { content: '#' } }] }).split('#');
    return isStream ? `data: ${before}` : `{"id":"chatcmpl-1","choices":[{"message":{"content":"`;
  },
};

const CREATED = 1_760_000_000;

function frameOf(answer: FakeAnswer, request: FakeLlmRequest, object: string) {
  return {
    id: 'chatcmpl-fake',
    object,
    created: CREATED,
    model: answer.model ?? `${request.model}-2025-08-07`,
  };
}

function whole(answer: FakeAnswer, request: FakeLlmRequest): unknown {
  const calls = callsOf(answer, request);
  return {
    ...frameOf(answer, request, 'chat.completion'),
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: answer.text ?? null,
          refusal: null,
          ...(answer.reasoning === undefined ? {} : { reasoning_content: answer.reasoning }),
          ...(calls.length > 0 ? { tool_calls: calls } : {}),
        },
        logprobs: null,
        finish_reason: finishOf(answer),
      },
    ],
    ...usageField(answer, request),
  };
}

function stream(answer: FakeAnswer, request: FakeLlmRequest): string {
  const frame = frameOf(answer, request, 'chat.completion.chunk');
  const choice = (delta: unknown, finish_reason: string | null = null) => ({
    ...frame,
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
  });
  const deltas = [
    { role: 'assistant', content: '' },
    ...piecesOf(answer.reasoning ?? '').map((reasoning_content) => ({ reasoning_content })),
    ...piecesOf(answer.text ?? '').map((content) => ({ content })),
    ...callsOf(answer, request).flatMap((call, index) => callDeltas(call, index)),
  ];
  const usage = usageField(answer, request);
  const wantsUsage = JSON.stringify(request.body['stream_options']) === '{"include_usage":true}';
  const events = [
    ...deltas.map((delta) => choice(delta)),
    choice({}, finishOf(answer)),
    ...(wantsUsage && usage.usage ? [{ ...frame, choices: [], ...usage }] : []),
  ];
  return `${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n`;
}

type Call = ReturnType<typeof callsOf>[number];

function callsOf({ toolCalls = [] }: FakeAnswer, { body }: FakeLlmRequest) {
  const turn = (body['messages'] as unknown[]).length;
  return toolCalls.map(({ id, name, args }, index) => ({
    id: id ?? `call_${turn}_${index}`,
    type: 'function',
    function: { name, arguments: JSON.stringify(args) },
  }));
}

function callDeltas({ id, type, function: { name, arguments: text } }: Call, index: number) {
  const first = { index, id, type, function: { name, arguments: '' } };
  const rest = piecesOf(text).map((piece) => ({ index, function: { arguments: piece } }));
  return [first, ...rest].map((call) => ({ tool_calls: [call] }));
}

function finishOf({ finish, toolCalls = [] }: FakeAnswer): string | null {
  if (finish !== undefined) return finish;
  return toolCalls.length > 0 ? 'tool_calls' : 'stop';
}

function usageField(answer: FakeAnswer, request: FakeLlmRequest) {
  const usage = usageOf(answer, request);
  if (!usage) return {};
  const { tokensIn, tokensOut, tokensCached = 0, thoughts = 0 } = usage;
  return {
    usage: {
      prompt_tokens: tokensIn,
      completion_tokens: tokensOut,
      total_tokens: tokensIn + tokensOut,
      prompt_tokens_details: { cached_tokens: tokensCached, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: thoughts },
    },
  };
}
