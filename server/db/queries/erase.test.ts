import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { insertBot, insertRows, insertUser, NOON } from '../../test/support/factories.ts';
import { tempDatabase } from '../../test/support/temp-database.ts';
import type { Db } from '../database.ts';

const DECISION = {
  id: 'd',
  user_id: 'u',
  bot_id: 'b',
  turn_id: null,
  epoch: 1,
  prompt_sent: 'prompt',
  raw_answer: 'answer',
  decisions_json: '[{}]',
  notes_json: '[{}]',
  execution_success: 1,
  model: 'm',
  tokens_in: 1,
  tokens_out: 2,
  cost_micros: 3,
  latency_ms: 4,
  timestamp: NOON,
  version_id: 'b:1',
  tokens_cached: 1,
  finish_reason: 'stop',
  steps_json: '[{}]',
  mended_from: 'first answer',
};
const BLANKS = {
  prompt_sent: '',
  raw_answer: null,
  decisions_json: '[]',
  notes_json: '[]',
  steps_json: null,
  mended_from: null,
};
const BLANK = Object.entries(BLANKS)
  .map(([column, value]) => `${column} = ${value === null ? 'null' : `'${value}'`}`)
  .join(', ');

async function world({ isDeleted }: { isDeleted: boolean }): Promise<Db> {
  const db = await tempDatabase();
  await insertUser(db, { id: 'u' });
  await insertUser(db, { id: 'other' });
  await insertBot(db, { id: 'b', userId: 'u' });
  await insertBot(db, { id: 'c', userId: 'u' });
  await insertRows(db, 'bot_decisions', [DECISION]);
  const deleted_at = isDeleted ? NOON : null;
  await db.transaction((trx) => trx.updateTable('users').set({ deleted_at }).where('id', '=', 'u').execute());
  return db;
}

const update = (db: Db, set: string) =>
  db.transaction((trx) => sql.raw(`update bot_decisions set ${set}`).execute(trx));

describe('decisions, which are append-only,', () => {
  it('lose what they say once their user is deleted', async () => {
    const db = await world({ isDeleted: true });
    await update(db, BLANK);
    expect(await db.read.selectFrom('bot_decisions').selectAll().execute()).toEqual([
      { ...DECISION, ...BLANKS },
    ]);
  });

  it('lose nothing before', async () => {
    const db = await world({ isDeleted: false });
    await expect(update(db, BLANK)).rejects.toThrow('append-only');
  });

  it('are never changed otherwise, and never deleted', async () => {
    const db = await world({ isDeleted: true });
    const numbers = [
      'tokens_in',
      'tokens_cached',
      'tokens_out',
      'cost_micros',
      'latency_ms',
      'timestamp',
      'epoch',
    ];
    const changes = [
      `prompt_sent = ''`,
      BLANK.replace(`''`, `'other words'`),
      BLANK.replace('null', `'other words'`),
      BLANK.replaceAll('[]', '[1]'),
      `${BLANK}, steps_json = '[]'`,
      `${BLANK}, mended_from = 'x'`,
      ...['id', 'model', 'version_id', 'finish_reason'].map((column) => `${BLANK}, ${column} = 'x'`),
      ...numbers.map((column) => `${BLANK}, ${column} = 9`),
      `${BLANK}, execution_success = 0`,
      `${BLANK}, bot_id = 'c'`,
      `${BLANK}, tokens_in = null`,
    ];
    for (const set of changes) await expect(update(db, set)).rejects.toThrow('append-only');
    const removal = db.transaction((trx) => trx.deleteFrom('bot_decisions').execute());
    await expect(removal).rejects.toThrow('append-only');
    expect(await db.read.selectFrom('bot_decisions').selectAll().execute()).toEqual([DECISION]);
  });
});
