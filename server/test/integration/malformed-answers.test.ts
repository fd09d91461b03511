import { describe, expect, it } from 'vitest';
import { runAnswers } from '../support/answer-run.ts';
import { tryAnswer } from '../support/answer-trial.ts';
import { INJECTED_ANSWERS } from '../support/injected-answers.ts';
import { RECORDED_ANSWERS } from '../support/recorded-answers.ts';
import { findUnsentNumber } from '../support/sent-numbers.ts';

/** The same answers every time; SEED picks others, ANSWERS says how many. The long form is `npm run fuzz:answers`. */
const SEED = Number(process.env['SEED'] ?? 1);
const ANSWERS = Number(process.env['ANSWERS'] ?? 10_000);

describe(`${ANSWERS} answers`, () => {
  const run = runAnswers({ seed: SEED, first: 0, count: ANSWERS });

  it('crash nothing, break no rule of the book, and have no number coerced', () => {
    expect(run.failures).toEqual([]);
  });

  it('are worth trying: each fate and each outcome comes often', () => {
    for (const fate of ['read', 'repaired', 'unparseable', 'ambiguous', 'too-large', 'no-decisions'])
      expect([fate, run.fates.get(fate) ?? 0]).toEqual([
        fate,
        expect.toSatisfy((count) => count >= ANSWERS / 100),
      ]);
    const codes = `opened increased closed reduced adjusted held invalid-decision unknown-symbol symbol-not-allowed cooldown
      position-open leverage-differs insufficient-margin wrong-side-stop wrong-side-target position-not-found duplicate`;
    expect(codes.split(/\s+/).filter((code) => !run.codes.has(code as never))).toEqual([]);
    expect(run.kinds.size).toBe(15);
  });

  it('are the same for the same seed', () => {
    const again = { seed: SEED, first: 17, count: 50 };
    expect(runAnswers(again)).toEqual(runAnswers(again));
  });
});

describe('recorded answers', () => {
  it.each(RECORDED_ANSWERS.filter(({ json }) => json !== null))('are read: $kind', ({ text, json }) => {
    const plain = tryAnswer(json ?? '').parsed;
    expect(plain).toMatchObject({ ok: true, isRepaired: false });
    expect(tryAnswer(text).parsed).toMatchObject({ decisions: plain.ok ? plain.decisions : null });
  });

  it.each(RECORDED_ANSWERS.filter(({ json }) => json === null))('are refused: $kind', ({ text }) => {
    expect(tryAnswer(text).parsed).toMatchObject({ ok: false });
  });

  it('are refused at every byte they may break off at', () => {
    const whole = RECORDED_ANSWERS.find(({ kind }) => kind === 'a Chinese input method')?.text ?? '';
    const bytes = Buffer.from(whole);
    const read = Array.from(bytes, (_byte, end) => bytes.subarray(0, end).toString()).filter(
      (text) => tryAnswer(text).parsed.ok,
    );
    expect(bytes.length).toBeGreaterThan(100);
    expect(read).toEqual([]);
  });
});

describe('answers of a model that was talked into something', () => {
  it(`are ${INJECTED_ANSWERS.length}, and no two the same`, () => {
    expect(new Set(INJECTED_ANSWERS.map(({ text }) => text)).size).toBeGreaterThan(200);
  });

  it.each(INJECTED_ANSWERS)('nothing but decisions comes of: $kind', ({ text }) => {
    const { parsed, codes } = tryAnswer(text);
    const harmless = ['held', 'invalid-decision', 'unknown-symbol', 'position-not-found'];
    expect(codes.filter((code) => !harmless.includes(code))).toEqual([]);
    const keys = parsed.ok
      ? parsed.decisions.flatMap((element) => (element.ok ? Object.keys(element.decision) : []))
      : [];
    expect(new Set(keys).difference(new Set(KNOWN_KEYS))).toEqual(new Set());
    expect(Object.hasOwn(globalThis, 'injected') || 'size' in {}).toBe(false);
  });
});

const KNOWN_KEYS = ['action', 'symbol', 'size', 'closePositionId', 'reasoning'];

describe('the search for numbers that were not sent', () => {
  it.each([
    ['{"size": 250}', undefined],
    ['{size /* "size": 1 */ : 250.0}', undefined],

    ['{size: /* all in */ 2.5e2}', undefined],
    ['｛＂size＂：２５０｝', undefined],
    ['{"size": "250"}', 'size 250'],
    ['{"size": 2500}', 'size 250'],
    ['{"size": 250.5}', 'size 250'],
    ['{"size": 0xFA}', 'size 250'],
    ['{"leverage": 250}', 'size 250'],
    ['{"size": [250]}', 'size 250'],
  ])('of %s', (text, unsent) => {
    expect(findUnsentNumber(text, { action: 'LONG', size: 250 })).toBe(unsent);
  });
});
