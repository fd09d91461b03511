import { ChevronRight } from 'lucide-react';
import type { DecisionView } from '../../api/contract.ts';
import { Badge } from '../../ui/badge.tsx';
import { duration } from '../../ui/format.ts';
import { thinkingText } from '../../ui/messages/thinking.ts';
import { LongText } from './long-text.tsx';
import { argumentLine, readableJson } from './tool-arguments.ts';

const text = thinkingText.record;
type Step = DecisionView['steps'][number];

/** The tools a model called on the way to its decision, in their order; each opens to what it asked and was told. */
export function ToolSteps({ steps }: { steps: readonly Step[] }) {
  if (steps.length === 0) return null;
  const failed = steps.filter(({ isError }) => isError).length;
  const tookMs = steps.reduce((sum, step) => sum + step.tookMs, 0);
  return (
    <details className="mt-3">
      <summary className="text-sm font-medium text-soft hover:text-text">
        {text.toolCount(steps.length)}{' '}
        <span className="font-normal text-muted">{text.toolsLead(duration(tookMs))}</span>
        {failed > 0 && (
          <Badge tone="warn" className="ml-2">
            {text.failedTools(failed)}
          </Badge>
        )}
      </summary>
      <ol className="mt-2 divide-y divide-line rounded-md border border-line bg-surface">
        {steps.map((step, index) => (
          <ToolStep key={index} step={step} />
        ))}
      </ol>
    </details>
  );
}

function ToolStep({ step }: { step: Step }) {
  return (
    <li>
      <details className="group">
        <summary className="flex min-h-9 list-none items-center gap-2 px-3 py-1.5 text-sm -outline-offset-2 hover:bg-hover [&::-webkit-details-marker]:hidden">
          <ChevronRight
            aria-hidden="true"
            className="size-4 shrink-0 text-muted transition-transform group-open:rotate-90"
          />
          <span className="font-medium">{step.tool}</span>
          <span className="min-w-0 flex-1 truncate font-mono text-xs text-muted">
            {argumentLine(step.argumentsJson)}
          </span>
          {step.isError && <Badge tone="warn">{text.toolError}</Badge>}
          <span className="nums text-xs text-muted">{duration(step.tookMs)}</span>
        </summary>
        <div className="flex flex-col gap-2 px-3 pb-3 sm:pl-9">
          <Part title={text.arguments} value={readableJson(step.argumentsJson)} />
          <Part title={text.result} value={readableJson(step.result)} />
        </div>
      </details>
    </li>
  );
}

function Part({ title, value }: { title: string; value: string }) {
  return (
    <div className="min-w-0">
      <p className="text-xs text-muted">{title}</p>
      <LongText value={value} className="max-h-56 bg-bg" />
    </div>
  );
}
