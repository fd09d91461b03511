import { ScanText } from 'lucide-react';
import { useState } from 'react';
import { useFormContext } from 'react-hook-form';
import { Button } from '../../ui/button.tsx';
import { thinkingText } from '../../ui/messages/thinking.ts';
import { draftOfValues, type BotFormValues } from './bot-form-values.ts';
import { LazyPreview } from './lazy-preview.tsx';

const text = thinkingText.preview;

/** The next turn of a bot that is being edited, with what is typed; belongs in the bot's form. */
export function DraftPreview({ botId }: { botId: string }) {
  const [isOpen, setIsOpen] = useState(false);
  if (isOpen) return <OpenPreview botId={botId} onClose={() => setIsOpen(false)} />;
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-lg border border-line bg-surface px-4 py-3">
      <Button onClick={() => setIsOpen(true)}>
        <ScanText aria-hidden="true" /> {text.open}
      </Button>
      <p className="min-w-0 flex-1 basis-56 text-sm text-muted">{text.openHint}</p>
    </div>
  );
}

function OpenPreview({ botId, onClose }: { botId: string; onClose: () => void }) {
  const { watch } = useFormContext<BotFormValues>();
  return <LazyPreview botId={botId} draft={draftOfValues(watch())} onClose={onClose} />;
}
