import type { Random } from '../../llm/providers/house/seeded-random.ts';

/** A value as an answer may hold it: keys may come twice, and `raw` is written as it is. */
export type Node =
  | string
  | number
  | null
  | readonly Node[]
  | { readonly fields: readonly (readonly [string, Node])[] }
  | { readonly raw: string };

/** How a model writes JSON, strictly or not. Each way has one reading only. */
export interface Style {
  readonly quote: '"' | "'" | '“' | '＂';
  readonly hasBareKeys: boolean;
  readonly hasWideMarks: boolean;
  readonly hasWideDigits: boolean;
  readonly hasTrailingCommas: boolean;
  readonly isPython: boolean;
  /** What stands between tokens. */
  readonly gaps: readonly string[];
}

export const STRICT: Style = {
  quote: '"',
  hasBareKeys: false,
  hasWideMarks: false,
  hasWideDigits: false,
  hasTrailingCommas: false,
  isPython: false,
  gaps: [''],
};

const CLOSING_QUOTE = { '"': '"', "'": "'", '“': '”', '＂': '＂' } as const;

export function pick<T>(random: Random, choices: readonly T[]): T {
  const choice = choices[Math.floor(random() * choices.length)];
  if (choice === undefined) throw new RangeError('nothing to pick from');
  return choice;
}

export function upTo(random: Random, most: number): number {
  return Math.floor(random() * (most + 1));
}

export function styleOf(random: Random): Style {
  const isOften = (share: number) => random() < share;
  return {
    quote: isOften(0.4) ? '"' : pick(random, ["'", '“', '＂'] as const),
    hasBareKeys: isOften(0.3),
    hasWideMarks: isOften(0.2),
    hasWideDigits: isOften(0.15),
    hasTrailingCommas: isOften(0.3),
    isPython: isOften(0.3),
    gaps: pick(random, [
      [''],
      ['', ' '],
      ['\n  ', ' '],
      [' ', '\u00a0', '\u3000'],
      ['', ' // "size": 9\n', '/* } */'],
      ['\t', '\r\n', '\ufeff'],
    ]),
  };
}

/** Writes a value in a style; what a style cannot write without a second reading is written strictly. */
export function write(node: Node, style: Style, random: Random): string {
  const gap = () => pick(random, style.gaps);
  const mark = (plain: string) =>
    style.hasWideMarks ? String.fromCharCode(plain.charCodeAt(0) + 0xfee0) : plain;
  const comma = () => gap() + mark(',') + gap();
  const last = (count: number) => gap() + (style.hasTrailingCommas && count > 0 ? mark(',') + gap() : '');
  if (node === null) return style.isPython ? 'None' : 'null';
  if (typeof node === 'number') return style.hasWideDigits ? widen(String(node)) : String(node);
  if (typeof node === 'string') return quoted(node, style);
  if ('raw' in node) return node.raw;
  if (!('fields' in node)) {
    const items = node.map((item) => write(item, style, random));
    return mark('[') + gap() + items.join(comma()) + last(items.length) + mark(']');
  }
  const fields = node.fields.map(([key, value]) => {
    const name = style.hasBareKeys && /^[A-Za-z]+$/.test(key) ? key : quoted(key, style);
    return name + mark(':') + gap() + write(value, style, random);
  });
  return mark('{') + gap() + fields.join(comma()) + last(fields.length) + mark('}');
}

function quoted(text: string, { quote }: Style): string {
  if (/["'“”‘’＂\\\p{Cc}]/u.test(text)) return JSON.stringify(text);
  return quote + text + CLOSING_QUOTE[quote];
}

function widen(digits: string): string {
  return digits.replaceAll(/[\d.]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0));
}
