import type { DecisionEnv } from './apply-decision.ts';
import type { Decision, Outcome, Position, Quote, Side, SymbolSpec } from './model.ts';
import { snap } from './money.ts';
import { rejected } from './outcome.ts';

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly outcome: Outcome };

export function ok<T>(value: T): Checked<T> {
  return { ok: true, value };
}

export function no(outcome: Outcome): Checked<never> {
  return { ok: false, outcome };
}

/** The symbol's rules and a quote fresh enough to trade on. */
export function tradableMarket(
  symbol: string,
  env: DecisionEnv,
): Checked<{ spec: SymbolSpec; quote: Quote }> {
  const spec = env.spec(symbol);
  if (!spec) return no(rejected('unknown-symbol', `this market has no ${symbol}`));
  const quote = env.quote(symbol);
  if (!quote) return no(rejected('no-price', `${symbol} has no price yet`));
  if (quote.isStale) return no(rejected('stale-price', `the last price of ${symbol} is too old to trade on`));
  return ok({ spec, quote });
}

export interface Levels {
  readonly stopLoss: number | null;
  readonly takeProfit: number | null;
  readonly notes: readonly string[];
}

/** Stop and target on the tick and on the right side of `price`. */
export function checkLevels(
  asked: Pick<Decision, 'stopLoss' | 'takeProfit'>,
  market: { side: Side; price: number; tickSize: number },
): Checked<Levels> {
  const { side, price, tickSize } = market;
  const stopLoss = onTick(asked.stopLoss, tickSize);
  const takeProfit = onTick(asked.takeProfit, tickSize);
  const isAbove = (level: number) => level > price;
  const isBelow = (level: number) => level < price && level > 0;
  const [stopFits, targetFits] = side === 'LONG' ? [isBelow, isAbove] : [isAbove, isBelow];
  const [stopSide, targetSide] = side === 'LONG' ? ['below', 'above'] : ['above', 'below'];
  if (stopLoss !== null && !stopFits(stopLoss))
    return no(
      rejected('wrong-side-stop', `the stop ${stopLoss} of a ${side} must be ${stopSide} the price ${price}`),
    );
  if (takeProfit !== null && !targetFits(takeProfit))
    return no(
      rejected(
        'wrong-side-target',
        `the target ${takeProfit} of a ${side} must be ${targetSide} the price ${price}`,
      ),
    );
  const notes = [
    ...movedNote('stop', asked.stopLoss, stopLoss),
    ...movedNote('target', asked.takeProfit, takeProfit),
  ];
  return ok({ stopLoss, takeProfit, notes });
}

function onTick(level: number | null | undefined, tickSize: number): number | null {
  return level === undefined || level === null ? null : snap(level, tickSize, 'nearest');
}

function movedNote(name: string, asked: number | null | undefined, got: number | null): string[] {
  return asked === undefined || asked === null || asked === got
    ? []
    : [`${name} ${asked} set to the tick ${String(got)}`];
}

/** The open position a CLOSE or ADJUST means: by id, else by symbol. */
export function findTarget(positions: readonly Position[], decision: Decision): Checked<Position> {
  const id = decision.closePositionId ?? decision.positionId;
  if (id === undefined && decision.symbol === undefined)
    return no(rejected('invalid-decision', `${decision.action} needs a position id or a symbol`));
  const found = positions.find((position) =>
    id === undefined ? position.symbol === decision.symbol : position.id === id,
  );
  if (!found)
    return no(
      rejected(
        'position-not-found',
        id === undefined ? `no open position on ${decision.symbol ?? ''}` : 'no open position has this id',
      ),
    );
  if (decision.symbol !== undefined && found.symbol !== decision.symbol)
    return no(rejected('invalid-decision', `the position is on ${found.symbol}, not on ${decision.symbol}`));
  return ok(found);
}
