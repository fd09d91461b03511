import BetterSqlite3 from 'better-sqlite3';
import { statSync } from 'node:fs';
import path from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { FillGate } from '../../server/arena/fill-gate.ts';
import { tellQuestion } from '../../server/arena/question.ts';
import { applyTurn, askBot, type TurnDeps } from '../../server/arena/run-turn.ts';
import { SharedAnswers } from '../../server/arena/shared-answers.ts';
import { fakeProvider } from '../../server/llm/fake-provider.ts';
import { silentLogger } from '../../server/log.ts';
import { OldServer } from './baselines/old-server.mts';
import { atMost, number, within, type Line, type Measure } from './measure.mts';
import { interleave, timed, type Samples } from './rounds.mts';
import { createArena, openArena, type Arena } from './world/arena.mts';
import { simSource } from './world/seed.mts';
import { answerFor } from './world/turns.mts';

const BOTS = 4;
const TURNS_A_ROUND = 10;
const MB = 1_000_000;
/** Built-in strategies look at no figures of the past. */
const NO_EQUITY = { maxDrawdown: () => null, sharpe: () => null, firstAt: () => null, lastPoint: () => null };

/**
 * A turn of four bots from claim to commit, with everything but the model's thinking time, on an empty and on the large
 * database, against the old server's way.
 */
export const turnOfFour: Measure = {
  name: 'turn-of-four',
  async run(bench) {
    const seeded = await bench.seeded();
    await using empty = await createArena(path.join(bench.folder, 'four.db'), {
      bots: 1000,
      source: simSource(),
    });
    await using large = await openArena(seeded, simSource());
    const old = new OldServer(path.join(bench.folder, 'old.db'), 1);
    const oldGrown = new OldServer(path.join(bench.folder, 'old-grown.db'), 10);
    const turns = { empty: new Turns(empty), large: new Turns(large) };
    const samples = await interleave(
      {
        empty: () => timed(TURNS_A_ROUND, () => turns.empty.run()),
        large: () => timed(TURNS_A_ROUND, () => turns.large.run()),
        old: () => timed(3, () => old.runTurn()),
        oldGrown: () => timed(1, () => oldGrown.runTurn()),
      },
      { rounds: bench.isQuick ? 7 : 15 },
    );
    const bytes = await bytesATurn(seeded, turns.large);
    return [
      ...timeLines(samples, { old: old.stateBytes, grown: oldGrown.stateBytes }),
      within({ measure: 'written for a turn of 4 bots, 1 M trades' }, bytes / MB, { most: 0.6, unit: 'MB' }),
    ];
  },
};

function timeLines(
  samples: Samples<'empty' | 'large' | 'old' | 'oldGrown'>,
  state: { readonly old: number; readonly grown: number },
): Line[] {
  const ms = (name: 'empty' | 'large' | 'old' | 'oldGrown') => `${number(samples.median(name))} ms`;
  const mb = (bytes: number) => `${number(bytes / MB)} MB`;
  return [
    atMost(
      {
        measure: 'turn of 4 bots / old way',
        ours: ms('empty'),
        baseline: `${ms('old')} (${mb(state.old)} blob)`,
      },
      samples.ratio('empty', 'old'),
      0.25,
    ),
    atMost(
      {
        measure: 'the same, ten times the history',
        ours: ms('large'),
        baseline: `${ms('oldGrown')} (${mb(state.grown)} blob)`,
      },
      samples.ratio('large', 'oldGrown'),
      0.0333,
    ),
    atMost(
      {
        measure: 'turn of 4 bots, 1 M trades / empty',
        ours: ms('large'),
        baseline: `${ms('empty')} (empty)`,
      },
      samples.ratio('large', 'empty'),
      1.2,
    ),
  ];
}

/** Runs whole turns of the same four bots through the real protocol. */
class Turns {
  readonly #arena: Arena;
  readonly #deps: TurnDeps;
  readonly #bots;
  #turnNo: number | undefined;

  constructor(arena: Arena) {
    const { db, feed, books, source } = arena;
    const symbols = source.symbols.map(({ symbol }) => symbol);
    const provider = fakeProvider(
      Array.from(
        { length: 100_000 },
        () =>
          ({ view }) =>
            answerFor(view.account, symbols, { closes: 1, hold: 3 }),
      ),
      'house',
    );
    this.#arena = arena;
    this.#bots = arena.bots.slice(-BOTS);
    const settings = { current: arena.settings };
    const known = { db, clock: feed, market: feed, books, settings, equityStats: NO_EQUITY };
    this.#deps = {
      ctx: {
        db,
        clock: feed,
        market: feed,
        newId: uuidv7,
        log: silentLogger(),
        providers: new Map([['house', provider]]),
      },
      books,
      gate: new FillGate(),
      settings,
      timeoutMs: 60_000,
      thinking: {
        question: async (asked) => ({ ...(await tellQuestion(known, asked)), access: null }),
        budgetStop: () => Promise.resolve(null),
        sharedAnswers: new SharedAnswers(() => feed.wallNow()),
        afterTurn: () => undefined,
      },
      nextTurnAt: () => null,
      botNow: (botId) => this.#bots.find((bot) => bot.botId === botId),
      failpoint: () => undefined,
    };
  }

  async run(): Promise<void> {
    this.#turnNo = (this.#turnNo ?? (await this.#lastTurnNo())) + 1;
    const { feed } = this.#arena;
    const dueAt = feed.now();
    const turnNo = this.#turnNo;
    const { signal } = new AbortController();
    const applied = this.#bots.map(async (bot) => {
      const slot = { id: uuidv7(), turnNo, dueAt, cause: 'timer' as const, skipped: 0, also: [] };
      const turn = await askBot(this.#deps, bot, { slot, signal, onClaim: () => undefined });
      if (!turn) throw new Error(`no answer of ${bot.botId}`);
      return { fill: applyTurn(this.#deps, turn) };
    });
    const waiting = await Promise.all(applied);
    this.#arena.advance(1000);
    await this.#deps.gate.release({ at: feed.now(), isOpen: true });
    await Promise.all(waiting.map(({ fill }) => fill));
  }

  async #lastTurnNo(): Promise<number> {
    const [bot] = this.#bots;
    const row = await this.#arena.db.read
      .selectFrom('bot_accounts')
      .select('last_turn_no')
      .where('bot_id', '=', bot?.botId ?? '')
      .executeTakeFirstOrThrow();
    return row.last_turn_no;
  }
}

/** How far the write-ahead log grows, with pieces too short to make SQLite begin it anew. */
async function bytesATurn(databasePath: string, turns: Turns): Promise<number> {
  const [pieces, turnsAPiece] = [8, 4];
  const connection = new BetterSqlite3(databasePath);
  let bytes = 0;
  for (let piece = 0; piece < pieces; piece += 1) {
    connection.pragma('wal_checkpoint(TRUNCATE)');
    for (let i = 0; i < turnsAPiece; i += 1) await turns.run();
    bytes += statSync(`${databasePath}-wal`).size;
  }
  connection.close();
  return bytes / pieces / turnsAPiece;
}
