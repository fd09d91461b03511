import { Ajv } from 'ajv';
import { z } from 'zod';

const nameSchema = z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/);
const objectSchema = z.record(z.string(), z.unknown());

const callSchema = z.strictObject({
  id: z.string().min(1),
  type: z.literal('function'),
  function: z.strictObject({ name: nameSchema, arguments: z.string() }),
});

const messageSchema = z.discriminatedUnion('role', [
  z.strictObject({ role: z.enum(['system', 'developer']), content: z.string() }),
  z.strictObject({ role: z.literal('user'), content: z.string() }),
  z.strictObject({
    role: z.literal('assistant'),
    content: z.string().nullable(),
    tool_calls: z.array(callSchema).min(1).optional(),
    // Not OpenAI's own: DeepSeek's and OpenRouter's.
    reasoning_content: z.string().optional(),
    reasoning_details: z.array(z.unknown()).optional(),
  }),
  z.strictObject({ role: z.literal('tool'), tool_call_id: z.string().min(1), content: z.string() }),
]);
type Message = z.infer<typeof messageSchema>;

const formatSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text') }),
  z.strictObject({ type: z.literal('json_object') }),
  z.strictObject({
    type: z.literal('json_schema'),
    json_schema: z.strictObject({
      name: nameSchema,
      description: z.string().optional(),
      schema: objectSchema,
      strict: z.boolean().optional(),
    }),
  }),
]);

/** Of the chat completions API what a vendor of the arena may use, and nothing else. */
const requestSchema = z.strictObject({
  model: z.string().min(1),
  messages: z.array(messageSchema).min(1),
  max_tokens: z.int().positive().optional(),
  max_completion_tokens: z.int().positive().optional(),
  tools: z
    .array(
      z.strictObject({
        type: z.literal('function'),
        function: z.strictObject({
          name: nameSchema,
          description: z.string().max(1024),
          parameters: objectSchema,
        }),
      }),
    )
    .min(1)
    .max(128)
    .optional(),
  response_format: formatSchema.optional(),
  stream: z.boolean().optional(),
  stream_options: z.strictObject({ include_usage: z.boolean() }).optional(),
});
export type OpenAiRequest = z.infer<typeof requestSchema>;

/** Why it is no request of the API; null when it is one. */
export function problemOfOpenAi(body: unknown): string | null {
  const parsed = requestSchema.safeParse(body);
  if (!parsed.success) return z.prettifyError(parsed.error);
  const { messages, stream, stream_options, response_format, max_tokens, max_completion_tokens } =
    parsed.data;
  if (stream_options && stream !== true) return 'stream_options is for streams';
  if (max_tokens !== undefined && max_completion_tokens !== undefined) return 'two limits of tokens';
  const hasJson = messages.some(({ content }) => /json/i.test(content ?? ''));
  if (response_format?.type === 'json_object' && !hasJson) return 'no message has the word JSON';
  return problemOfFormat(response_format) ?? problemOfSchemas(parsed.data) ?? problemOfCalls(messages);
}

function problemOfFormat(format: OpenAiRequest['response_format']): string | null {
  if (format?.type !== 'json_schema') return null;
  const { schema, strict } = format.json_schema;
  if (schema['type'] !== 'object') return 'the root of a schema is an object';
  return strict === true && hasOpenObject(schema) ? 'a strict schema has closed objects' : null;
}

function hasOpenObject(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false;
  const { type, properties, required, additionalProperties } = schema as Record<string, unknown>;
  const names = Object.keys(properties ?? {});
  const isOpen =
    type === 'object' &&
    (additionalProperties !== false ||
      names.some((name) => !(required as string[] | undefined)?.includes(name)));
  return isOpen || Object.values(schema).some(hasOpenObject);
}

function problemOfSchemas({ tools = [], response_format }: OpenAiRequest): string | null {
  const ajv = new Ajv({ strict: false });
  const format = response_format?.type === 'json_schema' ? [response_format.json_schema.schema] : [];
  const schemas = [...tools.map((tool) => tool.function.parameters), ...format];
  return schemas.every((schema) => ajv.validateSchema(schema) === true) ? null : 'a schema is none';
}

/** Every call has one result, right behind the message that made it. */
function problemOfCalls(messages: readonly Message[]): string | null {
  let open: string[] = [];
  for (const message of messages) {
    if (message.role === 'tool') {
      if (!open.includes(message.tool_call_id)) return `no call ${message.tool_call_id} waits for a result`;
      open = open.filter((id) => id !== message.tool_call_id);
      continue;
    }
    if (open.length > 0) return `the call ${open.join(', ')} has no result`;
    if (message.role !== 'assistant') continue;
    open = (message.tool_calls ?? []).map(({ id }) => id);
    if (message.content === null && open.length === 0) return 'a message of nothing';
  }
  return open.length > 0 ? `the call ${open.join(', ')} has no result` : null;
}
