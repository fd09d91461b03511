import { describe, expect, it } from 'vitest';
import { UpstreamError } from '../errors.ts';
import { describeLlmProvider } from '../test/conformance/llm.ts';
import { requestOf, turnViewOf } from '../test/support/turn-view.ts';
import { fakeProvider, type FakeStep } from './fake-provider.ts';

describeLlmProvider('fake', {
  create: () => fakeProvider([[{ action: 'LONG', symbol: 'BTCUSDT', size: 100, leverage: 2 }]]),
  isDeterministic: true,
});

const ask = (signal = new AbortController().signal) =>
  requestOf({ prompt: 'hello', view: turnViewOf(), signal });

describe('fakeProvider', () => {
  it('plays its script in order, then holds, and records what it was asked', async () => {
    const provider = fakeProvider([
      'raw text',
      [{ action: 'HOLD' }],
      ({ prompt }) => `to ${prompt}`,
      { delayMs: 1, answer: 'late' },
    ]);
    const answers: string[] = [];
    for (let turn = 0; turn < 5; turn += 1) answers.push((await provider.decide(ask())).answer);
    expect(answers.slice(0, 4)).toEqual([
      'raw text',
      '{"decisions":[{"action":"HOLD"}]}',
      'to hello',
      'late',
    ]);
    expect(answers[4]).toContain('The script has ended.');
    expect(provider.requests.map(({ prompt }) => prompt)).toEqual([
      'hello',
      'hello',
      'hello',
      'hello',
      'hello',
    ]);
  });

  it('throws scripted errors, keeping an UpstreamError as it is', async () => {
    const busy = new UpstreamError('openai', '429', { isRetryable: true });
    const provider = fakeProvider([
      busy,
      new Error('plain'),
      () => {
        throw new TypeError('thrown');
      },
    ]);
    await expect(provider.decide(ask())).rejects.toBe(busy);
    await expect(provider.decide(ask())).rejects.toThrow(new UpstreamError('fake', 'plain'));
    await expect(provider.decide(ask())).rejects.toThrow(new UpstreamError('fake', 'thrown'));
  });

  const hanging: readonly FakeStep[] = [
    { delayMs: 3_600_000, answer: 'never' },
    () => Promise.withResolvers<FakeStep>().promise,
  ];
  it.each(hanging)('ends a hanging step when the turn is cancelled', async (step) => {
    const controller = new AbortController();
    const answer = fakeProvider([step]).decide(ask(controller.signal));
    controller.abort();
    await expect(answer).rejects.toBeInstanceOf(UpstreamError);
  });
});
