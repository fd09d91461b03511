import { z } from 'zod';
import type { TokenUsage } from '../../chat.ts';

/** Lenient where servers differ and nothing depends on it: what is absent may also be null. */
const contentSchema = z
  .union([z.string(), z.array(z.looseObject({ type: z.string(), text: z.string().optional() }))])
  .nullish();

const callSchema = z.looseObject({
  index: z.int().nullish(),
  id: z.string().nullish(),
  function: z
    .looseObject({
      name: z.string().nullish(),
      arguments: z.union([z.string(), z.record(z.string(), z.unknown())]).nullish(),
    })
    .nullish(),
});

const messageSchema = z.looseObject({
  content: contentSchema,
  refusal: z.string().nullish(),
  tool_calls: z.array(callSchema).nullish(),
  reasoning_content: z.string().nullish(),
  reasoning_details: z.array(z.unknown()).nullish(),
});

const count = z.int().nonnegative().catch(0);
const usageSchema = z.looseObject({
  prompt_tokens: count,
  completion_tokens: count,
  total_tokens: count,
  prompt_tokens_details: z.looseObject({ cached_tokens: count }).nullish().catch(null),
  /** DeepSeek's name for what it had kept. */
  prompt_cache_hit_tokens: count,
});

/** A whole answer, or a piece of a stream. */
export const answerSchema = z.looseObject({
  model: z.string().nullish(),
  choices: z.array(
    z.looseObject({
      message: messageSchema.nullish(),
      delta: messageSchema.nullish(),
      finish_reason: z.string().nullish(),
    }),
  ),
  usage: usageSchema.nullish(),
});

export type Answer = z.infer<typeof answerSchema>;
export type Message = z.infer<typeof messageSchema>;
export type Usage = z.infer<typeof usageSchema>;

/** An error that comes with status 200, or in the middle of a stream. */
export const errorSchema = z.looseObject({
  error: z.union([z.string(), z.looseObject({ code: z.unknown() })]),
});

/** Text alone: Mistral's list of parts holds thoughts as well. */
export function textOf(content: Message['content']): string {
  if (!content) return '';
  if (typeof content === 'string') return content;
  return content.map(({ type, text = '' }) => (type === 'text' ? text : '')).join('');
}

/** Grok counts thoughts in the total alone. */
export function countUsage(usage: Usage | null): TokenUsage {
  if (!usage) return { tokensIn: 0, tokensCached: 0, tokensOut: 0 };
  const { prompt_tokens: tokensIn, completion_tokens, total_tokens } = usage;
  const cached = Math.max(usage.prompt_tokens_details?.cached_tokens ?? 0, usage.prompt_cache_hit_tokens);
  return {
    tokensIn,
    tokensCached: Math.min(cached, tokensIn),
    tokensOut: Math.max(completion_tokens, total_tokens - tokensIn),
  };
}
