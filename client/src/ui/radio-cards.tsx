import { useId, type ComponentProps, type ReactNode } from 'react';
import { cn } from './cn.ts';

interface RadioCardsProps {
  readonly label: string;
  readonly className?: string;
  readonly children: ReactNode;
}

/** One of a few, each with a word of explanation. */
export function RadioCards({ label, className, children }: RadioCardsProps) {
  return (
    <fieldset className="min-w-0">
      <legend className="sr-only">{label}</legend>
      <div className={cn('grid gap-2', className)}>{children}</div>
    </fieldset>
  );
}

interface RadioCardProps extends Omit<ComponentProps<'input'>, 'title'> {
  readonly title: string;
  readonly text?: string | null;
}

export function RadioCard({ title, text, className, ...input }: RadioCardProps) {
  const id = useId();
  return (
    <label
      htmlFor={id}
      className={cn(
        'flex cursor-pointer items-start gap-2 rounded-md border border-field p-3 has-checked:border-accent has-checked:bg-accent-wash has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent',
        className,
      )}
    >
      <input
        {...input}
        id={id}
        type="radio"
        aria-describedby={text ? `${id}-text` : undefined}
        aria-labelledby={`${id}-title`}
        className="mt-0.5 size-4 shrink-0 accent-accent outline-none"
      />
      <span className="min-w-0">
        <span id={`${id}-title`} className="block text-sm font-medium">
          {title}
        </span>
        {text && (
          <span id={`${id}-text`} className="block text-xs text-muted">
            {text}
          </span>
        )}
      </span>
    </label>
  );
}
