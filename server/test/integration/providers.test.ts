import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { updateProvider } from '../../arena/provider-changes.ts';
import { providerForBot } from '../../arena/providers.ts';
import { createBot, deleteBot } from '../../arena/bots.ts';
import { auditOf, person, stranger, withApiKey, type Person } from '../support/people.ts';
import { testApp, type TestApp } from '../support/test-app.ts';

const KEY = 'sk-0123456789abcdef-wxyz';
const OPENAI = {
  name: 'My model',
  providerType: 'openai',
  apiEndpoint: 'https://api.example.com/v1/',
  modelName: 'gpt-x',
  apiKey: KEY,
};

let app: TestApp;
let ann: Person;
let bob: Person;
beforeAll(async () => {
  app = await testApp({ env: { RATE_LIMIT_PER_MINUTE: '1000000' } });
  ann = await person(app.app, 'ann');
  bob = await person(app.app, 'bob');
});
afterAll(() => app[Symbol.asyncDispose]());

const make = async (who: Person, changes: object = {}): Promise<string> => {
  const answer = await who.must(201, 'post /providers', { ...OPENAI, ...changes });
  return (answer.body as { id: string }).id;
};
const rowOf = (id: string) =>
  app.db.read.selectFrom('llm_providers').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
const openKey = async (id: string) => {
  const row = await rowOf(id);
  const place = {
    table: 'llm_providers',
    rowId: id,
    userId: row.user_id,
    column: 'api_key_encrypted',
  } as const;
  return row.api_key_encrypted === null ? null : app.app.ctx.vault.open(place, row.api_key_encrypted);
};

async function botOn(who: Person, name: string, providerId: string): Promise<string> {
  const provider = await providerForBot(app.app.ctx, who.userId, providerId);
  await app.db.commit(provider.writes);
  return await createBot(app.app.bots, {
    name,
    prompt: '',
    providerId: provider.providerId,
    tradingSymbols: null,
    settings: {},
    initialBalanceUsd: 10_000,
    userId: who.userId,
  });
}

describe('a provider', () => {
  test('is stored with its key sealed, and never tells it', async () => {
    const answer = await ann.must(201, 'post /providers', OPENAI);
    const { id } = answer.body as { id: string };
    expect(answer.body).toEqual({
      id,
      name: 'My model',
      providerType: 'openai',
      apiEndpoint: 'https://api.example.com/v1',
      modelName: 'gpt-x',
      apiKey: { isSet: true, last4: 'wxyz' },
      preset: 'custom',
      options: {},
      price: null,
      isBuiltIn: false,
      description: null,
      botCount: 0,
      createdAt: app.wall,
    });
    expect((await rowOf(id)).api_key_encrypted).toMatch(/^v1\./);
    expect(await openKey(id)).toBe(KEY);
    const read = await ann.must(200, `get /providers/${id}`);
    expect(read.body).toEqual(answer.body);
    expect(JSON.stringify(await auditOf(app.app))).not.toContain(KEY);
    const [line] = await auditOf(app.app, id);
    expect(line).toMatchObject({
      action: 'provider.created',
      actor_id: ann.userId,
      user_id: ann.userId,
      details: { name: 'My model', hasKey: true },
    });
    expect(line?.request_id).not.toBeNull();
  });

  test('tells the end of long keys only', async () => {
    const id = await make(ann, { apiKey: 'short-key-15-ch' });
    const answer = await ann.send('get', `/providers/${id}`);
    expect(answer.body).toMatchObject({ apiKey: { isSet: true, last4: null } });
  });

  test('may have no key, and the address of its vendor', async () => {
    const id = await make(ann, { providerType: 'gemini', apiKey: null, apiEndpoint: null });
    const answer = await ann.send('get', `/providers/${id}`);
    expect(answer.body).toMatchObject({ apiEndpoint: null, apiKey: { isSet: false, last4: null } });
  });

  test.each([
    ['http://api.example.com', /https/],
    ['https://127.0.0.1/v1', /private/],
    ['https://user:pw@api.example.com', /user name or password/],
    ['not an address', /spaces/],
  ])('is refused with the address %s', async (apiEndpoint, reason) => {
    const made = await ann.must(400, 'post /providers', { ...OPENAI, apiEndpoint });
    expect(made.body).toMatchObject({ error: { message: expect.stringMatching(reason) } });
    const id = await make(ann);
    await ann.must(400, `patch /providers/${id}`, { apiEndpoint });
    expect((await rowOf(id)).api_endpoint).toBe('https://api.example.com/v1');
  });

  test.each([
    { providerType: 'house' },
    { modelName: 'two words' },
    { apiKey: 'with\nline' },
    { name: ' ' },
    { surprise: 1 },
  ])('is refused with %o', async (change) => {
    const answer = await ann.must(400, 'post /providers', { ...OPENAI, ...change });
    expect(answer.body).toMatchObject({ error: { code: 'invalid-input' } });
  });

  test('is sent twice and made once; the second answer is the first', async () => {
    const headers = { 'Idempotency-Key': 'make-1' };
    const first = await ann.must(201, 'post /providers', OPENAI, headers);
    const again = await ann.must(201, 'post /providers', OPENAI, headers);
    expect(again.body).toEqual(first.body);
    expect(again.headers['idempotency-replayed']).toBe('true');
    const stored = await app.db.read.selectFrom('idempotency_keys').selectAll().execute();
    expect(JSON.stringify(stored)).not.toContain(KEY);
  });

  test('cannot be more than the limit', async () => {
    const cyd = await person(app.app, 'cyd');
    const { settings } = app.app.ctx;
    const admin = { userId: cyd.userId, role: 'admin', trace: noTrace, remember: () => [] } as const;
    await settings.change(admin, 'max_providers_per_user', 1);
    await make(cyd);
    const answer = await cyd.must(409, 'post /providers', OPENAI);
    expect(answer.body).toMatchObject({ error: { code: 'too-many-providers' } });
    await settings.change(admin, 'max_providers_per_user', 50);
  });
});

