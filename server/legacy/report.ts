import type { BotFigures } from './figures.ts';
import type { BotMove } from './move-bots.ts';
import type { Count, Kind } from './tally.ts';

export interface BotReport extends BotMove {
  readonly after: BotFigures;
}

/** What a move did, or would have done. */
export interface LegacyReport {
  readonly from: string;
  readonly to: string;
  readonly isDryRun: boolean;
  /** The source has been moved into this target before: nothing was done. */
  readonly isDone: boolean;
  /** Where the source was copied to before it was changed. */
  readonly backup: string | null;
  readonly counts: Readonly<Partial<Record<Kind, Count>>>;
  readonly quarantined: number;
  /** Reason -> how many records. */
  readonly reasons: Readonly<Record<string, number>>;
  readonly notes: readonly string[];
  readonly bots: readonly BotReport[];
  /** Bytes of the old state, and of what is still needed of it. */
  readonly state: { readonly before: number; readonly after: number };
  readonly rows: number;
  readonly ms: number;
}

const number = new Intl.NumberFormat('en-US');
const ratio = new Intl.NumberFormat('en-US', { maximumFractionDigits: 6 });
const money = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 6 });

/** The report as people read it. */
export function formatReport(report: LegacyReport): string {
  if (report.isDone) return `${report.from} has been moved into ${report.to} already: nothing left to do.`;
  const verb = report.isDryRun ? 'would be' : 'was';
  return [
    ...(report.backup === null
      ? []
      : [`Before anything was changed, ${report.from} was copied to ${report.backup}.`, '']),
    ...countLines(report),
    '',
    ...report.bots.flatMap(botLines),
    `The old state of ${number.format(report.state.before)} bytes ${verb} reduced to ${number.format(report.state.after)}.`,
    ...list('Changed on the way:', report.notes),
    ...list(
      'Set aside in migration_quarantine:',
      Object.entries(report.reasons).map(([reason, count]) => `${number.format(count)} × ${reason}`),
    ),
    '',
    lastLine(report),
  ].join('\n');
}

function lastLine({ quarantined, rows, ms, isDryRun, to }: LegacyReport): string {
  const what = `${number.format(rows)} records in ${(ms / 1000).toFixed(2)} s`;
  const all = quarantined === 0 ? 'every record has arrived' : `${number.format(quarantined)} are set aside`;
  return isDryRun ? `Dry run: ${what}, ${all}; nothing was written.` : `Moved ${what} into ${to}: ${all}.`;
}

function countLines({ counts }: LegacyReport): string[] {
  const rows = Object.entries(counts).map(([kind, { found, imported, known, quarantined }]) => [
    kind,
    ...[found, imported, known, quarantined].map((count) => number.format(count)),
  ]);
  return table([['records', 'found', 'imported', 'known', 'set aside'], ...rows]);
}

function botLines(bot: BotReport): string[] {
  const { name, before, after, differences, unmatchedOrders, pauseReason } = bot;
  const usd = (value: number | null) => (value === null ? '–' : money.format(value));
  const plain = (value: number | null) => (value === null ? '–' : ratio.format(value));
  return [
    ...table([
      [name, 'before', 'after'],
      ['balance', usd(before.balance), usd(after.balance)],
      ['realised PnL', usd(before.realizedPnl), usd(after.realizedPnl)],
      ['total value', usd(before.totalValue), usd(after.totalValue)],
      ['trades', plain(before.tradeCount), plain(after.tradeCount)],
      ['win rate', plain(before.winRate), plain(after.winRate)],
      ['open positions', plain(before.openPositions), plain(after.openPositions)],
    ]),
    ...(pauseReason === null ? [] : [`  paused: ${pauseReason}`]),
    ...differences.map((difference) => `  ${difference}`),
    ...(unmatchedOrders === 0
      ? []
      : [`  ${number.format(unmatchedOrders)} orders name no position and fit none: they stand alone`]),
    '',
  ];
}

function list(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}

/** The first column to the left, the others to the right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
