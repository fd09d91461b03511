/** The real server on a database, asked to broadcast, to tell its memory or to wait. */
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { publishToArena } from '../../../server/arena/publish.ts';
import type { EventPayload } from '../../../server/contract/live-events.ts';
import { serveParent } from '../processes.mts';
import { openApp } from '../world/app.mts';
import { makeSymbols, noBatches, stillSource } from '../world/market.mts';
import { simSource } from '../world/seed.mts';

export interface ArenaReady {
  readonly url: string;
}

export type ArenaQuestion =
  | {
      readonly ask: 'broadcast';
      readonly payload: EventPayload;
      readonly count: number;
      readonly everyMs: number;
    }
  | { readonly ask: 'memory' }
  | { readonly ask: 'cuts' };

export interface Cuts {
  readonly count: number;
  readonly mostUnsent: number;
}

const [path = '', market = 'still'] = process.argv.slice(2);
const cuts = { count: 0, mostUnsent: 0 };
const log = pino(
  { level: 'info' },
  {
    write(line: string) {
      const { unsent } = JSON.parse(line) as { unsent?: number };
      if (unsent === undefined) return;
      cuts.count += 1;
      cuts.mostUnsent = Math.max(cuts.mostUnsent, unsent);
    },
  },
);
const source = market === 'still' ? stillSource(makeSymbols(12)) : { ...simSource(), batches: noBatches };
const app = await openApp(path, source, log);

serveParent({ url: app.url } satisfies ArenaReady, async (question: ArenaQuestion) => {
  switch (question.ask) {
    case 'broadcast':
      return await broadcast(question);
    case 'memory':
      return process.memoryUsage.rss();
    case 'cuts':
      return cuts;
    default:
      return question satisfies never;
  }
});

/** @returns CPU of this process, µs for one broadcast. */
async function broadcast({ payload, count, everyMs }: ArenaQuestion & { ask: 'broadcast' }): Promise<number> {
  const before = process.cpuUsage();
  for (let i = 0; i < count; i += 1) {
    await app.ctx.db.commit([publishToArena(app.ctx.clock.now(), payload)]);
    await sleep(everyMs);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}
