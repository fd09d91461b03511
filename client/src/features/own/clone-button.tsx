import { Copy } from 'lucide-react';
import { useState } from 'react';
import type { BotDetail } from '../../api/contract.ts';
import { Button } from '../../ui/button.tsx';
import { ownText } from '../../ui/messages/own-bots.ts';
import { CloneDialog } from './clone-dialog.tsx';

/** A copy of somebody else's bot, for oneself. */
export function CloneButton({ bot }: { bot: BotDetail }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setIsOpen(true)}>
        <Copy aria-hidden="true" /> {ownText.actions.clone}
      </Button>
      <CloneDialog bot={bot} isOpen={isOpen} onClose={() => setIsOpen(false)} />
    </>
  );
}
