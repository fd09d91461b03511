import { CircleCheck, CircleX } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ProviderTest } from '../../api/contract.ts';
import { Fact } from '../../ui/fact.tsx';
import { count, duration, smallMoney } from '../../ui/format.ts';
import { providersText } from '../../ui/messages/providers.ts';
import { useElapsed } from '../../ui/use-elapsed.ts';
import type { ProviderTrial } from './use-provider-test.ts';

const text = providersText.test;

interface TestResultProps {
  readonly trial: ProviderTrial;
  readonly model: string;
}

/** What a test came to, or how long it has been running; nothing before the first. */
export function TestResult({ trial: { result, error, isRunning }, model }: TestResultProps) {
  return (
    <div aria-live="polite" className="text-sm whitespace-normal empty:hidden">
      {isRunning ? (
        <Waiting model={model} />
      ) : error ? (
        <Failure title={text.notTried}>{error.message}</Failure>
      ) : (
        result && (result.ok ? <Answered result={result} /> : <Failed result={result} />)
      )}
    </div>
  );
}

function Waiting({ model }: { model: string }) {
  const elapsed = useElapsed(true);
  return (
    <div>
      <p className="nums whitespace-normal text-soft">{text.running(model, elapsed)}</p>
      <div aria-hidden="true" className="mt-2 h-1 animate-pulse-soft rounded-full bg-accent" />
    </div>
  );
}

function Answered({ result }: { result: ProviderTest }) {
  const { latencyMs, cost, model, text: answer } = result;
  return (
    <div>
      <p className="flex items-start gap-2 font-medium">
        <CircleCheck aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-gain" />
        {text.ok}
      </p>
      <dl className="mt-2 flex flex-wrap gap-x-8 gap-y-2">
        <Fact label={text.latency}>{duration(latencyMs)}</Fact>
        <Fact label={text.tokens}>{tokensOf(result)}</Fact>
        <Fact label={text.cost}>{cost === null ? text.costUnknown : smallMoney(cost)}</Fact>
        {model !== null && (
          <Fact label={text.model}>
            <span className="wrap-anywhere whitespace-normal">{model}</span>
          </Fact>
        )}
      </dl>
      {answer !== null && answer !== '' && (
        <blockquote aria-label={text.answer} className="mt-2 border-l-2 border-line-strong pl-3 text-soft">
          <p className="wrap-anywhere whitespace-pre-wrap">{answer}</p>
        </blockquote>
      )}
    </div>
  );
}

const tokensOf = ({ tokensIn, tokensOut }: ProviderTest): string =>
  `${count(tokensIn)} / ${count(tokensOut)}`;

function Failed({ result: { message, failure, latencyMs } }: { result: ProviderTest }) {
  const advice = failure === null ? undefined : text.advice[failure];
  return (
    <Failure title={`${text.failed} ${text.after(duration(latencyMs))}`}>
      {message}
      {advice !== undefined && <span className="mt-1 block text-text">{advice}</span>}
    </Failure>
  );
}

function Failure({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="flex items-start gap-2">
      <CircleX aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-loss" />
      <div className="min-w-0">
        <p className="font-medium">{title}</p>
        <p className="text-soft wrap-anywhere">{children}</p>
      </div>
    </div>
  );
}
