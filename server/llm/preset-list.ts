import type { Preset, PresetModel } from './presets.ts';

/** USD for a million tokens: read, written, and of what is read that which the vendor had kept. */
type PriceRow = readonly [input: number, output: number, cachedInput?: number];
type ModelRow = readonly [
  id: string,
  name: string,
  contextTokens: number | null,
  price: PriceRow | null,
  other?: Pick<PresetModel, 'structure' | 'hasTools'>,
];

/** @param asOf the day on which the vendor's public price list said so. */
function modelsOf(asOf: string, rows: readonly ModelRow[]): readonly PresetModel[] {
  return rows.map(([id, name, contextTokens, price, other]) => ({
    id,
    name,
    contextTokens,
    price: price && { input: price[0], output: price[1], cachedInput: price[2] ?? null },
    asOf,
    ...other,
  }));
}

/** Electricity aside. */
const FREE: PriceRow = [0, 0, 0];

// Source: platform.openai.com/docs/pricing, standard tier, text tokens.
const OPENAI: Preset = {
  id: 'openai',
  name: 'OpenAI',
  providerType: 'openai',
  baseUrl: 'https://api.openai.com/v1',
  hosts: ['api.openai.com'],
  needsKey: true,
  keyUrl: 'https://platform.openai.com/api-keys',
  structure: 'schema',
  hasTools: true,
  isLocal: false,
  models: [
    ...modelsOf('2025-08-07', [
      ['gpt-5-mini', 'GPT-5 mini', 400_000, [0.25, 2, 0.025]],
      ['gpt-5-nano', 'GPT-5 nano', 400_000, [0.05, 0.4, 0.005]],
      ['gpt-5', 'GPT-5', 400_000, [1.25, 10, 0.125]],
    ]),
    ...modelsOf('2025-11-13', [['gpt-5.1', 'GPT-5.1', 400_000, [1.25, 10, 0.125]]]),
    ...modelsOf('2025-04-14', [
      ['gpt-4.1', 'GPT-4.1', 1_047_576, [2, 8, 0.5]],
      ['gpt-4.1-mini', 'GPT-4.1 mini', 1_047_576, [0.4, 1.6, 0.1]],
      ['gpt-4.1-nano', 'GPT-4.1 nano', 1_047_576, [0.1, 0.4, 0.025]],
      ['gpt-4o', 'GPT-4o', 128_000, [2.5, 10, 1.25]],
      // Older, dearer, and it knows no schema.
      ['gpt-4o-2024-05-13', 'GPT-4o of May 2024', 128_000, [5, 15], { structure: 'json' }],
      ['gpt-4o-mini', 'GPT-4o mini', 128_000, [0.15, 0.6, 0.075]],
    ]),
    ...modelsOf('2025-06-10', [['o3', 'o3', 200_000, [2, 8, 0.5]]]),
    ...modelsOf('2025-04-16', [['o4-mini', 'o4-mini', 200_000, [1.1, 4.4, 0.275]]]),
  ],
};

// Source: docs.x.ai/docs/models. Above 128,000 tokens a request costs more, which prompts of the arena stay below.
const XAI: Preset = {
  id: 'xai',
  name: 'xAI Grok',
  providerType: 'openai',
  baseUrl: 'https://api.x.ai/v1',
  hosts: ['api.x.ai'],
  needsKey: true,
  keyUrl: 'https://console.x.ai',
  structure: 'schema',
  hasTools: true,
  isLocal: false,
  models: [
    ...modelsOf('2025-07-09', [['grok-4', 'Grok 4', 256_000, [3, 15, 0.75]]]),
    ...modelsOf('2025-09-19', [
      ['grok-4-fast-reasoning', 'Grok 4 Fast', 2_000_000, [0.2, 0.5, 0.05]],
      ['grok-4-fast-non-reasoning', 'Grok 4 Fast, without thinking', 2_000_000, [0.2, 0.5, 0.05]],
    ]),
    ...modelsOf('2025-07-09', [
      ['grok-3', 'Grok 3', 131_072, [3, 15, 0.75]],
      ['grok-3-mini', 'Grok 3 mini', 131_072, [0.3, 0.5, 0.075]],
    ]),
  ],
};

