import pRetry from 'p-retry';

/** Imports a part of the page, however often it takes: a server that restarts must not leave a hole behind. */
export function loadPart<Part>(load: () => Promise<Part>): Promise<Part> {
  return pRetry(load, { retries: 60, minTimeout: 300, maxTimeout: 5000, factor: 1.6, randomize: true });
}
