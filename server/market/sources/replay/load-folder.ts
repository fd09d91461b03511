import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SymbolSpec } from '../../../engine/model.ts';
import { StartupError } from '../../../errors.ts';
import { agreeOnInterval, checkGrid } from './check-grid.ts';
import type { CandleColumns } from './columns.ts';
import { Findings } from './findings.ts';
import { readCsv, type CsvCandles, type CsvReport } from './read-csv.ts';

/** One symbol's candles and trading terms. */
export interface ReplaySymbol {
  readonly spec: SymbolSpec;
  readonly columns: CandleColumns;
}

/** A folder that can be replayed. */
export interface ReplayFolder {
  readonly symbols: readonly ReplaySymbol[];
  readonly candleMs: number;
  readonly warnings: readonly string[];
  /** Hash of the files' names and contents. */
  readonly fingerprint: string;
}

const FILE_NAME = /^[A-Z0-9][A-Z0-9_-]{0,29}\.csv$/;
const MOST_PROBLEMS_SHOWN = 50;
const MOST_WARNINGS_KEPT = 1000;

/**
 * Reads every `<SYMBOL>.csv` of a folder; other files are not looked at.
 *
 * Refused, with all problems at once (StartupError): a folder that cannot be read or has no such file, a CSV file
 * whose name is no symbol, an unknown header, rows with missing or surplus columns, unreadable times, unsorted rows,
 * two rows of one time that differ, impossible numbers, candles of different lengths or off the common grid.
 * Skipped with a warning: a row that repeats the one before exactly, and gaps, which simply hold no ticks.
 */
export async function loadFolder(dir: string): Promise<ReplayFolder> {
  const problems = new Findings(MOST_PROBLEMS_SHOWN);
  const warnings = new Findings(MOST_WARNINGS_KEPT);
  const hash = createHash('sha256');
  const files: CsvCandles[] = [];
  for (const name of await listCsvFiles(dir, problems)) {
    hash.update(`${name}\0`);
    files.push(await readNext(join(dir, name), { problems, warnings, hash }));
  }
  refuse(dir, problems);
  const candleMs = agreeOnInterval(files, problems);
  if (candleMs !== null) checkGrid(files, { intervalMs: candleMs, problems, warnings });
  refuse(dir, problems);
  return {
    symbols: files.map(describeSymbol),
    candleMs: candleMs ?? 0,
    warnings: warnings.list(),
    fingerprint: `replay:${hash.digest('hex')}`,
  };
}

/** The end of a file's content is marked, so that moving bytes between files changes the hash. */
async function readNext(path: string, report: CsvReport): Promise<CsvCandles> {
  const file = await readCsv(path, report);
  report.hash.update('\0');
  return file;
}

async function listCsvFiles(dir: string, problems: Findings): Promise<readonly string[]> {
  const names = await readdir(dir).catch((cause: unknown) => {
    throw new StartupError(`The folder of candles ${dir} cannot be read: ${String(cause)}`, { cause });
  });
  const csvNames = names.filter((name) => name.toLowerCase().endsWith('.csv')).toSorted();
  if (csvNames.length === 0) problems.add('there is no <SYMBOL>.csv in it');
  for (const name of csvNames)
    if (!FILE_NAME.test(name)) problems.add(`${name}: the name must be <SYMBOL>.csv, such as BTCUSDT.csv`);
  return csvNames.filter((name) => FILE_NAME.test(name));
}

function refuse(dir: string, problems: Findings): void {
  if (problems.count === 0) return;
  const lines = problems.list().join('\n  ');
  throw new StartupError(
    `The candles in ${dir} cannot be replayed (${problems.count} problem${problems.count === 1 ? '' : 's'}):\n  ${lines}`,
  );
}

const MAX_LEVERAGE = 50;
const MAJOR_LEVERAGE: Readonly<Record<string, number>> = { BTCUSDT: 125, ETHUSDT: 125 };
const MAINTENANCE_RATE = 0.005;

/** The tick is the finest decimal seen in the prices; one step is worth at most 1 USD at the highest price. */
function describeSymbol({ file, columns, decimals }: CsvCandles): ReplaySymbol {
  const symbol = file.slice(0, -'.csv'.length);
  let highest = 0;
  for (let index = 0; index < columns.length; index += 1)
    highest = Math.max(highest, columns.rowAt(index).high);
  const stepDecimals = Math.min(8, Math.max(-6, Math.ceil(Math.log10(highest))));
  const spec = {
    symbol,
    tickSize: Number(`1e${-decimals}`),
    stepSize: Number(`1e${-stepDecimals}`),
    maxLeverage: MAJOR_LEVERAGE[symbol] ?? MAX_LEVERAGE,
    maintenanceRate: MAINTENANCE_RATE,
  };
  return { spec, columns };
}
