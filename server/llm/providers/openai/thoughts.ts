import { z } from 'zod';

/**
 * What some models thought before they called tools, and refuse to go on without: DeepSeek as a text, OpenRouter as a list
 * that is sent back as it came.
 */
const thoughtsSchema = z.object({
  reasoning_content: z.string().min(1).optional(),
  reasoning_details: z.array(z.unknown()).min(1).optional(),
});
export type Thoughts = z.infer<typeof thoughtsSchema>;

/** @param vendorState of a message that may come from another vendor; then there are none. */
export function thoughtsOf(vendorState: unknown): Thoughts {
  const parsed = thoughtsSchema.safeParse(vendorState);
  return parsed.success ? parsed.data : {};
}
