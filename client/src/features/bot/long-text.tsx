import { CopyButton } from '../../ui/copy-button.tsx';
import { cn } from '../../ui/cn.ts';
import { count } from '../../ui/format.ts';
import { messages } from '../../ui/messages.ts';
import { thinkingText } from '../../ui/messages/thinking.ts';

/** Long text as it came: never as markup. Focusable, so that the keyboard can scroll it. */
export function LongText({ value, className }: { value: string; className?: string }) {
  return (
    <div className="relative mt-1">
      <pre
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        className={cn(
          'max-h-96 overflow-auto rounded-md border border-line bg-surface p-3 pr-12 font-mono text-xs break-words whitespace-pre-wrap text-soft -outline-offset-2',
          className,
        )}
      >
        {value}
      </pre>
      <CopyButton text={value} className="absolute top-1 right-3" />
    </div>
  );
}

interface FoldedTextProps {
  readonly title: string;
  readonly value: string;
  readonly hint?: string;
}

/** Long text behind its title and its length. */
export function FoldedText({ title, value, hint }: FoldedTextProps) {
  return (
    <details className="mt-3">
      <summary className="text-sm font-medium text-soft hover:text-text">
        {title}{' '}
        <span className="font-normal text-muted">
          {hint ?? thinkingText.record.characters(count(value.length))}
        </span>
      </summary>
      <LongText value={value} />
    </details>
  );
}

/** A part that its owner keeps private, said so where it would stand. */
export function PrivatePart({ title }: { title: string }) {
  return (
    <p className="mt-3 text-sm text-muted">
      {title}:{' '}
      <span className="italic" title={messages.bot.privateHint}>
        {messages.bot.private}
      </span>
    </p>
  );
}
