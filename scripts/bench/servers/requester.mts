/** Asks a server one request after the other over one connection, and tells how long each took. */
import { Agent, get } from 'node:http';
import { serveParent } from '../processes.mts';

export interface Requests {
  readonly urls: readonly string[];
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

serveParent({}, async ({ urls }: Requests): Promise<number[]> => {
  const times: number[] = [];
  for (const url of urls) times.push(await timeOf(url));
  return times;
});

/** @returns ms from sending to the last byte. */
async function timeOf(url: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const startedAt = performance.now();
  get(url, { agent }, (response) => {
    const { statusCode } = response;
    if (statusCode !== 200) reject(new Error(`${url} answered ${String(statusCode)}`));
    response.on('end', () => resolve(performance.now() - startedAt)).resume();
  }).on('error', reject);
  return await promise;
}
