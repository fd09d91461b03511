import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { ModelError, type ChatReply } from '../../llm/chat.ts';
import type { OutboundOptions } from '../../llm/outbound/guarded-fetch.ts';
import type { chatRequest } from '../support/fake-llm/chat-request.ts';
import type { FakeLlm, FakeLlmStep, FakeStatus } from '../support/fake-llm/script.ts';

const MAX_RSS_RISE = 50 * 1024 * 1024;

/** A vendor and the fake that it asks. */
export interface Bench {
  readonly fake: FakeLlm;
  readonly ask: (changes?: Parameters<typeof chatRequest>[1]) => Promise<ChatReply>;
}

/** Plays a script; ends with a look at what the fake was sent. */
export type Play = (
  script: readonly FakeLlmStep[],
  test: (bench: Bench) => Promise<unknown>,
  options?: Partial<OutboundOptions>,
) => Promise<void>;

const NO_WAIT = { retryAfterMs: null };

export function describeStatuses(play: Play): void {
  it.each<[FakeStatus, Partial<ModelError>]>([
    [{ status: 400 }, { failure: 'refused', isRetryable: false, ...NO_WAIT }],
    [{ status: 401 }, { failure: 'key', isRetryable: false }],
    [{ status: 402 }, { failure: 'credit', isRetryable: false }],
    [{ status: 403 }, { failure: 'key', isRetryable: false }],
    [{ status: 404 }, { failure: 'refused', isRetryable: false }],
    [{ status: 408 }, { failure: 'timeout', isRetryable: true }],
    [{ status: 413 }, { failure: 'refused', isRetryable: false }],
    [{ status: 422 }, { failure: 'refused', isRetryable: false }],
    [{ status: 429 }, { failure: 'busy', isRetryable: true, ...NO_WAIT }],
    [
      { status: 429, headers: { 'retry-after': '7' } },
      { failure: 'busy', retryAfterMs: 7000 },
    ],
    [{ status: 429, headers: { 'retry-after': 'Mon, 05 Jan 2026 12:00:09 GMT' } }, { retryAfterMs: 9000 }],
    [{ status: 429, headers: { 'retry-after': 'Mon, 05 Jan 2026 11:00:00 GMT' } }, { retryAfterMs: 0 }],
    [{ status: 429, headers: { 'retry-after': '7', 'retry-after-ms': '1250' } }, { retryAfterMs: 1250 }],
    [{ status: 429, headers: { 'retry-after': 'soon' } }, NO_WAIT],
    [{ status: 429, headers: { 'retry-after': '-5' } }, NO_WAIT],
    [
      {
        status: 429,
        body: { error: { message: 'canary', type: 'insufficient_quota', code: 'insufficient_quota' } },
      },
      { failure: 'credit', isRetryable: false },
    ],
    [{ status: 500 }, { failure: 'broken', isRetryable: true }],
    [
      { status: 503, headers: { 'retry-after': '2' } },
      { failure: 'broken', retryAfterMs: 2000 },
    ],
    [{ status: 529 }, { failure: 'broken', isRetryable: true }],
    [
      { status: 502, body: '<html>canary-of-the-upstream</html>' },
      { failure: 'broken', isRetryable: true },
    ],
    [{ status: 500, body: '' }, { failure: 'broken' }],
  ])('tells what %j means', (step, expected) =>
    play([step], async ({ ask, fake }) => {
      expect(await failureOf(ask())).toMatchObject({ status: step.status, ...expected });
      expect(fake.connections()).toBe(1);
    }),
  );

  it('is told that a key is wrong', () =>
    play([], async ({ ask }) => {
      const failure = await failureOf(ask({ target: { apiKey: 'sk-canary-of-another' } }));
      expect(failure).toMatchObject({ failure: 'key', status: 401 });
    }));

  it.each(['sk-canary\nx: y', 'sk-canary\u20ac', 'sk-canary 1', ''])(
    'sends no key that is none: %j',
    (apiKey) =>
      play([], async ({ ask, fake }) => {
        expect(await failureOf(ask({ target: { apiKey } }))).toMatchObject({ failure: 'key', status: null });
        expect(fake.connections()).toBe(0);
      }),
  );
}

