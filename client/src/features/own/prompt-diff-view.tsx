import { cn } from '../../ui/cn.ts';
import { thinkingText } from '../../ui/messages/thinking.ts';
import { diffRows, type DiffRow } from './prompt-diff.ts';

const text = thinkingText.versions;
const SIGNS = { same: ' ', added: '+', removed: '−' } as const;
const WORDS = { same: null, added: text.added, removed: text.removed } as const;

/** What changed from one prompt to the next: told by sign and word, not by colour alone. */
export function PromptDiff({ before, after }: { before: string; after: string }) {
  return (
    // Focusable, so that the keyboard can scroll it.
    <section
      aria-label={text.promptChanges}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className="mt-1 max-h-96 overflow-auto rounded-md border border-line bg-bg py-2 font-mono text-xs -outline-offset-2"
    >
      {diffRows(before, after).map((row, index) => (
        <Row key={index} row={row} />
      ))}
    </section>
  );
}

function Row({ row }: { row: DiffRow }) {
  if (row.kind === 'gap')
    return <p className="bg-raised px-3 py-0.5 font-sans text-muted">{text.unchanged(row.lines)}</p>;
  const { kind } = row;
  return (
    <p
      className={cn(
        'flex gap-2 px-3 break-words whitespace-pre-wrap text-soft',
        kind === 'added' && 'bg-gain-wash text-text',
        kind === 'removed' && 'bg-loss-wash text-text',
      )}
    >
      <span aria-hidden="true" className="shrink-0 text-muted select-none">
        {SIGNS[kind]}
      </span>
      {WORDS[kind] !== null && <span className="sr-only">{WORDS[kind]}</span>}
      <span className="min-w-0">{row.text === '' ? ' ' : row.text}</span>
    </p>
  );
}
