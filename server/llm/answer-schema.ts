type JsonSchema = Readonly<Record<string, unknown>>;

/** Which levels an ADJUST is about, where an answer has to hold every key and cannot leave one out. */
export const ADJUSTABLE = ['stopLoss', 'takeProfit', 'both'] as const;

/** What a prompt says of `adjusts`: an endpoint may hold a model to the schema without showing it. */
export const ADJUSTS_FORM = `Where every key has to be there, null stands for one that is not meant, and an ADJUST names in adjusts the level it is about ("stopLoss", "takeProfit" or "both"); the other stays.`;

const decision = {
  action: { type: 'string', enum: ['LONG', 'SHORT', 'CLOSE', 'ADJUST', 'HOLD'] },
  symbol: orNull('string', 'Upper case, such as BTCUSDT.'),
  size: orNull('number', 'LONG, SHORT: margin in USD, above 0.'),
  leverage: orNull('integer', 'LONG, SHORT: a whole number of at least 1; null = 1.'),
  stopLoss: orNull('number', 'LONG, SHORT: a price, null = none. ADJUST: a price, null = remove it.'),
  takeProfit: orNull('number', 'LONG, SHORT: a price, null = none. ADJUST: a price, null = remove it.'),
  adjusts: {
    anyOf: [{ type: 'string', enum: [...ADJUSTABLE] }, { type: 'null' }],
    description:
      'ADJUST: the level that is meant; the other one is null here and stays as it is. null for every other action.',
  },
  closePositionId: orNull('string', 'CLOSE: the id of the position, or null and its symbol.'),
  positionId: orNull('string', 'ADJUST: the id of the position, or null and its symbol.'),
  closeFraction: orNull('number', 'CLOSE: above 0 and up to 1; null = the whole position.'),
  confidence: orNull('number', 'From 0 to 1.'),
  reasoning: orNull('string', 'In a sentence, why.'),
} as const satisfies Record<string, JsonSchema>;

/**
 * The form of an answer for endpoints that hold a model to a schema. It stays in what the strict modes of OpenAI and of
 * Gemini have in common: every key is required, what may be absent is null instead, no other keys, no ranges. Ranges and
 * formats are checked by `parse-decisions.ts`, which reads null as absent.
 */
export const DECISION_ANSWER: { readonly name: string; readonly schema: JsonSchema } = {
  name: 'decisions',
  schema: strictObject({ decisions: { type: 'array', items: strictObject(decision) } }),
};

function orNull(type: 'string' | 'number' | 'integer', description: string): JsonSchema {
  return { type: [type, 'null'], description };
}

function strictObject(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}
