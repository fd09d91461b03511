import request from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostileOrigins } from '../support/hostile-origins.ts';
import { LiveClient, openLiveWorld, type LiveWorld } from '../support/live-client.ts';
import { person, withApiKey, type Person } from '../support/people.ts';
import { testApp, type TestApp } from '../support/test-app.ts';

const OURS = 'https://arena.example';
const PARTNER = 'https://partner.example';

let app: TestApp;
let live: LiveWorld;
let ada: Person;
let cookie: string;
let apiKey: string;
beforeAll(async () => {
  app = await testApp({ env: { PUBLIC_URL: OURS, ALLOWED_ORIGINS: PARTNER } });
  // The arena's own address is the public one.
  live = await openLiveWorld(app.app);
  ada = await person(app.app, 'Ada');
  cookie = (ada.headers.Cookie ?? '').replace(/^arena=/, '__Host-arena=');
  const { headers } = await withApiKey(app.app, ada, 'read');
  apiKey = (headers.Authorization ?? '').replace('Bearer ', '');
});
afterAll(async () => {
  await live[Symbol.asyncDispose]();
  await app[Symbol.asyncDispose]();
});

/** Whether they come in at all, and whether their own room opens to them. */
async function outcomeOf(
  headers: Record<string, string>,
  key?: string,
): Promise<'self' | 'stranger' | 'refused'> {
  using client = new LiveClient(live.url, { headers, ...(key === undefined ? {} : { apiKey: key }) });
  const isIn = await client.connected().then(
    () => true,
    () => false,
  );
  if (!isIn) return 'refused';
  return (await client.join(`user:${ada.userId}`)).ok ? 'self' : 'stranger';
}

const poll = (origin: string) =>
  request(live.url).get('/socket.io/?EIO=4&transport=polling').set('Origin', origin);

describe.each([OURS, PARTNER])('what is not %s', (own) => {
  test.each(hostileOrigins(own))('%s (%s) is refused, with a cookie and with a key', async (_why, origin) => {
    expect(await outcomeOf({ origin, cookie })).toBe('refused');
    expect(await outcomeOf({ origin }, apiKey)).toBe('refused');
    expect((await poll(origin)).status).toBe(403);
  });
});

test.each<[string, Record<string, string>, 'self' | 'stranger' | 'refused']>([
  ['our page acts by its cookie', { origin: OURS }, 'self'],
  ['a browser says it is our page', { origin: OURS, 'sec-fetch-site': 'same-origin' }, 'self'],
  ['a program has the cookie', {}, 'self'],
  ['a browser says that it is not our page', { origin: OURS, 'sec-fetch-site': 'cross-site' }, 'stranger'],
  ['a subdomain sends no origin', { 'sec-fetch-site': 'same-site' }, 'stranger'],
  ['a page of ALLOWED_ORIGINS brings the cookie', { origin: PARTNER }, 'stranger'],
  ['a page of this machine brings the cookie', { origin: 'http://localhost:5173' }, 'stranger'],
])('%s', async (_what, headers, outcome) => {
  expect(await outcomeOf({ ...headers, cookie })).toBe(outcome);
});

test('a page of ALLOWED_ORIGINS may use an API key, also by polling', async () => {
  expect(await outcomeOf({ origin: PARTNER }, apiKey)).toBe('self');
  const { headers } = await poll(PARTNER);
  expect(headers['access-control-allow-origin']).toBe(PARTNER);
  expect(headers).not.toHaveProperty('access-control-allow-credentials');
});

test('a cookie of another name is no cookie', async () => {
  expect(await outcomeOf({ origin: OURS, cookie: cookie.replace('__Host-', '') })).toBe('stranger');
});
