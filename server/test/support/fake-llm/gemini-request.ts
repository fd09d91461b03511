import { Ajv } from 'ajv';
import { z } from 'zod';

const objectSchema = z.record(z.string(), z.unknown());
const nameSchema = z.string().regex(/^[a-zA-Z_][\w.:-]{0,63}$/);

const partSchema = z
  .strictObject({
    text: z.string().optional(),
    thought: z.boolean().optional(),
    thoughtSignature: z.string().optional(),
    functionCall: z
      .strictObject({ id: z.string().optional(), name: nameSchema, args: objectSchema.optional() })
      .optional(),
    functionResponse: z
      .strictObject({ id: z.string().optional(), name: nameSchema, response: objectSchema })
      .optional(),
  })
  .refine(
    ({ text, functionCall, functionResponse }) =>
      [text, functionCall, functionResponse].filter((data) => data !== undefined).length === 1,
    'a part holds one kind of data',
  );
type Part = z.infer<typeof partSchema>;

const partsSchema = z.array(partSchema).min(1);
const contentSchema = z.strictObject({ role: z.enum(['user', 'model']), parts: partsSchema });

/** Of `generateContent` what a vendor of the arena may use, and nothing else. */
const requestSchema = z.strictObject({
  systemInstruction: z.strictObject({ role: z.string().optional(), parts: partsSchema }).optional(),
  contents: z.array(contentSchema).min(1),
  tools: z
    .array(
      z.strictObject({
        functionDeclarations: z
          .array(
            z.strictObject({ name: nameSchema, description: z.string(), parametersJsonSchema: objectSchema }),
          )
          .min(1),
      }),
    )
    .min(1)
    .optional(),
  // Empty, by the SDK.
  safetySettings: z.array(z.never()).optional(),
  generationConfig: z
    .strictObject({
      maxOutputTokens: z.int().positive().optional(),
      responseMimeType: z.enum(['text/plain', 'application/json']).optional(),
      responseJsonSchema: objectSchema.optional(),
    })
    .optional(),
});
export type GeminiRequest = z.infer<typeof requestSchema>;

/** Why it is no request of the API; null when it is one. */
export function problemOfGemini(body: unknown): string | null {
  const parsed = requestSchema.safeParse(body);
  if (!parsed.success) return z.prettifyError(parsed.error);
  const { tools, generationConfig: { responseMimeType, responseJsonSchema } = {}, contents } = parsed.data;
  if (responseJsonSchema && responseMimeType !== 'application/json') return 'a schema needs the JSON type';
  if (tools && responseMimeType === 'application/json')
    return "Function calling with a response mime type: 'application/json' is unsupported";
  if (contents[0]?.role !== 'user') return 'the first turn is not the user';
  if (contents.some(({ role }, index) => role === contents[index + 1]?.role)) return 'two turns of one role';
  return problemOfSchemas(parsed.data) ?? problemOfCalls(contents);
}

function problemOfSchemas({ tools = [], generationConfig = {} }: GeminiRequest): string | null {
  const ajv = new Ajv({ strict: false });
  const { responseJsonSchema } = generationConfig;
  const schemas = [
    ...tools.flatMap(({ functionDeclarations }) => functionDeclarations.map((f) => f.parametersJsonSchema)),
    ...(responseJsonSchema ? [responseJsonSchema] : []),
  ];
  return schemas.every((schema) => ajv.validateSchema(schema) === true) ? null : 'a schema is none';
}

/** The turn behind calls begins with the result of each, and calls keep the signature they came with. */
function problemOfCalls(contents: readonly z.infer<typeof contentSchema>[]): string | null {
  for (const [index, { role, parts }] of contents.entries()) {
    const results = parts.filter(({ functionResponse }) => functionResponse);
    const calls = role === 'user' ? callsOf(contents[index - 1]?.parts ?? []) : [];
    const names = results.map(({ functionResponse }) => functionResponse?.name);
    if (JSON.stringify(names) !== JSON.stringify(calls.map(({ functionCall }) => functionCall?.name)))
      return 'the number of function responses is not that of the function calls';
    const unsigned = callsOf(parts).find(({ thoughtSignature }) => thoughtSignature === undefined);
    if (role === 'model' && unsigned) return 'a function call has lost its thought signature';
  }
  return callsOf(contents.at(-1)?.parts ?? []).length > 0 ? 'a function call has no response' : null;
}

function callsOf(parts: readonly Part[]): readonly Part[] {
  return parts.filter(({ functionCall }) => functionCall);
}
