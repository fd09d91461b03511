import { expect, it } from 'vitest';
import { ENDPOINTS } from '../../../server/contract/endpoints/index.ts';
import { ROUTES, type RouteName } from './routes.ts';

it('names every endpoint where the contract has it', () => {
  const said = Object.entries(ROUTES).map(([name, route]) => [name, route.replace(' /', ' /api/v2/')]);
  const meant = Object.keys(ROUTES).map((name) => {
    const { method, path } = ENDPOINTS[name as RouteName];
    return [name, `${method} ${path}`];
  });
  expect(said).toEqual(meant);
});
