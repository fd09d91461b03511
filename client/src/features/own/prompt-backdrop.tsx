import type { Ref } from 'react';
import { piecesOf } from './placeholders.ts';

/** The text of the field drawn behind it, unseen but for the marks under what means nothing. */
export function PromptBackdrop(props: {
  readonly prompt: string;
  readonly symbols: readonly string[];
  readonly className: string;
  readonly ref: Ref<HTMLDivElement>;
}) {
  const { prompt, symbols, className, ref } = props;
  return (
    <div ref={ref} aria-hidden="true" className={className}>
      {piecesOf(prompt, symbols).map(({ text, isWrong }, index) =>
        isWrong ? (
          <mark
            key={index}
            className="rounded-sm bg-warn-wash text-transparent underline decoration-warn decoration-wavy"
          >
            {text}
          </mark>
        ) : (
          text
        ),
      )}
      {/* A last line that is empty has a height, too. */}
      {'\u200B'}
    </div>
  );
}

/** Where the letter at `offset` of the backdrop's text stands, on the screen; null behind its end. */
export function rectAt(backdrop: HTMLElement, offset: number): DOMRect | null {
  const walker = document.createTreeWalker(backdrop, NodeFilter.SHOW_TEXT);
  let left = offset;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const length = node.nodeValue?.length ?? 0;
    if (left < length) {
      const range = document.createRange();
      range.setStart(node, left);
      range.setEnd(node, left + 1);
      return range.getBoundingClientRect();
    }
    left -= length;
  }
  return null;
}
