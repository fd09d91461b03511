import type { Reader } from '../database.ts';
import { checkAccounts } from './accounts.ts';
import { checkAuditChain } from './audit-chain.ts';
import { checkBooks, seedLegacyPositions } from './books.ts';
import { Findings, type Violation } from './findings.ts';
import { LedgerWalk } from './ledger-walk.ts';
import { openForCheck } from './open-for-check.ts';
import { checkPositions } from './positions.ts';
import { checkFile, checkSchema } from './schema-checks.ts';
import { checkPriceSets, SnapshotCheck } from './snapshots.ts';
import { TradeWalk } from './trade-walk.ts';
import { checkTurns } from './turns.ts';
import { checkVault } from './vault.ts';
import { checkVersions } from './versions.ts';

export type { Invariant, Violation } from './findings.ts';

export interface CheckReport {
  readonly violations: readonly Violation[];
  /** Rows read, by table. */
  readonly counts: {
    readonly bots: number;
    readonly positions: number;
    readonly trades: number;
    readonly ledgerEntries: number;
    readonly priceSets: number;
    readonly snapshots: number;
  };
}

/**
 * Checks every row of a database file, also while a server writes to it: all reads see the same instant, and nothing is
 * written. Money in integer micros, quantities exact; no code is shared with the engine. What must hold:
 *
 * - I0 every ledger group sums to 0.
 * - I1 a bot's cash = the sum of its cash postings, and never below 0.
 * - I2 a position's margin = its margin postings = ceil(notional / leverage) of its entries + funding - releases.
 * - I3 a snapshot = cash + margin + unrealised PnL, recomputed at the prices, ledger entry and trade it cites.
 * - I4 open quantity and cost = entries - exits; open exactly while the quantity is above 0.
 * - I5 a loss is isolated: no negative margin; insurance pays exactly what the margin of an exit could not.
 * - I6 a closed position has one closing exit, all its cost released, and is never opened again.
 * - I7 cash + margin = deposits + legacy + pnl + funding per bot and epoch; postings = the columns of their trade.
 * - I8 stored counters, realised results and fees = recomputed from trades.
 * - I9 append-only triggers stand; epochs follow each other and leave nothing behind.
 * - I10 price sets and snapshots go forward in time, one a bucket.
 * - I11 a fill has one cause, a decision one applied turn, an applied turn its decisions, answer and prompt hash.
 * - I12 turn numbers are unique, and a decision makes one entry.
 * - I16 dollars are whole micros, numbers finite, tables STRICT. I17 leverage in 1..1000, one open position a symbol.
 * - I18 children belong to their parent's user and bot, and versions to whatever points at them. I19 time runs forward. I20 the file and schema are intact.
 * - I21 the audit log's chain of hashes is whole; only rows from before its first have none.
 * - I22 no data key is wrapped by a master key that is retired.
 *
 * Rows marked `legacy` are exempt from I4, I6, I8 and I11.
 * @throws StartupError when the file is missing or not an arena database of the present schema's kind.
 */
export async function checkDatabase(path: string): Promise<CheckReport> {
  const { db, close } = await openForCheck(path);
  try {
    return await checkReader(db);
  } finally {
    await close();
  }
}

async function checkReader(db: Reader): Promise<CheckReport> {
  const findings = new Findings();
  const ledger = new LedgerWalk(db, findings);
  const trades = new TradeWalk(db, findings);
  const counts = { bots: 0, positions: 0, priceSets: 0, snapshots: 0 };
  try {
    await checkSchema(db, findings);
    counts.priceSets = await checkPriceSets(db, findings);
    await seedLegacyPositions(db, trades);
    counts.snapshots = await new SnapshotCheck(db, { ledger, trades }, findings).run();
    await ledger.finish();
    await trades.advanceTo(Number.MAX_SAFE_INTEGER);
    await checkBooks(db, { ledger, trades }, findings);
    counts.bots = await checkAccounts(db, { ledger, trades }, findings);
    counts.positions = await checkPositions(db, findings);
    await checkTurns(db, findings);
    await checkVersions(db, findings);
    await checkAuditChain(db, findings);
    await checkVault(db, findings);
    await checkFile(db, findings);
  } catch (error) {
    // A damaged file stops the reading somewhere; that is a finding, not a failure of the check.
    if (!isDamage(error)) throw error;
    findings.add('I20', 'the file is damaged; what follows could not be read', { error: error.message });
  }
  return {
    violations: findings.list(),
    counts: { ...counts, trades: trades.count, ledgerEntries: ledger.count },
  };
}

function isDamage(error: unknown): error is Error {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    /^SQLITE_(CORRUPT|NOTADB|IOERR)/.test(error.code)
  );
}
