import { useId, useMemo, useRef, type RefObject } from 'react';
import { useFormContext } from 'react-hook-form';
import { useMarkets } from '../../live/context.tsx';
import { cn } from '../../ui/cn.ts';
import { Field } from '../../ui/field.tsx';
import { count } from '../../ui/format.ts';
import { thinkingText } from '../../ui/messages/thinking.ts';
import { ownText } from '../../ui/messages/own-bots.ts';
import type { BotFormValues } from './bot-form-values.ts';
import { CompletionList, optionId } from './completion-list.tsx';
import { insertText } from './insert-text.ts';
import { mistakesIn, offeredFor, type Mistake, type Offered } from './placeholders.ts';
import { PromptBackdrop } from './prompt-backdrop.tsx';
import { MistakeList, PlaceholderList, TemplateMenu } from './prompt-help.tsx';
import { useCompletion } from './use-completion.ts';

const text = thinkingText.prompt;
const PROMPT_LENGTH = 20_000;
const EXAMPLE = 'BTCUSDT';

function useSymbols(): { symbols: string[]; offered: Offered[] } {
  const markets = useMarkets();
  const { watch } = useFormContext<BotFormValues>();
  const [symbolKind, chosen] = watch(['symbolKind', 'symbols']);
  return useMemo(() => {
    const symbols = markets.map(({ symbol }) => symbol);
    const own = symbolKind === 'some' ? chosen[0] : undefined;
    const example = own ?? (symbols.includes(EXAMPLE) ? EXAMPLE : symbols[0]) ?? EXAMPLE;
    return { symbols, offered: offeredFor(example) };
  }, [markets, symbolKind, chosen]);
}

/** The prompt of a bot: placeholders are offered while they are typed, marked when they mean nothing, and listed. */
export function PromptField() {
  const area = useRef<HTMLTextAreaElement>(null);
  const { watch, formState } = useFormContext<BotFormValues>();
  const { symbols, offered } = useSymbols();
  const prompt = watch('prompt');
  const replace = ({ code, nearest }: Mistake) => {
    const start = area.current?.value.indexOf(code) ?? -1;
    if (area.current && nearest !== null && start >= 0)
      insertText(area.current, { start, end: start + code.length }, nearest);
  };
  return (
    <div className="relative flex flex-col gap-2">
      <Field
        label={ownText.form.prompt}
        hint={`${text.lead} ${text.used(count(prompt.length), count(PROMPT_LENGTH))}`}
        error={formState.errors.prompt?.message}
        className="pt-2"
      >
        {(control) => (
          <PromptArea
            area={area}
            onArea={(element) => {
              area.current = element;
            }}
            control={control}
            symbols={symbols}
            offered={offered}
          />
        )}
      </Field>
      <div className="absolute top-0 right-0">
        <TemplateMenu
          promptNow={() => prompt}
          onUse={(next) => area.current && insertText(area.current, wholeOf(area.current), next)}
        />
      </div>
      <MistakeList mistakes={mistakesIn(prompt, symbols)} onReplace={replace} />
      <PlaceholderList
        offered={offered}
        onInsert={(code) => area.current && insertText(area.current, selectionOf(area.current), code)}
      />
    </div>
  );
}

const wholeOf = ({ value }: HTMLTextAreaElement) => ({ start: 0, end: value.length });
const selectionOf = ({ selectionStart, selectionEnd }: HTMLTextAreaElement) => ({
  start: selectionStart,
  end: selectionEnd,
});

// Both draw the same text at the same place: whatever moves a letter stands in both.
const TEXT =
  'block w-full rounded-md border px-3 py-2 text-base break-words whitespace-pre-wrap [scrollbar-gutter:stable] sm:text-sm';

interface PromptAreaProps {
  readonly area: RefObject<HTMLTextAreaElement | null>;
  readonly onArea: (element: HTMLTextAreaElement | null) => void;
  readonly control: { readonly id: string };
  readonly symbols: readonly string[];
  readonly offered: readonly Offered[];
}

function PromptArea({ area, onArea, control, symbols, offered }: PromptAreaProps) {
  const { register, watch } = useFormContext<BotFormValues>();
  const backdrop = useRef<HTMLDivElement>(null);
  const completion = useCompletion(area, offered);
  const { typing, active, pick } = completion;
  const listId = useId();
  const { ref, onChange, onBlur, name } = register('prompt');
  const first = typing?.matches[0]?.code ?? '';
  return (
    <div className="relative rounded-md bg-bg">
      <PromptBackdrop
        ref={backdrop}
        prompt={watch('prompt')}
        symbols={symbols}
        className={cn(
          TEXT,
          'pointer-events-none absolute inset-0 overflow-hidden border-transparent text-transparent',
        )}
      />
      <textarea
        {...control}
        ref={(element) => {
          ref(element);
          onArea(element);
        }}
        name={name}
        rows={14}
        maxLength={PROMPT_LENGTH}
        placeholder={ownText.form.promptPlaceholder}
        aria-autocomplete="list"
        aria-controls={typing ? listId : undefined}
        aria-activedescendant={typing ? optionId(listId, active) : undefined}
        onChange={(event) => {
          void onChange(event);
          completion.look();
        }}
        onBlur={(event) => {
          void onBlur(event);
          completion.close();
        }}
        onSelect={completion.look}
        onKeyDown={completion.onKeyDown}
        onScroll={({ currentTarget }) => {
          completion.close();
          if (backdrop.current) backdrop.current.scrollTop = currentTarget.scrollTop;
        }}
        className={cn(
          TEXT,
          'relative resize-y overflow-y-auto border-field bg-transparent text-text placeholder:text-muted aria-invalid:border-loss',
        )}
      />
      {typing && (
        <CompletionList id={listId} typing={typing} active={active} backdrop={backdrop} onPick={pick} />
      )}
      <output className="sr-only">{typing && text.found(typing.matches.length, first)}</output>
    </div>
  );
}
