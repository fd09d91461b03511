import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UpstreamError } from '../../errors.ts';
import { hourlyCandles, toolWorld } from '../../test/support/tool-world.ts';
import { MAX_RESULT_BYTES, runTool, TOOLS, toolSpecs } from './registry.ts';
import type { ToolWorld } from './world.ts';

const closes = Array.from({ length: 300 }, (_, index) => 100 + 8 * Math.sin(index / 9) + (index % 7));
const world = toolWorld({
  BTCUSDT: hourlyCandles('BTCUSDT', closes, 0.5),
  ETHUSDT: hourlyCandles('ETHUSDT', closes.toReversed(), 0.5),
});
const signal = new AbortController().signal;
const run = (name: string, args: unknown, from: ToolWorld = world) =>
  runTool(name, typeof args === 'string' ? args : JSON.stringify(args), { world: from, signal });

const FIELDS = [
  ...'symbol symbols interval count period of method side stop_loss leverage margin_usd expression'.split(
    ' ',
  ),
  ...'quantiles take_profit entry_price horizon reach fast risk_fraction win_probability'.split(' '),
  ...'win_loss_ratio __proto__ constructor toString'.split(' '),
];

describe('the tools', () => {
  it('are told to a model with schemas of closed objects and the symbols there are', () => {
    const specs = toolSpecs(world);
    expect(specs.map(({ name }) => name)).toEqual([...TOOLS.keys()]);
    for (const { name, description, parameters } of specs) {
      expect(name).toMatch(/^[a-z_]+$/);
      expect(description.length).toBeGreaterThan(20);
      expect(parameters).toMatchObject({ type: 'object', additionalProperties: false });
    }
    const rsi = specs.find(({ name }) => name === 'rsi');
    expect(rsi?.parameters).toMatchObject({
      required: ['symbol'],
      properties: { symbol: { enum: ['BTCUSDT', 'ETHUSDT'] } },
    });
  });

  it.each([
    ['rsi', '{"symbol":', 'The arguments are not JSON'],
    [
      'rsi',
      '[]',
      'rsi: the arguments must be an object, got a list of 0. Its arguments are: symbol, interval',
    ],
    ['rsi', '', 'rsi: argument "symbol": Invalid input: expected string, received undefined (got nothing)'],
    ['rsi', { symbol: 'BTC' }, 'There is no symbol "BTC". The symbols are: BTCUSDT, ETHUSDT.'],
    [
      'rsi',
      { symbol: 'BTCUSDT', period: 1 },
      'argument "period": Too small: expected number to be >=2 (got 1)',
    ],
    ['rsi', { symbol: 'BTCUSDT', length: 14 }, 'there is no argument "length". Its arguments are: symbol'],
    [
      'rsi',
      { symbol: 'BTCUSDT', interval: '2h' },
      'expected one of "1m"|"5m"|"15m"|"1h"|"4h"|"1d" (got "2h")',
    ],
    ['get_candles', { symbol: 'BTCUSDT', count: 5000 }, 'expected number to be <=100 (got 5000)'],
    ['macd', { symbol: 'BTCUSDT', fast: 30 }, 'argument "fast" must be below "slow", got 30 and 26'],
    ['correlation', { symbols: ['BTCUSDT', 'BTCUSDT'] }, 'names a symbol twice'],
    ['position_size', { symbol: 'BTCUSDT', method: 'kelly' }, 'needs the arguments "win_probability"'],
    ['position_size', { symbol: 'BTCUSDT', method: 'fixed_fraction' }, 'needs the argument "stop_loss"'],
    [
      'monte_carlo',
      { symbol: 'BTCUSDT', side: 'LONG', margin_usd: 5, stop_loss: 999 },
      'must be below the entry',
    ],
    [
      'risk_reward',
      { symbol: 'BTCUSDT', side: 'LONG', stop_loss: 50, take_profit: 1e308 },
      'argument "take_profit": Too big: expected number to be <=1000000000 (got 1e+308)',
    ],
    ...['risk_reward', 'monte_carlo'].map((name): [string, object, string] => [
      name,
      { symbol: 'BTCUSDT', side: 'LONG', stop_loss: 50, take_profit: 200, margin_usd: 10, leverage: 51 },
      `${name}: argument "leverage" is at most 50 for BTCUSDT, got 51.`,
    ]),
    ['hack', {}, 'There is no tool "hack". The tools are: get_candles, current_price'],
    ['__proto__', {}, 'There is no tool "__proto__"'],
    ['rsi', { symbol: 'X'.repeat(5000) }, 'The arguments are longer than 4000 characters'],
  ])('%s told %j says what is wrong', async (name, args, sentence) => {
    const { text, isError } = await run(name, args);
    expect(isError).toBe(true);
    expect(text).toContain(sentence);
  });

  it('says how many candles there are when they are too few', async () => {
    const young = toolWorld({ NEWUSDT: hourlyCandles('NEWUSDT', [1, 2, 3]) });
    expect(await run('rsi', { symbol: 'NEWUSDT' }, young)).toEqual({
      text: 'This needs 15 closed 1h candles of NEWUSDT, and there are 3. A shorter interval or period may do.',
      isError: true,
    });
  });

  it('never hands out a figure that is none, whatever the candles hold', async () => {
    const broken = toolWorld({
      ZEROUSDT: hourlyCandles(
        'ZEROUSDT',
        Array.from({ length: 60 }, () => 0),
      ),
    });
    for (const name of ['returns', 'volatility', 'statistics', 'price_change', 'ema']) {
      const { text, isError } = await run(
        name,
        { symbol: 'ZEROUSDT', count: name === 'ema' ? undefined : 20 },
        broken,
      );
      expect(text).not.toMatch(/NaN|Infinity|:null/);
      expect(isError).toBe(true);
    }
  });

  it('refuses a result that is too long', async () => {
    const tiny = { symbol: 'BTCUSDT', tickSize: 1e-12, stepSize: 1, maxLeverage: 5, maintenanceRate: 0.005 };
    const wide = { ...world, spec: () => tiny };
    const { text, isError } = await run('get_candles', { symbol: 'BTCUSDT', count: 100 }, wide);
    expect({ text, isError }).toEqual({
      text: 'The result is too long. Ask for fewer candles or symbols.',
      isError: true,
    });
  });

  it('tells of market data that cannot be read, and lets everything unforeseen through', async () => {
    const failing = (error: Error) => ({
      ...world,
      candles: async () => {
        throw error;
      },
    });
    const down = failing(new UpstreamError('binance', 'secret host is down'));
    expect(await run('rsi', { symbol: 'BTCUSDT' }, down)).toEqual({
      text: 'The market data could not be read now.',
      isError: true,
    });
    await expect(run('rsi', { symbol: 'BTCUSDT' }, failing(new TypeError('a bug')))).rejects.toThrow('a bug');
  });

  it('ends with its signal, even when the market never answers', async () => {
    const stop = new AbortController();
    const silent = { ...world, candles: () => new Promise<never>(() => undefined) };
    const running = runTool('rsi', '{"symbol":"BTCUSDT"}', { world: silent, signal: stop.signal });
    stop.abort(new Error('the turn is over'));
    await expect(running).rejects.toThrow('the turn is over');
    await expect(runTool('rsi', '{}', { world, signal: stop.signal })).rejects.toThrow('the turn is over');
  });

  it('takes arguments of any shape without an exception, and answers within its bounds', async () => {
    const usual: Readonly<Record<string, object>> = {
      ...Object.fromEntries([...TOOLS.keys()].map((name) => [name, { symbol: 'BTCUSDT' }])),
      current_price: { symbols: ['BTCUSDT'] },
      correlation: { symbols: ['BTCUSDT', 'ETHUSDT'] },
      position_size: { symbol: 'BTCUSDT', method: 'volatility_target' },
      risk_reward: { symbol: 'BTCUSDT', side: 'LONG', stop_loss: 50, take_profit: 200 },
      monte_carlo: { symbol: 'BTCUSDT', side: 'SHORT', margin_usd: 50, paths: 100 },
      calculate: { expression: '1 + 1' },
    };
    const field = fc.constantFrom(...FIELDS);
    const value = fc.oneof(
      fc.constantFrom<unknown>('1h', 'kelly', 'fixed_fraction', 1e308, -0, 1e-300, null, 0.5, 1, 2, 30, 1e9),
      fc.constantFrom<unknown>(['BTCUSDT', 'ETHUSDT'], 'LONG', '1/0', '9^9^9'),
      fc.jsonValue({ maxDepth: 2 }),
    );
    const changes = fc.array(fc.tuple(field, value), { maxLength: 3 });
    const call = fc.tuple(fc.constantFrom(...TOOLS.keys()), changes);
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(call, async ([name, changed]) => {
        const base = Object.entries(usual[name] ?? {});
        const args = Object.fromEntries([...base, ...changed]);
        const { text, isError } = await run(name, args);
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_RESULT_BYTES);
        if (isError) return;
        answered += 1;
        expect(JSON.parse(text)).toBeTypeOf('object');
        expect(text).not.toMatch(/NaN|Infinity/);
      }),
      { numRuns: 600 },
    );
    expect(answered).toBeGreaterThan(60);
  });

  it.each(['', 'null', '7', '"text"', '[[]]', '{}', '{"__proto__":{"symbol":"BTCUSDT"}}'])(
    'takes the arguments %j for what they are',
    async (argumentsJson) => {
      for (const name of TOOLS.keys()) {
        expect(await run(name, argumentsJson)).toMatchObject({ isError: true });
      }
    },
  );
});
