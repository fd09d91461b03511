import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { describeMarketSource } from '../../../test/conformance/market.ts';
import type { MarketBatch, MarketSource, MarketStart } from '../../source.ts';
import { createReplaySource } from './replay-source.ts';

const HEADER = 'timestamp,open,high,low,close,volume';
const LONG_HEADER = `${HEADER},turnover,date`;
const folders: string[] = [];

afterAll(async () => {
  await Promise.all(folders.map((dir) => rm(dir, { recursive: true })));
});

async function folderOf(files: Readonly<Record<string, readonly string[]>>): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'replay-'));
  folders.push(dir);
  await Promise.all(
    Object.entries(files).map(([name, lines]) => writeFile(join(dir, name), `${lines.join('\n')}\n`)),
  );
  return dir;
}

const noSleep = () => Promise.resolve();
const open = (dir: string): Promise<MarketSource> =>
  createReplaySource({ dir, speed: 'max', sleep: noSleep });

async function take(source: MarketSource, start: Partial<MarketStart> = {}): Promise<readonly MarketBatch[]> {
  const { signal } = new AbortController();
  const batches: MarketBatch[] = [];
  for await (const batch of source.batches({ resumeAt: null, state: null, signal, ...start }))
    batches.push(batch);
  return batches;
}

/** A plain minute at 00:`minute` of 2026-01-21. */
const at = (minute: number, prices = '10,12,9,11,5'): string =>
  `2026-01-21 00:${String(minute).padStart(2, '0')}:00,${prices}`;
const minutes = (count: number, from = 0): readonly string[] =>
  Array.from({ length: count }, (_, index) => at(from + index));
const MIDNIGHT = Date.UTC(2026, 0, 21);

async function refusalOf(lines: readonly string[]): Promise<string> {
  const dir = await folderOf({ 'AUSDT.csv': lines });
  const error: unknown = await open(dir).catch((cause: unknown) => cause);
  return error instanceof Error && error.name === 'StartupError' ? error.message : '(accepted)';
}

describe('a replayed minute', () => {
  it('is four batches: open, low, high, close when it rises, high first when it falls', async () => {
    const dir = await folderOf({
      'AUSDT.csv': [HEADER, at(0), at(1, '11,13,8,9,5')],
      'BUSDT.csv': [HEADER, at(0, '2,3,1,1.5,7'), at(1, '2,3,1,2,7')],
    });
    const batches = await take(await open(dir));
    expect(batches.map((batch) => batch.at - MIDNIGHT)).toEqual([
      0, 20_000, 40_000, 59_999, 60_000, 80_000, 100_000, 119_999,
    ]);
    expect(batches.map(({ ticks }) => ticks.map((tick) => tick.price))).toEqual([
      [10, 2],
      [9, 3],
      [12, 1],
      [11, 1.5],
      [11, 2],
      [13, 1],
      [8, 3],
      [9, 2],
    ]);
    expect(batches.map((batch) => batch.ticks[0]?.path)).toEqual([
      'jump',
      'through',
      'through',
      'through',
      'jump',
      'through',
      'through',
      'through',
    ]);
    expect(batches[1]?.ticks[0]?.candle).toEqual({ low: 9, high: 12 });
    expect(batches.flatMap((batch, index) => (batch.edge === null ? [] : [[index, batch.edge]]))).toEqual([
      [3, MIDNIGHT + 60_000],
      [7, MIDNIGHT + 120_000],
    ]);
    expect(batches[3]?.candles).toHaveLength(2);
    expect(batches[3]?.candles[0]).toEqual({
      symbol: 'AUSDT',
      openedAt: MIDNIGHT,
      open: 10,
      high: 12,
      low: 9,
      close: 11,
      volume: 5,
    });
  });

  it('has ticks only of symbols that have a candle then', async () => {
    const dir = await folderOf({
      'AUSDT.csv': [HEADER, at(0), at(1), at(2), at(5)],
      'BUSDT.csv': [HEADER, at(1), at(2)],
    });
    const source = await open(dir);
    const batches = await take(source);
    const opens = batches.filter((_, index) => index % 4 === 0);
    expect(opens.map((batch) => [(batch.at - MIDNIGHT) / 60_000, batch.ticks.length])).toEqual([
      [0, 1],
      [1, 2],
      [2, 2],
      [5, 1],
    ]);
    expect(source.warnings).toEqual([
      'AUSDT.csv:5: gap of 2 candles, from 2026-01-21T00:02:00.000Z to 2026-01-21T00:05:00.000Z',
    ]);
  });

  it('is played from the first candle on: nothing is kept back as history', async () => {
    const dir = await folderOf({
      'AUSDT.csv': [HEADER, ...minutes(50)],
      'BUSDT.csv': [HEADER, at(3), at(4)],
    });
    const source = await open(dir);
    expect(source.startsAt()).toBe(MIDNIGHT);
    expect([...source.history(source.startsAt())]).toEqual([]);
    const batches = await take(source);
    expect(batches[0]?.at).toBe(source.startsAt());
    expect(batches.flatMap(({ candles }) => candles)).toHaveLength(52);
  });

  it('stays finished after the last batch', async () => {
    const source = await open(await folderOf({ 'AUSDT.csv': [HEADER, ...minutes(3)] }));
    const last = (await take(source)).at(-1)?.at ?? Number.NaN;
    expect(await take(source, { resumeAt: last })).toEqual([]);
  });
});

