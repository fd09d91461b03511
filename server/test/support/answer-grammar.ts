import { seededRandom, type Random } from '../../llm/providers/house/seeded-random.ts';
import { contradictions, goodDecision, goodDecisions, wildDecision } from './answer-parts.ts';
import { pick, STRICT, styleOf, upTo, write, type Node } from './answer-text.ts';
import { INJECTED_ANSWERS } from './injected-answers.ts';
import { RECORDED_ANSWERS } from './recorded-answers.ts';

/** An answer as a model might send it, and what is known of it in advance. */
export interface TestAnswer {
  readonly kind: AnswerKind;
  readonly text: string;
  /** `refused`: it must be, as a whole. `like`: it must be read as this strict JSON is. `any`: it must do no harm. */
  readonly expected:
    | { readonly type: 'refused' }
    | { readonly type: 'like'; readonly json: string }
    | { readonly type: 'any' };
}

const MAKERS = {
  good,
  styled,
  wrapped,
  wild,
  contradictory,
  crowded,
  rooted,
  broken,
  truncated,
  doubled,
  repeated,
  mutated,
  encoded,
  recorded,
  injected,
} as const satisfies Record<string, (random: Random) => Omit<TestAnswer, 'kind'>>;

export type AnswerKind = keyof typeof MAKERS;
const KINDS = Object.keys(MAKERS) as AnswerKind[];

/** The answer number `index` of a seed: always the same one. */
export function answerAt(seed: number, index: number): TestAnswer {
  const random = seededRandom(`${seed}:${index}`);
  const kind = pick(random, KINDS);
  return { kind, ...MAKERS[kind](random) };
}

type Made = Omit<TestAnswer, 'kind'>;
const refused = (text: string): Made => ({ text, expected: { type: 'refused' } });
const like = (text: string, json: string): Made => ({ text, expected: { type: 'like', json } });
const any = (text: string): Made => ({ text, expected: { type: 'any' } });

/** One of the roots an answer may have. */
function root(decisions: readonly Node[], random: Random): Node {
  const [only] = decisions;
  if (decisions.length === 1 && only !== undefined && random() < 0.3) return only;
  return random() < 0.3 ? decisions : { fields: [['decisions', decisions]] };
}

function strict(node: Node, random: Random): string {
  return write(node, STRICT, random);
}

function good(random: Random): Made {
  const json = strict(root(goodDecisions(random), random), random);
  return like(json, json);
}

function styled(random: Random): Made {
  const node = root(goodDecisions(random), random);
  return like(write(node, styleOf(random), random), strict(node, random));
}

function wrapped(random: Random): Made {
  const node = root(goodDecisions(random), random);
  const text = write(node, random() < 0.5 ? STRICT : styleOf(random), random);
  return like(wrap(text, random), strict(node, random));
}

function wrap(text: string, random: Random): string {
  const fence = pick(random, ['```json\n', '```\n', '~~~\n']);
  return pick(random, [
    `\ufeff${text}`,
    `${fence}${text}\n${fence.slice(0, 3)}`,
    `I looked at [AUSDT, BUSDT] (see [1]) and don't like {x}.\n\n${text}\n\nGood luck! :-)`,
    `<think>\nMaybe {"action":"LONG","size":1} or [1, {'a': or it's "${text.slice(0, 9)}\n</think>\n${text}`,
    `First {"action":"SHORT"}, no: ${text.slice(0, 20)}\n</think>\n\n${text}`,
    `See [https://example.org/a//b?c=1] and [30, 70].\n**Answer:** ${text}`,
    `\u0000\r\n${text}\u2028`,
  ]);
}

function wild(random: Random): Made {
  const count = 1 + upTo(random, 4);
  const decisions = Array.from({ length: count }, () =>
    random() < 0.7 ? wildDecision(random) : { fields: goodDecision(random) },
  );
  return any(write(root(decisions, random), random() < 0.7 ? STRICT : styleOf(random), random));
}

function contradictory(random: Random): Made {
  const json = strict(root(contradictions(random), random), random);
  return like(json, json);
}

function crowded(random: Random): Made {
  const count = pick(random, [20, 21, 40, 100, 101, 150]);
  const json = strict(
    Array.from({ length: count }, () => ({ fields: goodDecision(random) })),
    random,
  );
  return count > 100 ? refused(json) : like(json, json);
}

/** What is JSON and no answer. */
function rooted(random: Random): Made {
  const decision: Node = { fields: goodDecision(random) };
  const node = pick<Node>(random, [
    { fields: [['decisions', decision]] },
    { fields: [['orders', [decision]]] },
    { fields: [['decisions', null]] },
    {
      fields: [
        ['name', 'place_order'],
        ['arguments', { fields: [['decisions', [decision]]] }],
      ],
    },
    { fields: [['response', { fields: [['decisions', [decision]]] }]] },
    { fields: [['__proto__', { fields: [['decisions', [decision]]] }]] },
    { fields: [['decisions', strict([decision], random)]] },
    { fields: [] },
    strict(decision, random),
    3,
    null,
  ]);
  return refused(strict(node, random));
}

