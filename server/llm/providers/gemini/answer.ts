import { z } from 'zod';
import type { ChatReply, FinishReason, TokenUsage, ToolCall } from '../../chat.ts';
import { garbled, refusedAnswer } from '../model-failures.ts';
import type { AnswerContext } from '../answers.ts';
import { ownCallId } from './call-ids.ts';

const partSchema = z.looseObject({
  text: z.string().optional(),
  thought: z.boolean().optional(),
  functionCall: z
    .looseObject({
      id: z.string().optional(),
      name: z.string(),
      args: z.record(z.string(), z.unknown()).optional(),
    })
    .optional(),
});
type Part = z.infer<typeof partSchema>;

const count = z.int().nonnegative().catch(0);
const usageSchema = z
  .looseObject({
    promptTokenCount: count,
    toolUsePromptTokenCount: count,
    cachedContentTokenCount: count,
    candidatesTokenCount: count,
    thoughtsTokenCount: count,
  })
  .optional();

const answerSchema = z.looseObject({
  candidates: z
    .array(
      z.looseObject({
        content: z.looseObject({ parts: z.array(partSchema).default([]) }).default({ parts: [] }),
        finishReason: z.string().optional(),
      }),
    )
    .default([]),
  promptFeedback: z.looseObject({ blockReason: z.string().optional() }).optional(),
  usageMetadata: usageSchema,
  modelVersion: z.string().optional(),
});

/** @throws ModelError when it is no answer of this API, or a refusal. */
export function readAnswer(json: unknown, { host, model, callsBefore }: AnswerContext): ChatReply {
  const parsed = answerSchema.safeParse(json);
  if (!parsed.success) throw garbled(host, 'its answer is none of the Gemini API');
  const { candidates, promptFeedback, usageMetadata, modelVersion } = parsed.data;
  const [candidate] = candidates;
  if (!candidate) {
    if (promptFeedback?.blockReason) throw refusedAnswer(host);
    throw garbled(host, 'its answer holds no message');
  }
  const { parts } = candidate.content;
  const text = parts.map((part) => (part.thought ? '' : (part.text ?? ''))).join('');
  const toolCalls = callsOf(parts, callsBefore);
  const finishReason = finishOf(candidate.finishReason, toolCalls);
  if (finishReason === 'filter' && text === '' && toolCalls.length === 0) throw refusedAnswer(host);
  return {
    text,
    toolCalls,
    finishReason,
    model: modelVersion ?? model,
    usage: countUsage(usageMetadata),
    ...(toolCalls.length > 0 ? { vendorState: { parts } } : {}),
  };
}

function callsOf(parts: readonly Part[], callsBefore: number): readonly ToolCall[] {
  return parts
    .flatMap(({ functionCall }) => functionCall ?? [])
    .map(({ id, name, args = {} }, index) => ({
      id: id ?? ownCallId(callsBefore + index),
      name,
      argumentsJson: JSON.stringify(args),
    }));
}

const FINISHES: ReadonlyMap<string, FinishReason> = new Map([
  ['STOP', 'stop'],
  ['MAX_TOKENS', 'length'],
  ['SAFETY', 'filter'],
  ['RECITATION', 'filter'],
  ['LANGUAGE', 'filter'],
  ['BLOCKLIST', 'filter'],
  ['PROHIBITED_CONTENT', 'filter'],
  ['SPII', 'filter'],
  ['IMAGE_SAFETY', 'filter'],
]);

/** Gemini says `STOP` when it calls functions; others who speak its API have words of their own. */
function finishOf(reason: string | undefined, calls: readonly ToolCall[]): FinishReason {
  const finish = FINISHES.get(reason ?? '') ?? 'other';
  return calls.length > 0 && (finish === 'stop' || finish === 'other') ? 'tools' : finish;
}

/** Gemini counts thoughts beside what it wrote, and results of its own tools beside the prompt. */
function countUsage(usage: z.infer<typeof usageSchema>): TokenUsage {
  if (!usage) return { tokensIn: 0, tokensCached: 0, tokensOut: 0 };
  const tokensIn = usage.promptTokenCount + usage.toolUsePromptTokenCount;
  return {
    tokensIn,
    tokensCached: Math.min(usage.cachedContentTokenCount, tokensIn),
    tokensOut: usage.candidatesTokenCount + usage.thoughtsTokenCount,
  };
}