describe('replay files', () => {
  it('come in two header forms that mean the same', async () => {
    const short = await open(await folderOf({ 'AUSDT.csv': [HEADER, ...minutes(3)] }));
    const rows = [0, 1, 2].map((minute) => `${MIDNIGHT + minute * 60_000},10,12,9,11,5,50,2026-01-21`);
    const long = await open(await folderOf({ 'AUSDT.csv': [LONG_HEADER, ...rows] }));
    expect(await take(long)).toEqual(await take(short));
    expect(long.fingerprint).not.toBe(short.fingerprint);
  });

  it('decide tick, step and leverage', async () => {
    const row = (prices: string) => [HEADER, at(0, prices), at(1, prices)];
    const dir = await folderOf({
      'BTCUSDT.csv': row('89851.68,90006.0,89851.68,90005.99,45.8'),
      'PEPEUSDT.csv': row('9.215e-4,0.001198,0.0008252,0.0010593,1e9'),
    });
    expect((await open(dir)).symbols).toEqual([
      { symbol: 'BTCUSDT', tickSize: 0.01, stepSize: 1e-5, maxLeverage: 125, maintenanceRate: 0.005 },
      { symbol: 'PEPEUSDT', tickSize: 1e-7, stepSize: 100, maxLeverage: 50, maintenanceRate: 0.005 },
    ]);
  });

  it('are bound by names and contents', async () => {
    const fingerprintOf = async (files: Readonly<Record<string, readonly string[]>>) =>
      (await open(await folderOf(files))).fingerprint;
    const base = await fingerprintOf({ 'AUSDT.csv': [HEADER, ...minutes(3)] });
    expect(await fingerprintOf({ 'AUSDT.csv': [HEADER, ...minutes(3)] })).toBe(base);
    expect(await fingerprintOf({ 'BUSDT.csv': [HEADER, ...minutes(3)] })).not.toBe(base);
    expect(await fingerprintOf({ 'AUSDT.csv': [HEADER, ...minutes(4)] })).not.toBe(base);
  });

  it('skip a row that repeats the one before, with a warning', async () => {
    const source = await open(await folderOf({ 'AUSDT.csv': [HEADER, at(0), at(0), at(1)] }));
    expect(source.warnings).toEqual([
      'AUSDT.csv:3: 2026-01-21T00:00:00.000Z is there twice; the second is skipped',
    ]);
    expect(await take(source)).toHaveLength(8);
  });

  it.each([
    ['NaN', '10,12,9,NaN,5', 'AUSDT.csv:3: close "NaN" is not a number'],
    ['an empty cell', '10,,9,11,5', 'AUSDT.csv:3: high "" is not a number'],
    ['zero', '0,12,0,11,5', 'AUSDT.csv:3: open "0" is not a possible price'],
    ['a negative price', '10,12,-9,11,5', 'AUSDT.csv:3: low "-9" is not a possible price'],
    ['a price too large', '10,1e12,9,11,5', 'AUSDT.csv:3: high "1e12" is not a possible price'],
    ['high below low', '10,9,12,11,5', 'AUSDT.csv:3: high 9 is below low 12'],
    ['open outside', '8,12,9,11,5', 'AUSDT.csv:3: open 8 lies outside low 9 to high 12'],
    ['close outside', '10,12,9,13,5', 'AUSDT.csv:3: close 13 lies outside low 9 to high 12'],
    ['endless volume', '10,12,9,11,Infinity', 'AUSDT.csv:3: volume "Infinity" is not a number of at least 0'],
    ['negative volume', '10,12,9,11,-1', 'AUSDT.csv:3: volume "-1" is not a number of at least 0'],
    ['a missing column', '10,12,9,11', 'AUSDT.csv:3: there are 5 columns, the header has 6'],
  ])('are refused for %s', async (_, prices, expected) => {
    expect(await refusalOf([HEADER, at(0), at(1, prices), at(2)])).toContain(`\n  ${expected}`);
  });

  it.each([
    ['a wrong header', ['time,o,h,l,c,v', at(0)], 'AUSDT.csv:1: the header "time,o,h,l,c,v" must be'],
    ['no rows', [HEADER], 'AUSDT.csv:1: there are no candles'],
    ['an empty file', [], 'AUSDT.csv:1: there are no candles'],
    ['unsorted rows', [HEADER, at(2), at(1), at(3)], 'AUSDT.csv:3: 2026-01-21T00:01:00.000Z comes after'],
    [
      'a time twice with other values',
      [HEADER, at(0), at(0, '10,12,9,10,5')],
      'AUSDT.csv:3: 2026-01-21T00:00:00.000Z is there twice, with different values',
    ],
    ['a text for a time', [HEADER, at(0), 'soon,10,12,9,11,5'], 'AUSDT.csv:3: the time "soon" is neither'],
    ['a day that is not', [HEADER, '2026-02-30 00:00:00,10,12,9,11,5'], 'AUSDT.csv:2: the time "2026-02-30'],
    ['seconds', [HEADER, '1769000000,10,12,9,11,5'], 'AUSDT.csv:2: the time "1769000000" is in seconds'],
    [
      'rows off the grid',
      [HEADER, ...minutes(3), '2026-01-21 00:03:30,10,12,9,11,5', '2026-01-21 00:05:00,10,12,9,11,5'],
      'AUSDT.csv:5: 2026-01-21T00:03:30.000Z is off the 60000 ms grid',
    ],
    ['a single candle', [HEADER, at(0)], 'AUSDT.csv: the candles'],
    ['a broken quote', [HEADER, at(0), '"2026,10,12,9,11,5'], 'AUSDT.csv'],
  ])('are refused for %s', async (_, lines, expected) => {
    expect(await refusalOf(lines)).toContain(`\n  ${expected}`);
  });

  it('are refused when they differ in the length of their candles', async () => {
    const dir = await folderOf({
      'AUSDT.csv': [HEADER, ...minutes(3)],
      'BUSDT.csv': [HEADER, at(0), at(5), at(10)],
    });
    await expect(open(dir)).rejects.toThrow('60000 ms in AUSDT.csv; 300000 ms in BUSDT.csv');
  });

  it('are refused with all problems at once, the first fifty shown', async () => {
    const bad = Array.from({ length: 59 }, (_, index) => at(index, '0,0,0,0,0'));
    const dir = await folderOf({ 'AUSDT.csv': [HEADER, ...bad], 'BUSDT.csv': ['nothing', at(0)] });
    const error: unknown = await open(dir).catch((cause: unknown) => cause);
    const message = error instanceof Error ? error.message : '';
    expect(message).toContain('(60 problems)');
    expect(message.split('\n')).toHaveLength(52);
    expect(message).toContain('… and 10 more');
  });

  it('are refused when there are none, when a name is no symbol, when the folder is not there', async () => {
    await expect(open(await folderOf({ 'readme.txt': ['hello'] }))).rejects.toThrow('no <SYMBOL>.csv');
    await expect(open(await folderOf({ 'my coins.csv': [HEADER] }))).rejects.toThrow(
      'my coins.csv: the name',
    );
    await expect(open(join(await folderOf({}), 'nowhere'))).rejects.toThrow('cannot be read');
  });
});

