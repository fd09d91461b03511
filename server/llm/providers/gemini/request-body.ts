import type { Content, FunctionDeclaration, GenerateContentRequest, Part } from '@google/generative-ai';
import { z } from 'zod';
import type { ChatMessage, ChatRequest, ToolCall, ToolSpec } from '../../chat.ts';
import { isOwnCallId } from './call-ids.ts';

/** What Gemini's REST API takes and the SDK's types, older than that, do not know. */
type Body = Omit<GenerateContentRequest, 'tools' | 'generationConfig'> & {
  readonly tools?: readonly { readonly functionDeclarations: readonly Declaration[] }[];
  readonly generationConfig: Config;
};
type Declaration = Omit<FunctionDeclaration, 'parameters'> & { readonly parametersJsonSchema: object };
interface Config {
  readonly maxOutputTokens: number;
  readonly responseMimeType?: 'application/json';
  readonly responseJsonSchema?: object;
}

export function bodyOf(request: ChatRequest): Body {
  const { messages, target, tools } = request;
  const system = messages.filter(({ role }) => role === 'system').map(({ text }) => ({ text }));
  const mayCall = target.hasTools && tools.length > 0;
  return {
    ...(system.length > 0 ? { systemInstruction: { role: 'system', parts: system } } : {}),
    contents: contentsOf(messages),
    ...(mayCall ? { tools: [{ functionDeclarations: tools.map(declarationOf) }] } : {}),
    // Models before Gemini 3 refuse a form beside functions.
    generationConfig: { maxOutputTokens: request.maxTokensOut, ...(mayCall ? {} : formatOf(request)) },
  };
}

function declarationOf({ name, description, parameters }: ToolSpec): Declaration {
  return { name, description, parametersJsonSchema: parameters };
}

function formatOf({ target, answer }: ChatRequest): Partial<Config> {
  if (answer === null || target.structure === 'text') return {};
  if (target.structure === 'json') return { responseMimeType: 'application/json' };
  return { responseMimeType: 'application/json', responseJsonSchema: answer.schema };
}

/** The results of all calls of a message have to come in one. */
function contentsOf(messages: readonly ChatMessage[]): Content[] {
  const contents: Content[] = [];
  for (const message of messages) {
    if (message.role === 'system') continue;
    const content = contentOf(message);
    const last = contents.at(-1);
    if (last?.role === content.role) last.parts.push(...content.parts);
    else contents.push(content);
  }
  return contents;
}

function contentOf(message: ChatMessage): Content {
  if (message.role === 'tool') return { role: 'user', parts: [resultPart(message)] };
  if (message.role !== 'assistant') return { role: 'user', parts: [{ text: message.text }] };
  return { role: 'model', parts: partsOf(message) };
}

/** As they came, because they hold signatures that the next answer depends on. */
const stateSchema = z.object({ parts: z.array(z.record(z.string(), z.unknown())).min(1) });

function partsOf({ text, toolCalls, vendorState }: Extract<ChatMessage, { role: 'assistant' }>): Part[] {
  const kept = stateSchema.safeParse(vendorState);
  if (kept.success) return kept.data.parts as unknown as Part[];
  return [...(text === '' && toolCalls.length > 0 ? [] : [{ text }]), ...toolCalls.map(callPart)];
}

function callPart({ name, argumentsJson }: ToolCall): Part {
  return { functionCall: { name, args: objectOf(argumentsJson) } };
}

function resultPart({ callId, name, text }: Extract<ChatMessage, { role: 'tool' }>): Part {
  const id = isOwnCallId(callId) ? {} : { id: callId };
  return { functionResponse: { ...id, name, response: { output: jsonOf(text) } } };
}

function objectOf(json: string): object {
  const value = jsonOf(json);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

/** JSON where it is, because as a text in JSON it costs more tokens. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
