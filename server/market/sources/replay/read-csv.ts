import type { Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { finished } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { CandleColumns, type Row } from './columns.ts';
import type { Findings } from './findings.ts';
import { HEADERS, parseRow } from './parse-row.ts';

export interface CsvReport {
  readonly problems: Findings;
  readonly warnings: Findings;
  /** Takes the file's bytes. */
  readonly hash: Hash;
}

/** What one file holds. */
export interface CsvCandles {
  readonly file: string;
  readonly columns: CandleColumns;
  /** The most decimals any price needs. */
  readonly decimals: number;
  /** Line of each candle, 1-based. */
  readonly lines: readonly number[];
}

const LONGEST_LINE = 4096;

/**
 * Reads one file, streaming. What is wrong goes to `report.problems` as `file:line: …`; rows that repeat the one
 * before exactly are left out with a warning. Nothing is thrown for what the file holds.
 */
export async function readCsv(path: string, report: CsvReport): Promise<CsvCandles> {
  const reader = new CsvReader(basename(path), report);
  const parser = parse({
    bom: true,
    trim: true,
    skip_empty_lines: true,
    relax_column_count: true,
    max_record_size: LONGEST_LINE,
    on_record: (cells: readonly string[], { lines }) => {
      reader.take(cells, lines);
      return null;
    },
  });
  const input = createReadStream(path);
  input.on('data', (chunk) => report.hash.update(chunk));
  input.on('error', (cause) => parser.destroy(cause));
  try {
    input.pipe(parser).resume();
    await finished(parser);
  } catch (cause) {
    reader.fail(cause);
  } finally {
    input.destroy();
  }
  return reader.end();
}

/** Judges a file's records one after the other. */
class CsvReader {
  readonly #file: string;
  readonly #report: CsvReport;
  readonly #columns = new CandleColumns();
  readonly #lines: number[] = [];
  #columnCount = 0;
  #hasHeader = false;
  #decimals = 0;
  #last: Row | null = null;

  constructor(file: string, report: CsvReport) {
    this.#file = file;
    this.#report = report;
  }

  take(cells: readonly string[], line: number): void {
    if (!this.#hasHeader) this.#takeHeader(cells, line);
    else if (this.#columnCount > 0) this.#takeRow(cells, line);
  }

  /** The file cannot be read on. */
  fail(cause: unknown): void {
    const message = cause instanceof Error ? cause.message : String(cause);
    const line = cause instanceof CsvError && typeof cause.lines === 'number' ? `:${cause.lines}` : '';
    this.#report.problems.add(`${this.#file}${line}: cannot be read: ${message}`);
  }

  end(): CsvCandles {
    const isEmpty = this.#columns.length === 0;
    if (isEmpty && this.#report.problems.count === 0)
      this.#report.problems.add(`${this.#file}:1: there are no candles`);
    this.#columns.trim();
    return { file: this.#file, columns: this.#columns, decimals: this.#decimals, lines: this.#lines };
  }

  #takeHeader(cells: readonly string[], line: number): void {
    this.#hasHeader = true;
    const header = cells.map((cell) => cell.toLowerCase()).join(',');
    if (HEADERS.includes(header)) this.#columnCount = cells.length;
    else this.#problem(line, `the header ${JSON.stringify(cells.join(','))} must be ${HEADERS.join(' or ')}`);
  }

  #takeRow(cells: readonly string[], line: number): void {
    if (cells.length !== this.#columnCount) {
      this.#problem(line, `there are ${cells.length} columns, the header has ${this.#columnCount}`);
      return;
    }
    const parsed = parseRow(cells);
    if ('problem' in parsed) this.#problem(line, parsed.problem);
    else if (this.#comesNext(parsed.row, line)) {
      this.#columns.push(parsed.row);
      this.#lines.push(line);
      this.#decimals = Math.max(this.#decimals, parsed.decimals);
      this.#last = parsed.row;
    }
  }

  #comesNext(row: Row, line: number): boolean {
    const last = this.#last;
    if (!last || row.time > last.time) return true;
    const time = new Date(row.time).toISOString();
    if (row.time < last.time)
      this.#problem(
        line,
        `${time} comes after ${new Date(last.time).toISOString()}: rows must be sorted by time`,
      );
    else if (isSameRow(row, last))
      this.#report.warnings.add(`${this.#file}:${line}: ${time} is there twice; the second is skipped`);
    else this.#problem(line, `${time} is there twice, with different values`);
    return false;
  }

  #problem(line: number, text: string): void {
    this.#report.problems.add(`${this.#file}:${line}: ${text}`);
  }
}

function isSameRow(left: Row, right: Row): boolean {
  return (['open', 'high', 'low', 'close', 'volume'] as const).every((field) => left[field] === right[field]);
}
