import type { ReactNode } from 'react';
import type { Decided } from '../../api/contract.ts';
import { useTickSizes } from '../../live/context.tsx';
import { Badge } from '../../ui/badge.tsx';
import { leverage, money, price as priceText, share } from '../../ui/format.ts';
import { messages } from '../../ui/messages.ts';
import { plainMessage } from '../arena/feed-lines.ts';

const text = messages.bot;

/** An action in plain words: positions that are withheld are private, whatever was done. */
export function actionLabel(action: string, symbol: string | null): string {
  if (action === 'HOLD') return messages.feed.held;
  return action === 'PRIVATE' ? text.private : `${action} ${symbol ?? ''}`.trim();
}

function termsOf(decided: Decided, tick: number | null): string {
  const terms = [
    decided.leverage === null ? null : leverage(decided.leverage),
    decided.size === null ? null : messages.feed.margin(money(decided.size)),
    decided.stopLoss === null ? null : messages.feed.stop(priceText(decided.stopLoss, tick)),
    decided.takeProfit === null ? null : messages.feed.target(priceText(decided.takeProfit, tick)),
    decided.closeFraction === null ? null : share(decided.closeFraction),
    decided.confidence === null ? null : text.confidence(share(decided.confidence)),
  ];
  return terms.filter((term) => term !== null).join(' · ');
}

interface DecidedCardProps {
  readonly decided: Decided;
  /** In the place of a reason that is not there. */
  readonly unsaid: ReactNode;
  /** What is said of one that the engine accepts; that it is done, where nothing else is said. */
  readonly accepted?: string;
  /** What came of it. */
  readonly children?: ReactNode;
}

/** One decision: what was wanted, why, and what the engine said, code included. */
export function DecidedCard({ decided, unsaid, accepted = text.accepted, children }: DecidedCardProps) {
  const tickSizes = useTickSizes();
  const terms = termsOf(decided, decided.symbol === null ? null : tickSizes(decided.symbol));
  return (
    <li className="rounded-md border border-line bg-surface p-3">
      <p className="flex flex-wrap items-baseline gap-x-3">
        <span className="font-semibold">{actionLabel(decided.action, decided.symbol)}</span>
        <span className="text-sm text-muted tabular-nums">{terms}</span>
      </p>
      <p className="mt-1 text-sm break-words whitespace-pre-wrap text-soft">{decided.reasoning ?? unsaid}</p>
      {decided.outcome && <Outcome outcome={decided.outcome} accepted={accepted} />}
      {children}
    </li>
  );
}

function Outcome({ outcome, accepted }: { outcome: NonNullable<Decided['outcome']>; accepted: string }) {
  return (
    <p className="mt-2 flex flex-wrap items-baseline gap-2 text-sm">
      <Badge tone={outcome.accepted ? 'gain' : 'warn'}>
        {outcome.accepted ? `✓ ${accepted}` : `✕ ${text.rejected}`}
      </Badge>
      <span className="min-w-0 break-words">{plainMessage(outcome.message)}</span>
      {outcome.notes.map((note) => (
        <span key={note} className="text-muted">
          {note}
        </span>
      ))}
      <code className="text-xs text-muted">{outcome.code}</code>
    </p>
  );
}
