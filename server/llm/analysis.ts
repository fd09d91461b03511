import { setImmediate as letOthersRun } from 'node:timers/promises';
import type { ChatMessage, ChatReply, ToolCall } from './chat.ts';
import type { Caller } from './model-calls.ts';
import type { AnalysisStep, ModelAccess } from './provider.ts';
import { MAX_ARGUMENTS_LENGTH, runTool, toolSpecs } from './tools/registry.ts';

/** Tools run for one reply; a call beyond them is answered with a sentence. */
const MAX_RUN = 8;
/** A reply with more calls than this is no analysis. */
const MAX_CALLS = 64;
const MAX_NAME = 64;
/** Of what is added to the prompt by analysis. */
const MAX_ADDED_BYTES = 262_144;

export interface Analysis {
  readonly access: ModelAccess;
  readonly caller: Caller;
  /** The conversation; what is said is added. */
  readonly messages: ChatMessage[];
  /** What was computed is added. */
  readonly steps: AnalysisStep[];
  readonly wallNow: () => number;
}

/**
 * Lets a model call tools for up to `access.maxSteps` rounds. It ends early when the time left would not do for another
 * round and the decision, or when the conversation grows too large; an exchange that does not fit is left out of it.
 * @returns the reply when the model answers instead of calling, else undefined: it is still to be asked for its decision.
 * @throws ModelError.
 */
export async function analyse(analysis: Analysis): Promise<ChatReply | undefined> {
  const { access, caller, messages } = analysis;
  if (!access.target.hasTools) return undefined;
  const tools = toolSpecs(access.tools);
  let addedBytes = 0;
  for (let round = 0; round < access.maxSteps && hasTime(caller); round += 1) {
    const maxTokensOut = access.maxAnswerTokens;
    const reply = await caller.ask({ purpose: 'analysis', messages, tools, maxTokensOut });
    if (reply.toolCalls.length === 0) return reply;
    if (reply.toolCalls.length > MAX_CALLS) return undefined;
    const exchange = [said(reply), ...(await answerCalls(analysis, reply.toolCalls))];
    addedBytes += Buffer.byteLength(JSON.stringify(exchange));
    if (addedBytes > MAX_ADDED_BYTES) return undefined;
    messages.push(...exchange);
  }
  return undefined;
}

/** For one more round and the decision, each as slow as the slowest call so far. */
function hasTime(caller: Caller): boolean {
  const slowestMs = caller.calls.reduce((slowest, { latencyMs }) => Math.max(slowest, latencyMs), 0);
  return caller.calls.length === 0 || caller.leftMs() > 2 * slowestMs;
}

function said({ text, toolCalls, vendorState }: ChatReply): ChatMessage {
  return { role: 'assistant', text, toolCalls, ...(vendorState === undefined ? {} : { vendorState }) };
}

async function answerCalls(analysis: Analysis, calls: readonly ToolCall[]): Promise<ChatMessage[]> {
  const answers: ChatMessage[] = [];
  for (const [index, call] of calls.entries()) {
    const step = index < MAX_RUN ? await runStep(analysis, call) : refuseStep(call);
    analysis.steps.push(step);
    answers.push({ role: 'tool', callId: call.id, name: call.name, text: step.result });
  }
  return answers;
}

async function runStep(
  { access, caller, wallNow }: Analysis,
  { name, argumentsJson }: ToolCall,
): Promise<AnalysisStep> {
  await letOthersRun();
  const startedAt = wallNow();
  const { signal } = caller;
  const work = runTool(name, argumentsJson, { world: access.tools, signal });
  const { text, isError } = await caller.within(work);
  return { ...named({ name, argumentsJson }), result: text, isError, tookMs: wallNow() - startedAt };
}

function refuseStep(call: Pick<ToolCall, 'name' | 'argumentsJson'>): AnalysisStep {
  const result = `Not run: at most ${MAX_RUN} tools are run at a time. Call it again in the next round.`;
  return { ...named(call), result, isError: true, tookMs: 0 };
}

/** As recorded: what a model writes is bounded. */
function named({ name, argumentsJson }: Pick<ToolCall, 'name' | 'argumentsJson'>): {
  tool: string;
  argumentsJson: string;
} {
  return {
    tool: name.slice(0, MAX_NAME).toWellFormed(),
    argumentsJson: argumentsJson.slice(0, MAX_ARGUMENTS_LENGTH).toWellFormed(),
  };
}