// Source: api-docs.deepseek.com/quick_start/pricing. It knows no schema, only JSON.
const DEEPSEEK: Preset = {
  id: 'deepseek',
  name: 'DeepSeek',
  providerType: 'openai',
  baseUrl: 'https://api.deepseek.com/v1',
  hosts: ['api.deepseek.com'],
  needsKey: true,
  keyUrl: 'https://platform.deepseek.com/api_keys',
  structure: 'json',
  hasTools: true,
  isLocal: false,
  models: [
    ...modelsOf('2025-09-29', [
      ['deepseek-chat', 'DeepSeek V3.2', 128_000, [0.28, 0.42, 0.028]],
      ['deepseek-reasoner', 'DeepSeek V3.2, thinking', 128_000, [0.28, 0.42, 0.028]],
    ]),
  ],
};

// Source: openrouter.ai/models, which passes the vendors' prices on. Where several serve a model it has no single price.
const OPENROUTER: Preset = {
  id: 'openrouter',
  name: 'OpenRouter',
  providerType: 'openai',
  baseUrl: 'https://openrouter.ai/api/v1',
  hosts: ['openrouter.ai'],
  needsKey: true,
  keyUrl: 'https://openrouter.ai/settings/keys',
  structure: 'schema',
  hasTools: true,
  isLocal: false,
  models: [
    ...modelsOf('2025-08-07', [['openai/gpt-5-mini', 'GPT-5 mini', 400_000, [0.25, 2, 0.025]]]),
    ...modelsOf('2025-06-17', [['google/gemini-2.5-flash', 'Gemini 2.5 Flash', 1_048_576, [0.3, 2.5]]]),
    ...modelsOf('2025-09-29', [
      ['anthropic/claude-sonnet-4.5', 'Claude Sonnet 4.5', 1_000_000, [3, 15, 0.3], { structure: 'text' }],
    ]),
    ...modelsOf('2025-07-09', [['x-ai/grok-4', 'Grok 4', 256_000, [3, 15, 0.75]]]),
    ...modelsOf('2025-12-01', [
      ['deepseek/deepseek-v3.2', 'DeepSeek V3.2', 163_840, null, { structure: 'json' }],
      ['meta-llama/llama-3.3-70b-instruct', 'Llama 3.3 70B', 131_072, null, { structure: 'json' }],
    ]),
  ],
};

// Source: groq.com/pricing. A schema is known to some models alone.
const GROQ: Preset = {
  id: 'groq',
  name: 'Groq',
  providerType: 'openai',
  baseUrl: 'https://api.groq.com/openai/v1',
  hosts: ['api.groq.com'],
  needsKey: true,
  keyUrl: 'https://console.groq.com/keys',
  structure: 'json',
  hasTools: true,
  isLocal: false,
  models: [
    ...modelsOf('2025-08-05', [
      ['openai/gpt-oss-120b', 'GPT-OSS 120B', 131_072, [0.15, 0.75]],
      ['openai/gpt-oss-20b', 'GPT-OSS 20B', 131_072, [0.1, 0.5]],
      ['llama-3.3-70b-versatile', 'Llama 3.3 70B', 131_072, [0.59, 0.79]],
      ['llama-3.1-8b-instant', 'Llama 3.1 8B', 131_072, [0.05, 0.08]],
    ]),
  ],
};

// Source: mistral.ai/pricing. `latest` names move on to the next model of their kind.
const MISTRAL: Preset = {
  id: 'mistral',
  name: 'Mistral',
  providerType: 'openai',
  baseUrl: 'https://api.mistral.ai/v1',
  hosts: ['api.mistral.ai'],
  needsKey: true,
  keyUrl: 'https://console.mistral.ai/api-keys',
  structure: 'schema',
  hasTools: true,
  isLocal: false,
  models: [
    ...modelsOf('2025-08-12', [['mistral-medium-2508', 'Mistral Medium 3.1', 131_072, [0.4, 2]]]),
    ...modelsOf('2025-06-20', [['mistral-small-2506', 'Mistral Small 3.2', 131_072, [0.1, 0.3]]]),
    ...modelsOf('2024-11-18', [['mistral-large-2411', 'Mistral Large 2', 131_072, [2, 6]]]),
  ],
};

