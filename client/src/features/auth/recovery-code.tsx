import { useBlocker } from '@tanstack/react-router';
import { Download } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { downloadText } from '../../ui/download.ts';
import { authText } from '../../ui/messages/auth.ts';

const text = authText.code;

interface RecoveryCodeProps {
  readonly username: string;
  readonly code: string;
  readonly onKept: () => void;
}

/** A secret that is shown once: to copy or save before going on. */
export function RecoveryCode({ username, code, onKept }: RecoveryCodeProps) {
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-col gap-2">
        <span id="recovery-code" className="text-sm font-medium">
          {text.label}
        </span>
        <output
          aria-labelledby="recovery-code"
          className="rounded-md border border-field bg-bg px-3 py-3 text-center font-mono text-base break-all select-all"
        >
          {code}
        </output>
        <div className="flex flex-wrap gap-2">
          <CopyButton text={code} isLabelled />
          <Button
            onClick={() => downloadText(text.fileName(username), text.file(username, code), 'text/plain')}
          >
            <Download aria-hidden="true" /> {text.download}
          </Button>
        </div>
      </div>
      <Button variant="solid" className="h-10" onClick={onKept}>
        {text.kept}
      </Button>
    </div>
  );
}

/** Asks before the page with an unkept code is left. */
export function LeaveGuard() {
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: () => true,
    enableBeforeUnload: true,
    withResolver: true,
  });
  return (
    <Dialog
      title={text.title}
      lead={text.unsaved}
      isOpen={status === 'blocked'}
      onOpenChange={() => reset?.()}
    >
      <div className="flex justify-end gap-2">
        <Button onClick={() => proceed?.()}>{text.leave}</Button>
        <Button variant="solid" onClick={() => reset?.()}>
          {text.stay}
        </Button>
      </div>
    </Dialog>
  );
}
