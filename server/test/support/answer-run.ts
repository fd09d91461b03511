import assert from 'node:assert/strict';
import { parseDecisions } from '../../llm/parse-decisions.ts';
import { answerAt, type AnswerKind, type TestAnswer } from './answer-grammar.ts';
import { tryAnswer, type Trial } from './answer-trial.ts';

export interface AnswerRun {
  readonly answers: number;
  readonly kinds: ReadonlyMap<AnswerKind, number>;
  /** `read`, `repaired`, or the code of a refusal -> how many. */
  readonly fates: ReadonlyMap<string, number>;
  /** Code of an outcome -> how many decisions. */
  readonly codes: ReadonlyMap<string, number>;
  /** Each says how to play it again. */
  readonly failures: readonly string[];
}

/** Makes, parses and applies the answers `first` to `first + count - 1` of a seed. */
export function runAnswers({
  seed,
  first,
  count,
}: {
  seed: number;
  first: number;
  count: number;
}): AnswerRun {
  const [kinds, fates, codes] = [
    new Map<AnswerKind, number>(),
    new Map<string, number>(),
    new Map<string, number>(),
  ];
  const failures: string[] = [];
  for (let index = first; index < first + count; index += 1) {
    const answer = answerAt(seed, index);
    add(kinds, answer.kind);
    try {
      const trial = tryAnswer(answer.text);
      checkExpected(answer, trial);
      add(fates, fateOf(trial));
      for (const code of trial.codes) add(codes, code);
    } catch (error) {
      failures.push(describe(answer, { seed, index, error }));
    }
  }
  assert.equal(Reflect.ownKeys(Object.prototype).length, PROTOTYPE_KEYS, 'Object.prototype has grown');
  return { answers: count, kinds, fates, codes, failures };
}

const PROTOTYPE_KEYS = Reflect.ownKeys(Object.prototype).length;

function checkExpected({ text, expected }: TestAnswer, { parsed }: Trial): void {
  switch (expected.type) {
    case 'refused':
      return assert.equal(parsed.ok, false, 'it was not refused');
    case 'like': {
      const plain = parseDecisions(expected.json);
      assert.ok(plain.ok && !plain.isRepaired, `the plain form was not read: ${expected.json}`);
      assert.ok(parsed.ok, parsed.ok ? '' : parsed.reason);
      if (text === expected.json) assert.equal(parsed.isRepaired, false);
      return assert.deepEqual(parsed.decisions, plain.decisions);
    }
    case 'any':
      return;
    default:
      return expected satisfies never;
  }
}

function fateOf({ parsed }: Trial): string {
  if (!parsed.ok) return parsed.code;
  return parsed.isRepaired ? 'repaired' : 'read';
}

function describe(answer: TestAnswer, about: { seed: number; index: number; error: unknown }): string {
  const again = `npm run fuzz:answers -- --seed ${about.seed} --first ${about.index} --count 1`;
  const { text, kind, expected } = answer;
  return `${kind}, expected ${expected.type}: ${String(about.error)}\n  ${JSON.stringify(text.slice(0, 2000))}\n  again: ${again}`;
}

function add<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
