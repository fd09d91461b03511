import { v5 as uuidOf } from 'uuid';
import { insertDecision } from '../db/queries/turns.ts';
import { EPOCH, type MovedBot } from './move-book.ts';
import type { Move } from './move.ts';
import type { SourceRow } from './source.ts';
import { fieldsOf, flagOf, jsonOf, textOf, timeOf } from './values.ts';

/** Makes the same id of the same log every time. */
const NAMESPACE = '6f1d9f0e-6a0c-4c58-9a3b-7c9f4d0f8a11';
/** What the old server put before a note when no model had answered. */
const API_ERROR = /^\W*(api|llm|provider)[\s_-]*(call )?(error|failed|failure)/i;

interface Log {
  readonly at: number;
  /** undefined = not a text. */
  readonly prompt: string | undefined;
  /** The prompt as it stood there. */
  readonly given: unknown;
  readonly decisions: unknown;
  readonly notes: unknown;
  readonly isSuccess: boolean;
}

/**
 * A bot's logs of the state and of the table `bot_decisions`, each once. The table's rows win. @returns the time of the
 * newest; 0 without any.
 */
export function moveDecisions(
  move: Move,
  bot: MovedBot,
  lists: { rows: readonly SourceRow[]; state: unknown; path: string },
): number {
  const { tally, latest } = move;
  const insert = inserterOf(move, bot);
  /** What the table's logs say -> when; one that the state repeats is taken out. */
  const ofTable = new Map<string, number[]>();
  let newest = 0;
  for (const { path, fields } of lists.rows) {
    const log = readRow(fields, latest);
    if (log === undefined)
      tally.quarantine('decisions', { path, value: fields }, 'a decision without a time');
    else {
      const same = ofTable.get(contentOf(log));
      if (same) same.push(log.at);
      else ofTable.set(contentOf(log), [log.at]);
      newest = Math.max(newest, log.at);
      insert(path, log);
    }
  }
  const list = Array.isArray(lists.state) ? (lists.state as unknown[]) : [];
  if (!Array.isArray(lists.state)) tally.setAside(`${lists.path}.botLogs`, lists.state, 'not a list of logs');
  for (const [i, value] of list.entries()) {
    const path = `${lists.path}.botLogs[${i}]`;
    const log = readLog(value, latest);
    if (log === undefined) tally.quarantine('decisions', { path, value }, 'a log without a time');
    else if (ofTable.size > 0 && takeSame(ofTable.get(contentOf(log)), log.at)) tally.known('decisions');
    else {
      newest = Math.max(newest, log.at);
      insert(path, log);
    }
  }
  return newest;
}

/** The table's times may be whole seconds. */
const SAME_MS = 2000;

function takeSame(times: number[] | undefined, at: number): boolean {
  const i = times?.findIndex((time) => Math.abs(time - at) < SAME_MS) ?? -1;
  if (i < 0) return false;
  times?.splice(i, 1);
  return true;
}

function contentOf({ prompt, decisions }: Log): string {
  return `${prompt ?? ''} ${listJson(decisions)}`;
}

function readRow(fields: SourceRow['fields'], latest: number): Log | undefined {
  const at = timeOf(fields.timestamp, latest);
  if (at === undefined) return undefined;
  const decisions = parse(fields.decisions_json);
  const notes = parse(fields.notes_json);
  const isSuccess = flagOf(fields.execution_success) ?? !isApiError(notes);
  return { at, prompt: textOf(fields.prompt_sent), given: fields.prompt_sent, decisions, notes, isSuccess };
}

function readLog(value: unknown, latest: number): Log | undefined {
  const fields = fieldsOf(value);
  const at = timeOf(fields?.timestamp, latest);
  if (!fields || at === undefined) return undefined;
  const { decisions, notes, prompt } = fields;
  return { at, prompt: textOf(prompt), given: prompt, decisions, notes, isSuccess: !isApiError(notes) };
}

function isApiError(notes: unknown): boolean {
  const list: readonly unknown[] = Array.isArray(notes) ? notes : [notes];
  return list.some((note) => typeof note === 'string' && API_ERROR.test(note));
}

function parse(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch (error) {
    if (error instanceof SyntaxError) return value;
    throw error;
  }
}

/** Lists stay lists; anything else becomes the one element of one. */
function listJson(value: unknown): string {
  if (value === null || value === undefined) return '[]';
  return jsonOf(Array.isArray(value) ? value : [value]);
}

/** Inserts a bot's logs; those of the same instant are told apart by their number. */
function inserterOf({ target, tally }: Move, bot: MovedBot): (path: string, log: Log) => void {
  const seen = new Map<number, number>();
  return (path, log) => {
    if (log.prompt === undefined) tally.setAside(`${path}.prompt`, log.given, 'not a prompt');
    const same = seen.get(log.at) ?? 0;
    seen.set(log.at, same + 1);
    target.run(
      insertDecision({
        id: uuidOf(jsonOf([bot.botId, log.at, same]), NAMESPACE),
        user_id: bot.userId,
        bot_id: bot.botId,
        turn_id: null,
        epoch: EPOCH,
        prompt_sent: log.prompt ?? '',
        raw_answer: null,
        decisions_json: listJson(log.decisions),
        notes_json: listJson(log.notes),
        execution_success: log.isSuccess ? 1 : 0,
        model: null,
        tokens_in: null,
        tokens_out: null,
        cost_micros: null,
        latency_ms: null,
        timestamp: log.at,
        // Nobody knows what the bot was made of then.
        version_id: null,
        tokens_cached: null,
        finish_reason: null,
        steps_json: null,
        mended_from: null,
      }),
    );
    tally.imported('decisions');
  };
}
