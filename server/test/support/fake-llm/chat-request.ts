import type { ChatRequest, ModelTarget } from '../../../llm/chat.ts';

export const KEY = 'sk-canary-of-the-key';

export const ANSWER_FORM = {
  name: 'decisions',
  schema: {
    type: 'object',
    properties: { decisions: { type: 'array', items: { type: 'string' } } },
    required: ['decisions'],
    additionalProperties: false,
  },
};

export const PRICE_TOOL = {
  name: 'get_price',
  description: 'The last price of a symbol.',
  parameters: {
    type: 'object',
    properties: { symbol: { type: 'string' } },
    required: ['symbol'],
    additionalProperties: false,
  },
};

/** A question to a model at `url` that asks for nothing but a text. */
export function chatRequest(
  url: string,
  { target, ...changes }: Partial<Omit<ChatRequest, 'target'>> & { target?: Partial<ModelTarget> } = {},
): ChatRequest {
  return {
    target: {
      baseUrl: url,
      apiKey: KEY,
      model: 'model-1',
      structure: 'schema',
      hasTools: true,
      ...target,
    },
    messages: [
      { role: 'system', text: 'You trade. Answer in JSON.' },
      { role: 'user', text: 'What now?' },
    ],
    tools: [],
    answer: null,
    maxTokensOut: 500,
    signal: new AbortController().signal,
    ...changes,
  };
}
