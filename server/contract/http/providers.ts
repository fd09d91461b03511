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

export const providerSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    providerType: z.string(),
    apiEndpoint: z.string().nullable(),
    modelName: z.string(),
    apiKey: secretHintSchema,
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
});
export const updateProviderBodySchema = z
  .strictObject({
    name: nameSchema,
    /** Another address forgets the key unless a key comes with it. */
    apiEndpoint: z.string().max(2048).nullable(),
    modelName: modelSchema,
    apiKey: keySchema.nullable(),
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