// Source: docs.claude.com/en/docs/about-claude/pricing. Its OpenAI-compatible endpoint ignores `response_format`.
const ANTHROPIC: Preset = {
  id: 'anthropic',
  name: 'Anthropic Claude',
  providerType: 'openai',
  baseUrl: 'https://api.anthropic.com/v1',
  hosts: ['api.anthropic.com'],
  needsKey: true,
  keyUrl: 'https://console.anthropic.com/settings/keys',
  structure: 'text',
  hasTools: true,
  isLocal: false,
  models: [
    ...modelsOf('2025-10-15', [['claude-haiku-4-5', 'Claude Haiku 4.5', 200_000, [1, 5, 0.1]]]),
    ...modelsOf('2025-09-29', [['claude-sonnet-4-5', 'Claude Sonnet 4.5', 200_000, [3, 15, 0.3]]]),
    ...modelsOf('2025-11-24', [['claude-opus-4-5', 'Claude Opus 4.5', 200_000, [5, 25, 0.5]]]),
  ],
};

// Source: ai.google.dev/gemini-api/docs/pricing, paid tier, prompts up to 200,000 tokens.
const GEMINI: Preset = {
  id: 'gemini',
  name: 'Google Gemini',
  providerType: 'gemini',
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  hosts: ['generativelanguage.googleapis.com'],
  needsKey: true,
  keyUrl: 'https://aistudio.google.com/apikey',
  structure: 'schema',
  hasTools: true,
  isLocal: false,
  models: [
    ...modelsOf('2025-11-18', [
      ['gemini-2.5-flash', 'Gemini 2.5 Flash', 1_048_576, [0.3, 2.5, 0.03]],
      ['gemini-2.5-flash-lite', 'Gemini 2.5 Flash-Lite', 1_048_576, [0.1, 0.4, 0.01]],
      ['gemini-2.5-pro', 'Gemini 2.5 Pro', 1_048_576, [1.25, 10, 0.125]],
      ['gemini-3-pro-preview', 'Gemini 3 Pro', 1_048_576, [2, 12, 0.2]],
    ]),
  ],
};

const LOCAL = {
  providerType: 'openai',
  needsKey: false,
  keyUrl: null,
  structure: 'schema',
  isLocal: true,
} as const;

const OLLAMA: Preset = {
  ...LOCAL,
  id: 'ollama',
  name: 'Ollama on this machine',
  baseUrl: 'http://127.0.0.1:11434/v1',
  hosts: ['127.0.0.1:11434', 'localhost:11434', '[::1]:11434'],
  hasTools: true,
  models: [
    ...modelsOf('2025-04-29', [['qwen3:8b', 'Qwen 3 8B', null, FREE]]),
    ...modelsOf('2024-07-23', [['llama3.1:8b', 'Llama 3.1 8B', null, FREE]]),
    ...modelsOf('2025-08-05', [['gpt-oss:20b', 'GPT-OSS 20B', null, FREE]]),
  ],
};

/** Tools only with options of its command line that not everybody sets. */
const VLLM: Preset = {
  ...LOCAL,
  id: 'vllm',
  name: 'vLLM on this machine',
  baseUrl: 'http://127.0.0.1:8000/v1',
  hosts: ['127.0.0.1:8000', 'localhost:8000', '[::1]:8000'],
  hasTools: false,
  models: [],
};

const LLAMA_CPP: Preset = {
  ...LOCAL,
  id: 'llama-cpp',
  name: 'llama.cpp on this machine',
  baseUrl: 'http://127.0.0.1:8080/v1',
  hosts: ['127.0.0.1:8080', 'localhost:8080', '[::1]:8080'],
  hasTools: false,
  models: [],
};

export const LISTED: readonly Preset[] = [
  OPENAI,
  XAI,
  DEEPSEEK,
  OPENROUTER,
  GROQ,
  MISTRAL,
  ANTHROPIC,
  GEMINI,
  OLLAMA,
  VLLM,
  LLAMA_CPP,
];

/** Nothing is taken for granted but the prompt; its owner says what more it can do. */
export const CUSTOM: Preset = {
  id: 'custom',
  name: 'Another endpoint',
  providerType: 'openai',
  baseUrl: null,
  hosts: [],
  needsKey: false,
  keyUrl: null,
  structure: 'text',
  hasTools: false,
  isLocal: false,
  models: [],
};
