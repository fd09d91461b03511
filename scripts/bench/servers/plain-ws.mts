/** A socket server that does nothing but send: the same text, made once, to everyone. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { serveParent } from '../processes.mts';

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

interface Question {
  readonly payload: unknown;
  readonly count: number;
  readonly everyMs: number;
}

serveParent({ url: `ws://127.0.0.1:${port}` }, async ({ payload, count, everyMs }: Question) => {
  const before = process.cpuUsage();
  for (let i = 0; i < count; i += 1) {
    const text = JSON.stringify(['event', { room: 'arena', seq: i, at: i, payload }]);
    for (const client of server.clients) client.send(text);
    await sleep(everyMs);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
});
