import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Db } from '../db/database.ts';
import {
  DECISION,
  insertBot,
  insertPosition,
  insertRows,
  insertUser,
  NOON,
  OUTCOME,
} from '../test/support/factories.ts';
import { tempDatabase } from '../test/support/temp-database.ts';
import { MOST_TURNS, readHistory, readWholeHistory } from './memory-history.ts';

const OWN = { botId: 'b', userId: 'u' };
const ALL = { botId: 'b', epoch: 1, after: 0 };

let db: Db;
beforeEach(async () => {
  db = await tempDatabase();
  await insertUser(db, { id: 'u' });
  for (const id of ['b', 'c']) await insertBot(db, { id, userId: 'u' });
});
afterEach(() => db.close());

interface Decided {
  readonly id: string;
  readonly at: number;
  readonly botId?: string;
  readonly epoch?: number;
  readonly decisions?: unknown;
  readonly notes?: unknown;
}

const rowOf = ({ id, at, botId = 'b', epoch = 1, decisions = [DECISION], notes = [OUTCOME] }: Decided) => ({
  id,
  user_id: 'u',
  bot_id: botId,
  turn_id: null,
  epoch,
  prompt_sent: 'p',
  raw_answer: null,
  decisions_json: JSON.stringify(decisions),
  notes_json: JSON.stringify(notes),
  execution_success: 0,
  model: null,
  tokens_in: null,
  tokens_out: null,
  cost_micros: null,
  latency_ms: null,
  timestamp: at,
});

async function decideAs(decided: Decided): Promise<void> {
  await insertRows(db, 'bot_decisions', [rowOf(decided)]);
}

/** The decisions of some minutes, such as `b1` and `b2`. */
async function decide(from: number, to: number, botId = 'b'): Promise<void> {
  const numbers = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const rows = numbers.map((n) => rowOf({ id: `${botId}${n}`, botId, at: NOON + n }));
  await insertRows(db, 'bot_decisions', rows);
}

const idsOf = async (past = ALL, read = readHistory) =>
  (await read(db, past)).map(({ decisionId }) => decisionId);

describe('the history of a bot', () => {
  it('is its own decisions after a time, oldest first, with what comes later', async () => {
    await decide(1, 3);
    await decide(1, 2, 'c');
    expect(await idsOf()).toEqual(['b1', 'b2', 'b3']);
    await decide(4, 5);
    expect(await idsOf()).toEqual(['b1', 'b2', 'b3', 'b4', 'b5']);
    expect(await idsOf({ ...ALL, after: NOON + 3 })).toEqual(['b4', 'b5']);
    await decide(6, 6);
    expect(await idsOf({ ...ALL, after: NOON + 3 })).toEqual(['b4', 'b5', 'b6']);
    expect(await idsOf()).toEqual(['b1', 'b2', 'b3', 'b4', 'b5', 'b6']);
  });

  it('is of one epoch', async () => {
    await decide(1, 3);
    expect(await idsOf()).toHaveLength(3);
    await decideAs({ id: 'x', decisions: [], notes: [], at: NOON + 9, epoch: 2 });
    expect(await idsOf({ ...ALL, epoch: 2 })).toEqual(['x']);
    expect(await idsOf()).toEqual(['b1', 'b2', 'b3']);
  });

  it('is the newest four hundred turns', async () => {
    await decide(1, MOST_TURNS + 3);
    const newest = Array.from({ length: MOST_TURNS }, (_, i) => `b${i + 4}`);
    expect(await idsOf()).toEqual(newest);
    await decide(MOST_TURNS + 4, MOST_TURNS + 4);
    expect(await idsOf()).toEqual([...newest.slice(1), `b${MOST_TURNS + 4}`]);
  });

  it('is the same from memory as from the rows, whoever is asked for between', async () => {
    for (let step = 1; step <= 30; step += 1) {
      await decide(step, step, step % 2 === 0 ? 'b' : 'c');
      const past = { botId: step % 3 === 0 ? 'c' : 'b', epoch: 1, after: NOON + (step % 4) * 5 };
      expect(await readHistory(db, past)).toEqual(await readWholeHistory(db, past));
    }
  });

  it('tells what came so far of the positions that were opened', async () => {
    const opened = { ...OUTCOME, positionId: 'p1', notes: [] };
    await decideAs({ id: 'd', decisions: [DECISION, DECISION], notes: [opened, OUTCOME], at: NOON });
    const resultsOf = async () =>
      (await readHistory(db, ALL)).flatMap(({ decisions }) => decisions.map(({ result }) => result));
    expect(await resultsOf()).toEqual([null, null]);
    const row = { ...OWN, id: 'p1', realized_micros: 5_000_000, fees_micros: 2_000_000, funding_micros: -1 };
    await insertPosition(db, { ...row, status: 'open' });
    expect(await resultsOf()).toEqual([{ status: 'open', netUsd: 2.999999, closeCause: null }, null]);
    await db.transaction((trx) =>
      trx
        .updateTable('positions')
        .set({ status: 'closed', quantity: 0, cost_micros: 0, margin_micros: 0, closed_at: NOON + 1 })
        .set({ close_cause: 'stop-loss', realized_micros: -1_000_000 })
        .execute(),
    );
    expect(await resultsOf()).toEqual([
      { status: 'closed', netUsd: -3.000001, closeCause: 'stop-loss' },
      null,
    ]);
  });

  it.each([
    ['an outcome', { notes: [{ ...OUTCOME, notes: [] }] }, { code: 'opened', accepted: true, note: null }],
    [
      'an outcome with notes',
      { notes: [{ ...OUTCOME, notes: ['less leverage', 'on the step'] }] },
      { note: 'less leverage; on the step', size: 500, leverage: 10, reasoning: 'private reasoning' },
    ],
    [
      'a refusal',
      { notes: [{ ...OUTCOME, accepted: false, code: 'cooldown', message: 'rejected: wait' }] },
      { code: 'cooldown', accepted: false, note: 'rejected: wait' },
    ],
    ['a note of an old server', { notes: ['Opened it.'] }, { code: 'failed', note: 'Opened it.' }],
    ['no note', { notes: [null] }, { code: 'failed', note: null }],
    [
      'a refusal of nothing',
      { decisions: [null], notes: [{ ...OUTCOME, accepted: false }] },
      { action: 'INVALID', symbol: null },
    ],
    [
      'a refusal of nonsense',
      { decisions: [{ action: 'BUY ALL', symbol: '## Rules', size: '9', leverage: null, reasoning: 7 }] },
      { action: 'INVALID', symbol: null, size: null, leverage: null, reasoning: null },
    ],
    [
      'long words',
      { decisions: [{ ...DECISION, reasoning: `${'x'.repeat(599)}🚀` }], notes: ['y'.repeat(1000)] },
      { reasoning: 'x'.repeat(599), note: 'y'.repeat(300) },
    ],
  ])('reads a decision with %s', async (_, said, expected) => {
    await decideAs({ id: 'd', at: NOON, ...said });
    expect((await readHistory(db, ALL))[0]?.decisions).toMatchObject([expected]);
  });

  it('reads what is no list as no decision', async () => {
    await decideAs({ id: 'd', decisions: { action: 'HOLD' }, notes: null, at: NOON });
    expect(await readHistory(db, ALL)).toEqual([{ decisionId: 'd', at: NOON, decisions: [] }]);
  });
});
