import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDecisions, type ParsedDecision } from './parse-decisions.ts';

const long = { action: 'LONG', symbol: 'BTCUSDT', size: 250, leverage: 3, reasoning: 'trend' };
const json = (value: unknown) => JSON.stringify(value);

function decisionsOf(answer: string): readonly ParsedDecision[] {
  const parsed = parseDecisions(answer);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.decisions;
}

function reasonOf(answer: string): string {
  const parsed = parseDecisions(answer);
  if (parsed.ok) throw new Error('the answer was accepted');
  return parsed.reason;
}

describe('parseDecisions: whole answers', () => {
  it.each([
    ['the documented form', json({ decisions: [long] })],
    ['a bare list', json([long])],
    ['a single decision', json(long)],
    ['a byte order mark', `\uFEFF${json([long])}`],
    ['a fence', `\`\`\`json\n${json({ decisions: [long] })}\n\`\`\``],
    [
      'prose around it',
      `I looked at [BTC, ETH] (see [1]) and {x}.\n${json({ decisions: [long] })}\nGood luck!`,
    ],
    ['unknown keys', json({ thoughts: 'none', decisions: [{ ...long, mood: 'calm' }] })],
  ])('reads %s', (_name, answer) => {
    expect(decisionsOf(answer)).toEqual([{ ok: true, decision: long }]);
  });

  it.each([
    ['nothing', '', /no JSON/],
    ['prose alone', 'I would buy.', /no JSON/],
    ['a bare number', '42', /no JSON/],
    ['text that breaks off', json({ decisions: [long, long] }).slice(0, -30), /breaks off/],
    ['two values', `${json(long)} or rather ${json(long)}`, /more than one/],
    [
      'duplicate keys',
      '{"action":"LONG","symbol":"BTCUSDT","size":1,"si\\u007ae":900}',
      /"size" appears twice/,
    ],
    ['a missing comma', '[{"action":"HOLD" "size":1}]', /does not parse/],
    ['a missing value', '[{"action":"HOLD","size":}]', /does not parse/],
    ['brackets that do not match', '[{"action":"HOLD"]}', /do not match/],
    ['deep nesting', `${'['.repeat(40)}${']'.repeat(40)}`, /deeper than 32/],
    ['the wrong root', '{"orders":[{"action":"HOLD"}]}', /neither/],
    ['decisions that are no list', '{"decisions":{"action":"HOLD"}}', /neither/],
    ['an oversize answer', `${json(long)}${' '.repeat(262_144)}`, /larger than 262,144 bytes/],
    ['a flood', json(Array.from({ length: 101 }, () => ({ action: 'HOLD' }))), /101 decisions/],
  ])('refuses %s', (_name, answer, reason) => {
    expect(reasonOf(answer)).toMatch(reason);
  });

  it.each([
    ['unparseable', 'I would buy.'],
    ['unparseable', '{"decisions":['],
    ['ambiguous', `${json(long)} or ${json(long)}`],
    ['ambiguous', '{"action":"HOLD","action":"LONG"}'],
    ['too-large', `[${' '.repeat(262_144)}]`],
    ['too-large', json(Array.from({ length: 101 }, () => ({ action: 'HOLD' })))],
    ['too-large', `[${'[],'.repeat(9000)}]`],
    ['no-decisions', '{"orders":[{"action":"HOLD"}]}'],
  ])('counts as %s: %.40s', (code, answer) => {
    expect(parseDecisions(answer)).toMatchObject({ ok: false, code });
  });

  it('tells whether the JSON had to be repaired', () => {
    expect(parseDecisions(`Sure:\n${json([long])}`)).toMatchObject({ ok: true, isRepaired: false });
    expect(parseDecisions('[{"action":"HOLD"},]')).toMatchObject({ ok: true, isRepaired: true });
  });

  it('accepts an empty list, and equal keys in different objects', () => {
    expect(decisionsOf('{"decisions":[]}')).toEqual([]);
    expect(decisionsOf(json([long, long]))).toHaveLength(2);
  });

  it('counts bytes, not characters', () => {
    const answer = json({ action: 'HOLD', reasoning: 'é'.repeat(60) });
    expect(parseDecisions(answer, { maxBytes: answer.length, maxDecisions: 1 }).ok).toBe(false);
    expect(parseDecisions(answer, { maxBytes: answer.length + 60, maxDecisions: 1 }).ok).toBe(true);
  });

  it('rejects decisions beyond the limit one by one', () => {
    const decisions = decisionsOf(json(Array.from({ length: 22 }, () => ({ action: 'HOLD' }))));
    expect(decisions.filter((decision) => decision.ok)).toHaveLength(20);
    expect(decisions[21]).toMatchObject({ ok: false, code: 'too-many-decisions' });
  });
});

