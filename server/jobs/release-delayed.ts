import { DelayedReleases } from '../arena/delayed-releases.ts';
import type { Job } from './scheduler.ts';

/** Tells spectators what owners publish only now. */
export function releaseDelayed(): Job {
  const releases = new DelayedReleases();
  return {
    name: 'release-delayed',
    everyMs: () => 60_000,
    run: (ctx, now, signal) => releases.run(ctx, now, signal),
  };
}
