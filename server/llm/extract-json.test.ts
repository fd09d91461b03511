import { jsonrepair } from 'jsonrepair';
import { describe, expect, it } from 'vitest';
import { extractJson } from './extract-json.ts';

const HOLD = { action: 'HOLD' };
const value = { action: 'LONG', symbol: 'BTCUSDT', size: 250.5, note: "it's “ok”, /* not */ ５" };
const strict = JSON.stringify(value);

describe('extractJson: what it passes over', () => {
  it.each([
    ['a byte order mark', `\uFEFF${strict}`],
    ['a fence', `\`\`\`json\n${strict}\n\`\`\``],
    ['prose with brackets', `Of [BTC, ETH] (see [1], {x} and [don't]):\n${strict}\nEnd [2].`],
    ['addresses', `See [https://example.org/a//b] first. ${strict}`],
    ['thoughts', `<think>Maybe {"action":"SHORT"} or [1, {</think>${strict}`],
    ['thoughts after prose', `Well.\n<thinking>{"a":1}</thinking>\n${strict}`],
    ['thoughts whose opening tag was swallowed', `Maybe {"action":"SHORT"}?\n</think>\n\n${strict}`],
    ['a list of bare values', `The levels [30, 70] hold. ${strict}`],
  ])('passes over %s and repairs nothing', (_name, text) => {
    expect(extractJson(text)).toEqual({ ok: true, value, isRepaired: false });
  });

  it('takes a tag inside a text for what it is', () => {
    const text = '{"action":"HOLD","note":"</think> {\\"action\\":\\"LONG\\"} <think>"}';
    expect(extractJson(text)).toMatchObject({ ok: true, value: HOLD });
  });
});

const REPAIRED: readonly (readonly [string, string, unknown])[] = [
  ['a trailing comma', '[{"action":"HOLD",},]', [HOLD]],
  ['comments', '{"action":"HOLD" /* "}" calm */} // done', HOLD],
  ['a line comment', '{"action":"HOLD" // calm, "size": 5\n}', HOLD],
  ['a comment after a number', '{"size":250// all in\n}', { size: 250 }],
  ['single quotes', `{'action':'HOLD', 'note':'say "no"'}`, { ...HOLD, note: 'say "no"' }],
  ['escaped single quotes', `{'note':'it\\'s','more':"it\\'s"}`, { note: "it's", more: "it's" }],
  ['keys without quotes', '{action:"HOLD",$size_2:1}', { ...HOLD, $size_2: 1 }],
  ['Python', "{'a': True, 'b': False, 'c': None}", { a: true, b: false, c: null }],
  ['curly quotes', '{“action”: “HOLD”, ‘a’: ‘b’}', { ...HOLD, a: 'b' }],
  ['full-width marks', '｛"action"："HOLD"，"l"：［1］｝', { ...HOLD, l: [1] }],
  ['full-width quotes', '{＂action＂:＂HOLD＂}', HOLD],
  ['full-width digits', '{"size":２５０．５}', { size: 250.5 }],
  ['raw line breaks in a text', '{"note":"a\nb\tc"}', { note: 'a\nb\tc' }],
  ['odd control characters in a text', '{"note":"a\u0001"}', { note: 'a\u0001' }],
  ['odd white space', '{\u00a0"action"\u3000:\u200b"HOLD"\ufeff}', HOLD],
];

describe('extractJson: what it repairs', () => {
  it.each(REPAIRED)('repairs %s', (_name, text, expected) => {
    expect(extractJson(text)).toEqual({ ok: true, value: expected, isRepaired: true });
  });

  it.each(REPAIRED.filter(([name]) => !/full-width|odd/.test(name)))(
    'reads %s as an independent repairer does',
    (_name, text, expected) => {
      expect(JSON.parse(jsonrepair(text))).toEqual(expected);
    },
  );

  it('leaves what stands inside texts alone', () => {
    const odd = { note: "“x”：｛１｝，// /* True \u3000 \u200b {a:1,} '" };
    expect(extractJson(JSON.stringify(odd))).toEqual({ ok: true, value: odd, isRepaired: false });
    expect(extractJson(`[${JSON.stringify(odd)},]`)).toEqual({ ok: true, value: [odd], isRepaired: true });
  });

  it('does not make numbers of texts', () => {
    expect(extractJson('{"size":"250","n":\'１\',}')).toMatchObject({ value: { size: '250', n: '１' } });
  });
});

