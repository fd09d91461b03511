import type OpenAI from 'openai';
import type { ChatMessage, ChatRequest, ToolCall } from '../../chat.ts';
import { isStrict } from './strict-schema.ts';
import { thoughtsOf } from './thoughts.ts';

type Body = OpenAI.ChatCompletionCreateParams;
type Message = OpenAI.ChatCompletionMessageParam;

/** Who knows `max_completion_tokens`, and no longer `max_tokens`, which all others know. */
const NEWER_LIMIT = /^(?:api\.openai\.com|.*\.openai\.azure\.com)$/;

export function bodyOf(request: ChatRequest, { host, streams }: { host: string; streams: boolean }): Body {
  const { target, messages, maxTokensOut } = request;
  return {
    model: target.model,
    messages: messages.map(messageOf),
    ...(NEWER_LIMIT.test(host) ? { max_completion_tokens: maxTokensOut } : { max_tokens: maxTokensOut }),
    ...toolsOf(request),
    ...formatOf(request),
    ...(streams ? { stream: true, stream_options: { include_usage: true } } : {}),
  };
}

function messageOf(message: ChatMessage): Message {
  if (message.role === 'tool') return { role: 'tool', tool_call_id: message.callId, content: message.text };
  if (message.role !== 'assistant') return { role: message.role, content: message.text };
  if (message.toolCalls.length === 0) return { role: 'assistant', content: message.text };
  return {
    role: 'assistant',
    // Empty texts are refused by some, and a message of calls alone by none.
    content: message.text === '' ? null : message.text,
    tool_calls: message.toolCalls.map(callOf),
    ...thoughtsOf(message.vendorState),
  };
}

function callOf({ id, name, argumentsJson }: ToolCall): OpenAI.ChatCompletionMessageToolCall {
  return { id, type: 'function', function: { name, arguments: argumentsJson } };
}

function toolsOf({ target, tools }: ChatRequest): Pick<Body, 'tools'> {
  if (!target.hasTools || tools.length === 0) return {};
  return {
    tools: tools.map(({ name, description, parameters }) => ({
      type: 'function',
      function: { name, description, parameters: { ...parameters } },
    })),
  };
}

/**
 * `json_object` is for endpoints that know no schema; they want the word JSON in the prompt, too, and some refuse it beside
 * tools.
 */
function formatOf({ target, answer, tools }: ChatRequest): Pick<Body, 'response_format'> {
  if (answer === null || target.structure === 'text') return {};
  if (target.structure === 'json')
    return target.hasTools && tools.length > 0 ? {} : { response_format: { type: 'json_object' } };
  const { name, schema } = answer;
  return {
    response_format: {
      type: 'json_schema',
      json_schema: { name, schema: { ...schema }, strict: isStrict(schema) },
    },
  };
}
