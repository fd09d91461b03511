import { describe, expect, it } from 'vitest';
import { chatRequest } from '../test/support/fake-llm/chat-request.ts';
import { createCallPolicy, type Attempt } from './call-policy.ts';
import { ModelError, type ChatReply, type ChatRequest, type ChatVendor, type ModelFailure } from './chat.ts';

const NOW = 1_767_000_000_000;
const MINUTE = 60_000;

const REPLY: ChatReply = {
  text: 'x',
  toolCalls: [],
  finishReason: 'stop',
  model: 'model-1',
  usage: { tokensIn: 1, tokensCached: 0, tokensOut: 1 },
};

const RETRYABLE: readonly ModelFailure[] = ['busy', 'broken', 'timeout', 'network', 'paused'];

function failed(failure: ModelFailure, retryAfterMs: number | null = null): ModelError {
  return new ModelError('api.example.com', 'no', {
    failure,
    isRetryable: RETRYABLE.includes(failure),
    retryAfterMs,
  });
}

type Step = ModelError | 'ok' | ((request: ChatRequest) => Promise<ChatReply>);

/** A clock that moves when somebody waits or a request is made, and a vendor that does what its script says, then answers. */
function world({ script = [] as Step[], random = 0.5, tookMs = 100 } = {}) {
  const state = { now: 0, waits: [] as number[], asked: 0, attempts: [] as Attempt[] };
  const timeouts: { at: number; end: AbortController }[] = [];
  const pass = (ms: number) => {
    state.now += ms;
    for (const { at, end } of timeouts)
      if (at <= state.now) end.abort(new DOMException('late', 'TimeoutError'));
  };
  const policy = createCallPolicy({
    timers: {
      now: () => state.now,
      random: () => random,
      sleep: (ms, signal) => {
        state.waits.push(ms);
        pass(ms);
        return signal.aborted ? Promise.reject(new Error('over')) : Promise.resolve();
      },
      timeout: (ms) => {
        const end = new AbortController();
        timeouts.push({ at: state.now + ms, end });
        return end.signal;
      },
    },
  });
  const vendor: ChatVendor = {
    type: 'openai',
    complete: async (request) => {
      state.asked += 1;
      const step = script.shift() ?? 'ok';
      if (typeof step === 'function') return step(request);
      pass(tookMs);
      await Promise.resolve();
      if (step === 'ok') return REPLY;
      throw step;
    },
  };
  const wallNow = () => NOW + state.now;
  const call = (options: { circuit?: string; leftMs?: number; signal?: AbortSignal } = {}) => {
    const { circuit = 'a', leftMs = 10 * MINUTE, signal } = options;
    const request = chatRequest('https://api.example.com/v1', signal ? { signal } : {});
    const onAttempt = (attempt: Attempt) => void state.attempts.push(attempt);
    return policy.call(vendor, request, { circuit, deadlineAt: wallNow() + leftMs, wallNow, onAttempt });
  };
  return { state, call, pass, script };
}

const failureOf = (asking: Promise<unknown>): Promise<ModelError> =>
  asking.then(
    () => {
      throw new Error('it succeeded');
    },
    (error: unknown) => error as ModelError,
  );

describe('a call', () => {
  it('is one request when it succeeds', async () => {
    const { call, state } = world();
    expect(await call()).toBe(REPLY);
    expect(state).toMatchObject({ asked: 1, waits: [] });
  });

  it('is tried again twice, after a wait from zero up to one that doubles', async () => {
    const { call, state } = world({ script: [failed('broken'), failed('network')], random: 0.999 });
    expect(await call()).toBe(REPLY);
    expect(state).toMatchObject({ asked: 3, waits: [999, 1998] });
    const { call: hasty, state: none } = world({ script: [failed('timeout')], random: 0 });
    await hasty();
    expect(none.waits).toEqual([0]);
  });

  it('fails with the third failure', async () => {
    const last = failed('busy');
    const { call, state } = world({ script: [failed('broken'), failed('network'), last] });
    expect(await failureOf(call())).toBe(last);
    expect(state.asked).toBe(3);
  });

  it.each<ModelFailure>(['key', 'credit', 'refused', 'garbled', 'too-large'])(
    'is not tried again after what does not pass: %s',
    async (failure) => {
      const { call, state } = world({ script: [failed(failure)] });
      expect(await failureOf(call())).toMatchObject({ failure });
      expect(state).toMatchObject({ asked: 1, waits: [] });
    },
  );

  it('waits as long as it is told to, and some more, so that not all come back at once', async () => {
    const { call, state } = world({ script: [failed('busy', 7000)] });
    await call();
    expect(state.waits).toEqual([7500]);
  });

  it('ends at once when it would have to wait longer than it has', async () => {
    const busy = failed('busy', 9000);
    for (const [leftMs, asked] of [
      [10_099, 1],
      [10_100, 2],
    ]) {
      const { call, state } = world({ script: [busy] });
      const outcome = await call({ leftMs: Number(leftMs) }).catch((error: unknown) => error);
      expect([outcome, state.asked]).toEqual([asked === 1 ? busy : REPLY, asked]);
      expect(state.waits.length).toBe(Number(asked) - 1);
    }
  });

  it('does not begin without time', async () => {
    const { call, state } = world();
    expect(await failureOf(call({ leftMs: 499 }))).toMatchObject({ failure: 'timeout', isRetryable: false });
    expect(state).toMatchObject({ asked: 0, attempts: [] });
  });

  it('is ended at its deadline', async () => {
    const { call, pass } = world({
      script: [
        ({ signal }) => {
          pass(5000);
          return Promise.reject(failed(signal.aborted ? 'timeout' : 'refused'));
        },
      ],
    });
    expect(await failureOf(call({ leftMs: 5000 }))).toMatchObject({ failure: 'timeout' });
  });

  it('is not tried again when whoever asked has left', async () => {
    const turn = new AbortController();
    const { call, state } = world({
      script: [
        () => {
          turn.abort();
          return Promise.reject(failed('network'));
        },
      ],
    });
    expect(await failureOf(call({ signal: turn.signal }))).toMatchObject({ failure: 'network' });
    expect(state).toMatchObject({ asked: 1, waits: [] });
  });

  it('tells of every request', async () => {
    const broken = failed('broken');
    const { call, state } = world({ script: [broken], tookMs: 250 });
    await call();
    expect(state.attempts).toEqual([
      { startedAt: NOW, latencyMs: 250, error: broken },
      { startedAt: NOW + 750, latencyMs: 250, reply: REPLY },
    ]);
  });

  it('lets through what is no ModelError, untold', async () => {
    const bug = new TypeError('a bug');
    const { call, state } = world({ script: [() => Promise.reject(bug)] });
    expect(await failureOf(call())).toBe(bug);
    expect(state.attempts).toEqual([]);
  });
});

