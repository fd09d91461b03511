import { Button } from '../../ui/button.tsx';
import { ownText } from '../../ui/messages/own-bots.ts';

/** Says that a form holds what was typed before. */
export function DraftNote({ onDiscard }: { onDiscard: () => void }) {
  return (
    <div className="mx-auto mb-3 flex max-w-4xl flex-wrap items-center justify-between gap-2 rounded-lg bg-accent-wash px-4 py-2 text-sm">
      <p>{ownText.form.draft}</p>
      <Button size="sm" onClick={onDiscard}>
        {ownText.form.discard}
      </Button>
    </div>
  );
}
