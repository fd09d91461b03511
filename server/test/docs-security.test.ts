import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { CONTEXT_WORDS } from '../auth/passwords.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const TABLE = 'docs/security-asvs.md';

/** How many requirements of each level ASVS 5.0.0 has. */
const LEVELS = { 1: 70, 2: 183 } as const;
const STATES = ['met', 'partly', 'not met', 'operator', 'n/a'] as const;

const LINE = /^\| V\d/;
const ROW = /^\| (V(\d+)\.(\d+)\.(\d+)) \| ([12]) \| ([^|]+) \| ([a-z/ ]+) \| ([^|]+) \|$/;
/** A file, and a text that stands in it: the name of a test, mostly. */
const CITATION = /`([\w./-]+\.(?:tsx?|md|json))`(?: "([^"]+)")?/g;
const LEAST_REASON = 5;

interface Row {
  readonly no: string;
  /** Chapter, section, requirement. */
  readonly place: readonly number[];
  readonly level: string;
  readonly state: string;
  readonly shown: string;
}

/** The text of a file of the repository; null when there is none. */
type Read = (file: string) => string | null;

function readRepository(file: string): string | null {
  const full = path.join(ROOT, file);
  return existsSync(full) ? readFileSync(full, 'utf8') : null;
}

function rowsOf(table: string): { rows: Row[]; odd: string[] } {
  const lines = table.split('\n').filter((line) => LINE.test(line));
  const found = lines.map((line) => ({ line, match: ROW.exec(line) }));
  const rows = found.flatMap(({ match }) => {
    if (!match) return [];
    const [, no = '', chapter, section, item, level = '', , state = '', shown = ''] = match;
    return [{ no, place: [chapter, section, item].map(Number), level, state, shown }];
  });
  return { rows, odd: found.filter(({ match }) => !match).map(({ line }) => `not a row: ${line}`) };
}

/** What is wrong with one row, in words. */
function problemsOf({ no, state, shown }: Row, read: Read): string[] {
  const cited = [...shown.matchAll(CITATION)].map(([, file = '', text]) => ({ file, text }));
  const reason = shown.replaceAll(CITATION, '').replaceAll(/[\s;.,:]/g, '');
  const missing = cited.flatMap(({ file, text }) => {
    const found = read(file);
    if (found === null) return [`${no}: there is no ${file}`];
    return text === undefined || plain(found).includes(plain(text))
      ? []
      : [`${no}: ${file} has no "${text}"`];
  });
  if (!STATES.some((known) => known === state)) return [...missing, `${no}: "${state}" is no state`];
  if (state === 'met' && cited.length === 0) return [...missing, `${no}: met, and nothing shows it`];
  if (state !== 'met' && reason.length < LEAST_REASON) return [...missing, `${no}: ${state}, and no reason`];
  return missing;
}

function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

function compare(a: Row, b: Row): number {
  const i = a.place.findIndex((part, at) => part !== b.place[at]);
  return i === -1 ? 0 : (a.place[i] ?? 0) - (b.place[i] ?? 0);
}

describe('the table of requirements', () => {
  const text = readRepository(TABLE) ?? '';
  const { rows, odd } = rowsOf(text);

  it('has every requirement of both levels once, in order', () => {
    expect(odd).toEqual([]);
    for (const [level, count] of Object.entries(LEVELS))
      expect([level, rows.filter((row) => row.level === level).length]).toEqual([level, count]);
    expect(new Set(rows.map(({ no }) => no)).size).toBe(rows.length);
    expect(rows.map(({ no }) => no)).toEqual(rows.toSorted(compare).map(({ no }) => no));
  });

  it('shows for each row the test that is there, or says why there is none', () => {
    expect(rows.flatMap((row) => problemsOf(row, readRepository))).toEqual([]);
  });

  it('counts its rows right', () => {
    for (const state of STATES) {
      const count = rows.filter((row) => row.state === state).length;
      expect(text).toContain(`\n| ${state} | ${count} |\n`);
    }
  });
});

describe('a row', () => {
  const row = (state: string, shown: string): string[] => {
    const { rows, odd } = rowsOf(`| V1.2.3 | 1 | something | ${state} | ${shown} |`);
    const read: Read = (file) => (file === 'a.test.ts' ? "it('does this', () => {})" : null);
    return [...odd, ...rows.flatMap((one) => problemsOf(one, read))];
  };

  it.each([
    ['met', '`a.test.ts` "does this"'],
    ['partly', 'Not always: `a.test.ts` "does this"'],
    ['n/a', 'There is nothing of the kind.'],
  ])('that is %s may say %s', (state, shown) => {
    expect(row(state, shown)).toEqual([]);
  });

  it.each([
    ['met', '`b.test.ts` "does this"', 'V1.2.3: there is no b.test.ts'],
    ['met', '`a.test.ts` "does that"', 'V1.2.3: a.test.ts has no "does that"'],
    ['met', 'Believe me.', 'V1.2.3: met, and nothing shows it'],
    ['partly', '`a.test.ts` "does this"', 'V1.2.3: partly, and no reason'],
    ['not met', '-', 'V1.2.3: not met, and no reason'],
    ['fine', '`a.test.ts`', 'V1.2.3: "fine" is no state'],
    ['met', 'a | b', 'not a row: | V1.2.3 | 1 | something | met | a | b |'],
  ])('that is %s may not say %s', (state, shown, problem) => {
    expect(row(state, shown)).toEqual([problem]);
  });
});

describe('what is written about security', () => {
  it.each(['docs/security.md', 'SECURITY.md', 'docs/api.md'])('%s names files that are there', (page) => {
    const named = (readRepository(page) ?? '').matchAll(
      /`((?:server|client|docs)\/[\w./-]+)`|\]\((?!https?:)([\w./-]+)/g,
    );
    const files = [...named].map(([, code, link]) => code ?? path.join(path.dirname(page), link ?? ''));
    expect(files).not.toEqual([]);
    expect(files.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
  });

  it('lists the words that count for nothing in a password', () => {
    expect(plain(readRepository('docs/security.md') ?? '')).toContain(`*${CONTEXT_WORDS.join(', ')}*`);
  });
});
