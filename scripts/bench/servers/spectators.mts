/** Clients of both socket servers: they read, count and do nothing else. Stalled ones stop reading. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { serveParent } from '../processes.mts';

export type SpectatorQuestion =
  | {
      readonly ask: 'join';
      readonly url: string;
      readonly count: number;
      readonly protocol: 'arena' | 'plain';
    }
  | { readonly ask: 'stall' }
  | { readonly ask: 'received' };

export interface Received {
  readonly events: number;
  /** Of the last event. */
  readonly bytes: number;
}

const AT_ONCE = 50;
const sockets: WebSocket[] = [];
let addresses = 0;
const received = { events: 0, bytes: 0 };

serveParent(null, async (question: SpectatorQuestion) => {
  switch (question.ask) {
    case 'join':
      return await joinAll(question);
    case 'stall':
      for (const socket of sockets) socket.pause();
      return sockets.length;
    case 'received': {
      const { events, bytes } = received;
      received.events = 0;
      return { events, bytes } satisfies Received;
    }
    default:
      return question satisfies never;
  }
});

async function joinAll({ url, count, protocol }: SpectatorQuestion & { ask: 'join' }): Promise<number> {
  for (let first = 0; first < count; first += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - first) }, () =>
      protocol === 'arena' ? joinArena(url) : joinPlain(url),
    );
    sockets.push(...(await Promise.all(some)));
  }
  await sleep(500);
  return sockets.length;
}

async function joinPlain(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  socket.on('message', count);
  await once(socket, 'open');
  return socket;
}

/** As socket.io-client does it, without its cost: open, connect, join, answer pings. */
async function joinArena(url: string): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, {
    perMessageDeflate: false,
    // One address has only so many sockets: each spectator comes from its own.
    headers: { 'x-forwarded-for': `10.0.${addresses >> 8}.${addresses++ & 255}` },
  });
  const { promise: joined, resolve } = Promise.withResolvers<void>();
  socket.on('message', (data: Buffer) => {
    const head = data.toString('latin1', 0, 20);
    if (head.startsWith('0')) socket.send('40');
    else if (head === '2') socket.send('3');
    else if (head.startsWith('40')) socket.send('420["join",{"room":"arena"}]');
    else if (head.startsWith('430')) resolve();
    else if (head.startsWith('42["event"')) count(data);
  });
  await joined;
  return socket;
}

function count(data: Buffer): void {
  received.events += 1;
  received.bytes = data.length;
}