const noTrace = { actorId: null, ip: null, requestId: null };

describe('an edit', () => {
  test('changes what it names and keeps the key', async () => {
    const id = await make(ann);
    const answer = await ann.must(200, `patch /providers/${id}`, { modelName: 'gpt-y' });
    expect(answer.body).toMatchObject({ modelName: 'gpt-y', name: 'My model', apiKey: { last4: 'wxyz' } });
    expect(await openKey(id)).toBe(KEY);
    const line = (await auditOf(app.app, id)).at(-1);
    expect(line).toMatchObject({
      action: 'provider.updated',
      details: { before: { modelName: 'gpt-x' }, after: { modelName: 'gpt-y' }, key: 'kept' },
    });
  });

  test('of the path keeps the key, of the origin forgets it', async () => {
    const id = await make(ann);
    await ann.must(200, `patch /providers/${id}`, { apiEndpoint: 'https://api.example.com/v2' });
    expect(await openKey(id)).toBe(KEY);
    const answer = await ann.must(200, `patch /providers/${id}`, {
      apiEndpoint: 'https://evil.example.com/v2',
    });
    expect(answer.body).toMatchObject({ apiKey: { isSet: false, last4: null } });
    expect(await openKey(id)).toBeNull();
    expect((await auditOf(app.app, id)).at(-1)).toMatchObject({ details: { key: 'removed' } });
  });

  test.each([['https://api.example.com:8443/v1'], [null]])(
    'to %s forgets the key unless one comes along',
    async (apiEndpoint) => {
      const id = await make(ann);
      await ann.must(200, `patch /providers/${id}`, { apiEndpoint, apiKey: 'another-key-of-20-ch' });
      expect(await openKey(id)).toBe('another-key-of-20-ch');
      await ann.must(200, `patch /providers/${id}`, { apiEndpoint: 'https://third.example.com' });
      expect(await openKey(id)).toBeNull();
    },
  );

  test('takes the key away', async () => {
    const id = await make(ann);
    await ann.must(200, `patch /providers/${id}`, { apiKey: null });
    expect(await openKey(id)).toBeNull();
  });

  test.each([[KEY], [null]])('never lets a key reach an address that came in between: %s', async (apiKey) => {
    const edits = [{ apiKey: 'key-for-the-first-place' }, { apiEndpoint: 'https://evil.example.com' }];
    for (const inOrder of [edits, edits.toReversed()]) {
      const id = await make(ann, { apiKey });
      const by = { userId: ann.userId, role: 'user', trace: noTrace, remember: () => [] } as const;
      const [first, second] = await Promise.allSettled(
        inOrder.map((edit) => updateProvider(app.app.ctx, by, { id, edit })),
      );
      expect(first?.status).toBe('fulfilled');
      expect(second).toMatchObject({ status: 'rejected', reason: { code: 'stale-write' } });
    }
  });

  test('of nothing is refused', async () => {
    const id = await make(ann);
    const answer = await ann.send('patch', `/providers/${id}`, {});
    expect(answer.status).toBe(400);
  });
});

