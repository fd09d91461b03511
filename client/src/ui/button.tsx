import { cva, type VariantProps } from 'class-variance-authority';
import type { ComponentProps } from 'react';
import { cn } from './cn.ts';

export const buttonStyle = cva(
  'inline-flex items-center justify-center gap-2 rounded-md font-medium whitespace-nowrap transition-colors disabled:cursor-default disabled:opacity-50 aria-disabled:cursor-default [&_svg]:size-4 [&_svg]:shrink-0',
  {
    variants: {
      variant: {
        solid: 'bg-accent text-accent-ink hover:opacity-90',
        outline: 'border border-line-strong text-text hover:bg-hover',
        ghost: 'text-soft hover:bg-hover hover:text-text',
        danger: 'border border-loss text-loss hover:bg-loss-wash',
      },
      size: { sm: 'h-7 px-2 text-xs', md: 'h-9 px-3 text-sm', icon: 'size-8' },
    },
    defaultVariants: { variant: 'outline', size: 'md' },
  },
);

type ButtonProps = ComponentProps<'button'> & VariantProps<typeof buttonStyle>;

export function Button({ className, variant, size, type = 'button', ...props }: ButtonProps) {
  return <button type={type} className={cn(buttonStyle({ variant, size }), className)} {...props} />;
}
