import { z } from 'zod';

/** USD, exact to the micro. */
export const usdSchema = z.number();
/** Epoch ms, UTC. */
export const timeSchema = z.int();

/** Every failure of the API has this shape. */
export const errorSchema = z
  .object({
    error: z.object({
      code: z.string(),
      message: z.string(),
      details: z.unknown().optional(),
      requestId: z.string(),
    }),
  })
  .meta({ id: 'Error' });
export type ApiError = z.infer<typeof errorSchema>;

/** A query's point in time: epoch ms or ISO 8601. */
export const timeQuerySchema = z
  .union([
    z
      .string()
      .regex(/^\d{1,16}$/)
      .transform(Number),
    z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
  ])
  .describe('epoch ms or ISO 8601');

/** Lists of bots: a search by name, owner, model and strategy, page by page. */
export const botListQuerySchema = z.object({
  q: z.string().trim().max(100).default(''),
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});

export const pageQuerySchema = z.object({
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  from: timeQuerySchema.optional(),
  to: timeQuerySchema.optional(),
});

export const symbolQuerySchema = z.string().regex(/^[A-Z0-9]{2,30}$/);

export function pageSchema<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

export interface Page<Item> {
  items: Item[];
  /** Pass it as `cursor` for the next page; null = there is none. */
  nextCursor: string | null;
}
