/** Kinds of answers that models are known to send, each written for these tests. */
export interface RecordedAnswer {
  readonly kind: string;
  readonly text: string;
  /** What it says in strict JSON; null = it is refused as a whole. */
  readonly json: string | null;
}

const BUY = '{"action":"LONG","symbol":"AUSDT","size":250,"leverage":3,"stopLoss":48000}';
const ANSWER = `{"decisions":[${BUY}]}`;
const HOLD = '{"decisions":[{"action":"HOLD","reasoning":"No edge."}]}';

const READ: readonly (readonly [string, string, string])[] = [
  ['fenced, with a heading', `### Decision\n\n\`\`\`json\n${ANSWER}\n\`\`\`\n`, ANSWER],
  ['a fence that names JSON5', `\`\`\`json5\n${ANSWER.replace('}]', '},]')}\n\`\`\``, ANSWER],
  ['a fence that never closes', `\`\`\`json\n${ANSWER}`, ANSWER],
  [
    'polite',
    `Certainly! Here is my decision:\n\n${ANSWER}\n\nLet me know if you need anything else!`,
    ANSWER,
  ],
  [
    'thoughts first',
    `<think>\nOkay, so AUSDT is at 50000. {"action": "SHORT"}? No.\n</think>\n\n${ANSWER}`,
    ANSWER,
  ],
  [
    'thoughts whose tag the template ate',
    `Okay, AUSDT: {"action":"SHORT"} or not.\n</think>\n${ANSWER}`,
    ANSWER,
  ],
  ['empty thoughts', `<think>\n\n</think>\n\n${HOLD}`, HOLD],
  ['a Python dict', ANSWER.replaceAll('"', "'").replace('48000', 'None'), ANSWER.replace('48000', 'null')],
  [
    'JavaScript',
    `{decisions: [{action: "LONG", symbol: "AUSDT", size: 250, leverage: 3, stopLoss: 48000,},],}`,
    ANSWER,
  ],
  [
    'comments',
    ANSWER.replace('"size"', '// small, "size": 900\n"size"').replace('3,', '3, /* 3x */'),
    ANSWER,
  ],
  ['a word processor', ANSWER.replaceAll(/"([^"]*)"/g, '“$1”'), ANSWER],
  [
    'a Chinese input method',
    ANSWER.replaceAll(':', '：').replaceAll(',', '，').replace('250', '２５０'),
    ANSWER,
  ],
  [
    'line breaks in the reason',
    HOLD.replace('No edge.', 'No\nedge.'),
    HOLD.replace('No edge.', 'No\\nedge.'),
  ],
  ['an escaped apostrophe', HOLD.replace('No edge.', "It\\'s flat."), HOLD.replace('No edge.', "It's flat.")],
  ['a bare list', `[${BUY}]`, ANSWER],
  ['a single decision', BUY, ANSWER],
  ['thoughts beside the list', `{"thinking":"Up.","decisions":[${BUY}]}`, ANSWER],
  ['nothing to do', '{"decisions": []}', '{"decisions":[]}'],
  ['Windows line ends', `{\r\n"decisions": [\r\n${BUY}\r\n]\r\n}\r\n`, ANSWER],
  ['hard spaces', ANSWER.replaceAll(',"', ',\u00a0"'), ANSWER],
  ['a number as a text', ANSWER.replace('250', '"250"'), ANSWER.replace('250', '"250"')],
  ['a symbol as people write it', ANSWER.replace('AUSDT', 'A/USDT'), ANSWER.replace('AUSDT', 'A/USDT')],
  [
    'every key, most of them null',
    BUY.replace('}', ',"positionId":null,"closeFraction":null,"adjusts":null}'),
    ANSWER,
  ],
];

const REFUSED: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['white space', ' \n\t '],
  ['a refusal', "I'm sorry, but I can't help with financial decisions."],
  ['prose', 'I would open a long on AUSDT with size 250 and leverage 3.'],
  ['Markdown', '| action | symbol |\n|---|---|\n| LONG | AUSDT |'],
  ['YAML', 'decisions:\n  - action: LONG\n    symbol: AUSDT\n    size: 250'],
  ['XML', '<decisions><decision action="LONG" symbol="AUSDT"/></decisions>'],
  ['a tool call', '<tool_call>{"name":"place_order","arguments":{"symbol":"AUSDT"}}</tool_call>'],
  ['a call in the API form', '{"tool_calls":[{"function":{"name":"buy","arguments":"{}"}}]}'],
  ['a schema instead of an answer', '{"type":"object","properties":{"decisions":{"type":"array"}}}'],
  ['cut off in a text', ANSWER.slice(0, 30)],
  ['cut off before the last bracket', ANSWER.slice(0, -1)],
  ['cut off in thoughts', `<think>\nOkay, ${ANSWER}`],
  ['one object a line', `${BUY}\n${BUY}`],
  ['an example, then the answer', `Format: {"decisions": []}\nAnswer: ${ANSWER}`],
  ['second thoughts', `${ANSWER}\nWait, better:\n${HOLD}`],
  ['JSON in a JSON text', JSON.stringify(ANSWER)],
  ['an unescaped quote', HOLD.replace('No edge.', 'A "dead" market.')],
  ['a sum', ANSWER.replace('250', '100 + 150')],
  ['a thousands separator', ANSWER.replace('250', '1,250')],
  ['per cent', ANSWER.replace('250', '5%')],
  ['NaN', ANSWER.replace('250', 'NaN')],
  ['infinity', ANSWER.replace('250', 'Infinity')],
  ['hexadecimal', ANSWER.replace('250', '0xFA')],
  ['a leading zero', ANSWER.replace('250', '0250')],
  ['a plus', ANSWER.replace('250', '+250')],
  ['an ellipsis', ANSWER.replace('}]', '}, ...]')],
  ['one bracket too many', `${ANSWER}}`],
  ['the beginning is missing', `"size":250}, ${BUY}]}`],
  ['the same key twice', ANSWER.replace('"leverage"', '"size":900,"leverage"')],
  ['HTML entities', ANSWER.replaceAll('"', '&quot;')],
  ['an error of the endpoint', '{"error":{"message":"overloaded","type":"server_error"}}'],
  ['too deep', `${'{"a":'.repeat(200)}${ANSWER}${'}'.repeat(200)}`],
];

export const RECORDED_ANSWERS: readonly RecordedAnswer[] = [
  ...READ.map(([kind, text, json]) => ({ kind, text, json })),
  ...REFUSED.map(([kind, text]) => ({ kind, text, json: null })),
];
