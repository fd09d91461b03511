import { expect, test } from 'vitest';
import { NO_THINKING, type DecideResult } from '../llm/provider.ts';
import { SharedAnswers } from './shared-answers.ts';

const RESULT: DecideResult = {
  answer: '{"decisions":[]}',
  model: 'model-1',
  tokensIn: 10,
  tokensCached: 2,
  tokensOut: 3,
  costMicros: 7,
  finishReason: 'stop',
  thinking: NO_THINKING,
};
const FREE = { tokensIn: 0, tokensCached: 0, tokensOut: 0, costMicros: 0 };

function setUp() {
  let now = 1000;
  let asked = 0;
  const answers = new SharedAnswers(() => now);
  const ask = (key: string) =>
    answers.get(key, () => {
      asked += 1;
      return Promise.resolve(RESULT);
    });
  return { answers, ask, asked: () => asked, pass: (ms: number) => void (now += ms) };
}

test('a question is asked once within a minute, and only the first pays', async () => {
  const { ask, asked, pass } = setUp();
  expect(await Promise.all([ask('a'), ask('a')])).toEqual([RESULT, { ...RESULT, ...FREE }]);
  expect(await ask('b')).toEqual(RESULT);
  pass(59_999);
  expect(await ask('a')).toMatchObject(FREE);
  pass(1);
  expect(await ask('a')).toEqual(RESULT);
  expect(asked()).toBe(3);
});

test('a failure is told to all who wait, and the next asks again', async () => {
  const { answers, ask } = setUp();
  const failing = Promise.withResolvers<DecideResult>();
  const both = [answers.get('a', () => failing.promise), ask('a')];
  failing.reject(new Error('no answer'));
  const settled = await Promise.allSettled(both);
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await ask('a')).toEqual(RESULT);
});
