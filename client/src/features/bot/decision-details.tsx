import type { DecisionView } from '../../api/contract.ts';
import { count, duration, smallMoney } from '../../ui/format.ts';
import { Fact } from '../../ui/fact.tsx';
import { messages } from '../../ui/messages.ts';
import { thinkingText } from '../../ui/messages/thinking.ts';
import { FoldedText, PrivatePart } from './long-text.tsx';
import { ToolSteps } from './tool-steps.tsx';

const text = messages.bot;
const record = thinkingText.record;

/** Who decided, what it used and how long it took. */
export function DecisionFacts({ decision }: { decision: DecisionView }) {
  const { turnNo, versionNo, model, cost, latencyMs, finishReason } = decision;
  return (
    <dl className="mt-3 flex flex-wrap gap-x-8 gap-y-2">
      {turnNo !== null && <Fact label={text.turnLabel}>{count(turnNo)}</Fact>}
      {versionNo !== null && <Fact label={record.version}>{record.versionNo(count(versionNo))}</Fact>}
      <Fact label={text.model}>{model ?? messages.none}</Fact>
      <TokensFact {...decision} />
      <Fact label={text.cost} hint={cost === null ? record.costUnknown : undefined}>
        {smallMoney(cost)}
      </Fact>
      <Fact label={text.latency}>{duration(latencyMs)}</Fact>
      {finishReason !== null && (
        <Fact label={record.finish} hint={finishReason}>
          {record.finishes[finishReason] ?? finishReason}
        </Fact>
      )}
    </dl>
  );
}

type Tokens = Pick<DecisionView, 'tokensIn' | 'tokensCached' | 'tokensOut'>;

/** Tokens in and out, with those of the ones in that were read before. */
export function TokensFact({ tokensIn, tokensCached, tokensOut }: Tokens) {
  const hasTokens = tokensIn !== null || tokensOut !== null;
  const isCached = tokensCached !== null && tokensCached > 0;
  return (
    <Fact label={record.tokens} hint={isCached ? record.cachedHint : undefined}>
      {hasTokens ? `${count(tokensIn)} / ${count(tokensOut)}` : messages.none}
      {isCached && <span className="font-normal text-muted"> ({record.cached(count(tokensCached))})</span>}
    </Fact>
  );
}

/** What the model was asked and answered; folded away, and said to be private where it is. */
export function DecisionRecord({ decision }: { decision: DecisionView }) {
  const { prompt, steps, rawAnswer, mendedFrom } = decision;
  // Prompts and answers are published together: who may not see one sees none.
  if (prompt === null && rawAnswer === null) return <PrivatePart title={record.privateParts} />;
  return (
    <>
      {prompt !== null && <FoldedText title={text.prompt} value={prompt} />}
      <ToolSteps steps={steps} />
      {mendedFrom !== null && <FoldedText title={record.mendedFrom} value={mendedFrom} />}
      {rawAnswer === null ? (
        <p className="mt-3 text-sm text-muted">{record.noAnswer}</p>
      ) : (
        <FoldedText title={text.rawAnswer} value={rawAnswer} />
      )}
    </>
  );
}
