import { useEffect, useRef } from 'react';
import { cn } from './cn.ts';
import { direction, money, percent, price, signedMoney } from './format.ts';

const TONES = { up: 'text-gain', down: 'text-loss', flat: 'text-soft' } as const;

/** Gain and loss are said by sign, arrow and colour, never by colour alone. */
export const toneOf = (value: number | null | undefined): string => TONES[direction(value)];

interface FlashProps {
  readonly text: string;
  readonly value: number | null;
  readonly className?: string;
}

/** Text that flashes once, in place, when its value changes; nothing around it moves. */
export function Flash({ text, value, className }: FlashProps) {
  const element = useRef<HTMLSpanElement>(null);
  const shown = useRef<{ text: string; value: number | null }>({ text, value });
  useEffect(() => {
    const before = shown.current;
    shown.current = { text, value };
    if (before.text === text || before.value === null || value === null || !element.current) return;
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    const wash = value >= before.value ? 'var(--gain-wash)' : 'var(--loss-wash)';
    element.current.animate(
      { backgroundColor: [wash, 'transparent'] },
      { duration: 900, easing: 'ease-out' },
    );
  }, [text, value]);
  return (
    <span ref={element} className={cn('nums rounded-sm', className)}>
      {text}
    </span>
  );
}

interface NumberProps {
  readonly value: number | null;
  readonly className?: string;
}

export const Money = ({ value, className }: NumberProps) => (
  <Flash text={money(value)} value={value} className={className} />
);

export const Pnl = ({ value, className }: NumberProps) => (
  <Flash text={signedMoney(value)} value={value} className={cn(toneOf(value), className)} />
);

export const Percent = ({ value, className }: NumberProps) => (
  <Flash text={percent(value)} value={value} className={cn(toneOf(value), className)} />
);

export const Price = ({ value, tickSize, className }: NumberProps & { tickSize: number | null }) => (
  <Flash text={price(value, tickSize)} value={value} className={className} />
);
