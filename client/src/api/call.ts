import type { z } from 'zod';
import { apiUrl, requestJson, type QueryValue } from './client.ts';
import type { ENDPOINTS } from './contract.ts';
import { ROUTES, type RouteName } from './routes.ts';

type Named<Name extends RouteName> = (typeof ENDPOINTS)[Name];
type Schema<T> = Exclude<T, null>;
type Input<T> =
  Schema<T> extends z.ZodNever ? never : Schema<T> extends z.ZodType ? z.input<Schema<T>> : never;
type Output<T> =
  Schema<T> extends z.ZodNever ? void : Schema<T> extends z.ZodType ? z.output<Schema<T>> : void;

/** What an endpoint's body looks like; never where it takes none. */
export type BodyOf<Name extends RouteName> = Input<Named<Name>['body']>;
/** What it answers; void where there is no content. */
export type AnswerOf<Name extends RouteName> = Output<Named<Name>['answer']>;

type Part<Key extends string, T> = [T] extends [never]
  ? { [K in Key]?: undefined }
  : Record<string, never> extends T
    ? { [K in Key]?: undefined }
    : { [K in Key]: T };

type Params<Name extends RouteName> = Part<'params', z.output<Named<Name>['params']>>;
type Body<Name extends RouteName> = [BodyOf<Name>] extends [never]
  ? { body?: undefined }
  : { body: BodyOf<Name> };

/** What goes into a call: exactly what its endpoint takes. */
export type CallParts<Name extends RouteName> = Params<Name> &
  Body<Name> & { readonly query?: z.input<Named<Name>['query']>; readonly signal?: AbortSignal };

/** Every argument of an endpoint that needs none may be left out. */
type Arguments<Name extends RouteName> =
  {} extends CallParts<Name> ? [parts?: CallParts<Name>] : [parts: CallParts<Name>];

interface LooseParts {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** Who asks a model waits for its answer, at most as long as the server does. */
const ASKS_MODEL: ReadonlySet<RouteName> = new Set(['testProvider', 'previewBot', 'forceSummarize']);
const MODEL_TIMEOUT_MS = 180_000;

/**
 * Calls an endpoint by its name, in the name of whoever is logged in. A change carries a key of its own, so that it
 * happens once however often the network makes the page send it.
 * @throws RequestError when the server refuses or cannot be reached.
 */
export function call<Name extends RouteName>(name: Name, ...args: Arguments<Name>): Promise<AnswerOf<Name>> {
  const { params = {}, query, body, signal } = (args[0] ?? {}) as LooseParts;
  const [method, path] = ROUTES[name].split(' ') as [string, string];
  const url = apiUrl(fillPath(path, params), query);
  const timeoutMs = ASKS_MODEL.has(name) ? MODEL_TIMEOUT_MS : undefined;
  return requestJson<AnswerOf<Name>>(url, { method, body, signal, timeoutMs });
}

/** `/bots/:botId` + {botId: 'a b'} -> `/bots/a%20b`. */
export function fillPath(path: string, params: Readonly<Record<string, string>>): string {
  return path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
}
