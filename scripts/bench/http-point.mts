import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { Child } from './processes.mts';
import { atLeast, number, type Measure } from './measure.mts';
import { interleave } from './rounds.mts';
import type { ArenaReady } from './servers/arena.mts';
import { createArena } from './world/arena.mts';
import { planWholeTurn } from './world/turns.mts';

const AUTOCANNON = path.join(import.meta.dirname, '..', '..', 'node_modules', 'autocannon', 'autocannon.js');
const run = promisify(execFile);

/** The last trade of a bot through the real server and all its middleware, against node:http with a raw statement. */
export const httpPoint: Measure = {
  name: 'http-point',
  async run(bench) {
    const file = path.join(bench.folder, 'http.db');
    const botId = await makeTrades(file);
    await using arena = await Child.start<ArenaReady>('servers/arena.mts', file);
    await using plain = await Child.start<ArenaReady>('servers/plain-http.mts', file);
    const pathname = `/api/v2/bots/${botId}/trades?limit=1`;
    // The plain server takes the bot's id from the same place and has no query to read.
    const samples = await interleave(
      {
        arena: () => requestMs(`${arena.ready.url}${pathname}`),
        plain: () => requestMs(`${plain.ready.url}/api/v2/bots/${botId}/trades`),
      },
      { rounds: bench.isQuick ? 5 : 11 },
    );
    return [
      atLeast(
        {
          measure: 'HTTP point query, real middleware',
          ours: `${number(1000 / samples.median('arena'))} req/s`,
          baseline: `${number(1000 / samples.median('plain'))} req/s node:http + raw`,
        },
        samples.ratio('plain', 'arena'),
        0.2,
      ),
    ];
  },
};

async function makeTrades(file: string): Promise<string> {
  await using arena = await createArena(file, { bots: 8 });
  const [bot] = arena.bots;
  if (!bot) throw new Error('no bots');
  for (let turnNo = 1; turnNo <= 20; turnNo += 1) {
    arena.advance(200_000);
    await arena.books.change(bot.botId, (book) => {
      const turn = planWholeTurn(arena, { bot, book }, { turnNo, shape: { closes: 1, hold: 3 } });
      return { ...turn.apply, writes: [...turn.before, ...turn.apply.writes] };
    });
  }
  return bot.botId;
}

/** 32 connections for three seconds. @returns ms a request. */
async function requestMs(url: string): Promise<number> {
  const { stdout } = await run(process.execPath, [AUTOCANNON, '--json', '-c', '32', '-d', '3', url]);
  const result = JSON.parse(stdout) as { requests: { average: number }; non2xx: number; errors: number };
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${url}: ${result.non2xx} refused`);
  return 1000 / result.requests.average;
}
