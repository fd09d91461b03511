import { Worker } from 'node:worker_threads';
import type { CheckReport } from './index.ts';

/**
 * `checkDatabase` on a thread of its own: a large database takes seconds, and SQLite's own checks cannot be paused.
 * @throws what checkDatabase throws, or the signal's reason.
 */
export async function checkInBackground(path: string, signal: AbortSignal): Promise<CheckReport> {
  signal.throwIfAborted();
  return await new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: { path } });
    const stop = () => {
      reject(signal.reason instanceof Error ? signal.reason : new Error('the check was stopped'));
      void worker.terminate();
    };
    signal.addEventListener('abort', stop, { once: true });
    // Under `node --watch` a thread tells its parent of its imports, too.
    worker.on('message', (message: { readonly report?: CheckReport }) => {
      if (message.report) resolve(message.report);
    });
    worker.once('error', reject);
    worker.once('exit', () => {
      signal.removeEventListener('abort', stop);
      reject(new Error('the check ended without a report'));
    });
  });
}
