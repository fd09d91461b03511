import * as fc from 'fast-check';
import type { ApiDocument, Operation, Parameter } from './api-document.ts';
import type { SampleRequest } from './samples.ts';
import { nearMisses, oddTexts, valuesOf } from './schema-values.ts';
import type { WireRequest } from './wire.ts';

/** One try at an operation: what is put into the path, the query, the headers and the body. */
export interface Attempt {
  /** null = what the sample has there. */
  readonly path: Readonly<Record<string, string | null>>;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
}

type Body =
  | { readonly kind: 'sample' | 'none' }
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'text'; readonly text: string; readonly type: string };

type Document = Pick<ApiDocument, 'resolve'>;

/** Requests made from nothing but the document: right, nearly right, and wrong. */
export function attemptsAt(document: Document, { parameters, bodySchema }: Operation): fc.Arbitrary<Attempt> {
  const of = (place: Parameter['in']) => parameters.filter((parameter) => parameter.in === place);
  return fc.record({
    path: fc.record(
      Object.fromEntries(
        of('path').map(({ name }) => [
          name,
          often(
            fc.constant(null),
            oddTexts.filter((text) => text !== ''),
          ),
        ]),
      ),
    ),
    query: texts(document, of('query')),
    headers: texts(document, of('header')),
    body: bodies(document, bodySchema),
  });
}

/** The attempt as it is sent, on top of a request that is in order. */
export function attemptToWire(
  { method, path }: Operation,
  { path: parts, query, headers, body }: Attempt,
  sample: SampleRequest,
): WireRequest {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(parts[name] ?? sample.params?.[name] ?? 'x'),
  );
  const search = new URLSearchParams(query).toString();
  const target = search === '' ? filled : `${filled}?${search}`;
  // Other letters than these cannot be sent in a header.
  const sendable = Object.entries(headers).filter(([, value]) => /^[\x21-\x7e]*$/.test(value));
  return { method, path: target, ...payload(body, sample, Object.fromEntries(sendable)) };
}

function payload(body: Body, sample: SampleRequest, headers: Readonly<Record<string, string>>) {
  switch (body.kind) {
    case 'none':
      return { headers };
    case 'sample':
      return { body: sample.body, headers: { ...sample.headers, ...headers } };
    case 'json':
      return {
        body: JSON.stringify(body.value),
        headers: { 'content-type': 'application/json', ...headers },
      };
    case 'text':
      return { body: body.text, headers: { 'content-type': body.type, ...headers } };
    default:
      return body satisfies never;
  }
}

function bodies(document: Document, schema: Operation['bodySchema']): fc.Arbitrary<Body> {
  const resolve = (part: Parameters<Document['resolve']>[0]) => document.resolve(part);
  const asJson = (value: unknown): Body => ({ kind: 'json', value });
  const text = fc.record({
    kind: fc.constant('text' as const),
    text: fc.oneof(
      fc.constantFrom('{', '[]', 'null', '"x"', '{"a":1,}', '\ufeff{}', '{"__proto__":{"role":"admin"}}'),
      fc.string(),
    ),
    type: fc.constantFrom(
      'application/json',
      'text/plain',
      'application/json; charset=utf-16',
      'image/png',
      'a/b',
    ),
  });
  const sample = fc.constant<Body>({ kind: 'sample' });
  if (schema === null)
    return fc.oneof(
      { weight: 12, arbitrary: sample },
      { weight: 1, arbitrary: fc.dictionary(fc.string(), fc.jsonValue()).map(asJson) },
      { weight: 1, arbitrary: text },
    );
  return fc.oneof(
    { weight: 2, arbitrary: sample },
    { weight: 5, arbitrary: valuesOf(schema, resolve).map(asJson) },
    { weight: 5, arbitrary: nearMisses(schema, resolve).map(asJson) },
    { weight: 1, arbitrary: text },
    { weight: 1, arbitrary: fc.constant<Body>({ kind: 'none' }) },
  );
}

/** Mostly what the document asks for; now and then one of them is odd, or there is one more. */
function texts(document: Document, parameters: readonly Parameter[]): fc.Arbitrary<Record<string, string>> {
  const resolve = (part: Parameters<Document['resolve']>[0]) => document.resolve(part);
  const right = parameters.map(({ name, schema }) => {
    const value = valuesOf(schema, resolve).map(String);
    return [
      name,
      fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: value }),
    ] as const;
  });
  const names = parameters.map(({ name }) => name);
  const isQuery = parameters.every((parameter) => parameter.in === 'query');
  return fc.tuple(fc.record(Object.fromEntries(right)), fc.nat(29), oddTexts).map(([values, dice, odd]) => {
    const name = dice < 6 ? names[dice % Math.max(1, names.length)] : undefined;
    const spoilt: Record<string, string> = name === undefined ? {} : { [name]: odd };
    // A header that nobody asked for is nothing to look at.
    const more: Record<string, string> = dice === 6 && isQuery ? { more: odd } : {};
    const kept = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== null);
    return { ...Object.fromEntries(kept), ...spoilt, ...more };
  });
}

function often<A, B>(arbitrary: fc.Arbitrary<A>, seldom: fc.Arbitrary<B>): fc.Arbitrary<A | B> {
  return fc.oneof({ weight: 4, arbitrary }, { weight: 1, arbitrary: seldom });
}
