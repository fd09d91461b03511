import { Minus, TrendingDown, TrendingUp } from 'lucide-react';
import { cn } from '../../ui/cn.ts';
import { messages } from '../../ui/messages.ts';

/** The place, and where it came from at the last change of order. */
export function Rank({ place, move }: { place: number | null; move: number | undefined }) {
  const isUp = (move ?? 0) > 0;
  const Icon = move === undefined ? Minus : isUp ? TrendingUp : TrendingDown;
  const said =
    move === undefined ? messages.board.same : isUp ? messages.board.up(move) : messages.board.down(-move);
  if (place === null) {
    return (
      <span className="nums inline-flex w-9 items-center text-muted" title={messages.board.referenceHint}>
        ·
      </span>
    );
  }
  return (
    <span className="nums inline-flex min-w-9 items-center gap-1.5" title={said}>
      <span className={cn('min-w-4 text-right', place === 1 ? 'font-semibold text-text' : 'text-soft')}>
        {place}
      </span>
      <Icon
        aria-label={said}
        className={cn('size-3', move === undefined ? 'text-muted/60' : isUp ? 'text-gain' : 'text-loss')}
      />
    </span>
  );
}
