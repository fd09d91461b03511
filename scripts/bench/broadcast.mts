import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventPayload } from '../../server/contract/live-events.ts';
import { Child } from './processes.mts';
import { atMost, number, within, type Bench, type Line, type Measure } from './measure.mts';
import { interleave } from './rounds.mts';
import type { ArenaReady, Cuts } from './servers/arena.mts';
import type { Received } from './servers/spectators.mts';
import { createArena } from './world/arena.mts';
import { planWholeTurn } from './world/turns.mts';

const CLIENTS = 500;
const STALLED = 200;
const EVERY_MS = 30;
const KIB = 1024;
const MB = 1_000_000;

/** A turn's event from its row to 500 sockets, against the same text sent by a bare socket server. */
export const broadcast: Measure = {
  name: 'broadcast',
  async run(bench) {
    const file = path.join(bench.folder, 'broadcast.db');
    const payload = await makeTurnEvent(file);
    return [...(await sendingLines(bench, file, payload)), ...(await stallingLines(file, payload))];
  },
};

/** A bot that holds three positions closes one and opens another; its reasoning is public. */
async function makeTurnEvent(file: string): Promise<EventPayload> {
  await using arena = await createArena(file, { bots: 8 });
  const [bot] = arena.bots;
  if (!bot) throw new Error('no bots');
  const play = (turnNo: number, closes: number) => {
    arena.advance(200_000);
    return arena.books.change(bot.botId, (book) => {
      const turn = planWholeTurn(arena, { bot, book }, { turnNo, shape: { closes, hold: 3 } });
      return { ...turn.apply, writes: [...turn.before, ...turn.apply.writes] };
    });
  };
  await play(1, 0);
  await play(2, 1);
  const row = await arena.db.read
    .selectFrom('arena_events')
    .select('payload_json')
    .where('room', '=', 'arena')
    .orderBy('seq', 'desc')
    .executeTakeFirstOrThrow();
  return JSON.parse(row.payload_json) as EventPayload;
}

async function sendingLines(bench: Bench, file: string, payload: EventPayload): Promise<Line[]> {
  await using arena = await Child.start<ArenaReady>('servers/arena.mts', file);
  await using plain = await Child.start<ArenaReady>('servers/plain-ws.mts');
  await using spectators = await Child.start<null>('servers/spectators.mts');
  const join = { ask: 'join', count: CLIENTS };
  await spectators.ask({ ...join, url: arena.ready.url, protocol: 'arena' });
  await spectators.ask({ ...join, url: plain.ready.url, protocol: 'plain' });
  const count = bench.isQuick ? 40 : 100;
  const question = { ask: 'broadcast', payload, count, everyMs: EVERY_MS };
  let bytes = 0;
  const costOf = (server: Child<ArenaReady>) => async () => {
    const cost = await server.ask<number>(question);
    await sleep(300);
    const received = await spectators.ask<Received>({ ask: 'received' });
    if (received.events !== count * CLIENTS)
      throw new Error(`${received.events} of ${count * CLIENTS} events arrived`);
    bytes = Math.max(bytes, received.bytes);
    return cost;
  };
  const samples = await interleave(
    { arena: costOf(arena), plain: costOf(plain) },
    { rounds: bench.isQuick ? 5 : 11 },
  );
  return [
    within({ measure: "a turn's event, bytes to each socket" }, bytes / KIB, { most: 4, unit: 'KB' }),
    atMost(
      {
        measure: 'server CPU for a broadcast to 500 / plain ws',
        ours: `${number(samples.median('arena') / 1000)} ms`,
        baseline: `${number(samples.median('plain') / 1000)} ms`,
      },
      samples.ratio('arena', 'plain'),
      2,
    ),
  ];
}

/** Clients that stop reading: the kernel takes what it can, then the server holds what they leave, until it cuts them. */
async function stallingLines(file: string, payload: EventPayload): Promise<Line[]> {
  await using arena = await Child.start<ArenaReady>('servers/arena.mts', file);
  await using spectators = await Child.start<null>('servers/spectators.mts');
  await arena.ask({ ask: 'broadcast', payload, count: 500, everyMs: 0 });
  await spectators.ask({ ask: 'join', url: arena.ready.url, count: STALLED, protocol: 'arena' });
  // The grace that comes with a snapshot ends when it has been read.
  await arena.ask({ ask: 'broadcast', payload, count: 500, everyMs: 0 });
  await sleep(1500);
  const before = await arena.ask<number>({ ask: 'memory' });
  await spectators.ask({ ask: 'stall' });
  let most = before;
  let cuts: Cuts = { count: 0, mostUnsent: 0 };
  for (let i = 0; i < 400 && cuts.count < STALLED; i += 1) {
    await arena.ask({ ask: 'broadcast', payload, count: 20, everyMs: 0 });
    most = Math.max(most, await arena.ask<number>({ ask: 'memory' }));
    cuts = await arena.ask<Cuts>({ ask: 'cuts' });
  }
  return [
    within(
      { measure: 'memory for a stalled client', detail: `${STALLED} of them` },
      (most - before) / STALLED / MB,
      { most: 0.2, unit: 'MB' },
    ),
    {
      ...within(
        { measure: 'unsent when it is cut', detail: `${cuts.count} of ${STALLED} cut; limit + one piece` },
        cuts.mostUnsent / KIB,
        { most: 128 + 32, unit: 'KB' },
      ),
      ...(cuts.count === STALLED ? {} : { isMet: false }),
    },
  ];
}
