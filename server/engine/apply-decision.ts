import { adjustPosition } from './adjust-position.ts';
import { closePosition } from './close-position.ts';
import type { Account, Decision, EngineEvent, Outcome, Quote, Rules, SymbolSpec } from './model.ts';
import { openPosition } from './open-position.ts';
import { rejected } from './outcome.ts';

/** The world as one decision meets it. */
export interface DecisionEnv {
  readonly rules: Rules;
  /** False when a replay has run out. */
  readonly isMarketOpen: boolean;
  spec(symbol: string): SymbolSpec | undefined;
  /** The first quote after the answer arrived: what fills happen at. */
  quote(symbol: string): Quote | undefined;
  /** What the decider saw. */
  decisionPrice(symbol: string): number | undefined;
  /** The id a new position gets. */
  readonly positionId: string;
  readonly at: number;
  /** Whose doing a close is; absent = the decider's. */
  readonly cause?: 'decision' | 'manual' | 'admin';
}

export interface DecisionResult {
  readonly account: Account;
  readonly outcome: Outcome;
  readonly events: readonly EngineEvent[];
}

/**
 * Judges one decision and books what it does. Nothing is coerced: what cannot be done exactly as said is rejected with
 * a code and a sentence, and leaves the account as it was (leverage above the symbol's cap is the one exception:
 * clamped, with a note). Never throws for a bad decision.
 */
export function applyDecision(account: Account, decision: Decision, env: DecisionEnv): DecisionResult {
  const refuse = (outcome: Outcome): DecisionResult => ({ account, outcome, events: [] });
  const problem = findNumberProblem(decision);
  if (problem !== undefined) return refuse(rejected('invalid-decision', problem));
  if (decision.action === 'HOLD')
    return refuse({ code: 'held', accepted: true, message: 'held', notes: [], positionId: null });
  if (!env.isMarketOpen) return refuse(rejected('market-closed', 'the market is closed'));
  switch (decision.action) {
    case 'LONG':
    case 'SHORT':
      return openPosition(account, { ...decision, action: decision.action }, env);
    case 'CLOSE':
      return closePosition(account, decision, env);
    case 'ADJUST':
      return adjustPosition(account, decision, env);
    default:
      return decision.action satisfies never;
  }
}

/**
 * Judges the decisions of one answer in order, each on its own. The first one on a symbol or position counts; others
 * on the same are duplicates.
 */
export function applyDecisions(
  account: Account,
  decisions: readonly Decision[],
  env: Omit<DecisionEnv, 'positionId'> & { readonly positionIds: readonly string[] },
): { account: Account; results: readonly Omit<DecisionResult, 'account'>[] } {
  let next = account;
  const touched = new Set<string>();
  const results = decisions.map((decision, i) => {
    const positionId = env.positionIds[i];
    if (positionId === undefined) throw new RangeError('every decision needs a position id');
    const target = targetSymbol(next, decision);
    if (target !== undefined && touched.has(target))
      return {
        outcome: rejected('duplicate', `another decision of this answer is already about ${target}`),
        events: [],
      };
    const result = applyDecision(next, decision, { ...env, positionId });
    if (target !== undefined && result.outcome.accepted) touched.add(target);
    next = result.account;
    return { outcome: result.outcome, events: result.events };
  });
  return { account: next, results };
}

/** One open position per symbol, so the symbol names what a decision is about; ids that are gone name nothing. */
function targetSymbol(account: Account, decision: Decision): string | undefined {
  if (decision.action === 'HOLD') return undefined;
  const id = decision.closePositionId ?? decision.positionId;
  if (id === undefined || decision.action === 'LONG' || decision.action === 'SHORT') return decision.symbol;
  return account.positions.find((position) => position.id === id)?.symbol ?? id;
}

/** The shape is checked where answers are parsed; numbers are checked again where money moves. */
function findNumberProblem(decision: Decision): string | undefined {
  const { size, leverage, stopLoss, takeProfit, closeFraction } = decision;
  const isPositive = (value: number | null | undefined) =>
    value === undefined || value === null || (Number.isFinite(value) && value > 0 && value < 1e12);
  if (size === null || !isPositive(size)) return 'size must be a positive number of USD';
  if (leverage !== undefined && (!Number.isSafeInteger(leverage) || leverage < 1))
    return 'leverage must be a whole number of at least 1';
  if (!isPositive(stopLoss)) return 'stopLoss must be a positive price';
  if (!isPositive(takeProfit)) return 'takeProfit must be a positive price';
  if (closeFraction !== undefined && !(closeFraction > 0 && closeFraction <= 1))
    return 'closeFraction must be above 0 and at most 1';
  return undefined;
}