describe('parseDecisions: single decisions', () => {
  const rejected: readonly (readonly [string, string, RegExp])[] = [
    ['size', '"250"', /size must be a number above 0 in USD, got the text "250"/],
    ['size', '-1', /got -1/],
    ['size', '0', /got 0/],
    ['size', '-0', /got -0/],
    ['size', '1e308', /got 1e\+308/],
    ['size', '1e999', /got Infinity/],
    ['size', '[250]', /got a list/],
    ['size', 'true', /got true/],
    ['leverage', '0.001', /leverage must be a whole number of at least 1, got 0.001/],
    ['leverage', '2.5', /leverage/],
    ['leverage', '0', /leverage/],
    ['leverage', '1e308', /leverage/],
    ['leverage', '"3x"', /leverage/],
    ['stopLoss', '-5', /stopLoss must be a price above 0, or null/],
    ['takeProfit', '"70k"', /takeProfit/],
    ['closeFraction', '0', /closeFraction/],
    ['closeFraction', '1.01', /closeFraction/],
    ['confidence', '-0', /confidence must be a number from 0 to 1, got -0/],
    ['confidence', '1.5', /confidence/],
    ['symbol', '"btcusdt"', /symbol in upper case/],
    ['symbol', '"BTC\\u0000"', /symbol/],
    ['action', '"long"', /action must be LONG, SHORT/],
    ['reasoning', '{}', /reasoning must be a text/],
    ['action', 'null', /action must be LONG, SHORT.*got null/],
    ['adjusts', '"all"', /adjusts must be "stopLoss", "takeProfit" or "both", got the text "all"/],
  ];

  it.each(rejected)('rejects %s %s and judges its neighbours alone', (field, literal, message) => {
    const bad = json({ ...long, [field]: 'HERE' }).replace('"HERE"', () => literal);
    const [first, second, third] = decisionsOf(`[${json(long)},${bad},{"action":"HOLD"}]`);
    expect(first).toEqual({ ok: true, decision: long });
    expect(second).toMatchObject({
      ok: false,
      code: 'invalid-decision',
      message: expect.stringMatching(message),
    });
    expect(third).toMatchObject({ ok: true });
  });

  it.each([
    [7, 'a decision must be an object, got 7'],
    [null, 'a decision must be an object, got null'],
    [[], 'a decision must be an object, got a list'],
  ])('rejects %j', (element, message) => {
    expect(decisionsOf(json([{ action: 'HOLD' }, element]))[1]).toEqual({
      ok: false,
      code: 'invalid-decision',
      raw: json(element),
      message: `rejected: ${message}`,
    });
  });

  it('keeps null for stop and target: they are removed', () => {
    const adjust = { action: 'ADJUST', positionId: 'p', stopLoss: null, takeProfit: null };
    expect(decisionsOf(json(adjust))).toEqual([{ ok: true, decision: adjust }]);
  });

  it('takes null for absent, where it is no level', () => {
    const nulls = '"closePositionId":null,"positionId":null,"closeFraction":null,"adjusts":null';
    expect(decisionsOf(`{"action":"HOLD","symbol":null,"size":null,"stopLoss":null,${nulls}}`)).toStrictEqual(
      [{ ok: true, decision: { action: 'HOLD' } }],
    );
    expect(decisionsOf(`{"action":"LONG","symbol":"BTCUSDT","stopLoss":null,${nulls}}`)).toStrictEqual([
      { ok: true, decision: { action: 'LONG', symbol: 'BTCUSDT', stopLoss: null } },
    ]);
  });

  it.each([
    [{ stopLoss: 5 }, { stopLoss: 5 }],
    [
      { stopLoss: 5, takeProfit: null },
      { stopLoss: 5, takeProfit: null },
    ],
    [
      { stopLoss: 5, takeProfit: 9, adjusts: null },
      { stopLoss: 5, takeProfit: 9 },
    ],
    [{ stopLoss: 5, takeProfit: null, adjusts: 'stopLoss' }, { stopLoss: 5 }],
    [{ stopLoss: null, takeProfit: null, adjusts: 'stopLoss' }, { stopLoss: null }],
    [{ stopLoss: null, takeProfit: 9, adjusts: 'takeProfit' }, { takeProfit: 9 }],
    [
      { stopLoss: null, takeProfit: 9, adjusts: 'both' },
      { stopLoss: null, takeProfit: 9 },
    ],
  ])('reads the levels of an ADJUST with %j', (levels, read) => {
    const adjust = { action: 'ADJUST', positionId: 'p' };
    expect(decisionsOf(json({ ...adjust, ...levels }))).toStrictEqual([
      { ok: true, decision: { ...adjust, ...read } },
    ]);
  });

  it.each([
    [{ stopLoss: 5, takeProfit: null, adjusts: null }, /adjusts must be .* where a level is null, got null/],
    [{ stopLoss: 5, takeProfit: 9, adjusts: 'stopLoss' }, /does not name takeProfit, which has a price/],
    [{ stopLoss: 5, takeProfit: 9, adjusts: 'takeProfit' }, /does not name stopLoss, which has a price/],
    [{ stopLoss: 5, adjusts: 'both' }, /names takeProfit, which is not there/],
    [{ takeProfit: 5, adjusts: 'stopLoss' }, /names stopLoss, which is not there/],
  ])('rejects an ADJUST that contradicts itself: %j', (levels, message) => {
    expect(decisionsOf(json({ action: 'ADJUST', positionId: 'p', ...levels }))).toMatchObject([
      { ok: false, code: 'invalid-decision', message: expect.stringMatching(message) },
    ]);
  });

  it('is not moved by __proto__ and constructor', () => {
    const answer = '[{"__proto__":{"size":900,"symbol":"BTCUSDT"},"constructor":{"x":1},"action":"LONG"}]';
    expect(decisionsOf(answer)[0]).toEqual({ ok: true, decision: { action: 'LONG' } });
    expect(Object.hasOwn(Object.prototype, 'size')).toBe(false);
  });

  it('cleans and bounds the reasoning', () => {
    const [decision] = decisionsOf(
      json({ action: 'HOLD', reasoning: `a\u0000\u001b[31mb ${'x'.repeat(9000)}` }),
    );
    if (!decision?.ok) throw new Error('rejected');
    expect(decision.decision.reasoning).toMatch(/^a \[31mb x/);
    expect(decision.decision.reasoning).toHaveLength(4000);
  });
});

function isSound(value: unknown): boolean {
  return typeof value !== 'number' || (Number.isFinite(value) && value >= 0 && !Object.is(value, -0));
}

/** What must hold of whatever a model sends. */
function expectSafe(answer: string): void {
  const parsed = parseDecisions(answer);
  if (!parsed.ok) {
    if (parsed.reason === '') throw new Error('refused without a reason');
    return;
  }
  for (const element of parsed.decisions) {
    if (element.ok && !Object.values(element.decision).every(isSound))
      throw new Error(JSON.stringify(element));
  }
}

describe('parseDecisions: whatever comes', () => {
  const numbers = fc.oneof(fc.double(), fc.constantFrom(-0, 1e308, -1, 0.001, 5e-324), fc.integer());
  const values = fc.oneof(numbers, fc.string(), fc.constant(null), fc.constant([]), fc.boolean());
  const decision = fc.record(
    {
      action: fc.oneof(fc.constantFrom('LONG', 'SHORT', 'CLOSE', 'ADJUST', 'HOLD'), fc.string()),
      symbol: fc.oneof(fc.constant('BTCUSDT'), values),
      size: values,
      leverage: values,
      stopLoss: values,
      takeProfit: values,
      closePositionId: values,
      positionId: values,
      closeFraction: values,
      confidence: values,
      reasoning: values,
    },
    { requiredKeys: ['action'] },
  );

  it('survives 4,000 arbitrary JSON texts', () => {
    expect(() =>
      fc.assert(fc.property(fc.json({ maxDepth: 4 }), expectSafe), { numRuns: 4000 }),
    ).not.toThrow();
  });

  it('survives 5,000 near-decisions', () => {
    const near = fc.array(decision, { maxLength: 4 }).map((decisions) => json({ decisions }));
    expect(() => fc.assert(fc.property(near, expectSafe), { numRuns: 5000 })).not.toThrow();
  });

  it('survives 5,000 cut, patched and doubled answers', () => {
    const whole = json({ decisions: [long, { action: 'CLOSE', symbol: 'ETHUSDT', closeFraction: 0.5 }] });
    const position = fc.nat(whole.length);
    const patch = fc.oneof(
      fc.string({ maxLength: 6 }),
      fc.constantFrom('-', '"', '{', ']', ',', '1e999', '\\'),
    );
    const mutated = fc
      .tuple(position, fc.nat(20), patch)
      .map(([at, cut, text]) => whole.slice(0, at) + text + whole.slice(at + cut));
    expect(() => fc.assert(fc.property(mutated, expectSafe), { numRuns: 5000 })).not.toThrow();
  });

  it('gives back what it was given when it is well formed', () => {
    const valid = fc.record({
      action: fc.constantFrom('LONG', 'SHORT'),
      symbol: fc.constantFrom('BTCUSDT', '1000PEPEUSDT'),
      size: fc.double({ min: 0.01, max: 1e6, noNaN: true }),
      leverage: fc.integer({ min: 1, max: 1000 }),
      stopLoss: fc.option(fc.double({ min: 1e-6, max: 1e6, noNaN: true })),
    });
    fc.assert(
      fc.property(fc.array(valid, { minLength: 1, maxLength: 20 }), (decisions) => {
        expect(decisionsOf(json({ decisions }))).toEqual(
          decisions.map((decision) => ({ ok: true, decision })),
        );
      }),
      { numRuns: 300 },
    );
  });
});