export function describeFaults(play: Play): void {
  const fault = (name: Extract<FakeLlmStep, { fault: unknown }>['fault'], expected: Partial<ModelError>) =>
    [name, expected] as const;

  it.each([
    fault('reset', { failure: 'network', isRetryable: true }),
    fault('reset-in-body', { failure: 'network', isRetryable: true }),
    fault('redirect', { failure: 'refused', isRetryable: false }),
    fault('html', { failure: 'garbled', isRetryable: false }),
    fault('not-http', { failure: 'garbled', isRetryable: false }),
  ])('tells what a fault means: %s', (name, expected) =>
    play([{ fault: name }], async ({ ask, fake }) => {
      expect(await failureOf(ask())).toMatchObject({ status: null, ...expected });
      expect(fake.connections()).toBe(1);
      await fake.idle();
    }),
  );

  it.each(['huge', 'endless', 'gzip-bomb'] as const)(
    'ends an answer that is too large, and keeps none of it: %s',
    (name) =>
      play([{ fault: name }], async ({ ask, fake }) => {
        const before = process.memoryUsage.rss();
        expect(await failureOf(ask())).toMatchObject({ failure: 'too-large', isRetryable: false });
        expect(process.memoryUsage.rss() - before).toBeLessThan(MAX_RSS_RISE);
        await fake.idle();
      }),
  );

  it.each(['hang', 'hang-in-body'] as const)('gives up on silence: %s', (name) =>
    play(
      [{ fault: name }],
      async ({ ask, fake }) => {
        expect(await failureOf(ask())).toMatchObject({ failure: 'timeout', isRetryable: true });
        await fake.idle();
      },
      { limits: { headersMs: 300, bodyMs: 300 } },
    ),
  );

  it('gives up on a drip that takes too long in all', () =>
    play(
      [{ text: 'x'.repeat(2000), drip: { bytes: 1, everyMs: 10 } }],
      async ({ ask, fake }) => {
        expect(await failureOf(ask())).toMatchObject({ failure: 'timeout', isRetryable: true });
        await fake.idle();
      },
      { limits: { totalMs: 300 } },
    ));

  it('takes half an answer for none', () =>
    play([{ text: 'Hold on to what you have.', cutAt: 150 }], async ({ ask }) => {
      expect(await failureOf(ask())).toMatchObject({ failure: 'garbled', isRetryable: true });
    }));

  it.each<FakeLlmStep>([
    { status: 200, body: 'canary-of-the-upstream' },
    { status: 200, body: {} },
    { status: 200, body: [] },
    { status: 200, body: { choices: 'canary-of-the-upstream', candidates: 7 } },
    { status: 200, body: { choices: [], candidates: [] } },
    { status: 200, body: '' },
  ])('takes what is no answer of the API for none: %j', (step) =>
    play([step], async ({ ask }) => {
      expect(await failureOf(ask())).toMatchObject({ failure: 'garbled', status: null });
    }),
  );

  it('tells that nobody listens', () =>
    play([], async ({ ask, fake }) => {
      await fake.close();
      expect(await failureOf(ask())).toMatchObject({ failure: 'network', isRetryable: true, status: null });
    }));

  it('reaches no address that the guard refuses', () =>
    play(
      [],
      async ({ ask, fake }) => {
        expect(await failureOf(ask())).toMatchObject({ failure: 'refused', isRetryable: false });
        expect(fake.connections()).toBe(0);
      },
      { allowPrivate: false },
    ));

  it.each(['no address', ''])('refuses an address that is none: %j', (baseUrl) =>
    play([], async ({ ask }) => {
      expect(await failureOf(ask({ target: { baseUrl } }))).toMatchObject({ failure: 'refused' });
    }),
  );
}

export function describeSignals(play: Play): void {
  it.each(['hang', 'hang-in-body', 'endless'] as const)(
    'ends with its signal, the socket with it: %s',
    (name) =>
      play(
        [{ fault: name }],
        async ({ ask, fake }) => {
          const turn = new AbortController();
          const failing = failureOf(ask({ signal: turn.signal }));
          await until(() => fake.requests.length > 0);
          turn.abort(new Error('canary-of-the-upstream'));
          expect(await failing).toMatchObject({ failure: 'timeout', isRetryable: false, status: null });
          await fake.idle();
        },
        // Large enough for the signal to be first.
        { limits: { maxBodyBytes: 2 ** 40 } },
      ),
  );

  it('ends in time with a signal that keeps it', () =>
    play([{ fault: 'hang' }], async ({ ask, fake }) => {
      const failure = await failureOf(ask({ signal: AbortSignal.timeout(200) }));
      expect(failure).toMatchObject({ failure: 'timeout', isRetryable: false });
      await fake.idle();
    }));

  it('asks nobody when the signal has ended before', () =>
    play([], async ({ ask, fake }) => {
      const failure = await failureOf(ask({ signal: AbortSignal.abort(new Error('the server stops')) }));
      expect(failure.failure).toBe('timeout');
      expect(fake.connections()).toBe(0);
    }));
}

/** What is shown, logged or stored of a failure is free of the key and of what the upstream wrote. */
export async function failureOf(asking: Promise<unknown>): Promise<ModelError> {
  const error: unknown = await asking.then(
    () => new Error('it succeeded'),
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(ModelError);
  const failure = error as ModelError;
  const shown = [inspect(failure, { depth: 12, showHidden: true }), JSON.stringify(failure), failure.stack];
  expect(shown.join('\n')).not.toMatch(/canary/i);
  expect(failure.cause).toBeUndefined();
  expect(failure.message).toMatch(/^[\w.:\- ]+: [^<>{}]+$/);
  return failure;
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => void setTimeout(resolve, 5));
}
