import { ENDPOINTS } from '../../../contract/endpoints/index.ts';
import { RAW_ROUTES, type RoutePolicy } from '../../../http/policy.ts';
import type { MountedRoute, RouteName } from './mounted-routes.ts';
import type { SampleRequest } from './samples.ts';
import type { WireAnswer, WireRequest } from './wire.ts';

/** The sample as it goes over the wire. */
export function toWire({ method, path }: MountedRoute, sample: SampleRequest): WireRequest {
  const { params = {}, query = {}, ...rest } = sample;
  const filled = path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const search = new URLSearchParams(query).toString();
  return { method, path: search === '' ? filled : `${filled}?${search}`, ...rest };
}

/** With what the route says that it is done. */
export function successOf(name: RouteName): number {
  if (name in ENDPOINTS) return ENDPOINTS[name as keyof typeof ENDPOINTS].status;
  return RAW_ROUTES[name as keyof typeof RAW_ROUTES].method === 'get' ? 200 : 204;
}

/** Whether a route may change anything. */
export function isChange({ method }: Pick<MountedRoute, 'method'>): boolean {
  return method !== 'get';
}

export function isPublic({ access }: RoutePolicy): boolean {
  return access === 'public';
}

/** Of every answer its own: which request it was, when, and how many more may come. */
const VOLATILE = /^(date|x-request-id|ratelimit-.*|connection|keep-alive|etag)$/;

/** What somebody could tell one answer from another by, with names for what the request itself says. */
export function fingerprint(
  { status, headers, text }: WireAnswer,
  said: Readonly<Record<string, string>> = {},
): string {
  let body = text.replaceAll(/"requestId":"[^"]*"/g, '"requestId":""');
  for (const [name, value] of Object.entries(said)) body = body.replaceAll(value, `<${name}>`);
  const shown = Object.entries(headers)
    .filter(([name]) => !VOLATILE.test(name) && name !== 'content-length')
    .map(([name, value]) => `${name}: ${String(value)}`);
  return JSON.stringify([status, shown.sort(), body]);
}
