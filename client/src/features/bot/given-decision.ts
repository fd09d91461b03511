import type { Decided } from '../../api/contract.ts';

type Fields = Readonly<Record<string, unknown>>;

const textIn = (fields: Fields, key: string): string | null => {
  const value = fields[key];
  return typeof value === 'string' ? value : null;
};

const numberIn = (fields: Fields, key: string): number | null => {
  const value = fields[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
};

/** A decision as a model gave it, whatever that is, as far as it can be read. */
export function readGiven(decision: unknown, outcome: Decided['outcome']): Decided {
  const fields: Fields = typeof decision === 'object' && decision !== null ? { ...decision } : {};
  return {
    action: textIn(fields, 'action') ?? 'INVALID',
    symbol: textIn(fields, 'symbol'),
    size: numberIn(fields, 'size'),
    leverage: numberIn(fields, 'leverage'),
    stopLoss: numberIn(fields, 'stopLoss'),
    takeProfit: numberIn(fields, 'takeProfit'),
    closeFraction: numberIn(fields, 'closeFraction'),
    confidence: numberIn(fields, 'confidence'),
    reasoning: textIn(fields, 'reasoning'),
    outcome,
  };
}
