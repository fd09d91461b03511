import type { Account, Position, Posting } from './model.ts';

/** A bot's book at the start of an epoch, and the deposit that filled it. */
export function openAccount(depositMicros: number): { account: Account; postings: readonly Posting[] } {
  return {
    account: {
      cashMicros: depositMicros,
      positions: [],
      cooldowns: {},
      tradeCount: 0,
      winCount: 0,
      realizedMicros: 0,
      feesMicros: 0,
      fundingMicros: 0,
    },
    postings: [
      { account: 'deposits', amountMicros: -depositMicros },
      { account: 'cash', amountMicros: depositMicros },
    ],
  };
}

/** The account with `position` in its place: added, replaced, or taken out once its quantity is 0. */
export function withPosition(account: Account, position: Position): Account {
  const others = account.positions.filter((other) => other.id !== position.id);
  if (position.quantity === 0) return { ...account, positions: others };
  if (others.length === account.positions.length) return { ...account, positions: [...others, position] };
  return {
    ...account,
    positions: account.positions.map((other) => (other.id === position.id ? position : other)),
  };
}

/** Cooldowns that still hold at `at`, with `symbol` blocked until `until`. */
export function withCooldown(
  account: Account,
  cooldown: { symbol: string; until: number; at: number },
): Account {
  const running = Object.entries(account.cooldowns).filter(([, until]) => until > cooldown.at);
  return { ...account, cooldowns: { ...Object.fromEntries(running), [cooldown.symbol]: cooldown.until } };
}
