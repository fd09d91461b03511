import { z } from 'zod';
import type { LearningRow } from '../db/queries/memory.ts';

/** The most that is kept of what a model answers. */
export const SUMMARY_CHARACTERS = 8000;
/** Less says nothing. */
const LEAST_CHARACTERS = 10;

/** What `bots.history_summary` holds, as JSON. Times of decisions are the arena's clock, epoch ms. */
export interface StoredSummary {
  /** 1, 2, 3 … of a bot. */
  readonly version: number;
  readonly summary: string;
  /** Decisions it covers, those of the summary before it included; 0 = not known. */
  readonly summarizedCount: number;
  readonly summarizedFrom: number | null;
  readonly summarizedTo: number | null;
  /** Wall clock. */
  readonly generatedAt: number;
  readonly tokenCount: number;
}

const countSchema = z.int().min(0).catch(0);
/** Epoch ms, or as an old server wrote it. */
const timeSchema = z
  .union([z.int().min(0), z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))])
  .nullable()
  .catch(null);

const columnSchema = z.object({
  version: z.int().min(1).catch(1),
  summary: z.string().min(1),
  summarizedCount: countSchema,
  summarizedFrom: timeSchema,
  summarizedTo: timeSchema,
  generatedAt: timeSchema,
  updatedAt: timeSchema,
  tokenCount: countSchema,
});

/**
 * What a bot's row says it has learnt. An old server left JSON of its own or plain text, which is the first version;
 * what it does not say is not known.
 */
export function storedSummaryOf({
  history_summary: column,
  created_at: createdAt,
}: Pick<LearningRow, 'history_summary' | 'created_at'>): StoredSummary | null {
  if (column === null || column.trim() === '') return null;
  const { data } = columnSchema.safeParse(jsonOr(column));
  if (!data) return { ...UNKNOWN, summary: column, generatedAt: createdAt };
  const { updatedAt, generatedAt, ...known } = data;
  return { ...known, generatedAt: generatedAt ?? updatedAt ?? createdAt };
}

const UNKNOWN = { version: 1, summarizedCount: 0, summarizedFrom: null, summarizedTo: null, tokenCount: 0 };

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

/**
 * A model's answer as it is stored: text and nothing else, without control characters and marks that turn a line around,
 * at most 8,000 characters. null when it says nothing.
 */
export function cleanSummary(answer: string): string | null {
  const text = answer
    .slice(0, 4 * SUMMARY_CHARACTERS)
    .toWellFormed()
    .replaceAll(/\r\n?|[\u2028\u2029]/g, '\n')
    .replaceAll('\t', ' ')
    .replaceAll(/(?!\n)\p{Cc}|[\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu, '')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
  if (text.length < LEAST_CHARACTERS) return null;
  return text.length <= SUMMARY_CHARACTERS ? text : `${cutText(text, SUMMARY_CHARACTERS - 1).trimEnd()}…`;
}

/** The beginning of a text; no half of a character. */
export function cutText(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
}
