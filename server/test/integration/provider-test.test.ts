import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ModelError, type ModelFailure } from '../../llm/chat.ts';
import { addModel, modelArena, type ModelArena } from '../support/model-arena.ts';
import { auditOf, person, withApiKey, type Person } from '../support/people.ts';

const KEY = 'sk-canary-0123456789';

let arena: ModelArena;
let ann: Person;
let id: string;
beforeAll(async () => {
  arena = await modelArena();
  ann = await person(arena.t.app, 'ann');
  id = await addModel(ann);
});
afterAll(() => arena[Symbol.asyncDispose]());

const tryOut = async (providerId: string) =>
  (await ann.must(200, `post /providers/${providerId}/test`)).body as Record<string, unknown>;
const callsOf = (providerId: string) =>
  arena.t.db.read.selectFrom('llm_calls').selectAll().where('provider_id', '=', providerId).execute();
const usedBy = async (kind: string) => {
  const answer = await ann.must(200, 'get /account/usage');
  const { items } = answer.body as { items: { kind: string; used: number }[] };
  return items.find((item) => item.kind === kind)?.used;
};

describe('the test of a provider', () => {
  test('is a real call with the stored key, told with its latency, tokens and cost', async () => {
    arena.vendor.answer = { text: ' ready\u0007\n' };
    const before = [await usedBy('llm-calls'), await usedBy('llm-tokens')];
    expect(await tryOut(id)).toEqual({
      ok: true,
      message: 'The model has answered in 250 ms. It read 1000 tokens and wrote 0; it cost 0.010000 USD.',
      failure: null,
      status: null,
      model: 'exact-name-2026-01-01',
      text: 'ready',
      latencyMs: 250,
      tokensIn: 1000,
      tokensOut: 0,
      cost: 0.01,
    });
    expect(arena.vendor.requests.at(-1)?.target).toMatchObject({
      baseUrl: 'https://models.example.com/v1',
      apiKey: KEY,
      model: 'm-1',
    });
    expect(await callsOf(id)).toMatchObject([
      {
        user_id: ann.userId,
        bot_id: null,
        purpose: 'test',
        model: 'm-1',
        cost_micros: 10_000,
        failure: null,
      },
    ]);
    expect([await usedBy('llm-calls'), await usedBy('llm-tokens')]).toEqual([
      (before[0] ?? 0) + 1,
      (before[1] ?? 0) + 1000,
    ]);
  });

  test.each<[ModelFailure, number | null]>([
    ['key', 401],
    ['credit', 402],
    ['busy', 429],
    ['broken', 503],
    ['refused', 404],
    ['timeout', null],
    ['network', null],
    ['garbled', null],
  ])('says it in a sentence of the arena when it fails: %s', async (failure, status) => {
    const provider = await addModel(ann);
    const sentence = 'it does not work (in words of the arena)';
    arena.vendor.answer = new ModelError('models.example.com', sentence, {
      failure,
      isRetryable: false,
      status,
    });
    expect(await tryOut(provider)).toEqual({
      ok: false,
      message: `models.example.com: ${sentence}`,
      failure,
      status,
      model: 'm-1',
      text: null,
      latencyMs: 250,
      tokensIn: 0,
      tokensOut: 0,
      cost: 0,
    });
    expect(await callsOf(provider)).toMatchObject([{ purpose: 'test', failure }]);
  });

  test('tells no key, whatever the other side says, and no more than a line', async () => {
    arena.vendor.answer = { text: `Your key is ${KEY}.`, model: KEY };
    const echoed = await ann.must(200, `post /providers/${id}/test`);
    expect(echoed.body).toMatchObject({ ok: true, text: null, model: null });
    expect(JSON.stringify(echoed.body)).not.toContain(KEY);
    arena.vendor.answer = { text: 'long '.repeat(1000) };
    expect((await tryOut(id)).text).toHaveLength(200);
    expect(JSON.stringify(await auditOf(arena.t.app))).not.toContain(KEY);
  });

  test('does not know what a call cost whose price is not known', async () => {
    arena.vendor.answer = { text: 'ready' };
    const unknown = await addModel(ann, { options: {} });
    expect(await tryOut(unknown)).toMatchObject({
      ok: true,
      cost: null,
      message: expect.stringContaining('what it cost is not known'),
    });
    expect(await callsOf(unknown)).toMatchObject([{ cost_micros: null }]);
  });

  test('sends nothing to an address that is not allowed, or with a key that cannot be read', async () => {
    const asked = arena.vendor.requests.length;
    const [moved, sealed] = [await addModel(ann), await addModel(ann)];
    const change = (providerId: string, changes: object) =>
      arena.t.db.transaction((trx) =>
        trx.updateTable('llm_providers').set(changes).where('id', '=', providerId).execute(),
      );
    await change(moved, { api_endpoint: 'https://127.0.0.1/v1' });
    await change(sealed, { api_key_encrypted: 'v1.nonsense' });
    expect(await tryOut(moved)).toMatchObject({
      ok: false,
      failure: 'refused',
      message: expect.stringMatching(/private network/),
    });
    expect(await tryOut(sealed)).toMatchObject({
      ok: false,
      message: 'The stored key cannot be read: enter it again.',
    });
    expect(arena.vendor.requests).toHaveLength(asked);
    expect([...(await callsOf(moved)), ...(await callsOf(sealed))]).toEqual([]);
  });

  test('is said when this server has no such providers, such as those of an old database', async () => {
    const gemini = await addModel(ann, { providerType: 'gemini', apiEndpoint: null });
    expect(await tryOut(gemini)).toMatchObject({
      ok: false,
      message: 'This server knows no providers of the type gemini.',
    });
  });

  test('is made once for a request that is sent twice', async () => {
    arena.vendor.answer = { text: 'ready' };
    const headers = { 'Idempotency-Key': 'test-1' };
    const before = arena.vendor.requests.length;
    const once = await ann.must(200, `post /providers/${id}/test`, undefined, headers);
    const again = await ann.must(200, `post /providers/${id}/test`, undefined, headers);
    expect(again.body).toEqual(once.body);
    expect(arena.vendor.requests).toHaveLength(before + 1);
  });

  test('is for the owner’s own providers, on the page, within the limits of a day', async () => {
    const bob = await person(arena.t.app, 'bob');
    await bob.must(404, `post /providers/${id}/test`);
    const builtIn = await ann.must(409, 'post /providers/house:flat/test');
    expect(builtIn.body).toMatchObject({ error: { code: 'provider-built-in' } });
    const program = await withApiKey(arena.t.app, ann, 'trade');
    await program.must(403, `post /providers/${id}/test`);
    const admin = await person(arena.t.app, 'admin', { role: 'admin' });
    await admin.must(200, 'put /admin/settings/llm_calls_per_day', { value: 0 });
    const before = arena.vendor.requests.length;
    const limited = await ann.must(429, `post /providers/${id}/test`);
    expect(limited.body).toMatchObject({ error: { code: 'rate-limited' } });
    expect(arena.vendor.requests).toHaveLength(before);
  });
});
