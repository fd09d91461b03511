import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Eraser, Sparkles } from 'lucide-react';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { RequestError } from '../../api/client.ts';
import type { BotDetail } from '../../api/contract.ts';
import { thinkingKeys } from '../../api/thinking-keys.ts';
import { learningQuery, type Learning, type Summary } from '../../api/thinking-queries.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { count } from '../../ui/format.ts';
import { FormError, SubmitButton } from '../../ui/form-parts.tsx';
import { thinkingText } from '../../ui/messages/thinking.ts';
import { notify } from '../../ui/notices.ts';
import { Skeleton } from '../../ui/skeleton.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { useElapsed } from '../../ui/use-elapsed.ts';
import { SummaryFacts, SummaryText } from './summary-view.tsx';
import { exactTime } from '../../ui/time.ts';

const text = thinkingText.learning;

/** What one's bot has made of its past, and what it still knows word by word. */
export function LearningTab({ bot }: { bot: BotDetail }) {
  const { data, error, refetch } = useQuery(learningQuery(bot.id));
  if (bot.provider.type === 'house' && (!data || data.versions.length === 0))
    return <EmptyState text={text.noneStrategy} />;
  if (data) return <Learnt bot={bot} learning={data} />;
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return <Skeleton className="m-4 h-64" />;
}

interface LearntProps {
  readonly bot: BotDetail;
  readonly learning: Learning;
}

function Learnt({ bot, learning }: LearntProps) {
  const { summary, versions, history } = learning;
  const earlier = versions.filter(({ version }) => version !== summary?.version);
  return (
    <div className="p-4">
      <p className="text-xs text-muted">{text.onlyYou}</p>
      <div className="mt-3 grid gap-6 lg:grid-cols-[minmax(0,1fr)_320px]">
        <section aria-label={text.present} className="min-w-0">
          <h3 className="mb-2 text-sm font-semibold">{text.present}</h3>
          {summary ? (
            <>
              <SummaryFacts summary={summary} />
              <SummaryText summary={summary} />
            </>
          ) : (
            <p className="text-sm text-muted">{text.none}</p>
          )}
        </section>
        <div className="flex flex-col gap-4">
          <HistoryBar history={history} />
          <LearningActions bot={bot} learning={learning} />
        </div>
      </div>
      {earlier.length > 0 && <EarlierSummaries summaries={earlier} />}
    </div>
  );
}

/** How much is not summarised yet, of what is summarised by itself. */
function HistoryBar({ history: { decisions, tokens, limitTokens } }: Pick<Learning, 'history'>) {
  return (
    <section aria-label={text.history}>
      <h3 className="mb-1 text-sm font-semibold">{text.history}</h3>
      <p className="flex flex-wrap justify-between gap-x-4 text-sm tabular-nums">
        <span>{text.historyOf(count(decisions))}</span>
        <span className="text-muted">{text.tokensOf(count(tokens), count(limitTokens))}</span>
      </p>
      <div aria-hidden="true" className="mt-1 h-2 w-full overflow-hidden rounded-sm bg-raised">
        <div className="h-full bg-accent" style={{ width: `${Math.min(1, tokens / limitTokens) * 100}%` }} />
      </div>
      <p className="mt-1 text-xs text-muted">{text.historyHint}</p>
    </section>
  );
}

function LearningActions({ bot, learning }: LearntProps) {
  const queries = useQueryClient();
  const [isClearing, setIsClearing] = useState(false);
  const readAgain = () => queries.invalidateQueries({ queryKey: thinkingKeys.learning(bot.id) });
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => call('forceSummarize', { params: { botId: bot.id } }),
    onSuccess: ({ summary }) => notify(text.madeNotice(count(summary.version))),
    // What is not made here may be made elsewhere: the tab shows what there is now.
    onSettled: readAgain,
  });
  const isBusy = isPending || learning.isSummarizing;
  const elapsed = useElapsed(isPending);
  const hasMemory = learning.summary !== null || learning.history.decisions > 0;
  return (
    <div>
      <div className="flex flex-wrap gap-2">
        <SubmitButton
          type="button"
          variant="outline"
          isBusy={isBusy}
          className="h-9"
          onClick={() => isBusy || mutate()}
        >
          <Sparkles aria-hidden="true" /> {text.summarize}
        </SubmitButton>
        <Button variant="danger" disabled={!hasMemory} onClick={() => setIsClearing(true)}>
          <Eraser aria-hidden="true" /> {text.clear}
        </Button>
      </div>
      <output className="mt-2 block text-sm text-soft empty:hidden">
        {isPending ? text.summarizing(elapsed) : learning.isSummarizing ? text.underWay : null}
      </output>
      {!isBusy && <p className="mt-2 text-xs text-muted">{text.summarizeHint}</p>}
      <div className="mt-2">
        <FormError error={error && !isPending ? whyNot(error) : undefined} />
      </div>
      <ConfirmDialog
        title={text.clearTitle(bot.name)}
        lead={text.clearLead}
        action={text.clearAction}
        isOpen={isClearing}
        onClose={() => setIsClearing(false)}
        onConfirm={async () => {
          await call('clearLearning', { params: { botId: bot.id } });
          await readAgain();
          notify(text.cleared);
        }}
      />
    </div>
  );
}

/** Why no summary was made, in a sentence. */
function whyNot(error: Error): string {
  if (!(error instanceof RequestError)) return error.message;
  if (error.code === 'rate-limited') return text.tooOften(error.message);
  return text.failures[error.code] ?? error.message;
}

function EarlierSummaries({ summaries }: { summaries: readonly Summary[] }) {
  return (
    <section aria-label={text.earlier} className="mt-6">
      <h3 className="mb-2 text-sm font-semibold">{text.earlier}</h3>
      <ul className="divide-y divide-line rounded-md border border-line">
        {summaries.map((summary) => (
          <li key={summary.version}>
            <details>
              <summary className="px-3 py-2 text-sm -outline-offset-2 hover:bg-hover">
                <span className="font-medium">
                  {text.version} {count(summary.version)}
                </span>{' '}
                <span className="text-muted tabular-nums">
                  {exactTime(summary.generatedAt)} · {text.historyOf(count(summary.summarizedCount))}
                </span>
                {summary.clearedAt !== null && (
                  <Badge tone="outline" className="ml-2">
                    {text.clearedAt(exactTime(summary.clearedAt))}
                  </Badge>
                )}
              </summary>
              <div className="px-3 pb-3">
                <SummaryFacts summary={summary} />
                <SummaryText summary={summary} />
              </div>
            </details>
          </li>
        ))}
      </ul>
    </section>
  );
}
