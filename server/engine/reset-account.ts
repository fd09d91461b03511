import { openAccount } from './account.ts';
import { exit } from './fills.ts';
import type { Account, EngineEvent, Posting, Rules, SymbolSpec } from './model.ts';

export interface ResetEnv {
  readonly rules: Rules;
  /** undefined = the market has no such symbol any more. */
  spec(symbol: string): SymbolSpec | undefined;
  /** The last price; undefined = none known: then the position closes at what it cost. */
  mark(symbol: string): number | undefined;
  readonly depositMicros: number;
  readonly at: number;
}

export interface ResetResult {
  /** The book of the new epoch. */
  readonly account: Account;
  /** The closes that ended the old one. */
  readonly events: readonly EngineEvent[];
  /** All cash going back, in the old epoch. */
  readonly withdrawal: readonly Posting[];
  /** The new deposit, in the new epoch. */
  readonly deposit: readonly Posting[];
}

/**
 * Ends an epoch and begins the next: every position is closed whole at the mark, without slippage but with its fee, all
 * cash goes back where it came from, and a new deposit opens an empty book.
 * @param account the book as it is. Afterwards the old epoch holds neither cash nor margin.
 */
export function resetAccount(account: Account, env: ResetEnv): ResetResult {
  const events: EngineEvent[] = [];
  let closed = account;
  for (const position of account.positions) {
    const price = env.mark(position.symbol) ?? position.costMicros / 1e6 / position.quantity;
    const { account: next, event } = exit(
      closed,
      {
        position,
        spec: env.spec(position.symbol) ?? goneSymbol(position.symbol, position.quantity),
        quantity: position.quantity,
        price,
        cause: 'reset',
        decisionPrice: price,
        slippage: 0,
        at: env.at,
      },
      env.rules,
    );
    closed = next;
    events.push(event);
  }
  const cash = closed.cashMicros;
  const { account: fresh, postings } = openAccount(env.depositMicros);
  return {
    account: fresh,
    events,
    withdrawal:
      cash === 0
        ? []
        : [
            { account: 'cash', amountMicros: 0 - cash },
            { account: 'deposits', amountMicros: cash },
          ],
    deposit: postings,
  };
}

/** The rules of a symbol that the market no longer has: its position can only be closed whole. */
export function goneSymbol(symbol: string, quantity: number): SymbolSpec {
  return { symbol, tickSize: 1e-8, stepSize: quantity, maxLeverage: 1, maintenanceRate: 0 };
}