describe('a circuit', () => {
  /** Fails `times` in a row, one request a call. */
  const fail = async ({ call, script }: ReturnType<typeof world>, times: number, circuit = 'a') => {
    for (let failure = 0; failure < times; failure += 1) {
      // No time for a second try.
      script.push(failed('broken', 10 * MINUTE));
      await failureOf(call({ circuit }));
    }
  };

  it('opens after five failures in a row, and says for how long', async () => {
    const arena = world();
    await fail(arena, 5);
    arena.pass(10_000);
    const { failure, message, retryAfterMs } = await failureOf(arena.call());
    expect([failure, retryAfterMs]).toEqual(['paused', 20_000]);
    expect(message).toBe(
      'api.example.com: it failed too often in a row and is left alone; it is asked again in 20 s',
    );
    expect(arena.state).toMatchObject({ asked: 5 });
    expect(arena.state.attempts).toHaveLength(5);
  });

  it('stays closed when one in between succeeds', async () => {
    const arena = world();
    await fail(arena, 4);
    await arena.call();
    await fail(arena, 4);
    expect(await arena.call()).toBe(REPLY);
  });

  it.each<ModelFailure>(['key', 'credit', 'refused', 'garbled', 'too-large'])(
    'does not open for what is not the endpoint in trouble: %s',
    async (failure) => {
      const arena = world({ script: Array.from({ length: 6 }, () => failed(failure)) });
      for (let times = 0; times < 6; times += 1) await failureOf(arena.call());
      expect(await arena.call()).toBe(REPLY);
    },
  );

  it('counts tries of one call, and stops them when it opens', async () => {
    const arena = world({ script: Array.from({ length: 9 }, () => failed('broken')) });
    expect(await failureOf(arena.call())).toMatchObject({ failure: 'broken' });
    expect(await failureOf(arena.call())).toMatchObject({ failure: 'broken' });
    expect(arena.state.asked).toBe(5);
  });

  it('lets one find out after 30 s, and closes when that succeeds', async () => {
    const arena = world();
    await fail(arena, 5);
    arena.pass(30_000);
    const { promise, resolve } = Promise.withResolvers<ChatReply>();
    arena.script.push(() => promise);
    const probe = arena.call();
    expect(await failureOf(arena.call())).toMatchObject({ failure: 'paused', retryAfterMs: 30_000 });
    resolve(REPLY);
    expect(await probe).toBe(REPLY);
    expect(await arena.call()).toBe(REPLY);
    expect(arena.state.asked).toBe(7);
  });

  it('stays open twice as long after each who found out that it fails, up to five minutes', async () => {
    const arena = world();
    await fail(arena, 5);
    for (const seconds of [30, 60, 120, 240, 300, 300]) {
      expect(await failureOf(arena.call())).toMatchObject({
        failure: 'paused',
        retryAfterMs: seconds * 1000,
      });
      arena.pass(seconds * 1000);
      await fail(arena, 1);
    }
  });

  it('has failures of its own', async () => {
    const arena = world();
    await fail(arena, 5, 'a');
    expect(await arena.call({ circuit: 'b' })).toBe(REPLY);
  });

  it('does not count who gives up, and counts who runs out of time', async () => {
    const [gaveUp, late] = [AbortSignal.abort(), AbortSignal.abort(new DOMException('late', 'TimeoutError'))];
    const arena = world();
    const end = async (signal: AbortSignal) => {
      arena.script.push(failed('timeout'));
      await failureOf(arena.call({ signal }));
    };
    for (let times = 0; times < 6; times += 1) await end(gaveUp);
    expect(await arena.call()).toBe(REPLY);
    for (let times = 0; times < 5; times += 1) await end(late);
    expect(await failureOf(arena.call())).toMatchObject({ failure: 'paused' });
  });

  it('is not closed by one who was to find out and gave up', async () => {
    const arena = world();
    await fail(arena, 5);
    arena.pass(30_000);
    arena.script.push(failed('timeout'));
    await failureOf(arena.call({ signal: AbortSignal.abort() }));
    expect(await failureOf(arena.call())).toMatchObject({ failure: 'paused', retryAfterMs: 60_000 });
  });
});
