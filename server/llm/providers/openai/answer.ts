import type { ChatReply, FinishReason, ModelError } from '../../chat.ts';
import { damaged, failureOfAnswer, garbled, refusedAnswer } from '../model-failures.ts';
import type { AnswerContext } from '../answers.ts';
import { answerSchema, countUsage, errorSchema, textOf, type Message, type Usage } from './answer-shape.ts';
import { addPiece, draftOf, toToolCalls, type CallDraft } from './tool-calls.ts';
import { thoughtsOf } from './thoughts.ts';

/** Puts an answer together, from one JSON or from the pieces of a stream. */
export interface AnswerReader {
  /** @throws ModelError when it is no part of an answer, or an error of the endpoint. */
  add(json: unknown): void;
  /** @throws ModelError when the endpoint refuses, or the answer is not whole. */
  finish(isEnded: boolean): ChatReply;
}

interface Draft {
  text: string;
  isRefusal: boolean;
  reasoning: string;
  readonly details: unknown[];
  readonly calls: CallDraft[];
  finish: string | null;
  model: string | null;
  usage: Usage | null;
  choices: number;
}

export function createAnswerReader(context: AnswerContext): AnswerReader {
  const draft: Draft = {
    text: '',
    isRefusal: false,
    reasoning: '',
    details: [],
    calls: [],
    finish: null,
    model: null,
    usage: null,
    choices: 0,
  };
  return {
    add: (json) => addJson(draft, json, context.host),
    finish: (isEnded) => toReply(draft, isEnded, context),
  };
}

function addJson(draft: Draft, json: unknown, host: string): void {
  refuseError(json, host);
  const parsed = answerSchema.safeParse(json);
  if (!parsed.success) throw garbled(host, 'its answer is none of the OpenAI API');
  const { model, choices, usage } = parsed.data;
  draft.model ||= model ?? null;
  draft.usage = usage ?? draft.usage;
  const [choice] = choices;
  if (!choice) return;
  draft.choices += 1;
  draft.finish = choice.finish_reason ?? draft.finish;
  if (choice.delta) addMessage(draft, choice.delta, addPiece);
  if (choice.message) addMessage(draft, choice.message, (calls, call) => void calls.push(draftOf(call)));
}

function addMessage(draft: Draft, message: Message, addCall: typeof addPiece): void {
  draft.text += textOf(message.content);
  draft.isRefusal ||= Boolean(message.refusal);
  draft.reasoning += message.reasoning_content ?? '';
  draft.details.push(...(message.reasoning_details ?? []));
  for (const call of message.tool_calls ?? []) addCall(draft.calls, call);
}

/** OpenRouter and others send errors as answers, with the status as their code. */
function refuseError(json: unknown, host: string): void {
  const parsed = errorSchema.safeParse(json);
  if (parsed.success) throw failureOfError200(host, parsed.data.error);
}

/** @param error of a body that came with status 200. */
export function failureOfError200(host: string, error: unknown): ModelError {
  const code = typeof error === 'object' && error !== null && 'code' in error ? Number(error.code) : 500;
  const status = code >= 400 && code <= 599 ? code : 500;
  const words = JSON.stringify(error);
  return failureOfAnswer(host, { status, headers: new Headers(), words }, 0);
}

function toReply(draft: Draft, isEnded: boolean, { host, model, callsBefore }: AnswerContext): ChatReply {
  if (draft.choices === 0) throw garbled(host, 'its answer holds no message');
  if (draft.finish === null && !isEnded) throw damaged(host);
  if (draft.finish !== null && BROKEN.has(draft.finish)) throw failureOfError200(host, null);
  const finishReason = finishOf(draft);
  const isEmpty = draft.text === '' && draft.calls.length === 0;
  if (isEmpty && (draft.isRefusal || finishReason === 'filter')) throw refusedAnswer(host);
  return {
    text: draft.text,
    toolCalls: toToolCalls(draft.calls, callsBefore),
    finishReason,
    model: draft.model ?? model,
    usage: countUsage(draft.usage),
    ...stateOf(draft),
  };
}

/** OpenRouter's and DeepSeek's words for an answer that a fault of theirs has ended. */
const BROKEN: ReadonlySet<string> = new Set(['error', 'insufficient_system_resource']);

const FINISHES: ReadonlyMap<string, FinishReason> = new Map([
  ['stop', 'stop'],
  ['length', 'length'],
  ['max_tokens', 'length'],
  ['model_length', 'length'],
  ['tool_calls', 'tools'],
  ['function_call', 'tools'],
  ['content_filter', 'filter'],
]);

/** Some servers say `stop`, or nothing, when they call tools. */
function finishOf({ finish, calls }: Draft): FinishReason {
  const reason = FINISHES.get(finish ?? '') ?? 'other';
  return calls.length > 0 && (reason === 'stop' || finish === null) ? 'tools' : reason;
}

function stateOf({ calls, reasoning, details }: Draft): Pick<ChatReply, 'vendorState'> {
  if (calls.length === 0) return {};
  const thoughts = thoughtsOf({
    ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
    ...(details.length === 0 ? {} : { reasoning_details: details }),
  });
  return Object.keys(thoughts).length === 0 ? {} : { vendorState: thoughts };
}
