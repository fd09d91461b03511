import { parentPort, workerData } from 'node:worker_threads';
import { checkDatabase } from './index.ts';

const { path } = workerData as { path: string };
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
parentPort?.postMessage({ report: await checkDatabase(path) });
