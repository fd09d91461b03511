import { useEffect, useState } from 'react';
import { duration } from './format.ts';

const SECOND_MS = 1_000;

/** How long something has been running, in words, counted in whole seconds; starts anew each time it does. */
export function useElapsed(isRunning: boolean): string {
  const [elapsedMs, setElapsedMs] = useState(0);
  useEffect(() => {
    if (!isRunning) return undefined;
    const started = performance.now();
    const timer = setInterval(() => setElapsedMs(performance.now() - started), SECOND_MS);
    return () => {
      clearInterval(timer);
      setElapsedMs(0);
    };
  }, [isRunning]);
  return duration(Math.floor(elapsedMs / SECOND_MS) * SECOND_MS || SECOND_MS);
}
