import { describe, expect, it } from 'vitest';
import {
  insertBot,
  insertDecision,
  insertPosition,
  insertRows,
  insertUser,
  NOON,
  tradeRow,
} from '../../test/support/factories.ts';
import { tempDatabase } from '../../test/support/temp-database.ts';
import type { Db } from '../database.ts';
import {
  getVersionPositions,
  getVersionTurns,
  listVersions,
  providerVersionWrites,
  versionWrites,
} from './versions.ts';

const ANN = { botId: 'a', userId: 'ann' };
const ALL = { before: 1000, limit: 100 };

async function world(): Promise<Db> {
  const db = await tempDatabase();
  await insertUser(db, { id: 'ann' });
  await insertUser(db, { id: 'bob' });
  await insertBot(db, { id: 'a', userId: 'ann' });
  await insertBot(db, { id: 'b', userId: 'bob' });
  for (const botId of ['a', 'b']) await db.commit(versionWrites({ botId, at: NOON }));
  return db;
}

async function set(db: Db, botId: string, columns: object): Promise<void> {
  await db.transaction((trx) => trx.updateTable('bots').set(columns).where('id', '=', botId).execute());
}

async function setProvider(db: Db, id: string, columns: object): Promise<void> {
  await db.transaction((trx) => trx.updateTable('llm_providers').set(columns).where('id', '=', id).execute());
}

const currentOf = async (db: Db, botId: string) =>
  (await db.read.selectFrom('bots').select('version_id').where('id', '=', botId).executeTakeFirstOrThrow())
    .version_id;
const numbersOf = async (db: Db, bot = ANN) =>
  (await listVersions(db, { ...bot, ...ALL })).map((version) => version.version_no);

describe('versions of a bot', () => {
  it('begin with what it is made of', async () => {
    const db = await world();
    expect(await listVersions(db, { ...ANN, ...ALL })).toEqual([
      {
        id: 'a:1',
        user_id: 'ann',
        bot_id: 'a',
        version_no: 1,
        prompt: 'secret prompt of a',
        provider_id: 'provider-a',
        provider_type: 'house',
        model_name: 'momentum',
        api_endpoint: null,
        settings_json: '{}',
        trading_symbols: null,
        created_at: NOON,
      },
    ]);
    expect(await currentOf(db, 'a')).toBe('a:1');
  });

  it.each([
    { prompt: 'another' },
    { settings_json: '{"cooldownMs":0}' },
    { trading_symbols: '["BTCUSDT"]' },
    { provider_id: 'provider-a2' },
  ])('go on when %j changes', async (columns) => {
    const db = await world();
    const [provider] = await db.read
      .selectFrom('llm_providers')
      .selectAll()
      .where('id', '=', 'provider-a')
      .execute();
    if (provider) await insertRows(db, 'llm_providers', [{ ...provider, id: 'provider-a2' }]);
    await set(db, 'a', columns);
    await db.commit(versionWrites({ botId: 'a', at: NOON + 1 }));
    const [newest] = await listVersions(db, { ...ANN, ...ALL });
    expect(newest).toMatchObject({ ...columns, id: 'a:2', version_no: 2, created_at: NOON + 1 });
    expect(await currentOf(db, 'a')).toBe('a:2');
    expect(await currentOf(db, 'b')).toBe('b:1');
  });

  it('stay when nothing else changes, and go on when something is changed back', async () => {
    const db = await world();
    await set(db, 'a', { name: 'other', is_paused: 1, pause_reason: 'why', avatar_image: 'x' });
    await db.commit(versionWrites({ botId: 'a', at: NOON + 1 }));
    expect(await numbersOf(db)).toEqual([1]);
    for (const prompt of ['x', 'y', 'x']) {
      await set(db, 'a', { prompt });
      await db.commit(versionWrites({ botId: 'a', at: NOON + 2 }));
    }
    expect(await numbersOf(db)).toEqual([4, 3, 2, 1]);
    expect(await currentOf(db, 'a')).toBe('a:4');
  });

  it('go on for each bot of a provider whose model or address changes, and for no other', async () => {
    const db = await world();
    await insertBot(db, { id: 'c', userId: 'ann' });
    await insertBot(db, { id: 'gone', userId: 'ann' });
    for (const botId of ['c', 'gone']) await set(db, botId, { provider_id: 'provider-a' });
    for (const botId of ['c', 'gone']) await db.commit(versionWrites({ botId, at: NOON }));
    await set(db, 'gone', { deleted_at: NOON });
    const change = providerVersionWrites({ providerId: 'provider-a', userId: 'ann', at: NOON + 1 });
    const ofAll = async () => await Promise.all(['a', 'b', 'c', 'gone'].map((botId) => currentOf(db, botId)));
    await setProvider(db, 'provider-a', { name: 'other', api_key_encrypted: 'k' });
    await db.commit(change);
    expect(await ofAll()).toEqual(['a:1', 'b:1', 'c:1', 'gone:1']);
    await setProvider(db, 'provider-a', { model_name: 'm2' });
    await db.commit(change);
    expect(await ofAll()).toEqual(['a:2', 'b:1', 'c:2', 'gone:1']);
    await setProvider(db, 'provider-a', { api_endpoint: 'https://example.com' });
    await db.commit(change);
    expect(await ofAll()).toEqual(['a:3', 'b:1', 'c:3', 'gone:1']);
    const [newest] = await listVersions(db, { ...ANN, ...ALL });
    expect(newest).toMatchObject({ model_name: 'm2', api_endpoint: 'https://example.com' });
  });

  it('are read page by page, of their own owner only', async () => {
    const db = await world();
    for (let i = 2; i <= 5; i += 1) {
      await set(db, 'a', { prompt: `${i}` });
      await db.commit(versionWrites({ botId: 'a', at: NOON }));
    }
    const page = async (before: number) =>
      (await listVersions(db, { ...ANN, before, limit: 2 })).map((version) => version.version_no);
    expect([await page(1000), await page(4), await page(2)]).toEqual([[5, 4], [3, 2], [1]]);
    expect(await numbersOf(db, { botId: 'a', userId: 'bob' })).toEqual([]);
  });
});

