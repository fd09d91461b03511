import type { ApiDocument, JsonSchema, Operation } from './api-document.ts';
import type { SampleRequest } from './samples.ts';

/** A place of a request where a text may stand. */
export interface Slot {
  readonly place: 'path' | 'query' | 'body';
  /** Such as `['bot', 'name']`. */
  readonly at: readonly string[];
}

/** Every place of an operation where the document lets a text stand. */
export function slotsOf(
  document: Pick<ApiDocument, 'resolve'>,
  { parameters, bodySchema }: Operation,
): Slot[] {
  const named = parameters.flatMap((parameter): Slot[] =>
    parameter.in === 'path' || parameter.in === 'query'
      ? [{ place: parameter.in, at: [parameter.name] }]
      : [],
  );
  const inBody = bodySchema ? textsIn(document, bodySchema, []) : [];
  const body = [...new Set(inBody.map((at) => at.join('\n')))].map((at): Slot => ({
    place: 'body',
    at: at.split('\n'),
  }));
  return [...named, ...body];
}

function textsIn(
  document: Pick<ApiDocument, 'resolve'>,
  schema: JsonSchema,
  at: readonly string[],
): (readonly string[])[] {
  const { type, anyOf, oneOf, properties, items, enum: listed, const: only } = document.resolve(schema);
  const branches = (anyOf ?? oneOf ?? []) as readonly JsonSchema[];
  const within = branches.flatMap((branch) => textsIn(document, branch, at));
  const members = Object.entries((properties ?? {}) as Record<string, JsonSchema>).flatMap(([name, member]) =>
    textsIn(document, member, [...at, name]),
  );
  const listItems = items ? textsIn(document, items as JsonSchema, [...at, '0']) : [];
  const isText = [type].flat().includes('string') || listed !== undefined || typeof only === 'string';
  return [...(isText && at.length > 0 ? [at] : []), ...within, ...members, ...listItems];
}

/** The sample with a text in one of its places. */
export function putInto(sample: SampleRequest, { place, at }: Slot, text: string): SampleRequest {
  const [name = ''] = at;
  if (place === 'path') return { ...sample, params: { ...sample.params, [name]: text } };
  if (place === 'query') return { ...sample, query: { ...sample.query, [name]: text } };
  return { ...sample, body: withText(sample.body ?? {}, at, text) };
}

function withText(value: unknown, at: readonly string[], text: string): unknown {
  const [name, ...rest] = at;
  if (name === undefined) return text;
  if (name === '0') return [withText(undefined, rest, text)];
  const members = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  return { ...members, [name]: withText((members as Record<string, unknown>)[name], rest, text) };
}
