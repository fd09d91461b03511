import { FlaskConical, RefreshCw, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { RequestError } from '../../api/client.ts';
import type { Preview, PreviewDraft } from '../../api/thinking-queries.ts';
import { Button } from '../../ui/button.tsx';
import { count, smallMoney } from '../../ui/format.ts';
import { Fact } from '../../ui/fact.tsx';
import { SubmitButton } from '../../ui/form-parts.tsx';
import { thinkingText } from '../../ui/messages/thinking.ts';
import { Panel, PanelHeader } from '../../ui/panel.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useElapsed } from '../../ui/use-elapsed.ts';
import { LongText } from '../bot/long-text.tsx';
import { DryRunResult } from './dry-run-result.tsx';
import { usePreview } from './use-preview.ts';

const text = thinkingText.preview;
const dry = thinkingText.dry;
/** Nothing is typed: the bot as it is saved. */
const SAVED: PreviewDraft = {};

interface PreviewPanelProps {
  readonly botId: string;
  /** What stands in the form now, saved or not; without it the bot is previewed as it is. */
  readonly draft?: PreviewDraft;
  readonly onClose: () => void;
}

/** The exact prompt of a bot's next turn, and a dry run of it. */
export function PreviewPanel({ botId, draft = SAVED, onClose }: PreviewPanelProps) {
  const { prompt, dry: dryRun } = usePreview(botId);
  const { ask } = prompt;
  const [first] = useState(draft);
  useEffect(() => ask(first), [ask, first]);
  const shown = dryRun.data?.preview ?? prompt.data?.preview;
  const asked = (dryRun.data ?? prompt.data)?.draft;
  const isOld = asked !== undefined && JSON.stringify(asked) !== JSON.stringify(draft);
  const refresh = () => {
    dryRun.cancel();
    ask(draft);
  };
  return (
    <Panel aria-label={text.title}>
      <PanelHeader title={text.title}>
        <Button onClick={refresh} aria-disabled={prompt.isPending || undefined}>
          <RefreshCw aria-hidden="true" /> {text.refresh}
        </Button>
        <Button variant="ghost" size="icon" aria-label={text.close} onClick={onClose}>
          <X aria-hidden="true" />
        </Button>
      </PanelHeader>
      <div className="px-4 pb-4">
        <p className="text-sm text-muted">{draft === SAVED ? text.lead : text.leadEdited}</p>
        <output className="text-sm text-warn">{isOld && text.isOld}</output>
        {prompt.error && <Failure title={text.failed} error={prompt.error} />}
        {!shown && !prompt.error && <Skeleton className="mt-3 h-64" />}
        {shown && <PromptView preview={shown} />}
        <DryRunPart state={dryRun} onRun={() => dryRun.ask(draft)} />
      </div>
    </Panel>
  );
}

function PromptView({ preview }: { preview: Preview }) {
  const { tokens, historyShown, historyDropped, estimatedCost, problems, prompt } = preview;
  return (
    <>
      <dl className="mt-3 flex flex-wrap gap-x-8 gap-y-2">
        <Fact label={text.tokens}>{count(tokens)}</Fact>
        <Fact label={text.history} hint={historyDropped > 0 ? text.droppedHint : undefined}>
          {count(historyShown)}
          {historyDropped > 0 && (
            <span className="font-normal text-muted"> ({text.dropped(count(historyDropped))})</span>
          )}
        </Fact>
        <Fact label={text.cost} hint={estimatedCost === null ? text.costUnknown : undefined}>
          {smallMoney(estimatedCost)}
        </Fact>
      </dl>
      {problems.length > 0 && (
        <div role="alert" className="mt-3 rounded-md bg-warn-wash px-3 py-2 text-sm">
          <p className="font-medium">{text.problems}</p>
          <ul className="list-disc pl-5">
            {problems.map(({ placeholder, message }) => (
              <li key={placeholder}>{message}</li>
            ))}
          </ul>
        </div>
      )}
      <h3 className="mt-3 text-sm font-medium">{text.prompt}</h3>
      <LongText value={prompt} className="max-h-80 bg-bg" />
    </>
  );
}

interface DryRunPartProps {
  readonly state: ReturnType<typeof usePreview>['dry'];
  readonly onRun: () => void;
}

function DryRunPart({ state, onRun }: DryRunPartProps) {
  const { data, error, isPending, cancel } = state;
  const elapsed = useElapsed(isPending);
  const [wasCancelled, setWasCancelled] = useState(false);
  const result = data?.preview.dryRun;
  const run = () => {
    if (isPending) return;
    setWasCancelled(false);
    onRun();
  };
  const stop = () => {
    cancel();
    setWasCancelled(true);
  };
  return (
    <section aria-label={dry.title} className="mt-4 border-t border-line pt-4">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <SubmitButton type="button" variant="outline" isBusy={isPending} className="h-9" onClick={run}>
          <FlaskConical aria-hidden="true" /> {result ? dry.again : dry.action}
        </SubmitButton>
        {isPending && <Button onClick={stop}>{dry.cancel}</Button>}
        <p className="min-w-0 basis-72 grow text-sm text-muted">
          <strong className="font-semibold text-text">{dry.nothing}</strong> {dry.lead}
        </p>
      </div>
      <output className="mt-2 block text-sm text-soft empty:hidden">
        {isPending ? dry.running(elapsed) : wasCancelled ? dry.cancelled : null}
      </output>
      {error && <Failure title={dry.failure} error={error} />}
      {result && !isPending && <DryRunResult result={result} />}
    </section>
  );
}

function Failure({ title, error }: { title: string; error: Error }) {
  const problems = error instanceof RequestError ? error.problems : [];
  return (
    <div role="alert" className="mt-3 rounded-md border border-loss bg-loss-wash px-3 py-2 text-sm">
      <p>
        {title} {error.message}
      </p>
      {problems.length > 0 && (
        <ul className="list-disc pl-5">
          {problems.map(({ path, message }) => (
            <li key={`${path}${message}`}>{message}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