describe('extractJson: what it refuses', () => {
  it.each([
    ['unparseable', 'nothing', ''],
    ['unparseable', 'prose', 'Buy.'],
    ['unparseable', 'thoughts without end', `<think>I {"action":"HOLD"}`],
    ['unparseable', 'a text that breaks off', '{"action":"HOL'],
    ['unparseable', 'a comment that breaks off', '{"action":"HOLD" /* }'],
    ['unparseable', 'a missing bracket', '[{"action":"HOLD"}'],
    ['unparseable', 'a swapped bracket', '[{"action":"HOLD"]}'],
    ['unparseable', 'a lost beginning', '"size": 5}, {"action":"HOLD"}]}'],
    ['unparseable', 'a closing bracket in prose', ':] {"action":"HOLD"}'],
    ['unparseable', 'a bracket too many', '{"action":"HOLD"}}'],
    ['unparseable', 'a missing comma', '{"action":"HOLD" "size":1}'],
    ['unparseable', 'a missing colon', '{"action" "HOLD"}'],
    ['unparseable', 'a missing value', '{"action":"HOLD","size":,}'],
    ['unparseable', 'a text without quotes', '{action: HOLD}'],
    ['unparseable', 'two commas', '[{"action":"HOLD"},,]'],
    ['unparseable', 'a leading comma', '[,{"action":"HOLD"}]'],
    ['unparseable', 'an ellipsis', '[{"action":"HOLD"}, ...]'],
    ['unparseable', 'an unescaped quote', '{"note":"say "no" now"}'],
    ['unparseable', 'an apostrophe in single quotes', "{'note':'it's'}"],
    ['unparseable', 'texts that are added', '{"note":"a" + "b"}'],
    ['unparseable', 'JSON in a JSON text', '"{\\"action\\":\\"HOLD\\"}"'],
    ['unparseable', 'an escape that JSON does not know', '[{"note":"\\x41"},]'],
    ['ambiguous', 'two values', '{"action":"HOLD"}\n{"action":"LONG"}'],
    ['ambiguous', 'an example and an answer', '```\n{"a":1}\n```\n```\n{"action":"HOLD"}\n```'],
    ['ambiguous', 'a key twice', '{"size":1,"si\\u007ae":2}'],
    ['ambiguous', 'a key twice, once without quotes', '{"size":1,size:2}'],
    ['ambiguous', 'mixed quotes', '{“action": "HOLD”}'],
    ['too-large', 'too many passages', '[a] '.repeat(300)],
  ])('refuses as %s: %s', (code, _name, text) => {
    expect(extractJson(text)).toMatchObject({ ok: false, code });
  });

  it.each([
    'NaN',
    'Infinity',
    '-Infinity',
    '0x1F',
    '007',
    '+5',
    '.5',
    '5.',
    '1_000',
    '1,250',
    '5e',
    '−5',
    '5 %',
    '½',
  ])('refuses the number %s', (literal) => {
    expect(extractJson(`{"action":"LONG","size":${literal}}`)).toMatchObject({
      ok: false,
      code: 'unparseable',
    });
  });

  it('refuses every beginning of an answer', () => {
    const beginnings = [strict, `[${strict},]`, `{'a':[{b:‘c’,"d":[1,{}]}]/**/}`].flatMap((text) =>
      Array.from(text, (_char, end) => text.slice(0, end)),
    );
    expect(beginnings.filter((text) => extractJson(text).ok)).toEqual([]);
    const reasons = beginnings.map((text) => JSON.stringify(extractJson(text)));
    expect(new Set(reasons.filter((reason) => !/no JSON|breaks off/.test(reason)))).toEqual(new Set());
  });
});
