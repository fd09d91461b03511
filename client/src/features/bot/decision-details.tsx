import type { DecisionView } from '../../api/contract.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { count, duration, smallMoney } from '../../ui/format.ts';
import { Fact } from '../../ui/fact.tsx';
import { messages } from '../../ui/messages.ts';

const text = messages.bot;

/** Who decided, what it used and how long it took. */
export function DecisionFacts({ decision }: { decision: DecisionView }) {
  const { turnNo, model, tokensIn, tokensOut, cost, latencyMs } = decision;
  const hasTokens = tokensIn !== null || tokensOut !== null;
  return (
    <dl className="mt-3 flex flex-wrap gap-x-8 gap-y-2">
      {turnNo !== null && <Fact label={text.turnLabel}>{count(turnNo)}</Fact>}
      <Fact label={text.model}>{model ?? messages.none}</Fact>
      <Fact label={text.tokens}>
        {hasTokens ? `${count(tokensIn)} / ${count(tokensOut)}` : messages.none}
      </Fact>
      <Fact label={text.cost}>{smallMoney(cost)}</Fact>
      <Fact label={text.latency}>{duration(latencyMs)}</Fact>
    </dl>
  );
}

/** Long text as it came: never as markup. */
export function LongText({ title, value }: { title: string; value: string | null }) {
  if (value === null) {
    return (
      <p className="mt-3 text-sm text-muted">
        {title}:{' '}
        <span className="italic" title={text.privateHint}>
          {text.private}
        </span>
      </p>
    );
  }
  return (
    <details className="mt-3">
      <summary className="text-sm font-medium text-soft hover:text-text">{title}</summary>
      <div className="relative mt-2">
        <pre className="max-h-96 overflow-auto rounded-md border border-line bg-surface p-3 pr-12 font-mono text-xs break-words whitespace-pre-wrap text-soft">
          {value}
        </pre>
        <CopyButton text={value} className="absolute top-1 right-1" />
      </div>
    </details>
  );
}
