import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject } from 'zod-openapi';
import type { Endpoint } from '../contract/api.ts';
import { ENDPOINTS, type EndpointName } from '../contract/endpoints/index.ts';
import { errorSchema } from '../contract/http/common.ts';
import { RAW_ROUTES, ROUTE_POLICY, type RawRouteName, type RoutePolicy } from './policy.ts';

const FAILURES = {
  400: 'What was sent does not fit; `details` names the problems, up to twenty.',
  401: 'Log in first, or the credential is not valid any more.',
  403: 'Known, and not allowed.',
  404: 'Does not exist, or belongs to somebody else.',
  409: 'The present state forbids it.',
  411: 'A body must say how long it is.',
  413: 'The body is too large.',
  415: 'The body is of a kind that is not read.',
  422: 'The Idempotency-Key was used for another request.',
  429: 'Too often; `Retry-After` says when to come back.',
  503: 'Too busy; come back in a moment.',
} as const;

const keyHeader = z.object({
  'Idempotency-Key': z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/)
    .optional()
    .describe('the same key with the same request is done once and answered the same, for a day'),
});

type Paths = Record<string, Record<string, ZodOpenApiOperationObject>>;

/** The API as an OpenAPI 3.1 document, made from the contract and the policy. */
export function openApiDocument(info: { version: string; serverUrl: string; cookieName: string }) {
  const paths: Paths = {};
  for (const [name, operation] of Object.entries(ENDPOINTS))
    add(paths, operation, operationOf(name as EndpointName, operation));
  for (const name of Object.keys(RAW_ROUTES) as RawRouteName[])
    add(paths, RAW_ROUTES[name], rawOperation(name));
  return createDocument(
    {
      openapi: '3.1.0',
      info: {
        title: 'arena',
        version: info.version,
        description:
          'Times are epoch ms, money is USD exact to the micro. Lists come in pages: pass `nextCursor` on.',
      },
      servers: [{ url: info.serverUrl }],
      security: [{}, { session: [] }, { apiKey: [] }],
      paths,
      components: {
        securitySchemes: {
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: info.cookieName,
            description: 'The page, after logging in',
          },
          apiKey: { type: 'http', scheme: 'bearer', description: 'Programs, with a key of the account page' },
        },
      },
    },
    { override: withOpenTuples },
  );
}

/** Length is said twice for a tuple: older readers of schemas take `items: false` for an empty list. */
function withOpenTuples({ jsonSchema }: { jsonSchema: { prefixItems?: unknown; items?: unknown } }): void {
  if (jsonSchema.prefixItems !== undefined) delete jsonSchema.items;
}

function add(
  paths: Paths,
  { method, path }: { method: string; path: string },
  operation: ZodOpenApiOperationObject,
): void {
  const shown = path.replaceAll(/:(\w+)/g, '{$1}');
  paths[shown] = { ...paths[shown], [method]: operation };
}

function operationOf(name: EndpointName, endpoint: Endpoint): ZodOpenApiOperationObject {
  const { method, tag, summary, description, params, query, body, status, answer } = endpoint;
  const isChange = method !== 'get' && ROUTE_POLICY[name].access !== 'public';
  return {
    operationId: name,
    tags: [tag],
    summary,
    description: [description, accessText(ROUTE_POLICY[name])].filter(Boolean).join(' '),
    security: securityOf(ROUTE_POLICY[name]),
    requestParams: {
      ...(isEmpty(params) ? {} : { path: params }),
      ...(isEmpty(query) ? {} : { query }),
      ...(isChange ? { header: keyHeader } : {}),
    },
    ...(body ? { requestBody: { required: true, content: { 'application/json': { schema: body } } } } : {}),
    responses: {
      [status]: answer
        ? { description: 'Done.', content: { 'application/json': { schema: answer } } }
        : { description: 'Done.' },
      ...FAILURE_RESPONSES,
    },
  };
}

function rawOperation(name: RawRouteName): ZodOpenApiOperationObject {
  const { path } = RAW_ROUTES[name];
  const names = [...path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? '');
  const params = z.object(Object.fromEntries(names.map((part) => [part, z.string().min(1).max(64)])));
  return {
    operationId: name,
    ...RAW_TEXTS[name],
    security: securityOf(ROUTE_POLICY[name]),
    ...(names.length === 0 ? {} : { requestParams: { path: params } }),
    responses: { ...RAW_TEXTS[name].responses, ...FAILURE_RESPONSES },
  };
}

const picture = { schema: z.string().meta({ format: 'binary' }) };
const RAW_TEXTS = {
  getAvatar: {
    tags: ['Bots'],
    summary: "A bot's picture",
    responses: { 200: { description: 'The picture.', content: { 'image/webp': picture } } },
  },
  setAvatar: {
    tags: ['Own bots'],
    summary: "Sets a bot's picture: PNG, JPEG or WebP up to 1 MiB, drawn anew as 256 × 256 WebP",
    requestBody: {
      required: true,
      content: { 'image/png': picture, 'image/jpeg': picture, 'image/webp': picture },
    },
    responses: { 204: { description: 'Done.' } },
  },
  getOpenApi: {
    tags: ['Arena'],
    summary: 'This document',
    responses: {
      200: { description: 'The document.', content: { 'application/json': { schema: z.looseObject({}) } } },
    },
  },
  browseDocs: {
    tags: ['Arena'],
    summary: 'This document as a page',
    responses: { 200: { description: 'The page.', content: { 'text/html': { schema: z.string() } } } },
  },
  docsFile: {
    tags: ['Arena'],
    summary: 'Scripts and styles of that page',
    responses: { 200: { description: 'The file.' } },
  },
} satisfies Readonly<Record<RawRouteName, ZodOpenApiOperationObject>>;

const FAILURE_RESPONSES = Object.fromEntries(
  Object.entries(FAILURES).map(([status, description]) => [
    status,
    { id: `Failure${status}`, description, content: { 'application/json': { schema: errorSchema } } },
  ]),
);

function securityOf({ access, via }: RoutePolicy): ZodOpenApiOperationObject['security'] {
  const known: Record<string, string[]>[] =
    via === 'session' ? [{ session: [] }] : [{ session: [] }, { apiKey: [] }];
  return access === 'public' ? [{}, ...known] : known;
}

function accessText({ access, via, scope }: RoutePolicy): string {
  if (access === 'public') return '';
  const who = {
    'signed-in': 'anyone logged in',
    user: 'users',
    moderator: 'moderators',
    admin: 'administrators',
  };
  const how =
    via === 'session'
      ? 'on the page only'
      : `API keys with the scope ${scope === 'read' ? 'read or trade' : 'trade'}`;
  return `For ${who[access]}; ${how}.`;
}

function isEmpty(schema: z.ZodObject): boolean {
  return Object.keys(schema.shape).length === 0;
}
