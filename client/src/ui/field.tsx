import { Eye, EyeOff } from 'lucide-react';
import { useId, useState, type ComponentProps, type ReactNode } from 'react';
import { Button } from './button.tsx';
import { cn } from './cn.ts';
import { messages } from './messages.ts';

interface Labels {
  readonly label: string;
  readonly hint?: ReactNode;
  /** What is wrong with it, in a sentence. */
  readonly error?: string | undefined;
  readonly className?: string;
}

interface ControlProps {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': boolean | undefined;
}

/** A labelled control with its hint and its error, told to screen readers with it. */
export function Field({
  label,
  hint,
  error,
  className,
  children,
}: Labels & { children: (control: ControlProps) => ReactNode }) {
  const id = useId();
  const [hintId, errorId] = [`${id}-hint`, `${id}-error`];
  // An error says what the hint says, and what is wrong besides.
  const describedBy = error !== undefined ? errorId : hint !== undefined ? hintId : undefined;
  return (
    <div className={cn('flex min-w-0 flex-col gap-1', className)}>
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      {children({
        id,
        'aria-describedby': describedBy,
        'aria-invalid': error === undefined ? undefined : true,
      })}
      {error !== undefined && (
        <p id={errorId} className="text-sm text-loss">
          {error}
        </p>
      )}
      {hint !== undefined && error === undefined && (
        <p id={hintId} className="text-xs text-muted">
          {hint}
        </p>
      )}
    </div>
  );
}

// Letters of 16 px keep phones from zooming in.
const CONTROL =
  'w-full min-w-0 rounded-md border border-field bg-bg text-base text-text placeholder:text-muted aria-invalid:border-loss disabled:opacity-60 sm:text-sm';

export function TextField({ label, hint, error, className, ...input }: ComponentProps<'input'> & Labels) {
  return (
    <Field label={label} hint={hint} error={error} className={className}>
      {(control) => <input {...input} {...control} className={cn(CONTROL, 'h-10 px-3')} />}
    </Field>
  );
}

/** What counts letter for letter, as names and codes do: the browser neither corrects nor offers it. */
export function ExactField(props: ComponentProps<typeof TextField>) {
  return <TextField autoComplete="off" autoCapitalize="none" spellCheck={false} {...props} />;
}

/** What its owner calls a thing. */
export function NameField(props: ComponentProps<typeof TextField>) {
  return <TextField maxLength={64} autoComplete="off" {...props} />;
}

export function TextArea({ label, hint, error, className, ...input }: ComponentProps<'textarea'> & Labels) {
  return (
    <Field label={label} hint={hint} error={error} className={className}>
      {(control) => <textarea {...input} {...control} className={cn(CONTROL, 'px-3 py-2')} />}
    </Field>
  );
}

interface Option {
  readonly value: string;
  readonly label: string;
  /** Options of one group stand together under its name. */
  readonly group?: string;
}

function Options({ options }: { options: readonly Option[] }) {
  return options.map(({ value, label }) => (
    <option key={value} value={value}>
      {label}
    </option>
  ));
}

export function SelectField({
  label,
  hint,
  error,
  className,
  options,
  ...select
}: ComponentProps<'select'> & Labels & { options: readonly Option[] }) {
  const groups = new Set(options.flatMap(({ group }) => (group === undefined ? [] : [group])));
  return (
    <Field label={label} hint={hint} error={error} className={className}>
      {(control) => (
        <select {...select} {...control} className={cn(CONTROL, 'h-10 px-2')}>
          <Options options={options.filter(({ group }) => group === undefined)} />
          {[...groups].map((name) => (
            <optgroup key={name} label={name}>
              <Options options={options.filter(({ group }) => group === name)} />
            </optgroup>
          ))}
        </select>
      )}
    </Field>
  );
}

/** A password that can be looked at while it is typed. */
export function PasswordField({ label, hint, error, className, ...input }: ComponentProps<'input'> & Labels) {
  const [isShown, setIsShown] = useState(false);
  const Icon = isShown ? EyeOff : Eye;
  return (
    <Field label={label} hint={hint} error={error} className={className}>
      {(control) => (
        <div className="relative">
          <input
            {...input}
            {...control}
            type={isShown ? 'text' : 'password'}
            autoCapitalize="none"
            spellCheck={false}
            className={cn(CONTROL, 'h-10 pr-10 pl-3')}
          />
          <Button
            variant="ghost"
            size="icon"
            aria-label={messages.form.showPassword}
            aria-pressed={isShown}
            className="absolute top-1 right-1"
            onClick={() => setIsShown(!isShown)}
          >
            <Icon aria-hidden="true" />
          </Button>
        </div>
      )}
    </Field>
  );
}

export function CheckField({
  label,
  hint,
  className,
  ...input
}: ComponentProps<'input'> & Pick<Labels, 'label' | 'hint'>) {
  const id = useId();
  return (
    <div className={cn('flex gap-2', className)}>
      <input
        {...input}
        id={id}
        type="checkbox"
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        className="mt-0.5 size-4 shrink-0 accent-accent"
      />
      <div>
        <label htmlFor={id} className="text-sm">
          {label}
        </label>
        {hint !== undefined && (
          <p id={`${id}-hint`} className="text-xs text-muted">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}
