import { useState, type KeyboardEvent, type RefObject } from 'react';
import { insertText } from './insert-text.ts';
import { typingAt, type Offered, type Typing } from './placeholders.ts';

export interface Completion {
  /** What is being typed and may be completed; null = no list is shown. */
  readonly typing: Typing | null;
  /** Which of the matches the keyboard is at. */
  readonly active: number;
  /** Looks at the caret again; after every change of text or selection. */
  readonly look: () => void;
  readonly close: () => void;
  readonly pick: (offered: Offered) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

const NOWHERE = -1;

/** Offers placeholders while one is typed into `area`: arrows choose, Enter and Tab insert, Escape puts it away. */
export function useCompletion(
  area: RefObject<HTMLTextAreaElement | null>,
  offered: readonly Offered[],
): Completion {
  const [typing, setTyping] = useState<Typing | null>(null);
  const [active, setActive] = useState(0);
  /** Where the list was put away: there it stays away. */
  const [refusedAt, setRefusedAt] = useState(NOWHERE);
  const close = () => setTyping(null);

  const look = () => {
    const field = area.current;
    if (!field || field.selectionStart !== field.selectionEnd) return close();
    const next = typingAt(field.value, field.selectionStart, offered);
    if (next?.start !== refusedAt) setRefusedAt(NOWHERE);
    if (next === null || next.start === refusedAt) return close();
    if (next.start !== typing?.start || next.matches.length !== typing.matches.length) setActive(0);
    setTyping(next);
  };

  const pick = ({ code }: Offered) => {
    if (area.current && typing) insertText(area.current, typing, code);
    close();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (!typing) return;
    const { length } = typing.matches;
    const match = typing.matches[active];
    const moves: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: length - 1 };
    const step = moves[event.key];
    if (step !== undefined) setActive((active + step) % length);
    else if ((event.key === 'Enter' || event.key === 'Tab') && match) pick(match);
    else if (event.key === 'Escape') {
      setRefusedAt(typing.start);
      close();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return { typing, active, look, close, pick, onKeyDown };
}
