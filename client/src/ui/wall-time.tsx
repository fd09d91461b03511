import { useEffect, useState } from 'react';
import { exactTime, relativeTime } from './time.ts';

const READ_EVERY_MS = 30_000;

/** The wall clock: accounts do not live in the arena's time. */
export function useWallNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), READ_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}

interface WallTimeProps {
  /** Epoch ms. */
  readonly at: number;
  readonly say?: (time: string) => string;
  readonly className?: string;
}

/** "12 min ago", exact on hover. */
export function WallTime({ at, say = (time) => time, className }: WallTimeProps) {
  const now = useWallNow();
  return (
    <time dateTime={new Date(at).toISOString()} title={exactTime(at)} className={className}>
      {say(relativeTime(at, now))}
    </time>
  );
}
