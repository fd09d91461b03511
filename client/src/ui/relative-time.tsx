import { useNow } from '../live/context.tsx';
import { exactTime, relativeTime } from './time.ts';

/** "12 s ago", exact on hover. `at` is on the arena's clock. */
export function RelativeTime({ at, className }: { at: number; className?: string }) {
  const now = useNow();
  return (
    <time dateTime={new Date(at).toISOString()} title={exactTime(at)} className={className}>
      {relativeTime(at, now)}
    </time>
  );
}
