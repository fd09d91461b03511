import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { within, type Measure } from './measure.mts';
import { median } from './rounds.mts';

const ROUNDS = 5;
const MAIN = path.join(import.meta.dirname, '..', '..', 'server', 'main.ts');

/** From the start of the real process on the large database to its first answer. */
export const boot: Measure = {
  name: 'boot',
  async run(bench) {
    const file = await bench.seeded();
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) times.push(await bootOnce(file));
    return [
      within(
        {
          measure: 'boot to ready, 1 M trades + 1 M snapshots',
          detail: `median of ${ROUNDS}, worst ${(Math.max(...times) / 1000).toFixed(2)} s`,
        },
        median(times) / 1000,
        { most: 2, unit: 's' },
      ),
    ];
  },
};

async function bootOnce(file: string): Promise<number> {
  const startedAt = performance.now();
  const server = spawn(process.execPath, [MAIN], {
    env: { ...process.env, PORT: '0', DATABASE_URL: file, LOG_LEVEL: 'error' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(server, 'exit');
  const url = await readUrl(server.stdout);
  const answer = await fetch(`${url}/api/v2/health`);
  if (!answer.ok) throw new Error(`health answered ${answer.status}`);
  const took = performance.now() - startedAt;
  server.kill('SIGKILL');
  await exit;
  return took;
}

async function readUrl(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const url = /running at (\S+)/.exec(line)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error('the server ended before it was ready');
}
