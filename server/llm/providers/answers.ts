import type { ChatRequest } from '../chat.ts';
import { damaged, garbled } from './model-failures.ts';

/** What an answer is read for. */
export interface AnswerContext {
  readonly host: string;
  /** As asked for. */
  readonly model: string;
  /** Tool calls of the conversation before this answer, so that a call without an id gets one that no other has. */
  readonly callsBefore: number;
}

export function contextOf({ target, messages }: ChatRequest, host: string): AnswerContext {
  const calls = messages.flatMap((message) => (message.role === 'assistant' ? message.toolCalls : []));
  return { host, model: target.model, callsBefore: calls.length };
}

/** @throws ModelError */
export function parseJson(text: string, host: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw /^\s*[{[]/.test(text) ? damaged(host) : garbled(host, 'its answer is not JSON');
  }
}
