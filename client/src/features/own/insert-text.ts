/** Puts `text` in the place of a part of what is typed; the caret stands behind it, and the browser can undo it. */
export function insertText(
  area: HTMLTextAreaElement,
  { start, end }: { start: number; end: number },
  text: string,
): void {
  area.focus();
  area.setSelectionRange(start, end);
  // Deprecated, and still the one way to write that the browser's own undo knows. It writes where the focus is, and an
  // open dialog keeps that to itself.
  // oxlint-disable-next-line typescript/no-deprecated
  if (document.activeElement === area && document.execCommand('insertText', false, text)) return;
  area.setRangeText(text, start, end, 'end');
  area.dispatchEvent(new Event('input', { bubbles: true }));
}
