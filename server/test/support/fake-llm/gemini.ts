import { problemOfGemini } from './gemini-request.ts';
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

/** A server that speaks Gemini's `generateContent` and `streamGenerateContent`. */
export function startFakeGemini(
  script: readonly FakeLlmStep[] = [],
  options: FakeLlmOptions = {},
): Promise<FakeLlm> {
  return startFakeLlm(GEMINI, script, options);
}

const METHOD = /^\/v1beta\/models\/([\w.-]+):(generateContent|streamGenerateContent\?alt=sse)$/;

const GEMINI: Dialect = {
  basePath: '',
  check: ({ body }) => problemOfGemini(body),
  identify: (path) => {
    const [, model, method] = METHOD.exec(path) ?? [];
    return model === undefined ? null : { model, isStream: method !== 'generateContent' };
  },
  keyOf: (headers) => String(headers['x-goog-api-key']),
  whole: (answer, request) => pieceOf(answer, request, partsOf(answer)),
  stream,
  error: (code, message) => ({ error: { code, message, status: 'UNKNOWN', details: [] } }),
  start: (isStream) => `${isStream ? 'data: ' : ''}{"candidates":[{"content":{"parts":[{"text":"`,
};

function stream(answer: FakeAnswer, request: FakeLlmRequest): string {
  const texts = piecesOf(answer.text ?? '').map((text) => ({ text }));
  const pieces = [...texts, ...callsOf(answer)].map((part) =>
    pieceOf({ ...answer, finish: null }, request, [part]),
  );
  return [...pieces, pieceOf(answer, request, [])]
    .map((piece) => `data: ${JSON.stringify(piece)}\r\n\r\n`)
    .join('');
}

function pieceOf(answer: FakeAnswer, request: FakeLlmRequest, parts: readonly unknown[]): unknown {
  const { finish = 'STOP' } = answer;
  return {
    candidates: [
      {
        ...(parts.length > 0 ? { content: { parts, role: 'model' } } : { content: { role: 'model' } }),
        ...(finish === null ? {} : { finishReason: finish }),
        index: 0,
      },
    ],
    ...usageField(answer, request),
    modelVersion: answer.model ?? `${request.model}-001`,
    responseId: 'fake',
  };
}

function partsOf(answer: FakeAnswer): readonly unknown[] {
  return [
    ...(answer.reasoning === undefined ? [] : [{ text: answer.reasoning, thought: true }]),
    ...(answer.text === undefined ? [] : [{ text: answer.text }]),
    ...callsOf(answer),
  ];
}

/** With a signature each, as those of Gemini 3, and with an id where the script says so. */
function callsOf({ toolCalls = [] }: FakeAnswer): readonly unknown[] {
  return toolCalls.map(({ id, name, args }, index) => ({
    functionCall: { ...(id === undefined ? {} : { id }), name, args },
    thoughtSignature: `signature-${index}`,
  }));
}

function usageField(answer: FakeAnswer, request: FakeLlmRequest) {
  const usage = usageOf(answer, request);
  if (!usage) return {};
  const { tokensIn, tokensOut, tokensCached, thoughts = 0 } = usage;
  return {
    usageMetadata: {
      promptTokenCount: tokensIn,
      ...(tokensCached === undefined ? {} : { cachedContentTokenCount: tokensCached }),
      candidatesTokenCount: tokensOut - thoughts,
      ...(thoughts === 0 ? {} : { thoughtsTokenCount: thoughts }),
      totalTokenCount: tokensIn + tokensOut,
    },
  };
}
