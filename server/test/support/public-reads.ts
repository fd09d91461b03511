import type { z } from 'zod';
import { ENDPOINTS } from '../../contract/endpoints/index.ts';
import { ROUTE_POLICY } from '../../http/policy.ts';

/** Every JSON route that a stranger may read. */
export const PUBLIC_READS: readonly { readonly path: string; readonly answer: z.ZodType }[] = Object.entries(
  ENDPOINTS,
).flatMap(([name, { method, path, answer }]) =>
  method === 'get' && answer && ROUTE_POLICY[name as keyof typeof ENDPOINTS].access === 'public'
    ? [{ path, answer }]
    : [],
);