describe('a deletion', () => {
  test('erases the key and hides the provider', async () => {
    const id = await make(ann);
    await ann.must(204, `delete /providers/${id}`);
    expect(await rowOf(id)).toMatchObject({ api_key_encrypted: null, deleted_at: app.wall });
    await ann.must(404, `get /providers/${id}`);
    await ann.must(404, `delete /providers/${id}`);
    await ann.must(404, `patch /providers/${id}`, { name: 'x' });
    const listed = await ann.send('get', '/providers');
    expect(JSON.stringify(listed.body)).not.toContain(id);
    expect((await auditOf(app.app, id)).at(-1)).toMatchObject({ action: 'provider.deleted' });
    await expect(providerForBot(app.app.ctx, ann.userId, id)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('is refused while bots use it, naming them', async () => {
    const id = await make(ann);
    const botId = await botOn(ann, 'Scalper', id);
    const counted = await ann.send('get', `/providers/${id}`);
    expect(counted.body).toMatchObject({ botCount: 1 });
    const answer = await ann.must(409, `delete /providers/${id}`);
    expect(answer.body).toMatchObject({
      error: {
        code: 'provider-in-use',
        message: expect.stringContaining('"Scalper"'),
        details: { bots: ['Scalper'] },
      },
    });
    expect(await openKey(id)).toBe(KEY);
    await deleteBot(app.app.bots, { botId, userId: ann.userId });
    await ann.must(204, `delete /providers/${id}`);
  });

  test('that comes first makes a bot fail, one that comes second fails itself', async () => {
    const id = await make(ann);
    const { writes } = await providerForBot(app.app.ctx, ann.userId, id);
    await ann.must(204, `delete /providers/${id}`);
    await expect(app.db.commit(writes)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('built-in strategies', () => {
  test('are listed for everybody and change for nobody', async () => {
    const listed = await bob.must(200, 'get /providers');
    const { items } = listed.body as { items: { id: string; isBuiltIn: boolean; description: string }[] };
    expect(items.map((item) => item.id)).toContain('house:momentum');
    expect(items.every((item) => item.isBuiltIn && item.description.length > 10)).toBe(true);
    await bob.must(200, 'get /providers/house:momentum');
    await bob.must(404, 'get /providers/house:unknown');
    for (const [method, body] of [['patch', { name: 'mine' }], ['delete']] as const) {
      const answer = await bob.must(409, `${method} /providers/house:momentum`, body);
      expect(answer.body).toMatchObject({ error: { code: 'provider-built-in' } });
    }
  });

  test('become one row a user, when the first bot needs it', async () => {
    const rows = () =>
      app.db.read.selectFrom('llm_providers').selectAll().where('user_id', '=', bob.userId).execute();
    await botOn(bob, 'One', 'house:momentum');
    await botOn(bob, 'Two', 'house:momentum');
    expect(await rows()).toMatchObject([
      { provider_type: 'house', model_name: 'momentum', config_json: expect.stringContaining('"momentum"') },
    ]);
    const answer = await bob.send('get', '/providers/house:momentum');
    expect(answer.body).toMatchObject({ botCount: 2 });
    const [row] = await rows();
    await bob.must(404, `get /providers/${row?.id}`);
    await expect(providerForBot(app.app.ctx, bob.userId, 'house:unknown')).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('a wallet', () => {
  const WALLET = { name: 'Main', exchange: 'bybit', apiKey: KEY, apiSecret: 'secret-of-more-than-16' };

  test('is stored sealed, changed, and deleted with its secrets', async () => {
    const made = await ann.must(201, 'post /wallets', WALLET);
    const { id } = made.body as { id: string };
    expect(made.body).toMatchObject({
      apiKey: { isSet: true, last4: 'wxyz' },
      apiSecret: { isSet: true, last4: 'n-16' },
    });
    const place = { table: 'wallets', rowId: id, userId: ann.userId } as const;
    const stored = async () =>
      await app.db.read.selectFrom('wallets').selectAll().where('id', '=', id).executeTakeFirst();
    const before = await stored();
    const { vault } = app.app.ctx;
    expect(vault.open({ ...place, column: 'api_key_encrypted' }, before?.api_key_encrypted ?? '')).toBe(KEY);
    const changed = await ann.must(200, `patch /wallets/${id}`, { name: 'Old', apiSecret: 'x' });
    expect(changed.body).toMatchObject({ name: 'Old', apiSecret: { isSet: true, last4: null } });
    const after = await stored();
    expect(after?.api_key_encrypted).toBe(before?.api_key_encrypted);
    const secret = { ...place, column: 'api_secret_encrypted' };
    expect(vault.open(secret, after?.api_secret_encrypted ?? '')).toBe('x');
    await ann.must(204, `delete /wallets/${id}`);
    expect(await stored()).toBeUndefined();
    const lines = await auditOf(app.app, id);
    expect(lines.map((line) => line.action)).toEqual(['wallet.created', 'wallet.updated', 'wallet.deleted']);
    expect(lines[1]?.details).toMatchObject({ replaced: ['apiSecret'] });
    expect(JSON.stringify(lines)).not.toContain('secret-of');
  });

  test('is refused for an exchange nobody knows', async () => {
    const answer = await ann.send('post', '/wallets', { ...WALLET, exchange: 'nowhere' });
    expect(answer.status).toBe(400);
  });

  test('is found by its owner alone', async () => {
    const made = await ann.must(201, 'post /wallets', WALLET);
    const { id } = made.body as { id: string };
    const foreign = await bob.must(404, `patch /wallets/${id}`, { name: 'x' });
    const missing = await bob.must(404, 'patch /wallets/nothing', { name: 'x' });
    expect(messageOf(foreign)).toBe(messageOf(missing).replace('nothing', id));
    await bob.must(404, `delete /wallets/${id}`);
    const listed = await bob.send('get', '/wallets');
    expect(listed.body).toEqual({ items: [] });
    const own = await ann.send('get', '/wallets');
    expect(JSON.stringify(own.body)).toContain(id);
  });
});

const messageOf = (answer: { body: unknown }) =>
  (answer.body as { error: { message: string } }).error.message;

describe('whoever it does not belong to', () => {
  test('finds nothing, as if it were not there', async () => {
    const id = await make(ann);
    for (const [method, body] of [['get'], ['patch', { name: 'x' }], ['delete']] as const) {
      const foreign = await bob.must(404, `${method} /providers/${id}`, body);
      const missing = await bob.must(404, `${method} /providers/nothing`, body);
      expect(messageOf(foreign)).toBe(messageOf(missing).replace('nothing', id));
    }
    await expect(providerForBot(app.app.ctx, bob.userId, id)).rejects.toMatchObject({ code: 'not-found' });
    expect(await rowOf(id)).toMatchObject({ name: 'My model', deleted_at: null });
  });

  test('is asked to log in, on the page and with the right role', async () => {
    await stranger(app.app).must(401, 'get /providers');
    await stranger(app.app).must(401, 'post /providers', OPENAI);
    const program = await withApiKey(app.app, ann, 'trade');
    await program.must(200, 'get /providers');
    await program.must(403, 'post /providers', OPENAI);
    await program.must(403, 'get /wallets');
    const viewer = await person(app.app, 'viewer', { role: 'viewer' });
    const refused = await viewer.must(403, 'post /providers', OPENAI);
    expect(refused.body).toMatchObject({ error: { code: 'role-needed' } });
  });
});
