import { z } from 'zod';
import { timeSchema } from './common.ts';

const nameSchema = z.string().trim().min(1).max(64);
/** Sent as a header: neither blanks nor line ends. */
const keySchema = z
  .string()
  .trim()
  .min(1)
  .max(512)
  .regex(/^[\x21-\x7E]+$/, 'printable letters without blanks');
const modelSchema = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[\x21-\x7E]+$/, 'printable letters without blanks');

/** A stored secret is never told: only that it is there, and its end when it is long enough to keep the rest secret. */
export const secretHintSchema = z.object({ isSet: z.boolean(), last4: z.string().nullable() });

/** USD for a million tokens. */
const perMillionSchema = z.number().min(0).max(100_000);
export const modelPriceSchema = z.strictObject({
  input: perMillionSchema,
  output: perMillionSchema,
  /** Of tokens the vendor had kept; null = as `input`. */
  cachedInput: perMillionSchema.nullable().default(null),
});
/** What is not known of an endpoint by its address; absent = as its preset says. */
export const providerOptionsSchema = z.strictObject({
  /** How strictly it can be told what form its answer has. */
  structure: z.enum(['schema', 'json', 'text']).optional(),
  hasTools: z.boolean().optional(),
  /** What it costs, where the arena does not know. */
  price: modelPriceSchema.optional(),
});
export type ProviderOptions = z.infer<typeof providerOptionsSchema>;
const knownPriceSchema = modelPriceSchema.extend({
  /** `own`: the owner said so. `arena`: an administrator did. `preset`: the list that comes with the arena. */
  source: z.enum(['own', 'arena', 'preset']),
  /** Wall clock; null = it holds until it is changed. */
  since: timeSchema.nullable(),
});

export const providerSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    providerType: z.string(),
    apiEndpoint: z.string().nullable(),
    modelName: z.string(),
    apiKey: secretHintSchema,
    /** Of the list of presets; null for built-in strategies. */
    preset: z.string().nullable(),
    options: providerOptionsSchema,
    /** null = not known: its calls are counted without a cost. */
    price: knownPriceSchema.nullable(),
    /** House strategies: the same for everyone, without a key. */
    isBuiltIn: z.boolean(),
    description: z.string().nullable(),
    /** How many of one's bots use it. */
    botCount: z.int(),
    createdAt: timeSchema.nullable(),
  })
  .meta({ id: 'Provider' });
export type ProviderView = z.infer<typeof providerSchema>;
export const providersResponseSchema = z.object({ items: z.array(providerSchema) });

export const providerTypeSchema = z.enum(['openai', 'gemini']);
export const createProviderBodySchema = z.strictObject({
  name: nameSchema,
  providerType: providerTypeSchema,
  /** The base URL; null = the vendor's own. */
  apiEndpoint: z.string().max(2048).nullable().default(null),
  modelName: modelSchema,
  apiKey: keySchema.nullable().default(null),
  options: providerOptionsSchema.default({}),
});
export const updateProviderBodySchema = z
  .strictObject({
    name: nameSchema,
    /** Another address forgets the key unless a key comes with it. */
    apiEndpoint: z.string().max(2048).nullable(),
    modelName: modelSchema,
    apiKey: keySchema.nullable(),
    options: providerOptionsSchema,
  })
  .partial()
  .refine((body) => Object.keys(body).length > 0, 'name at least one thing to change');

export const walletSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    exchange: z.string(),
    apiKey: secretHintSchema,
    apiSecret: secretHintSchema,
    createdAt: timeSchema,
  })
  .meta({ id: 'Wallet' });
export type WalletView = z.infer<typeof walletSchema>;
export const walletsResponseSchema = z.object({ items: z.array(walletSchema) });
export const exchangeSchema = z.enum(['binance', 'bybit', 'hyperliquid', 'aster']);
export const createWalletBodySchema = z.strictObject({
  name: nameSchema,
  exchange: exchangeSchema,
  apiKey: keySchema,
  apiSecret: keySchema,
});
export const updateWalletBodySchema = z
  .strictObject({ name: nameSchema, apiKey: keySchema, apiSecret: keySchema })
  .partial()
  .refine((body) => Object.keys(body).length > 0, 'name at least one thing to change');

/** An endpoint that is known: data to start a provider from. */
export const presetSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    providerType: providerTypeSchema,
    /** null = the vendor's own, or to be filled in. */
    baseUrl: z.string().nullable(),
    needsKey: z.boolean(),
    /** On this machine or its network: only where the administrator allows it. */
    isLocal: z.boolean(),
    /** Where keys are made; null = none are needed. */
    keyUrl: z.string().nullable(),
    structure: z.enum(['schema', 'json', 'text']),
    hasTools: z.boolean(),
    models: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        contextTokens: z.int().nullable(),
        price: knownPriceSchema.nullable(),
      }),
    ),
  })
  .meta({ id: 'Preset' });
export type PresetView = z.infer<typeof presetSchema>;
export const presetsResponseSchema = z.object({ items: z.array(presetSchema) });

/** What a real call came to. */
export const providerTestSchema = z.object({
  ok: z.boolean(),
  /** A sentence for people. */
  message: z.string(),
  /** As `ModelFailure`; null = it answered. */
  failure: z.string().nullable(),
  status: z.int().nullable(),
  model: z.string().nullable(),
  text: z.string().nullable(),
  latencyMs: z.int(),
  tokensIn: z.int(),
  tokensOut: z.int(),
  /** null = the price is not known. */
  cost: z.number().nullable(),
});
export type ProviderTest = z.infer<typeof providerTestSchema>;

export const arenaPriceSchema = z.object({
  id: z.string(),
  preset: z.string(),
  model: z.string(),
  price: modelPriceSchema,
  /** Wall clock. */
  validFrom: timeSchema,
  createdAt: timeSchema,
});
export const arenaPricesResponseSchema = z.object({ items: z.array(arenaPriceSchema) });
export const setPriceBodySchema = z.strictObject({
  preset: z.string().min(1).max(64),
  model: modelSchema,
  price: modelPriceSchema,
  /** Wall clock; null = from now on. */
  validFrom: timeSchema.nullable().default(null),
});
