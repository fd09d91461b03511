import assert from 'node:assert/strict';
import type { Account, EngineEvent, LedgerAccount, Posting, SymbolSpec } from '../../engine/model.ts';
import { decimalText, liquidationOf, type ReferenceBook } from './reference-ledger.ts';

/** The engine's account is the reference's book: I2-I4, I6, I8. */
export function compareBooks(
  account: Account,
  book: ReferenceBook,
  specOf: (symbol: string) => SymbolSpec,
): void {
  assert.deepEqual(
    {
      cash: BigInt(account.cashMicros),
      realized: BigInt(account.realizedMicros),
      fees: BigInt(account.feesMicros),
      funding: BigInt(account.fundingMicros),
      tradeCount: account.tradeCount,
      winCount: account.winCount,
      positions: account.positions.map(describePosition),
    },
    {
      cash: book.cash,
      realized: book.pnl,
      fees: book.fees,
      funding: book.funding,
      tradeCount: book.closed,
      winCount: book.won,
      positions: [...book.open.values()].map((position) => ({
        id: position.id,
        symbol: position.symbol,
        side: position.side,
        leverage: position.leverage,
        quantity: Number(decimalText(position.quantity)),
        entryQuantity: Number(decimalText(position.entered)),
        cost: position.cost,
        margin: position.margin,
        initialMargin: position.initialMargin,
        fees: position.fees,
        realized: position.gross + position.insurance,
        insurance: position.insurance,
        funding: position.funding,
        stopLoss: position.stopLoss,
        takeProfit: position.takeProfit,
        liquidationPrice: liquidationOf(position, specOf(position.symbol)),
        openedAt: position.openedAt,
        levelsSetAt: position.levelsSetAt,
      })),
    },
  );
}

function describePosition(position: Account['positions'][number]) {
  return {
    id: position.id,
    symbol: position.symbol,
    side: position.side,
    leverage: position.leverage,
    quantity: position.quantity,
    entryQuantity: position.entryQuantity,
    cost: BigInt(position.costMicros),
    margin: BigInt(position.marginMicros),
    initialMargin: BigInt(position.initialMarginMicros),
    fees: BigInt(position.feesMicros),
    realized: BigInt(position.realizedMicros),
    insurance: BigInt(position.insuranceMicros),
    funding: BigInt(position.fundingMicros),
    stopLoss: position.stopLoss,
    takeProfit: position.takeProfit,
    liquidationPrice: position.liquidationPrice,
    openedAt: position.openedAt,
    levelsSetAt: position.levelsSetAt,
  };
}

/** What a fill says of itself and what it posts are one thing: I5, I7. */
export function checkFill({ fill, postings }: Extract<EngineEvent, { fill: unknown }>): void {
  const isEntry = fill.kind === 'entry';
  const sign = fill.side === 'LONG' ? 1 : -1;
  const gross = isEntry ? 0 : sign * (fill.notionalMicros - fill.costMicros);
  const cash = isEntry ? 0 - fill.marginMicros - fill.feeMicros : fill.marginMicros + fill.pnlMicros;
  assert.ok(fill.feeMicros >= 0 && fill.insuranceMicros >= 0 && fill.marginMicros >= 0);
  assert.equal(fill.pnlMicros, 0 + gross - fill.feeMicros + fill.insuranceMicros);
  if (fill.insuranceMicros > 0) assert.equal(cash, 0, 'insurance pays the shortfall and no more');
  assert.deepEqual(sumByAccount(postings), {
    ...noBalances(),
    cash,
    margin: isEntry ? fill.marginMicros : 0 - fill.marginMicros,
    market: 0 - gross,
    fees: fill.feeMicros,
    insurance: 0 - fill.insuranceMicros,
  });
}

/** Sums the postings of one bot: I0, I1, I2, I7. */
export class PostedLedger {
  readonly #balances = noBalances();
  readonly #margins = new Map<string, number>();

  post(postings: readonly Posting[], positionId: string | null): void {
    let sum = 0;
    for (const { account, amountMicros } of postings) {
      assert.ok(Number.isSafeInteger(amountMicros) && amountMicros !== 0, `${account} ${amountMicros}`);
      sum += amountMicros;
      this.#balances[account] += amountMicros;
      if (account === 'margin' && positionId !== null)
        this.#margins.set(positionId, (this.#margins.get(positionId) ?? 0) + amountMicros);
    }
    assert.equal(sum, 0, 'a group sums to 0');
    assert.ok(this.#balances.cash >= 0, 'cash is never negative');
  }

  compare(account: Account, depositMicros: number): void {
    let locked = 0;
    for (const position of account.positions) {
      assert.equal(this.#margins.get(position.id), position.marginMicros);
      locked += position.marginMicros;
    }
    assert.equal(this.#balances.cash, account.cashMicros);
    assert.equal(this.#balances.margin, locked);
    assert.equal(
      account.cashMicros + locked,
      depositMicros + account.realizedMicros + account.fundingMicros,
      'cash + margin = deposits + pnl + funding',
    );
  }
}

function sumByAccount(postings: readonly Posting[]): Record<LedgerAccount, number> {
  const sums = noBalances();
  for (const { account, amountMicros } of postings) sums[account] += amountMicros;
  // Without this a sum of nothing but -0 would differ from 0.
  for (const account of Object.keys(sums) as LedgerAccount[]) sums[account] += 0;
  return sums;
}

function noBalances(): Record<LedgerAccount, number> {
  return { deposits: 0, cash: 0, margin: 0, market: 0, fees: 0, funding: 0, insurance: 0, legacy: 0 };
}
