import { setTimeout as sleep } from 'node:timers/promises';
import type { ArenaResponse, HealthResponse } from '../../server/contract/http/arena.ts';
import { Child } from './processes.mts';
import { number, within, type Bench, type Line, type Measure } from './measure.mts';
import { quantile } from './rounds.mts';
import type { ArenaReady } from './servers/arena.mts';
import type { Requests } from './servers/requester.mts';

/** A p99 of fewer would be the one or two slowest of them. */
const RUNS = 1000;
const WARM_UP = 50;

/** Every read of the API on the large database, one request after the other, bots and symbols in turn. */
export const apiQueries: Measure = {
  name: 'api-queries',
  async run(bench) {
    await using server = await Child.start<ArenaReady>('servers/arena.mts', await bench.seeded(), 'sim');
    await using requester = await Child.startForgetful('servers/requester.mts');
    const api = `${server.ready.url}/api/v2`;
    await untilChecked(api);
    const routes = await listRoutes(api);
    const results: { route: string; p50: number; p99: number }[] = [];
    for (const [route, urlOf] of Object.entries(routes)) {
      const urls = Array.from({ length: WARM_UP + RUNS }, (_, i) => `${api}${urlOf(i)}`);
      const times = (await requester.ask<number[]>({ urls } satisfies Requests)).slice(WARM_UP);
      results.push({ route, p50: quantile(times, 0.5), p99: quantile(times, 0.99) });
    }
    tell(bench, results);
    return lines(results);
  },
};

function tell(bench: Bench, results: readonly { route: string; p50: number; p99: number }[]): void {
  for (const { route, p50, p99 } of results)
    bench.say(`  p50 ${p50.toFixed(2).padStart(7)} ms  p99 ${p99.toFixed(2).padStart(7)} ms  ${route}`);
}

function lines(results: readonly { route: string; p99: number }[]): Line[] {
  const boards = results.filter(({ route }) => route.startsWith('/leaderboard'));
  const others = results.filter(({ route }) => !route.startsWith('/leaderboard'));
  const line = (measure: string, of: typeof results): Line => {
    const worst = of.toSorted((a, b) => b.p99 - a.p99)[0] ?? { route: 'none', p99: Number.NaN };
    const met = of.filter(({ p99 }) => p99 <= 10).length;
    const detail = `worst: ${worst.route}; ${met} of ${of.length} within`;
    return within({ measure, detail }, worst.p99, { most: 10, unit: 'ms' });
  };
  return [line('p99 of every API query', others), line('p99 of the leaderboards', boards)];
}

type UrlOf = (i: number) => string;

async function listRoutes(api: string): Promise<Record<string, UrlOf>> {
  const bots = (await read(`${api}/bots?limit=100`)) as { items: { id: string }[] };
  const { bots: leaders } = (await read(`${api}/arena`)) as ArenaResponse;
  const house = leaders.filter((bot) => bot.owner.isHouse);
  const markets = (await read(`${api}/markets`)) as { items: { symbol: string; priceAt: number }[] };
  const bot = (i: number) => `/bots/${bots.items[(i * 37) % bots.items.length]?.id ?? ''}`;
  const symbol = (i: number) => markets.items[i % markets.items.length]?.symbol ?? '';
  const now = Math.max(...markets.items.map((market) => market.priceAt));
  const dayAgo = (i: number) => now - (1 + (i % 28)) * 86_400_000;
  const first = (await read(`${api}${bot(0)}/trades?limit=100`)) as { nextCursor: string };
  return {
    ...Object.fromEntries(
      ['1h', '6h', '1d', '1w', 'all'].map((range) => [
        `/arena?range=${range}`,
        () => `/arena?range=${range}`,
      ]),
    ),
    '/bots': () => '/bots',
    '/bots, a search': (i) => `/bots?q=user-${i % 100}`,
    '/bots/:id': bot,
    '/bots/:id/trades': (i) => `${bot(i)}/trades?limit=50`,
    '/bots/:id/trades, a later page': () => `${bot(0)}/trades?limit=50&cursor=${first.nextCursor}`,
    '/bots/:id/trades of a symbol': (i) => `${bot(i)}/trades?limit=50&symbol=${symbol(i)}`,
    '/bots/:id/trades of a time': (i) => `${bot(i)}/trades?limit=50&to=${dayAgo(i)}`,
    '/bots/:id/positions': (i) => `${bot(i)}/positions?limit=50`,
    '/bots/:id/positions, open': (i) => `${bot(i)}/positions?status=open`,
    '/bots/:id/positions, closed, of a symbol': (i) =>
      `${bot(i)}/positions?status=closed&symbol=${symbol(i)}`,
    '/bots/:id/decisions': (i) => `${bot(i)}/decisions?limit=20`,
    '/bots/:id/decisions of a house bot': (i) =>
      `/bots/${house[i % house.length]?.id ?? ''}/decisions?limit=20`,
    '/bots/:id/snapshots': (i) => `${bot(i)}/snapshots`,
    '/bots/:id/snapshots of a day': (i) => `${bot(i)}/snapshots?from=${dayAgo(0)}`,
    ...Object.fromEntries(
      ['day', 'week', 'month', 'all'].map((period) => [
        `/leaderboard?period=${period}`,
        () => `/leaderboard?period=${period}&limit=100`,
      ]),
    ),
    '/markets': () => '/markets',
    ...Object.fromEntries(
      ['1m', '15m', '1h', '1d'].map((interval) => [
        `/markets/:symbol/candles?interval=${interval}`,
        (i: number) => `/markets/${symbol(i)}/candles?interval=${interval}&limit=500`,
      ]),
    ),
    '/health': () => '/health',
  };
}

async function read(url: string): Promise<unknown> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${number(response.status)}`);
  return await response.json();
}

/** The check of all rows runs beside every fresh server; queries are timed when it is done. */
async function untilChecked(api: string): Promise<void> {
  for (;;) {
    const { database } = (await read(`${api}/health`)) as HealthResponse;
    if (database.status !== 'checking') return;
    await sleep(500);
  }
}
