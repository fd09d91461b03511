import { FileText } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { PROMPT_TEMPLATES } from '../../ui/messages/prompt-templates.ts';
import { thinkingText } from '../../ui/messages/thinking.ts';
import type { Mistake, Offered } from './placeholders.ts';

const text = thinkingText.prompt;
type Template = (typeof PROMPT_TEMPLATES)[number];

interface TemplateMenuProps {
  /** What a template would take the place of. */
  readonly promptNow: () => string;
  readonly onUse: (prompt: string) => void;
}

/** Prompts to start from; what one has written is replaced only when one says so. */
export function TemplateMenu({ promptNow, onUse }: TemplateMenuProps) {
  const [asked, setAsked] = useState<Template | null>(null);
  const choose = (template: Template) => {
    const typed = promptNow();
    const isOwn = typed.trim() !== '' && PROMPT_TEMPLATES.every(({ prompt }) => prompt !== typed);
    if (isOwn) setAsked(template);
    else onUse(template.prompt);
  };
  return (
    <>
      <Menu
        label={text.template}
        trigger={
          <Button size="sm">
            <FileText aria-hidden="true" /> {text.template}
          </Button>
        }
      >
        {PROMPT_TEMPLATES.map((template) => (
          <MenuItem key={template.title} className="max-w-72 py-1.5" onSelect={() => choose(template)}>
            <span>
              <span className="block font-medium">{template.title}</span>
              <span className="block text-xs text-muted">{template.lead}</span>
            </span>
          </MenuItem>
        ))}
      </Menu>
      <ConfirmDialog
        title={text.replaceTitle}
        lead={text.replaceLead(asked?.title ?? '')}
        action={text.replaceAction}
        tone="solid"
        isOpen={asked !== null}
        onClose={() => setAsked(null)}
        onConfirm={() => {
          if (asked) onUse(asked.prompt);
          return Promise.resolve();
        }}
      />
    </>
  );
}

interface PlaceholderListProps {
  readonly offered: readonly Offered[];
  readonly onInsert: (code: string) => void;
}

/** Every placeholder with what stands in its place; a click inserts it. */
export function PlaceholderList({ offered, onInsert }: PlaceholderListProps) {
  return (
    <details className="rounded-md border border-line">
      <summary className="px-3 py-2 text-sm font-medium text-soft hover:text-text">
        {text.placeholders}
      </summary>
      <p className="px-3 text-xs text-muted">{text.placeholdersLead}</p>
      <ul className="grid gap-1 p-2 sm:grid-cols-2">
        {offered.map(({ code, stands }) => (
          <li key={code} className="min-w-0">
            <button
              type="button"
              aria-label={`${text.insert(code)}: ${stands}`}
              onClick={() => onInsert(code)}
              className="w-full rounded-md px-2 py-1.5 text-left hover:bg-hover"
            >
              <code className="block text-xs font-medium break-all text-accent">{code}</code>
              <span className="block text-xs text-muted">{stands}</span>
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}

interface MistakeListProps {
  readonly mistakes: readonly Mistake[];
  readonly onReplace: (mistake: Mistake) => void;
}

/** Placeholders that mean nothing, with the nearest that does. */
export function MistakeList({ mistakes, onReplace }: MistakeListProps) {
  return (
    <div aria-live="polite">
      {mistakes.length > 0 && (
        <ul className="flex flex-col gap-1 rounded-md bg-warn-wash px-3 py-2 text-sm">
          {mistakes.map((mistake) => (
            <li key={mistake.code} className="flex flex-wrap items-center gap-x-2">
              <span className="min-w-0 break-words">{mistake.message}</span>
              {mistake.nearest !== null && (
                <>
                  <span>{text.nearest(mistake.nearest)}</span>
                  <Button
                    size="sm"
                    aria-label={`${mistake.code}: ${text.replace(mistake.nearest)}`}
                    onClick={() => onReplace(mistake)}
                  >
                    {text.replaceShort}
                  </Button>
                </>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
