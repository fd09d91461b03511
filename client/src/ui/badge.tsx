import { cva, type VariantProps } from 'class-variance-authority';
import type { ComponentProps } from 'react';
import { cn } from './cn.ts';
import { Hint } from './tooltip.tsx';

const badgeStyle = cva(
  'inline-flex h-5 items-center gap-1 rounded-sm px-1.5 text-xs font-medium whitespace-nowrap [&_svg]:size-3',
  {
    variants: {
      tone: {
        neutral: 'bg-raised text-soft',
        accent: 'bg-accent-wash text-accent',
        gain: 'bg-gain-wash text-gain',
        loss: 'bg-loss-wash text-loss',
        warn: 'bg-warn-wash text-warn',
        outline: 'border border-line-strong text-muted',
      },
    },
    defaultVariants: { tone: 'neutral' },
  },
);

type BadgeProps = ComponentProps<'span'> & VariantProps<typeof badgeStyle> & { hint?: string };

/** A word about a thing; `hint` explains it on hover and focus. */
export function Badge({ className, tone, hint, ...props }: BadgeProps) {
  const badge = <span className={cn(badgeStyle({ tone }), className)} {...props} />;
  return hint === undefined ? badge : <Hint text={hint}>{badge}</Hint>;
}