describe('what came of a version', () => {
  /** Two turns of version 1 and one of version 2; each opens a position of its own number. */
  async function traded(): Promise<Db> {
    const db = await world();
    await set(db, 'a', { prompt: 'x' });
    await db.commit(versionWrites({ botId: 'a', at: NOON }));
    for (const [i, versionId] of ['a:1', 'a:1', 'a:2'].entries()) {
      const at = NOON + i * 1000;
      await insertDecision(db, { id: `d${i}`, ...ANN, turnNo: i + 1, at, versionId });
      const realized = [50, -20, 7][i] ?? 0;
      await insertPosition(db, {
        id: `p${i}`,
        ...ANN,
        opened_at: at,
        realized_micros: realized * 1e6,
        funding_micros: -1e6,
        fees_micros: 2e6,
      });
      // Two decisions of one answer may add to a position at once: it counts once.
      const trade = {
        ...ANN,
        position_id: `p${i}`,
        decision_id: `d${i}`,
        cause: 'decision',
        executed_at: at,
      };
      await insertRows(
        db,
        'trades',
        [0, 1].map((no) => tradeRow({ id: `t${i}${no}`, ...trade, decision_index: no })),
      );
    }
    return db;
  }
  const within = { botId: 'a', firstAt: NOON, lastAt: NOON + 2000 };

  it('is told apart from that of others', async () => {
    const db = await traded();
    expect(await getVersionTurns(db, 'a:1')).toEqual({
      turns: 2,
      first_at: NOON,
      last_at: NOON + 1000,
      cost_micros: 6,
    });
    expect(await getVersionTurns(db, 'a:2')).toMatchObject({
      turns: 1,
      first_at: NOON + 2000,
      cost_micros: 3,
    });
    expect(await getVersionTurns(db, 'b:1')).toEqual({
      turns: 0,
      first_at: null,
      last_at: null,
      cost_micros: 0,
    });
    const positions = (versionId: string) => getVersionPositions(db, { ...within, versionId });
    expect(await positions('a:1')).toEqual({ closed: 2, wins: 1, net_micros: 24e6 });
    expect(await positions('a:2')).toEqual({ closed: 1, wins: 1, net_micros: 4e6 });
    expect(await positions('b:1')).toEqual({ closed: 0, wins: 0, net_micros: 0 });
  });

  it('counts no open position, and none that a later version only added to', async () => {
    const db = await traded();
    const at = NOON + 2000;
    const open = { ...ANN, opened_at: NOON, status: 'open' as const, symbol: 'ETHUSDT' };
    await insertPosition(db, { id: 'open', ...open });
    const entry = { ...ANN, cause: 'decision', symbol: 'ETHUSDT', position_id: 'open' };
    await insertRows(db, 'trades', [
      tradeRow({ id: 'first', ...entry, decision_id: 'd0', executed_at: NOON }),
      tradeRow({ id: 'added', ...entry, position_id: 'p0', decision_id: 'd2', executed_at: at }),
    ]);
    expect(await getVersionPositions(db, { ...within, versionId: 'a:1' })).toMatchObject({ closed: 2 });
    expect(await getVersionPositions(db, { ...within, versionId: 'a:2' })).toMatchObject({ closed: 1 });
  });
});