describe('replay speed', () => {
  it('waits as the speed asks, and keeps what is less than a millisecond', async () => {
    const dir = await folderOf({ 'AUSDT.csv': [HEADER, ...minutes(9)] });
    const waits: number[] = [];
    const sleep = (ms: number) => {
      waits.push(ms);
      return Promise.resolve();
    };
    await take(await createReplaySource({ dir, speed: 60, sleep }));
    const told = 8 * 60_000 + 59_999;
    expect(Math.abs(waits.reduce((sum, ms) => sum + ms, 0) - told / 60)).toBeLessThan(1);
    waits.length = 0;
    await take(await createReplaySource({ dir, speed: 100_000, sleep }));
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBe(5);
  });

  it('stops waiting when aborted', async () => {
    const dir = await folderOf({ 'AUSDT.csv': [HEADER, ...minutes(9)] });
    const controller = new AbortController();
    const sleep = (_: number, signal: AbortSignal): Promise<void> => {
      controller.abort();
      return Promise.reject(signal.reason as Error);
    };
    const source = await createReplaySource({ dir, speed: 1, sleep });
    expect(await take(source, { signal: controller.signal })).toHaveLength(1);
  });
});

const synthetic = await folderOf({
  'AUSDT.csv': [HEADER, ...minutes(40)],
  'BUSDT.csv': [HEADER, ...minutes(9, 3), ...minutes(20, 20)],
});
describeMarketSource('replay of generated files', { create: () => open(synthetic), batches: 200 });
