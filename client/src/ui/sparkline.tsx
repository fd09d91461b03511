import { cn } from './cn.ts';
import { sparklinePath } from './sparkline-path.ts';

interface SparklineProps {
  readonly values: readonly number[];
  readonly color: string;
  readonly className?: string;
}

/** The shape of a series; decoration beside figures that say the same. */
export function Sparkline({ values, color, className }: SparklineProps) {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 100 28"
      preserveAspectRatio="none"
      className={cn('h-6 w-16 overflow-visible', className)}
    >
      <path
        d={sparklinePath(values, 100, 28)}
        fill="none"
        stroke={color}
        strokeWidth={1.5}
        strokeLinejoin="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}
