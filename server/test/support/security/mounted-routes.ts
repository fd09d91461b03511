import type { IRouter } from 'express';
import { ENDPOINTS, type EndpointName } from '../../../contract/endpoints/index.ts';
import { RAW_ROUTES, type RawRouteName } from '../../../http/policy.ts';

export type RouteName = EndpointName | RawRouteName;

/** A route as Express has it. */
export interface MountedRoute {
  readonly method: string;
  readonly path: string;
  /** Its row in the table of endpoints or of raw routes; null = there is none. */
  readonly name: RouteName | null;
}

type Layer = IRouter['stack'][number];

const NAMES: ReadonlyMap<string, RouteName> = new Map(
  Object.entries({ ...ENDPOINTS, ...RAW_ROUTES }).map(([name, { method, path }]) => [
    `${method} ${path}`,
    name as RouteName,
  ]),
);

/** Every route that is mounted on a router, and on the routers within it. */
export function mountedRoutes(router: Pick<IRouter, 'stack'>): MountedRoute[] {
  return router.stack.flatMap((layer) => (layer.route ? routesOf(layer.route) : routesWithin(layer)));
}

function routesOf({ path, stack }: NonNullable<Layer['route']>): MountedRoute[] {
  const methods = new Set(stack.map(({ method }) => method));
  return [...methods].map((method) => ({
    method,
    path,
    name: NAMES.get(`${method} ${path}`) ?? null,
  }));
}

function routesWithin({ handle }: Layer): MountedRoute[] {
  return 'stack' in handle ? mountedRoutes(handle as unknown as IRouter) : [];
}
