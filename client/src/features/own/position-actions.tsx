import { useState } from 'react';
import type { PositionView } from '../../api/contract.ts';
import { Button } from '../../ui/button.tsx';
import { ownText } from '../../ui/messages/own-bots.ts';
import { CloseDialog } from './close-dialog.tsx';
import { LevelsDialog } from './levels-dialog.tsx';
import { titleOf } from './position-title.ts';

const text = ownText.position;

/** What the owner can do with an open position by hand. */
export function PositionActions({ position }: { position: PositionView }) {
  const [asked, setAsked] = useState<'close' | 'levels' | null>(null);
  const title = titleOf(position);
  return (
    <div className="mt-2 flex gap-2">
      <Button size="sm" onClick={() => setAsked('close')} aria-label={text.closeTitle(title)}>
        {text.close}
      </Button>
      <Button size="sm" onClick={() => setAsked('levels')} aria-label={text.levelsTitle(title)}>
        {text.levels}
      </Button>
      <CloseDialog position={position} isOpen={asked === 'close'} onClose={() => setAsked(null)} />
      <LevelsDialog position={position} isOpen={asked === 'levels'} onClose={() => setAsked(null)} />
    </div>
  );
}
