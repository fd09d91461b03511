const MAX_WORD = 40;
const MAX_LINES = 200;

/*
 * What people, models and feeds wrote is data. In a prompt it stands in quotes, after a mark at the start of its line, or
 * as a single word, so that no line, heading or closing quote of the prompt is theirs to make.
 */

/** One line in double quotes, at most `maxLength` characters of the text. */
export function quoteLine(text: string, maxLength: number): string {
  return `"${clip(harmless(text), maxLength)}"`;
}

/**
 * Every line behind a `>`, headings not as headings; at most `maxLength` characters and 200 lines of the text. Blank lines
 * are left out.
 */
export function quoteLines(text: string, maxLength: number): string {
  const lines = clip(text.trim(), maxLength)
    .split(/[\n\v\f\r\u0085\u2028\u2029]+/)
    .map((line) => harmless(line))
    .filter((line) => line !== '')
    .slice(0, MAX_LINES);
  return lines.map((line) => `> ${line.replace(/^(?=[#\uFF03>])/, '\\')}`).join('\n');
}

/** A name such as a symbol or a code: at most 40 letters, digits and `._:/-`; all else becomes `_`. */
export function word(text: string): string {
  return clip(text.trim(), MAX_WORD).replaceAll(/[^\p{L}\p{N}._:/-]+/gu, '_') || '_';
}

/** No controls, no quote that could close ours, nothing that chat templates of models take for a turn of talk. */
function harmless(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replaceAll(/["\u201C-\u201F\u2033\u2036\uFF02]/g, "'")
    .replaceAll(/<(?=\S)/g, '< ')
    .replaceAll(/\[(?=\/?INST)/gi, '[ ')
    .trim();
}

function clip(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : `${text.slice(0, maxLength - 1).toWellFormed()}…`;
}