/** One bracket too few, too many or wrong; too deep; a comma or a colon lost. */
function broken(random: Random): Made {
  const fields = goodDecision(random);
  const json = strict({ fields: [['decisions', [{ fields }]]] }, random);
  const deep = 33 + upTo(random, 3000);
  return refused(
    pick(random, [
      `${json}}`,
      `${json} ]`,
      json.replace(/\}\]\}$/, ']}}'),
      json.replace(/\]\}$/, '}'),
      json.replace(/^\{/, '['),
      json.replace('"action":', '"action" '),
      json.replace(',"', ' "').replace(/^([^,]*)$/, '$1{'),
      json.replace('[{', '[,{'),
      json.replace('}]', '},,]'),
      json.replace('}]', '}, ...]'),
      json.replace('{"action":', `{"x":${'['.repeat(deep)}${']'.repeat(deep)},"action":`),
      json.replace('"action":', '"action":"HOLD" or '),
    ]),
  );
}

function truncated(random: Random): Made {
  const node = root(goodDecisions(random), random);
  const text = write(node, random() < 0.5 ? STRICT : styleOf(random), random);
  const start = pick(random, ['', '```json\n', 'Here it is:\n', '\ufeff']);
  return refused(start + text.slice(0, upTo(random, text.length - 1)));
}

function doubled(random: Random): Made {
  const [one, two] = [goodDecisions(random), goodDecisions(random)].map((decisions) =>
    write(root(decisions, random), random() < 0.6 ? STRICT : styleOf(random), random),
  );
  return refused(`${one}${pick(random, ['\n', ', ', ' or ', '\n```\n```json\n', ''])}${two}`);
}

/** A key that comes twice in one object: which one is meant? */
function repeated(random: Random): Made {
  const fields = goodDecision(random);
  const [key, value] = pick(random, fields);
  const twin = pick<Node>(random, [value, null, 9000, 'AUSDT']);
  const twice = [...fields, [key, twin] as const];
  const style = random() < 0.5 ? STRICT : styleOf(random);
  const text = write(root([{ fields: twice }], random), style, random);
  return refused(random() < 0.5 ? text : escapeLastKey(text, key));
}

function escapeLastKey(text: string, key: string): string {
  const at = text.lastIndexOf(`"${key}"`);
  const code = key.charCodeAt(0).toString(16).padStart(4, '0');
  return at < 0 ? text : `${text.slice(0, at)}"\\u${code}${text.slice(at + 2)}`;
}

function mutated(random: Random): Made {
  let text =
    MAKERS[pick(random, ['styled', 'wrapped', 'wild', 'recorded', 'injected'] as const)](random).text;
  for (let edits = 1 + upTo(random, 4); edits > 0; edits -= 1) text = edit(text, random);
  return any(text);
}

const SNIPPETS =
  `{ } [ ] " ' : , \\ / // /* */ - . e 0 9 1e999 NaN null None ｛ ｝ ： ， “ ” ‘ ’ ＂ ５ \ud800 \u0000 \ufeff
  <think> </think> \`\`\` "size":9000 {"action":"LONG"} "__proto__":{ \\u0022 \\" {"decisions":[`.split(
    /\s+/,
  );

function edit(text: string, random: Random): string {
  const [at, length] = [upTo(random, text.length), upTo(random, pick(random, [1, 3, 30]))];
  const [before, cut, after] = [text.slice(0, at), text.slice(at, at + length), text.slice(at + length)];
  return pick(random, [
    before + after,
    before + pick(random, SNIPPETS) + after,
    before + pick(random, SNIPPETS) + cut + after,
    before + cut + cut + after,
    after + before,
    before + String.fromCharCode(upTo(random, 0xffff)) + after,
  ]);
}

/** The right text in the wrong encoding. */
function encoded(random: Random): Made {
  const text = wrapped(random).text;
  const bytes = Buffer.from(text);
  return any(
    pick(random, [
      Buffer.from(text, 'utf16le').toString('latin1'),
      bytes.toString('latin1'),
      bytes.toString('base64'),
      bytes.subarray(0, upTo(random, bytes.length)).toString('utf8'),
      encodeURIComponent(text.toWellFormed()),
      text.replaceAll('"', '&quot;'),
      JSON.stringify(text),
      text.normalize('NFKD'),
      text.replaceAll('a', '\ud83d'),
    ]),
  );
}

function recorded(random: Random): Made {
  const { text, json } = pick(random, RECORDED_ANSWERS);
  return json === null ? refused(text) : like(text, json);
}

function injected(random: Random): Made {
  return any(pick(random, INJECTED_ANSWERS).text);
}
