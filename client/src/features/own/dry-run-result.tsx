import type { DryRun } from '../../api/thinking-queries.ts';
import { useTickSizes } from '../../live/context.tsx';
import { count, duration, money, price as priceText, quantity, smallMoney } from '../../ui/format.ts';
import { Fact } from '../../ui/fact.tsx';
import { messages } from '../../ui/messages.ts';
import { thinkingText } from '../../ui/messages/thinking.ts';
import { DecidedCard } from '../bot/decided-card.tsx';
import { TokensFact } from '../bot/decision-details.tsx';
import { readGiven } from '../bot/given-decision.ts';
import { FoldedText } from '../bot/long-text.tsx';
import { ToolSteps } from '../bot/tool-steps.tsx';

const text = thinkingText.dry;
const record = thinkingText.record;
type Judged = DryRun['decisions'][number];

/** What came of a dry run: each decision with what it would fill, or why there is none, and how it came to be. */
export function DryRunResult({ result }: { result: DryRun }) {
  const { failure, decisions, steps, mendedFrom, answer } = result;
  return (
    <div className="mt-3">
      {failure && (
        <div role="alert" className="rounded-md border border-loss bg-loss-wash px-3 py-2 text-sm">
          <p className="font-medium">{text.failures[failure.code] ?? text.failure}</p>
          <p>
            {failure.message} <code className="text-xs text-muted">{failure.code}</code>
          </p>
        </div>
      )}
      {!failure && decisions.length === 0 && <p className="text-sm">{text.noDecisions}</p>}
      <ul className="flex flex-col gap-3">
        {decisions.map((judged, index) => (
          <DecidedCard
            key={index}
            decided={readGiven(judged.decision, judged.outcome)}
            unsaid={messages.none}
            accepted={text.accepted}
          >
            <Fills judged={judged} />
          </DecidedCard>
        ))}
      </ul>
      <RunFacts result={result} />
      <ToolSteps steps={steps} />
      {mendedFrom !== null && <FoldedText title={record.mendedFrom} value={mendedFrom} />}
      {answer !== null && <FoldedText title={messages.bot.rawAnswer} value={answer} />}
    </div>
  );
}

function Fills({ judged: { fills, outcome } }: { judged: Judged }) {
  const tickSizes = useTickSizes();
  if (fills.length === 0)
    return outcome.accepted ? <p className="mt-2 text-sm text-muted">{text.noFill}</p> : null;
  return (
    <ul className="mt-2 flex flex-col gap-1 border-t border-line pt-2 text-sm" aria-label={text.wouldFill}>
      {fills.map((fill, index) => (
        <li key={index} className="flex flex-wrap gap-x-3 tabular-nums">
          <span className="text-muted">{text.wouldFill}</span>
          <span className="font-medium">{text.fill(fill.side, fill.symbol, text.kinds[fill.tradeType])}</span>
          <span>{text.at(quantity(fill.quantity), priceText(fill.price, tickSizes(fill.symbol)))}</span>
          <span>{messages.feed.margin(money(fill.size))}</span>
          <span>{text.fee(smallMoney(fill.fee))}</span>
        </li>
      ))}
    </ul>
  );
}

function RunFacts({ result: { model, latencyMs, spending } }: { result: DryRun }) {
  const isPriced = spending.unpricedCalls < spending.calls || spending.calls === 0;
  return (
    <dl className="mt-3 flex flex-wrap gap-x-8 gap-y-2">
      <Fact label={messages.bot.model}>{model ?? messages.none}</Fact>
      <TokensFact {...spending} />
      <Fact label={text.calls}>{count(spending.calls)}</Fact>
      <Fact label={record.cost} hint={isPriced ? undefined : record.costUnknown}>
        {isPriced ? smallMoney(spending.cost) : messages.none}
        {isPriced && spending.unpricedCalls > 0 && (
          <span className="font-normal text-muted"> + {text.unpriced(spending.unpricedCalls)}</span>
        )}
      </Fact>
      <Fact label={messages.bot.latency}>{duration(latencyMs)}</Fact>
    </dl>
  );
}
